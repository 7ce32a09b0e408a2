"""C15: the contractual and technical situation of a point, whole, at each of its events (XSD 4.1.1
to 5.2.0, guide 5.1.3).

Booleans are 0 and 1 (observed). An event is stamped one minute after midnight, and what was read
after it two. At level 0 there is no reading of the distributor's grid, nor any at a change of
supplier.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.domaine.perimetre import EvenementContractuel
from sge_sim.domaine.plages import officielle_de, parse_plages
from sge_sim.facturation.ecriture import enedis
from sge_sim.facturation.grammaire import write_block
from sge_sim.facturation.lecture import FINS
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrats import (
    BlocEcrit,
    EnvoiContrat,
    contract_files,
    grammar_of,
    instance_of,
    written_blocks,
)
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.points_du_contrat import PointDuContrat, affaire_tree, read_points_of
from sge_sim.flux.releves_contractuels import GrilleLue, grids_at, read_registers
from sge_sim.tables.perimetre import prms_of_events

_RUE: Final = re.compile(r"(\d{1,4} ?(?:BIS|TER|QUATER|[A-D])?) (.+)", re.IGNORECASE)
_SANS_TELEPHONE: Final = "0000000000"
_PLAGES_SAISONNIERES: Final = "5.2.0"
_A_HEURES_CREUSES: Final = {"DI000002", "DI000003"}
_TRIPHASE: Final = "230/400 V"


def fichiers(
    session: Session, lot: LotContrat, envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the file of each instance."""
    mine = EnvoiContrat(lot, envoi)

    def head(suite: str, _blocks: int) -> dict[str, Any]:
        return {
            "En_Tete_Flux": {
                "Identifiant_Flux": "C15",
                "Libelle_Flux": "Description de la situation contractuelle des PRM du segment C5",
                **mine.entete,
                "Instance_GRD": suite,
            },
            "Contrat": {
                "Identifiant": lot.contrat.contrat,
                "Nature_Contrat": "GRD-F",
                "Code_EIC_Fournisseur": lot.contrat.eic,
                "Code_EIC_Responsable_Equilibre": lot.contrat.eic_re,
            },
        }

    prms = prms_of_events(session, lot.contrat, lot.periode.debut)
    blocs = written_blocks(session, lot, atelier, write_points, prms)
    yield from contract_files(session, mine, blocs, head)


def write_points(session: Session, lot: LotContrat, prms: Sequence[str]) -> list[BlocEcrit]:
    """Return a block for each event of that day of these points, in their order."""
    jour, version = lot.periode.debut, grammar_of(lot)
    told = [
        (point, each)
        for point in read_points_of(session, lot.contrat, prms, jour)
        for each in point.vecue.evenements
        if each.jour == jour
    ]
    read_registers((point.vecue, [jour]) for point, _ in told)
    return [
        BlocEcrit(
            instance_of(point.ligne.code_insee),
            point.ligne.prm,
            write_block("C15", version, "PRM", point_tree(point, each, version)),
        )
        for point, each in told
    ]


def point_tree(point: PointDuContrat, evenement: EvenementContractuel, version: str) -> Any:
    """Return the whole point, as it is after an event."""
    ligne, vecue, jour = point.ligne, point.vecue, evenement.jour
    apres = evenement.apres
    communicates = vecue.communicates(jour)
    rang = next(each for each in vecue.cycliques(date(jour.year - 1, 12, 31)))
    tree: dict[str, Any] = {
        "Id_PRM": ligne.prm,
        "Segment_Clientele": "C5",
        "Point_Sensible" if version == "4.1.1" else "Passage_Niveau": False,
        "Jour_Fixe_Releve": vecue.jour_fixe,
        "Periodicite_Releve": "1" if communicates else "6",
        "Rang_Releve": str(rang.month),
        "Niveau_Ouverture_Services": str(apres.niveau or 0),
        "Teleoperable": bool(apres.niveau) and ligne.teleoperable,
        "Refus_Pose_AMM": False,
        "Autoproducteur": ligne.contrat_injection,
        "Autoconsommation_Collective": "0",
        "Evenement_Declencheur": _event_tree(point, evenement),
        "Adresse_Installation": _address_tree(ligne),
        "Situation_Contractuelle": _contract_tree(point, evenement, version),
        "Alimentation": _supply_tree(point, evenement),
        "Dispositif_De_Comptage": _metering_tree(point, jour),
    }
    for nom, day in (
        ("Modification_FTA", ligne.date_modification_fta),
        ("Augmentation_Puissance_Souscrite", ligne.date_augmentation_puissance),
        ("Diminution_Puissance_Souscrite", ligne.date_diminution_puissance),
    ):
        if day is not None and day <= jour:
            tree[f"Date_Derniere_{nom}"] = day
    linky = next((each.pose for each in vecue.mesure.compteurs if each.communicant), None)
    if linky is not None and linky <= jour:
        tree["Date_Premiere_Pose_Compteur_Linky"] = linky
    return tree


def _event_tree(point: PointDuContrat, evenement: EvenementContractuel) -> dict[str, Any]:
    tree = {
        "Type_Evenement": evenement.type,
        "Date_Evenement": point.stamp(evenement.jour, minute=True),
        "Origine_Evenement": "0",
        "Nature_Evenement": evenement.nature,
        **affaire_tree(evenement),
    }
    if releves := list(_readings(point, evenement)):
        tree["Releves"] = {"Donnees_Releve": releves}
    return tree


def _readings(point: PointDuContrat, evenement: EvenementContractuel) -> Iterator[dict[str, Any]]:
    """Yield the reading before an event, and that after it, those that its nature has."""
    jour, niveau = evenement.jour, evenement.apres.niveau
    if evenement.nature == "CFNE" and not niveau:
        return
    for rang in enedis()["natures"].get(evenement.nature, {}).get("releves", ()):
        first = rang == 1
        held = point.eve(jour) if first else None
        grids = grids_at(point.vecue, jour, held, ferme=first)
        tree: dict[str, Any] = {
            "Code_Qualification": str(rang),
            "Date_Releve": point.stamp(jour, minute=True, second=not first),
            **point.calendars(jour, grids),
            "Nature_Index": "REEL",
        }
        for cote, lue in grids.items():
            tag = f"Classe_Temporelle_{cote}" if cote else "Classe_Temporelle"
            tree[tag] = [_row(lue, each) for each in lue.classes]
        yield tree


def _row(lue: GrilleLue, classe: Any) -> dict[str, Any]:
    return {
        "Id_Classe_Temporelle": classe.code,
        "Libelle_Classe_Temporelle": classe.libelle,
        "Rang_Cadran": classe.cadran,
        "Classe_Mesure": "1",
        "Unite_Mesure": "kWh",
        "Sens_Mesure": "0",
        "Valeur": lue.index[classe.code],
        "Nb_Chiffres_Cadran": 6,
        "Indicateur_Passage_A_Zero": "0",
        "Coefficient_Lecture": Decimal("1.0"),
    }


def _address_tree(ligne: Any) -> dict[str, Any]:
    street = _RUE.fullmatch(ligne.numero_et_nom_voie or "")
    tree = {
        "Num_Rue": street[1] if street else None,
        "Rue": street[2] if street else ligne.numero_et_nom_voie,
        "Batiment": ligne.batiment,
        "Complement_Localisation": (ligne.escalier_etage_appartement or "")[:20],
        "Lieu_Dit": ligne.lieu_dit,
        "Code_Postal": ligne.code_postal,
        "Code_Commune": ligne.code_insee,
        "Libelle_Commune": ligne.commune[:38],
    }
    return {nom: value for nom, value in tree.items() if value}


def _contract_tree(
    point: PointDuContrat, evenement: EvenementContractuel, version: str
) -> dict[str, Any]:
    apres, jour = evenement.apres, evenement.jour
    ends = evenement.nature in FINS
    tree: dict[str, Any] = {
        "Etat_Contractuel": "RESILIE" if ends else "EN SERVICE",
        "Ref_Situation_Contractuelle": evenement.ref_situation,
        "Date_Mise_En_Service": point.vecue.evenements[0].jour,
        "Num_Sequence": evenement.num_sequence,
        "Date_Debut_Num_Sequence": point.start_of_sequence(evenement),
        "Structure_Tarifaire": {
            "Formule_Tarifaire_Acheminement": apres.fta,
            "Puissance_Souscrite": Decimal(apres.puissance),
            "Unite_Puissance_Souscrite": "kVA",
            **point.calendars(jour, grids_at(point.vecue, jour, None, ferme=False)),
            **_off_peak(point, jour, version),
        },
        "Titulaire_Contrat": _holder_tree(point, jour),
    }
    if ends:
        tree["Date_Resiliation"] = point.stamp(jour, minute=True)
    return tree


def _off_peak(point: PointDuContrat, jour: date, version: str) -> dict[str, Any]:
    """Return the off-peak ranges, by season from 5.2.0 on, where the grid has any."""
    calendrier = point.calendars(jour, grids_at(point.vecue, jour, None, ferme=False))
    haute, basse = point.off_peak_ranges(jour)
    if calendrier.get("Id_Calendrier_Distributeur") not in _A_HEURES_CREUSES or not haute:
        return {}
    rows = []
    for periode, libelle in (("SAISON_HAUTE", haute), ("SAISON_BASSE", basse or haute)):
        officielle = officielle_de(parse_plages(libelle))
        rows.append(
            {
                "Id_Plage_Heures_Creuses": officielle.id if officielle else "0",
                "Libelle_Plage_Heures_Creuses": libelle,
                "Periode": periode,
            }
        )
    if version == _PLAGES_SAISONNIERES:
        return {"Plages_Heures_Creuses": {"Plage_Heures_Creuses": rows}}
    return {nom: value for nom, value in rows[0].items() if nom != "Periode"}


def _holder_tree(point: PointDuContrat, jour: date) -> dict[str, Any]:
    """Return the holder; no telephone is known of any (the field wants one: assumed)."""
    etat = point.etat_au(jour)
    nom, company = etat["nom_client_final"] or "INCONNU", etat["categorie_client_final"] == "PRO"
    tree: dict[str, Any] = {
        "Categorie": "PRO" if company else "RES",
        "Coordonnees_Contact": {"Telephone1_Num": _SANS_TELEPHONE},
    }
    if company:
        siret = etat["siret"]
        tree["Personne_Morale"] = {"Raison_Sociale": nom, "Activite": "0000Z"} | (
            {"Etablissement_Principal_Num_Siret": siret} if siret else {}
        )
    else:
        prenom, _, rest = nom.rpartition(" ")
        tree["Personne_Physique"] = {"Nom": rest} | ({"Prenom": prenom} if prenom else {})
        tree["Residence_Principale"] = True
    return tree


def _supply_tree(point: PointDuContrat, evenement: EvenementContractuel) -> dict[str, Any]:
    ligne = point.ligne
    etat = evenement.apres.alimentation
    return {
        "Tension_De_Livraison": "230_400V",
        "Domaine_De_Tension": "BT",
        "Etat_Alimentation": etat if etat in ("ALIM", "COUP", "LIMI") else "NALI",
        "Date_Debut_Etat_Alimentation": point.start_of_supply(evenement),
        "Mode_Alimentation": "TRI" if ligne.tension_livraison == _TRIPHASE else "MONO",
    }


def _metering_tree(point: PointDuContrat, jour: date) -> Mapping[str, Any]:
    kind, three = point.type_compteur(jour), point.ligne.tension_livraison == _TRIPHASE
    compteur = {
        "Type": kind,
        "Tension_Fonctionnement": "230_400V" if three else "230V",
        "Num_Serie": point.matricule(jour),
        "Nb_Cadrans": 14 if kind == "CCB" else None,
        "TIC_Activable": kind == "CCB",
        "Finalite_Compteur": "Contractuel",
    }
    compteur = {nom: value for nom, value in compteur.items() if value is not None}
    return {
        "Compteur": [compteur],
        "Disjoncteur": [{"Finalite_Disjoncteur": "Contractuel"}],
    }
