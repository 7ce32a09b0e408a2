"""What a supplier does with its GRD-F contract: it is declared, points come into it, and what
happens to them is asked one by one, by a file, or drawn for a year."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connu import Connu
from connu_clients import ACTEURS, APPLICATION, COMPTES, POINTS
from points_kit import made_points
from vie import Ordre, as_json

from sge_sim.referentiel.identites import with_luhn_key

FOURNISSEURS = {
    "GRDF1": ("GRD-F901", "17X900A100A0001A"),
    "GRDF2": ("GRD-F902", "17X900B200B0002B"),
}
SIREN, CANAL, CLE = "213409998", "506000001", "5a" * 32
GRILLE = """grilles:
  - nom: prix des années d'avant
    debut: 2019-01-01
    source: inventée
    c5:
      gestion: "16.20"
      comptage: "19.92"
      socle: "6.12"
      additionnelle: "4.00"
      soutirage:
        BTINFCU4: {fixe: "9.00", variable: {HPH: "6.96", HCH: "4.76", HPB: "1.48", HCB: "0.92"}}
        BTINFMU4: {fixe: "10.56", variable: {HPH: "6.39", HCH: "4.43", HPB: "1.46", HCB: "0.91"}}
        BTINFLU: {fixe: "84.96", variable: {BASE: "1.21"}}
        BTINFCUST: {fixe: "9.36", variable: {BASE: "4.37"}}
        BTINFMUDT: {fixe: "12.24", variable: {HP: "4.68", HC: "3.31"}}
    c4:
      gestion: "217.80"
      comptage: "283.27"
      depassement: "12.41"
      soutirage:
        BTSUPCU4:
          fixe: {HPH: "17.61", HCH: "15.96", HPE: "14.56", HCE: "11.98"}
          variable: {HPH: "6.91", HCH: "4.21", HPE: "2.13", HCE: "1.52"}
    prestations: {F100BOCM: "45.00", F120BOCM-E: "2.00", F120BOCM-NE: "40.00", F130OCM: "0",
      F140BOCM: "0", F180O1C1M: "3.00", F185O1CM: "60.00", F200BO1C1M: "50.00", F940BOCM: "35.00"}
"""
"""Prices of before those that are known, so that points are invoiced all along."""
_JSONL = {"content-type": "application/x-ndjson"}
_NATURES = {
    **{"MCT": 5, "RES": 2, "MES": 4, "CFNE": 3, "CMAT": 2, "MCF": 2, "COU": 2, "RET": 2},
    **{"MDPRM": 1, "MDACT": 1, "MDCTR": 1, "MDBRA": 1, "AUTRE": 1},
}
_LIGNES = ("RES", "MDBRA", "AUTRE", "MES")
"""What a line of a file asks for."""


def admin(sorte: str, demande: dict[str, Any], methode: str, chemin: str, corps: Any) -> Ordre:
    """Ask the administration for something; of lines, the body is given as it is."""
    lines = isinstance(corps, bytes)
    body = corps if lines else as_json(corps)
    entetes = _JSONL if lines else {}
    return Ordre("contrat", "", sorte, demande, methode, chemin, "", entetes, body)


def suite(connu: Connu, hasard: random.Random) -> Iterator[Ordre]:
    """Yield what is declared next: nothing once all is there."""
    faits = connu.clients.faits
    if not faits.issuperset(ACTEURS):
        yield admin("acteurs", {}, "POST", "/api/points", _lines(_acteurs()))
    elif not faits.issuperset(COMPTES):
        yield from _comptes(connu)
    elif APPLICATION not in faits:
        asked = {"nom": "Suivi", "acteur": SIREN}
        yield admin(APPLICATION, asked, "POST", "/api/applications", asked)
    elif len(connu.clients.points) < POINTS:
        yield points(hasard)


def _lines(cells: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in cells)


def _acteurs() -> Iterator[dict[str, Any]]:
    for code, sorte, contrat in (
        *((code, "fournisseur", contrat) for code, (contrat, _) in FOURNISSEURS.items()),
        (SIREN, "tiers", CANAL),
    ):
        own = [{"contratId": contrat, "dateDebut": "2019-01-01"}]
        yield {"acteur": code, "nom": f"Acteur {code}", "sorte": sorte, "contrats": own}


def _comptes(connu: Connu) -> Iterator[Ordre]:
    clients = connu.clients
    clients.debut = clients.debut or connu.jour
    for code, (contrat, eic) in FOURNISSEURS.items():
        asked = {"fournisseur": code, "contrat": contrat, "eic": eic, "debut": str(clients.debut)}
        if f"contrat_grd {code}" not in clients.faits:
            yield admin("contrat_grd", asked, "POST", "/api/perimetre/contrats", asked)
    if "compte" not in clients.faits:
        named = {"nom": "Commune d'essai"}
        yield admin("compte", {"siren": SIREN}, "PUT", f"/api/entreprises/{SIREN}", named)
    if "canal_entreprise" not in clients.faits:
        said = {"type": "dossier", "chiffrement": "aes256", "cle": CLE}
        yield admin("canal_entreprise", {"contrat": CANAL}, "PUT", f"/api/canaux/{CANAL}", said)


def points(hasard: random.Random) -> Ordre:
    """Bring points into the contract: some small ones, and a large one."""
    made, first = [], 500_000 + 20 * hasard.randrange(10**4)
    for rang, cells in enumerate(made_points(POINTS, first)):
        own = {"fournisseurTitulaire": "GRDF1", "plageReleve": "TD05"}
        own["numSiret"] = with_luhn_key(f"{SIREN}{rang:04d}")
        if cells["segment"] == "C5":
            own |= {"formuleTarifaireAcheminement": "BTINFCU4", "puissanceSouscrite": "6"}
            own["plageHeuresCreuses"] = "HC (22H56-6H56)"
            own |= {"collectes": '[{"debut": "2019-06-01"}]', "categorieClientFinalCode": "PRO"}
            if rang == 1:  # its level may rise
                own |= {"collectes": "", "niveauOuvertureServices": "1"}
        else:
            own["mediaReleve"] = "IP"
        made.append({**cells, **own})
    suivis = [(each["prm"], each["segment"]) for each in made]
    asked = {"prms": [prm for prm, _ in suivis], "suivis": suivis}
    return admin("points_apportes", asked, "POST", "/api/points", _lines(made))


def contractuel(connu: Connu, hasard: random.Random) -> Ordre:
    """Have something happen to a point of the contract, on a day to come most of the time."""
    if not connu.clients.points:
        return Ordre("administration", "", "page", {"chemin": "/points"}, "GET", "/points")
    draw, (prm, segment) = hasard.random(), hasard.choice(connu.clients.points)
    if draw < 0.05:
        asked = {"graine": hasard.randrange(1000)}
        return admin("annee_grd", asked, "POST", "/api/perimetre/annee", asked)
    if draw < 0.2 and segment == "C5":
        return _errone(connu, hasard, prm)
    if draw < 0.25:
        chemin = f"/api/points/{prm}/perimetre"
        return Ordre("administration", "", "page", {"chemin": chemin}, "GET", chemin)
    if draw < 0.35:
        jour = connu.jour + timedelta(hasard.randrange(1, 30))
        cells = {"prm": prm, "nature": hasard.choice(_LIGNES), "jour": str(jour)}
        return admin("lignes_grd", cells, "POST", "/api/points", _lines([cells]))
    nature = hasard.choices([*_NATURES], [*_NATURES.values()])[0]
    jour = connu.jour + timedelta(hasard.choice([0, 1, 1, 3, 20]))
    asked = {"nature": nature, **_champs(nature, segment, hasard)}
    if nature == "MCT" and hasard.random() < 0.3:  # Enedis was late to record it
        jour, asked = connu.jour - timedelta(hasard.randint(2, 40)), {**asked, "par": "enedis"}
    else:
        asked["reference"] = f"ref-{connu.numero}"  # by which its C15 is known to be the supplier's
    demande = {"prm": prm, **asked, "jour": str(jour)}
    ordre = admin(
        "evenement", demande, "POST", f"/api/points/{prm}/perimetre", {**asked, "jour": str(jour)}
    )
    return _fausse(ordre, hasard) if hasard.random() < 0.1 else ordre


def _champs(nature: str, segment: str, hasard: random.Random) -> dict[str, Any]:
    """What is given with a nature."""
    large = segment == "C4"
    match nature:
        case "CFNE":
            return {"fournisseur": hasard.choice([*FOURNISSEURS])}
        case "MES" | "MDACT" | "MDCTR":
            return {"titulaire": hasard.choice(["DURAND", "PETIT", "MARTIN"])}
        case "MCT" if large:
            return {"puissance": 48 + 12 * hasard.randrange(5)}
        case "MCT":
            return {"puissance": hasard.choice([3, 6, 9, 12])}
        case "MCF":
            return {"calendrier": hasard.choice(["FC000165", "FC000014"])}
        case "CMAT":
            return {"matricule": f"{hasard.randrange(10**12):012d}"}
        case "COU" if hasard.random() < 0.5:
            return {"limite": 1}
        case "MDPRM":
            return {"niveau": 2}
    return {}


def _fausse(ordre: Ordre, hasard: random.Random) -> Ordre:
    """Return what is asked, such as it is refused."""
    corps = {**json.loads(ordre.corps)}
    wrong = hasard.choice([{"nature": "XYZ"}, {"puissance": 999}, {"jour": "2020-13-45"}])
    demande = {**ordre.demande, **wrong, "refusee": True}
    return replace(ordre, demande=demande, corps=as_json({**corps, **wrong}))


def _errone(connu: Connu, hasard: random.Random, prm: str) -> Ordre:
    """Have a cyclic reading to come be wrong, then corrected."""
    jour = connu.jour.replace(day=6)  # when TD05 is read
    if jour < connu.jour:
        jour = (jour.replace(day=1) + timedelta(32)).replace(day=jour.day)
    le = jour + timedelta(hasard.randint(1, 27))
    said = {"jour": str(jour), "le": str(le), "ecart": hasard.choice([100, -20, 7])}
    chemin = f"/api/points/{prm}/releves-errones"
    return admin("releve_errone", {"prm": prm, **said}, "POST", chemin, said)
