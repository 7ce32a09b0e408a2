"""Writes points in the form in which they are brought in, and the template of that form."""

import csv
import io
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sge_sim.facts.database import Database
from sge_sim.referentiel.apports.acteurs import cells_of_acteur, entry_of
from sge_sim.referentiel.apports.lecture import Format
from sge_sim.referentiel.apports.lignes import cells_of, ligne_of
from sge_sim.referentiel.apports.mots import MOTS, MOTS_ACTEURS, MOTS_JOURS
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.apports import points_after
from sge_sim.tables.mesures import days_after

_SLICE: Final = 500
_WORDS: Final = tuple(MOTS.values())


def export_points(database: Database, format_: Format, *, own: bool = True) -> Iterator[str]:
    """Yield a file of points, those of one's own or all, by PRM, in pieces of whole lines.

    What happened to the points since is told as it is now; orders and services are not in it.
    """
    yield header(format_)
    after = ""
    while True:
        with database.sessions() as session:
            found = points_after(session, after, _SLICE, own=own)
            rows = [cells_of(ligne_of(point, mesures), _WORDS) for point, mesures in found]
        if not rows:
            return
        after = rows[-1][0]
        yield written(rows, format_)


def export_mesures(database: Database, format_: Format) -> Iterator[str]:
    """Yield a file of the measures that were given, by PRM and day, in pieces of whole lines."""
    yield header(format_, MOTS_JOURS)
    with database.sessions() as session:
        for days in days_after(session, _SLICE):
            rows = [
                [prm, str(jour), courbe or "", registres or ""]
                for prm, (jour, courbe, registres) in days
            ]
            yield written(rows, format_, MOTS_JOURS)


def export_acteurs(database: Database, format_: Format) -> Iterator[str]:
    """Yield a file of all the actors, by code, in pieces of whole lines."""
    yield header(format_, MOTS_ACTEURS)
    with database.sessions() as session:
        rows = [cells_of_acteur(entry_of(acteur)) for acteur in all_acteurs(session)]
    yield written(rows, format_, MOTS_ACTEURS)


def template_of_acteurs(format_: Format) -> str:
    """Return a template of actors: a supplier and a third party, whose lines import as they are."""
    rows = [
        [
            code,
            nom,
            sorte,
            f"contact@{code.lower()}.example.org",
            f'[{{"contratId":"{contrat}","dateDebut":"2020-01-01"}}]',
            '{"homologation":["consultation","commande"],"production":["consultation"]}',
        ]
        for code, nom, sorte, contrat in (
            ("MONFOURN", "MON FOURNISSEUR", "fournisseur", "1900001"),
            ("MONTIERS", "MON SERVICE", "tiers", "1900002"),
        )
    ]
    return header(format_, MOTS_ACTEURS) + written(rows, format_, MOTS_ACTEURS)


def template(format_: Format) -> str:
    """Return a template: a household and a company, whose lines import as they are."""
    rows = [[point.get(nom, "") for nom in MOTS] for point in (_HOUSEHOLD, _COMPANY)]
    return header(format_) + written(rows, format_)


def template_of_mesures(format_: Format) -> str:
    """Return a template of measures: two days of the household, the first of 23 hours."""
    watts = " ".join(["200", "-", *["300"] * 44])
    rows = [
        [_HOUSEHOLD["prm"], "2024-03-31", watts, '{"D1":1000000,"F1":1000000,"total":1000000}'],
        [_HOUSEHOLD["prm"], "2024-04-01", "", '{"D1":1006900,"F1":1006900,"total":1006900}'],
    ]
    return header(format_, MOTS_JOURS) + written(rows, format_, MOTS_JOURS)


def header(format_: Format, words: Collection[str] = MOTS) -> str:
    """Return the first line of a CSV; JSON lines have none."""
    return ";".join(words) + "\n" if format_ == "csv" else ""


def written(rows: Sequence[Sequence[str]], format_: Format, words: Collection[str] = MOTS) -> str:
    """Return lines whose cells are given in the order of the words."""
    if format_ == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
        return text.getvalue()
    return "".join(
        json.dumps(
            {word: cell for word, cell in zip(words, row, strict=True) if cell},
            ensure_ascii=False,
        )
        + "\n"
        for row in rows
    )


_HOUSEHOLD: Final = {
    "prm": "29100000000134",
    "segment": "C5",
    "etatContractuel": "SERVC",
    "etatAlimentation": "ALIM",
    "niveauOuvertureServices": "2",
    "numeroEtNomVoie": "12 RUE DE LA PAIX",
    "codePostal": "75002",
    "codeInseeCommune": "75102",
    "commune": "PARIS",
    "nomClientFinalOuDenominationSociale": "Camille Exemple",
    "categorieClientFinalCode": "RES",
    "fournisseurTitulaire": "FOURN1",
    "domaineTension": "BTINF",
    "tensionLivraison": "230",
    "modeApresCompteur": "B12F1X220",
    "puissanceRaccordementSoutirage": "12",
    "formuleTarifaireAcheminement": "BTINFCUST",
    "puissanceSouscrite": "6",
    "calendrierFournisseur": "FC000165",
    "dateMiseEnService": "2019-05-20",
    "typeComptage": "LINKY",
    "disjoncteurCalibre": "15-45",
    "modeTraitement": "INDEX",
    "periodicite": "MENSU",
    "plageReleve": "TD05",
    "modeReleve": "TRLV",
    "mediaReleve": "CPL",
    "teleoperable": "oui",
    "contratSoutirage": "oui",
    "contratInjection": "non",
    "provisoire": "non",
    "groupementTurpe": "non",
    "matricule": "021975000001",
    "ticActivee": "non",
    "ticStandard": "non",
    "ticActivable": "oui",
    "datePose": "2019-05-20",
    "collectes": '[{"debut":"2021-01-01"}]',
}
_COMPANY: Final = {
    **_HOUSEHOLD,
    "prm": "29100000000246",
    "segment": "C4",
    "niveauOuvertureServices": "",
    "nomClientFinalOuDenominationSociale": "Exemple & Cie",
    "categorieClientFinalCode": "PRO",
    "numSiret": "73282932000074",
    "domaineTension": "BTSUP",
    "tensionLivraison": "230/400 V",
    "modeApresCompteur": "",
    "puissanceRaccordementSoutirage": "120",
    "formuleTarifaireAcheminement": "BTSUPCU4",
    "puissanceSouscrite": "90",
    "denivelePuissances": '{"HPH":60,"HCH":72,"HPE":84,"HCE":90}',
    "calendrierFournisseur": "",
    "typeComptage": "PMEI",
    "disjoncteurCalibre": "",
    "modeTraitement": "CDC",
    "plageReleve": "TD08",
    "mediaReleve": "GSM",
    "matricule": "",
    "numeroSerie": "041975000002",
    "ticActivee": "",
    "ticStandard": "",
    "ticActivable": "",
    "programmationHoraire": '{"HC":"22H00-6H00"}',
    "collectes": "",
}
