"""The worked examples of a supplier's invoices: their situations and readings, and the files that
say them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from sge_sim.clock import PARIS, start_of_day
from sge_sim.facturation.calcul import (
    Facturation,
    PeriodeAFacturer,
    _composantes_f12,
    _segment,
)
from sge_sim.facturation.grammaire import grammaires, read_by_grammar, write_around
from sge_sim.facturation.lignes import (
    BlocFacture,
    FactureFournisseur,
    LigneFacturee,
    ReleveFacture,
    SituationFacturee,
    rounded,
)
from sge_sim.facturation.prix import GrilleTarifaire

PRM, REF = "30001610071843", "123456789"
CREATION = datetime(2026, 9, 13, 5, 4, tzinfo=PARIS)
CLASSES = ("HPH", "HCH", "HPB", "HCB")
TETE = {
    "Version_XSD": "4.0.4",
    "Identifiant_Emetteur": "17X100A100A0001A",
    "Identifiant_Destinataire": "17X000000000001F",
    "Date_Creation": CREATION,
}
F15 = {
    "Identifiant_Flux": "F15",
    "Libelle_Flux": "Donnees de facturation des PRM",
    "Identifiant_Contrat": "GRD-F139",
    **TETE,
}
DONNEES = {
    "Id_PRM": PRM,
    "Code_Commune": "44109",
    "Code_Departement": "44",
    "Ref_Situation_Contractuelle": REF,
    "Type_Compteur": "CCB",
}
ADRESSE = {
    "Ligne_Adresse_1": "Enedis",
    "Ligne_Adresse_4": "1 place",
    "Ligne_Adresse_6_CodePostal": "92079",
    "Ligne_Adresse_6_Localite": "Paris",
}


def jour(text: str) -> date:
    """Read `12/02/2026`."""
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def situation(debut: str, puissance: int = 6, sequence: int = 1, **more: Any) -> SituationFacturee:
    given = {"fta": "BTINFCU4", **more}
    return SituationFacturee(jour(debut), puissance=Decimal(puissance), sequence=sequence, **given)


def releve(id_: str, debut: str, *index: int, **more: Any) -> ReleveFacture:
    """Return a reading of HPH, HCH, HPB, HCB, of those that are given."""
    return ReleveFacture(id_, jour(debut), dict(zip(CLASSES, index, strict=False)), **more)


def write_by_grammar(document: str, tree: Mapping[str, Any], version: str | None = None) -> bytes:
    """Return a tree as a document that holds to its grammar, the latest where none is named."""
    version = version or next(iter(grammaires(document)))
    content = b"".join(write_around(document, version, tree, ()))
    assert read_by_grammar(etree.fromstring(content))[3] == []
    return content


@dataclass
class Histoire:
    """A point's situations and readings in their order: the motive of each, and the day of the next
    one; and the blocks that they are invoiced."""

    situations: Sequence[SituationFacturee]
    lus: Sequence[tuple[str, ReleveFacture, str]]
    facturation: Facturation = field(default_factory=Facturation)

    def blocs(self) -> list[BlocFacture]:
        made, pending = list[BlocFacture](), list[ReleveFacture]()
        avance: Sequence[Any] = ()
        for motif, lu, prochain in self.lus:
            pending.append(lu)
            if len(pending) > 1 and motif in ("CYCL", "CFNS", "RES"):
                known = [each for each in self.situations if each.debut <= lu.jour]
                coming = jour(prochain) if prochain else None
                made.append(self.facturation.bloc(PeriodeAFacturer(known, pending, avance, coming)))
                pending = [lu]
                avance = [each for each in made[-1].lignes if each.id_ev.endswith("-E")]
        return made

    def facture(self, *blocs: BlocFacture, **more: Any) -> FactureFournisseur:
        return FactureFournisseur("3210619182009", jour("13/09/2026"), **more).plus(blocs)

    def files(self) -> dict[str, bytes]:
        """Return its C15, its R15, and its F15."""
        return {"C15.xml": self.c15(), "R15.xml": self.r15(), **self.invoice_files(*self.blocs())}

    def invoice_files(self, *blocs: BlocFacture) -> dict[str, bytes]:
        """Return the two files of an invoice."""
        return invoice_files(self.facture(*blocs), blocs)

    def c15(self) -> bytes:
        natures = ["MES", *["MCT"] * (len(self.situations) - 1)]
        points = [_point(n, s) for n, s in zip(natures, self.situations, strict=True)]
        head = {
            "Identifiant_Flux": "C15",
            "Libelle_Flux": "Description de la situation contractuelle des PRM du segment C5",
            **TETE,
        }
        contrat = {"Nature_Contrat": "GRD-F", "Code_EIC_Responsable_Equilibre": "17X000000000001F"}
        return write_by_grammar("C15", {"En_Tete_Flux": head, "Contrat": contrat, "PRM": points})

    def r15(self) -> bytes:
        rows, before = [], None
        for motif, lu, prochain in self.lus:
            rows.append(_reading(motif, lu, prochain, before))
            before = motif, lu
        head = {
            "Identifiant_Flux": "R15",
            "Libelle_Flux": "Index et énergies des PRM des segments C5 et P4",
            "Nature_Contrat": "GRD-F",
            **TETE,
        }
        point = {"Id_PRM": PRM, "Donnees_Releve": rows}
        return write_by_grammar("R15", {"En_Tete_Flux": head, "PRM": [point]})


def _point(nature: str, mine: SituationFacturee) -> dict[str, Any]:
    event = {
        "Type_Evenement": "CONTRAT",
        "Date_Evenement": datetime.combine(mine.debut, datetime.min.time(), PARIS),
        "Nature_Evenement": nature,
    }
    structure = {
        "Formule_Tarifaire_Acheminement": mine.fta,
        "Puissance_Souscrite": mine.puissance,
        "Unite_Puissance_Souscrite": "kVA",
    }
    contrat = {
        "Etat_Contractuel": "EN SERVICE",
        "Ref_Situation_Contractuelle": REF,
        "Date_Mise_En_Service": mine.debut,
        "Num_Sequence": mine.sequence,
        "Date_Debut_Num_Sequence": mine.debut,
        "Structure_Tarifaire": structure,
    }
    place = {"Code_Postal": "44000", "Code_Commune": "44109", "Libelle_Commune": "NANTES"}
    fed = {
        "Etat_Alimentation": "ALIM",
        "Date_Debut_Etat_Alimentation": mine.debut,
        "Mode_Alimentation": "MONO",
    }
    compteur = {"Type": mine.compteur, "Tension_Fonctionnement": "230V"}
    return {
        "Id_PRM": PRM,
        "Segment_Clientele": "C5",
        "Refus_Pose_AMM": False,
        "Autoproducteur": mine.autoproducteur,
        "Autoconsommation_Collective": "1" if mine.acc else "0",
        "Evenement_Declencheur": event,
        "Adresse_Installation": place,
        "Situation_Contractuelle": contrat,
        "Alimentation": fed,
        "Dispositif_De_Comptage": {"Compteur": [compteur]},
    }


def _reading(
    motif: str, lu: ReleveFacture, prochain: str, before: tuple[str, ReleveFacture] | None
) -> dict[str, Any]:
    rows = []
    for classe, value in lu.index.items():
        row = {
            "Id_Classe_Temporelle": classe,
            "Libelle_Classe_Temporelle": classe,
            "Unite_Mesure": "kWh",
            "Sens_Mesure": "0",
        }
        index = {"Classe_Mesure": "1", "Valeur": value}
        if before is not None:
            index["Valeur_Precedent"] = before[1].index[classe]
            rows.append(row | {"Classe_Mesure": "2", "Valeur": value - before[1].index[classe]})
        rows.append(row | index)
    tree = {
        "Id_Releve": lu.id,
        "Date_Releve": start_of_day(lu.jour),
        "Ref_Situation_Contractuelle": REF,
        "Niveau_Ouverture_Services": "2",
        "Type_Compteur": "CCB",
        "Statut_Releve": "INITIAL",
        "Motif_Releve": motif,
        "Classe_Temporelle_Distributeur": rows,
        "Classe_Temporelle": rows,
    }
    if before is not None:
        tree |= {
            "Id_Releve_Precedent": before[1].id,
            "Date_Releve_Precedent": start_of_day(before[1].jour),
            "Motif_Releve_Precedent": before[0],
        }
    if prochain:
        tree["Date_Theorique_Prochaine_Releve"] = jour(prochain)
    return tree


def invoice_files(facture: FactureFournisseur, blocs: Sequence[BlocFacture]) -> dict[str, bytes]:
    """Return the two files of an invoice."""
    general = {
        "En_Tete_Flux": F15,
        "En_Tete_Message": {
            "Num_Facture": facture.numero,
            "Affectation": "GFRN_1_20260913_1_C",
            "Date_Facture": facture.jour,
            "Type_Facture": facture.type,
            "Type_Facture_DGFIP": facture.type_dgfip,
            "Devise": "EUR",
            "Code_Mode_Reglement": "P",
            "Date_Reglement": facture.jour,
            "Delai_Reglement": 15,
            "Frequence_Facturation": "M",
            "Type_Client": "1",
            "Dematerialisation": "D",
            "Date_Debut_Facture": facture.jour,
            "Date_Fin_Facture": facture.jour,
            "Categorisation_Facture": "B2B",
            "Donnees_GRD_Legales": {
                **ADRESSE,
                "SIREN": "444608442",
                "SIRET": "44460844213631",
                "Code_TVA": "FR66444608442",
                "Registre_Commerce": "Nanterre",
                "Capital": 270037000,
            },
            "Donnees_Payeur": {**ADRESSE, "Ligne_Adresse_7": "FR"},
            "Donnees_Client": {
                "Date_Effet_Contrat": facture.jour,
                **ADRESSE,
                "Ligne_Adresse_7": "FR",
                "Code_TVA": "FR00000000000",
            },
        },
        "Fin_Message": end_of(facture),
    }
    return {
        "FL.xml": write_by_grammar("F15_FL", detail_of(facture, blocs, DONNEES)),
        "FA.xml": write_by_grammar("F15_FA", general),
    }


LIGNE = {
    "Id_EV": "id_ev",
    "Libelle_EV": "libelle",
    "Rupture": "rupture",
    "Date_Debut": "debut",
    "Date_Fin": "fin",
    "Quantite": "quantite",
    "Unite_Quantite": "unite",
    "Prix_Unitaire": "prix",
    "Montant_HT": "montant",
    "Taux_TVA_Applicable": "tva",
    "Puissance_Souscrite": "situation.puissance",
    "Formule_Tarifaire_Acheminement": "situation.fta",
    "Num_Sequence": "situation.sequence",
}


def detail_of(
    facture: FactureFournisseur, blocs: Sequence[BlocFacture], donnees: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the tree of a detail file."""
    return {
        "En_Tete_Flux": F15,
        "Rappel_En_Tete": {
            "Num_Facture": facture.numero,
            "Date_Facture": facture.jour,
            "Devise": "EUR",
        },
        "Donnees_Valorisation": [_block(f"V{n}", bloc, donnees) for n, bloc in enumerate(blocs, 1)],
    }


def _block(numero: str, bloc: BlocFacture, donnees: Mapping[str, Any]) -> dict[str, Any]:
    natures = sorted({each.nature for each in bloc.lignes})
    tree = {
        "Num_Valorisation": numero,
        "Type_Facturation": bloc.type,
        "Total_Valorise_HT": bloc.ht,
        "Total_Valorise_TVA": bloc.tva,
        "Total_Valorise_TTC": bloc.ttc,
        "Periode_Ante_Migration": False,
        "Donnees_PRM": donnees,
        "Groupe_Valorise": [
            {
                "Nature_EV": nature,
                "Element_Valorise": [_line(x) for x in bloc.lignes if x.nature == nature],
            }
            for nature in natures
        ],
        "Releve": [{"Id_Releve": each} for each in bloc.releves],
    }
    for nom, span in (("Fixe", bloc.part_fixe), ("Variable", bloc.part_variable)):
        if span is not None:
            tree |= {f"Date_Debut_Part_{nom}": span[0], f"Date_Fin_Part_{nom}": span[1]}
    if bloc.origine is not None:
        facture, valorisation, tree["Motif_Rectif_Facture"] = bloc.origine
        tree["Facture_Origine"] = [
            {"Origine_Facture": facture, "Origine_Valorisation": valorisation}
        ]
    return tree


def _line(ligne: LigneFacturee) -> dict[str, Any]:
    priced = ligne.famille in ("soutirage", "variable")
    tree = {nom: attrgetter(key)(ligne) for nom, key in LIGNE.items() if priced or "." not in key}
    sorte, code = ("Hors champ de TVA", "O") if ligne.tva is None else ("TVA normale", "S")
    return {nom: value for nom, value in tree.items() if value not in (None, "")} | {
        "Type_TVA_Applicable": sorte,
        "Code_Type_TVA_Applicable": code,
        "Date_TVA_Applicable": ligne.fin,
        "Categorie": "Remise" if ligne.is_remise else "",
    }


def end_of(facture: FactureFournisseur) -> dict[str, Any]:
    """Return the totals that end a general file of blocks without a discount."""
    tva = sum(facture.taxes.values(), Decimal("0.00"))
    return {
        "Montant_Total_HT": facture.ht,
        "Montant_Total_Lignes_Facture": facture.ht,
        "Montant_Total_Remises": Decimal("0.00"),
        "Montant_Total_HTVA": facture.ht,
        "Montant_Total_TVA": tva,
        "Montant_Total_TTC": facture.ht + tva,
        "Nb_Donnees_Valorisation_Total": facture.nombre,
        "Detail_TVA": [
            {
                "Libelle": "TVA normale",
                "Taux_TVA_Applicable": Decimal("20.000"),
                "Type_TVA_Applicable": "TVA normale",
                "Code_Type_TVA_Applicable": "S",
                "Motif_Exoneration_TVA": "",
                "Code_Motif_Exoneration_TVA": "",
                "Assiette": facture.ht,
                "Montant": tva,
            }
        ],
    }


R1 = releve("1000000000000001", "12/01/2026", 2900, 1000)
R2 = releve("1000000000000002", "12/02/2026", 3120, 1105)
R3 = releve("1000000000000003", "12/03/2026", 3301, 1188)
R4 = releve("1000000000000004", "01/04/2026", 3419, 1246)
SIMPLE = Histoire(
    [situation("12/01/2026")],
    [("MES", R1, ""), ("CYCL", R2, "12/03/2026"), ("CYCL", R3, "12/04/2026"), ("CFNS", R4, "")],
)
PUISSANCE = Histoire(
    [situation("12/01/2026"), situation("25/02/2026", 9, 2)],
    [
        ("MES", R1, ""),
        ("CYCL", R2, "12/03/2026"),
        ("MCT", releve("1000000000000009", "25/02/2026", 3205, 1144), ""),
        ("CYCL", R3, "12/04/2026"),
    ],
)
_AOUT = {jour("01/08/2026"): {"HPH": 0, "HCH": 0, "HPB": 5120, "HCB": 2060}}
AOUT = Histoire(
    [situation("12/06/2026")],
    [
        ("MES", releve("2000000000000001", "12/06/2026", 0, 0, 5000, 2000), ""),
        ("CYCL", releve("2000000000000002", "12/07/2026", 0, 0, 5000, 2000), "12/08/2026"),
        (
            "CYCL",
            releve("2000000000000003", "12/08/2026", 0, 0, 5190, 2095, quotidiens=_AOUT),
            "12/09/2026",
        ),
    ],
)
EXEMPLES = {"simple": SIMPLE, "puissance": PUISSANCE, "aout": AOUT}


DAYS = st.dates(date(2025, 8, 1), date(2029, 3, 1))


@st.composite
def histoires(draw: st.DrawFn) -> Histoire:
    """Draw a situation that begins, changes of power, cyclic readings and its end."""
    debut = draw(DAYS)
    steps = draw(st.lists(st.integers(1, 70), min_size=2, max_size=9))
    days = [debut + timedelta(sum(steps[:n])) for n in range(len(steps) + 1)]
    fta = draw(st.sampled_from(["BTINFCU4", "BTINFMU4"]))
    powers = st.sampled_from([3, 6, 9, 36])
    motifs = ["MES", *(draw(st.sampled_from(["CYCL", "CYCL", "MCT"])) for _ in days[1:-1]), "RES"]
    situations, lus, index = [], list[tuple[str, ReleveFacture, str]](), [0] * 4
    for n, (day, motif) in enumerate(zip(days, motifs, strict=True)):
        if motif in ("MES", "MCT"):
            text = f"{day:%d/%m/%Y}"
            mine = situation(text, draw(powers), len(situations) + 1, fta=fta)
            situations.append(mine)
        next_day = day + timedelta(draw(st.integers(1, 70)))
        lus.append((motif, releve(f"{n}", f"{day:%d/%m/%Y}", *index), f"{next_day:%d/%m/%Y}"))
        index = [each + draw(st.integers(0, 900)) for each in index]
    lus[-1] = (*lus[-1][:2], "")
    return Histoire(situations, lus)


_CODE = {"@code": "C5", "libelle": "C5"}
_JALON = {
    "num": 1,
    "dateHeure": "2026-09-12T16:27:20",
    "affaireDateEffet": "2026-09-12",
    "affaireEtat": {"@code": "DMTR", "libelle": "Demande transmise"},
}
SUIVI = {
    "enteteFlux": {
        "idFlux": "X12",
        "libelle": "Suivi des affaires initiées par le fournisseur",
        "versionXsd": "2.0.0",
        "idEmetteur": "17X100A100A0001A",
        "idDestinataire": "17X000000000001F",
        "dateCreation": "2026-09-13T09:17:00",
    },
    "nbAffaires": 1,
    "affaire": [
        {
            "@id": "38233180",
            "donneesGenerales": {
                "statut": {"@code": "COURS", "libelle": "En cours"},
                "jalons": {"jalon": [_JALON]},
                "donneesPoint": {"id": PRM, "segmentClientele": _CODE},
                "segment": "C5",
            },
            "demande": {"donneesGenerales": {"objet": _CODE, "pointId": PRM}},
        }
    ],
}
"""A follow-up of affaires."""


def annual_amount(
    grille: GrilleTarifaire,
    situation: SituationFacturee,
    energies: Mapping[str, int] | None = None,
    heures: Mapping[str, int] | None = None,
) -> Decimal:
    """What a point above 36 kVA costs in a year: its components, its energies, its overruns."""
    segment = _segment(situation, grille)
    components = _composantes_f12(situation, grille, segment)
    total = sum((each.annual * each.facteur for each in components), Decimal(0))
    for classe, kwh in (energies or {}).items():
        total += grille.price(f"{segment}.soutirage.{situation.fta}.variable.{classe}") * kwh / 100
    for hours in (heures or {}).values():
        total += grille.price(f"{segment}.depassement") * hours
    return rounded(total)
