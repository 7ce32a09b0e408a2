"""What changes from one release of the catalogue to another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sge_sim.homologation.catalogue.answer_paths import as_text
from sge_sim.homologation.catalogue.case_dates import DateRelative
from sge_sim.homologation.catalogue.cases import PRM, Attendu, Cas, Emprunt, Requete, Valeur
from sge_sim.homologation.catalogue.release import Release


@dataclass(frozen=True)
class Changement:
    """A datum that differs: `avant` or `apres` is None where the release lacks it."""

    donnee: str
    avant: str | None
    apres: str | None


@dataclass(frozen=True)
class Difference:
    """What one release adds to, removes from and changes in another.

    `ajoutes` and `retires` are keys of runs, in the order of their release. `changes` gives, by
    key, the data that differ; words (titles, remarks, sources, known deviations) don't count.
    """

    avant: str
    apres: str
    ajoutes: tuple[str, ...]
    retires: tuple[str, ...]
    changes: Mapping[str, tuple[Changement, ...]]


def diff(before: Release, after: Release) -> Difference:
    """Return what `after` adds, removes and changes."""
    old = {case.cle: case for case in before.cas}
    new = {case.cle: case for case in after.cas}
    changes = {key: _changes(old[key], new[key]) for key in old if key in new}
    return Difference(
        avant=before.nom,
        apres=after.nom,
        ajoutes=tuple(key for key in new if key not in old),
        retires=tuple(key for key in old if key not in new),
        changes={key: found for key, found in changes.items() if found},
    )


def _facts(case: Cas) -> dict[str, str]:
    """Return the data of a run as texts, by name: what is sent, to whom, and what must come."""
    found = {
        "service": f"{case.service} v{case.version}",
        "objet": case.objet,
        **dict(flat_request(case.requete, "requete")),
        "attendu": expectation(case.attendu),
        **{f"attendu/{rank}": each for rank, each in enumerate(_assertions(case), 1)},
        "accord": case.accord,
        "etat_du_point": case.etat_du_point,
        "fois": times_to_run(case),
        **{f"variante/{rank}": each for rank, each in enumerate(variants(case), 1)},
    }
    if case.non_testable:
        found["non_testable"] = case.non_testable
    if case.apres:
        found["apres"] = ", ".join(case.apres)
    for step in case.preparation:
        found[f"preparation/{step.nom}"] = f"{step.service} v{step.version}"
        found.update(flat_request(step.requete, f"preparation/{step.nom}/requete"))
    return found


def flat_request(requete: Requete, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the simple values of a request by path, in the contract's order."""
    for name, value in requete.items():
        yield from _flat(value, f"{prefix}/{name}" if prefix else name)


def variants(case: Cas) -> Iterator[str]:
    """Yield what each variant of the request changes in it, as a text."""
    before = dict(flat_request(case.requete))
    for requete in case.variantes:
        after = {**dict.fromkeys(before, "absent"), **dict(flat_request(requete))}
        changed = {path: value for path, value in after.items() if value != before.get(path)}
        yield ", ".join(f"{path} = {value}" for path, value in changed.items())


def expectation(attendu: Attendu) -> str:
    """Return the expected outcome in a few French words."""
    told = "succès" if attendu.code is None else f"refus {attendu.code}"
    if attendu.statut is not None:
        told += f", HTTP {attendu.statut}"
    return f"{told} (ou {', '.join(attendu.acceptes)})" if attendu.acceptes else told


def times_to_run(case: Cas) -> str:
    """Return how many times the case is to be run, as the tracking workbook says it.

    Of the optional cases, F305C is « Facultatif » there and RP-R3 « - » (catalogue 21.3 §1).
    """
    if case.non_testable:
        return "Non testable"
    if case.quantite is not None:
        return case.quantite
    if case.facultatif:
        return "Facultatif"
    return f"{case.fois} au choix" if case.au_choix else str(case.fois)


def _assertions(case: Cas) -> list[str]:
    """Return the assertions as texts, without the PRM: the request tells it already."""
    return [str(each).replace(case.prm or PRM, PRM) for each in case.attendu.assertions]


def _changes(old: Cas, new: Cas) -> tuple[Changement, ...]:
    before, after = _facts(old), _facts(new)
    found: list[Changement] = []
    for name in dict.fromkeys([*before, *after]):
        change = Changement(name, before.get(name), after.get(name))
        if change.avant != change.apres and not _is_told(name, found):
            found.append(change)
    return tuple(found)


def _is_told(name: str, found: list[Changement]) -> bool:
    """Return whether `name` came or went as part of a whole that is told already."""
    return any(
        name.startswith(f"{each.donnee}/")
        for each in found
        if each.avant is None or each.apres is None
    )


def _flat(value: Valeur, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            yield from flat_request(value, path)
        case tuple():
            for rank, each in enumerate(value, 1):
                yield from _flat(each, f"{path}[{rank}]")
        case DateRelative():
            yield path, value.texte
        case Emprunt():
            yield path, f"{value.chemin.texte} de {value.origine}"
        case _:
            yield path, as_text(value)
