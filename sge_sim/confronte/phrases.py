"""What a record says, in French, for who reads it before it is sent."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from sge_sim.confronte.differences import Classe
from sge_sim.confronte.temoignage import DitDuTemoignage, LigneVue, TemoignageSigne
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import in_french

TITRES: Final[Mapping[Classe, str]] = {
    "forme": "Forme : ce que le contrat n'a pas à cet endroit",
    "ordre": "Ordre des éléments",
    "presence": "Présence : un élément, un attribut ou une valeur",
    "format": "Format d'une valeur",
    "code": "Code retour",
    "libelle": "Libellé d'un code",
    "enumeration": "Valeur d'une liste",
    "entete": "En-tête",
    "http": "Statut HTTP",
}


def shown_lines(temoignage: TemoignageSigne) -> Iterator[str]:
    """Yield the lines that show a record whole."""
    said = temoignage.constat
    compared, months = sum(said.services.values()), ", ".join(said.mois) or "mois non dit"
    yield f"{counted(compared, 'échange comparé', 'échanges comparés')} ({months})."
    yield from (f"  {name} : {count}" for name, count in said.services.items())
    if said.ecartes:
        yield f"{counted(sum(said.ecartes.values()), 'échange')} non comparés :"
        yield from (f"  {count} {why}" for why, count in said.ecartes.items())
    yield from _differences(said)
    for title, rules in (
        ("Règles confirmées par la plateforme", said.confirmees),
        ("Règles contredites", said.contredites),
    ):
        if rules:
            yield f"{title} :"
            yield from (f"  {name} : {count}" for name, count in rules.items())
    yield f"Empreinte : {temoignage.empreinte}"
    signer = temoignage.signataire
    yield "Non signé." if signer is None else f"Signé par {temoignage.rassemble.signataire}."


def _differences(said: DitDuTemoignage) -> Iterator[str]:
    if not said.differences:
        yield "Aucune différence."
        return
    yield f"{counted(len(said.differences), 'différence')} :"
    for classe, found in groupby(said.differences, lambda each: each.classe):
        yield f"\n{TITRES[classe]}"
        yield from map(_difference, found)
    yield ""


def _difference(line: LigneVue) -> str:
    place = f"{line.service}{f' {line.element}' if line.element else ''}"
    rule = ""
    if line.regle and line.provenance:
        rule = f" [{line.regle}, {in_french(line.provenance)}]"
    times = f" ({line.nombre} échanges)" if line.nombre > 1 else ""
    return f"  {place} : simulateur « {line.attendu} », plateforme « {line.vu} »{rule}{times}"
