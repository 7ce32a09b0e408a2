"""From the actor's tracking workbook to a release that can be played: its PRM, periods and cases.

The release takes over one of ours and writes what the workbook has otherwise. A case that the
workbook doesn't list is left out, unless another builds on it. What isn't understood is listed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.cases import Cas, Requete
from sge_sim.homologation.catalogue.french_text import times_to_run
from sge_sim.homologation.catalogue.release import (
    Release,
    list_releases,
    load_release,
    load_release_folder,
)
from sge_sim.homologation.suivi.classeur import Classeur
from sge_sim.homologation.suivi.lignes import (
    Tableau,
    period_in,
    plain,
    prm_in,
    read_tableaux,
    reference_in,
    references,
    segment_in,
)
from sge_sim.machine import monde
from sge_sim.machine.files import write_atomically

_ORIGINAL_DAYS: Final = {"du": date(2000, 1, 1), "au": date(2099, 12, 31)}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")


class _Dumper(yaml.SafeDumper):
    """Writes what the catalogue reads: no alias."""

    def ignore_aliases(self, data: object) -> bool:
        """Write each value where it stands."""
        return True


@dataclass
class Importation:
    """A workbook read: `cas` holds what is written for each run that it lists, by key.

    `refus` are the sentences on what wasn't understood.
    """

    classeur: Classeur
    base: Release
    cas: dict[str, dict[str, Any]] = field(default_factory=dict)
    refus: list[str] = field(default_factory=list)


def read_importation(classeur: Classeur, base: Release | None = None) -> Importation:
    """Read the cases of a workbook, in `base`, else in the release that has most of them.

    Raises `UsageError` where it has no known title, or names no case of the release.
    """
    tableaux = read_tableaux(classeur)
    found = Importation(classeur, base or _nearest_release(references(tableaux)))
    named = {each.feuille.nom for each in tableaux}
    for feuille in classeur.feuilles:
        if feuille.nom not in named and feuille.valeurs:
            found.refus.append(f"Feuille « {feuille.nom} » : aucune ligne de titres connue.")
    for tableau in tableaux:
        found.refus += [
            f"Feuille « {tableau.feuille.nom} » : colonne « {each} » inconnue."
            for each in tableau.inconnues
        ]
        for rang in tableau.rows():
            _read_row(tableau, rang, found)
    if not found.cas:
        raise UsageError(
            f"{classeur.nom} ne nomme aucun cas de {found.base.nom} : vérifier la colonne des "
            "références, ou donner une autre --release."
        )
    return found


def _nearest_release(names: Sequence[str]) -> Release:
    """Return the release that has most of the references, the last of those that do."""
    releases = [load_release(name) for name in list_releases()]
    return max(
        reversed(releases),
        key=lambda each: sum(reference_in(name, each.ids) is not None for name in set(names)),
    )


def _read_row(tableau: Tableau, rang: int, found: Importation) -> None:
    where = tableau.where(rang).capitalize()
    text = tableau.text(rang, "reference")
    cas_id = reference_in(text, found.base.ids)
    if cas_id is None:
        found.refus.append(f"{where} : {found.base.nom} n'a pas de cas « {text} ».")
        return
    runs = {each.segment: each for each in found.base.cas if each.id == cas_id}
    chaine = tableau.text(rang, "chaine")
    segment = segment_in(chaine, [*runs])
    if segment is None:
        segment = _segment_of_prm(tableau.text(rang, "prm"), found.base)
    if segment not in runs:
        texts = f"la chaîne « {chaine} » n'en est pas une" if chaine else "la chaîne manque"
        found.refus.append(f"{where} : {texts}, et {cas_id} se passe sur {', '.join(runs)}.")
        return
    case = runs[segment]
    if case.cle in found.cas:
        found.refus.append(f"{where} : {case.cle} est déjà sur une autre ligne, qui est gardée.")
        return
    listed = f"listé par {found.classeur.nom}, {tableau.where(rang)}"
    written: dict[str, Any] = {"source": f"{case.source} ; {listed}"}
    for sentence in (
        *_formulas(tableau, rang),
        *_read_prm(tableau.text(rang, "prm"), case, written),
        *_read_period(tableau, rang, case, written),
        *_read_times(tableau.text(rang, "quantite"), case, written),
        *_contradictions(tableau, rang, case),
    ):
        found.refus.append(f"{where} ({case.cle}) : {sentence}.")
    found.cas[case.cle] = written


def _segment_of_prm(text: str, base: Release) -> str | None:
    """Return the segment on which our catalogue has a PRM, None where it doesn't say."""
    prm = prm_in(text)
    segments = {each.segment for each in base.cas if prm and each.prm == prm}
    return segments.pop() if len(segments) == 1 else None


def _formulas(tableau: Tableau, rang: int) -> Iterator[str]:
    for name, column in tableau.colonnes.items():
        if (rang, column) in tableau.feuille.formules:
            yield f"la colonne « {name} » est une formule, qui n'est pas calculée"


def _read_prm(text: str, case: Cas, written: dict[str, Any]) -> Iterator[str]:
    if not text or text.strip("- ").upper() in ("", "N/A"):
        if case.prm:
            yield f"aucun PRM, le nôtre reste ({case.prm})"
        return
    prm = prm_in(text)
    if prm is None:
        kept = f", le nôtre reste ({case.prm})" if case.prm else ""
        yield f"« {text} » n'est pas un PRM de 14 chiffres{kept}"
    elif case.prm is None:
        yield f"la demande n'a pas de PRM, {prm} n'y est pas mis"
    else:
        written["prm"] = prm


def _read_period(tableau: Tableau, rang: int, case: Cas, written: dict[str, Any]) -> Iterator[str]:
    """Write the period of a row into the request: that of its columns, else of its texts."""
    days = (tableau.day(rang, "debut"), tableau.day(rang, "fin"))
    texts = [tableau.text(rang, each) for each in ("debut", "fin", "libelle", "remarques")]
    if days[0] is None or days[1] is None:
        if any(texts[:2]):
            words = " à ".join(filter(None, texts[:2]))
            yield f"la période « {words} » n'est pas faite de deux dates"
        days = period_in(texts[2]) or period_in(texts[3]) or (None, None)
    ours = dict(_listed_days(case.requete))
    if days[0] is None or days[1] is None:
        if ours:
            listed = " à ".join(f"{each:%d/%m/%Y}" for each in ours.values())
            yield f"aucune période, la nôtre reste ({listed})"
        return
    wanted = {"dateDebut": days[0], "dateFin": days[1]}
    if {path[-1] for path in ours} != {*wanted}:
        yield "sa demande ne porte pas de période fixe, celle du classeur n'y est pas mise"
        return
    for path in ours:
        _put(written, path, wanted[path[-1]])


def _listed_days(
    requete: Requete, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], date]]:
    """Yield the days that a request lists, by the path of their element."""
    for name, value in requete.items():
        if isinstance(value, Mapping):
            yield from _listed_days(value, (*path, name))
        elif isinstance(value, date):
            yield (*path, name), value


def _put(written: dict[str, Any], path: Sequence[str], day: date) -> None:
    *parents, name = ("requete", *path)
    for parent in parents:
        written = written.setdefault(parent, {})
    written[name] = day


def _read_times(text: str, case: Cas, written: dict[str, Any]) -> Iterator[str]:
    """Write how many times a case is asked for, where that differs from ours."""
    wanted = plain(text)
    if not wanted or wanted == plain(times_to_run(case)):
        return
    if wanted.startswith("facultatif"):
        written["facultatif"] = True
    elif wanted.startswith("non testable"):
        written["non_testable"] = "le classeur de l'acteur le dit."
    elif re.fullmatch(r"[1-9]( fois)?", wanted):
        written["fois"] = int(wanted[0])
    else:
        yield f"quantité « {text} », au lieu de « {times_to_run(case)} », qui reste"


def _contradictions(tableau: Tableau, rang: int, case: Cas) -> Iterator[str]:
    """Yield where a row contradicts our catalogue, which prevails."""
    version = tableau.text(rang, "version").strip().lower().removeprefix("v")
    same = (version, f"{version}.0")
    if re.fullmatch(r"\d+(\.\d+)*", version) and case.version not in same:
        yield f"version {version}, au lieu de {case.version}, qui reste"
    refused = {"oui": True, "non": False}.get(plain(tableau.text(rang, "refus")))
    if refused is not None and refused == case.recevable:
        yield f"cas non recevable « {tableau.text(rang, 'refus')} », contre notre catalogue"


def release_name(name: str | None, importation: Importation) -> str:
    """Return the name of the release: that of ours, then what the user wants or the file's name.

    Raises `UsageError` for one that isn't the name of a folder.
    """
    own = name or plain(importation.classeur.nom.rpartition(".")[0]).replace(" ", "-") or "suivi"
    if _NAME.fullmatch(own) is None:
        raise UsageError(f"« {own} » n'est pas un nom de version : lettres, chiffres et tirets.")
    return f"{importation.base.nom}-{own.removeprefix(f'{importation.base.nom}-')}"


def write_release(importation: Importation, folder: Path, name: str) -> Release:
    """Write the release `name` into `folder`, what is there is replaced; return it as it is read.

    Raises `UsageError` where what the workbook says doesn't make a release.
    """
    place = folder / name
    monde.mkdir(place, parents=True, exist_ok=True)
    base, kept = importation.base, _kept(importation)
    packages = [each for each in base.packages if any(c.package == each for c in kept.values())]
    head = {
        "release": name,
        "reference": base.reference,
        "dates_originales": _ORIGINAL_DAYS,
        "packages": packages,
        "resume": f"Les cas de {importation.classeur.nom}, sur ceux de {base.nom}.",
        "sources": [f"Classeur de l'acteur, {importation.classeur.nom}"],
    }
    _write(place / "release.yaml", head)
    for package in packages:
        cases = {
            cas_id: _written_case([c for c in base.cas if c.id == cas_id], kept, importation.cas)
            for cas_id in dict.fromkeys(c.id for c in base.cas if c.package == package)
        }
        content = {"package": package, "reprend": base.nom}
        _write(place / f"{package}.yaml", {**content, "cas": cases} if cases else content)
    return load_release_folder(place)


def _kept(importation: Importation) -> dict[str, Cas]:
    """Return the runs of the release: those of the workbook, and those they build on."""
    by_key = {each.cle: each for each in importation.base.cas}
    wanted, kept = list(importation.cas), {}
    while wanted:
        case = by_key[wanted.pop()]
        if case.cle not in kept:
            kept[case.cle] = case
            wanted += case.apres
    return kept


def _written_case(
    runs: Sequence[Cas], kept: Mapping[str, Cas], rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Return a case as its file writes it, None for one that isn't listed any more."""
    if not any(each.cle in kept for each in runs):
        return None
    executions: dict[str, Any] = {}
    for each in runs:
        if each.cle not in kept:
            executions[each.segment] = None
        elif each.cle in rows:
            executions[each.segment] = {**rows[each.cle], **_alone(each, kept)}
        else:
            executions[each.segment] = {
                "facultatif": True,
                "remarque": "Le classeur ne le liste pas ; un autre cas en reprend une valeur.",
                **_alone(each, kept),
            }
    return {"executions": executions}


def _alone(case: Cas, kept: Mapping[str, Cas]) -> dict[str, Any]:
    """Return what takes a case out of its one-of-several group if it is alone there."""
    others = [each for each in kept.values() if each.au_choix == case.au_choix]
    return {"au_choix": None} if case.au_choix and len(others) == 1 else {}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    write_atomically(path, text.encode())


def left_out(importation: Importation) -> list[str]:
    """Return the keys of our runs that the workbook doesn't list, of the packages it names."""
    kept = _kept(importation)
    packages = {each.package for each in kept.values()}
    return [
        each.cle
        for each in importation.base.cas
        if each.package in packages and each.cle not in importation.cas
    ]
