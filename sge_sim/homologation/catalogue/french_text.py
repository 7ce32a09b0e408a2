"""The catalogue in French words and as JSON.

Lists, cases, what a release changes of another, rows of the tracking workbook.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from textwrap import fill
from typing import Any, Final

from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.catalogue.answer_paths import as_text
from sge_sim.homologation.catalogue.cases import (
    LIBRE,
    PRM,
    Attendu,
    Cas,
    DateRelative,
    Emprunt,
    Requete,
    Valeur,
)
from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
from sge_sim.homologation.catalogue.release import Release, list_releases, load_release


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
    """Return the data of a run as texts, by name: the call, its request, the expected answer."""
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
    outcome = "succès" if attendu.code is None else f"refus {attendu.code}"
    if attendu.statut is not None:
        outcome += f", HTTP {attendu.statut}"
    return f"{outcome} (ou {', '.join(attendu.acceptes)})" if attendu.acceptes else outcome


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
    """Return the assertions as texts, without the PRM: the request has it already."""
    return [str(each).replace(case.prm or PRM, PRM) for each in case.attendu.assertions]


def _changes(old: Cas, new: Cas) -> tuple[Changement, ...]:
    before, after = _facts(old), _facts(new)
    found: list[Changement] = []
    for name in dict.fromkeys([*before, *after]):
        change = Changement(name, before.get(name), after.get(name))
        if change.avant != change.apres and not _is_listed(name, found):
            found.append(change)
    return tuple(found)


def _is_listed(name: str, found: list[Changement]) -> bool:
    """Return whether `name` belongs to an added or removed part that is listed already."""
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


_WIDTH = 96


def render_list(release: Release) -> str:
    """Return the release and its runs, one a line, by package."""
    lines = [
        f"{release.nom} : {len(release.ids)} cas, {counted(len(release.cas), 'exécution')} "
        f"(date de référence {release.reference:%d/%m/%Y})",
        fill(release.resume, _WIDTH),
    ]
    for package in release.packages:
        lines += ["", package.upper()]
        lines += [
            f"  {case.cle:<20} {times_to_run(case):<11} {expectation(case.attendu):<26} "
            f"{case.titre}{' †' * bool(case.arret)}"
            for case in release.cas
            if case.package == package
        ]
    ends = dict.fromkeys(f"† {case.arret}" for case in release.cas if case.arret)
    lines += ["", *ends] if ends else []
    lines += _items("Ce qui change avec cette version", release.differences)
    return "\n".join([*lines, *_items("Sources", release.sources)])


def render_show(case: Cas) -> str:
    """Return all that the catalogue says of a run, what it takes over included."""
    lines = [
        f"{case.cle} : {case.titre}",
        fill(case.signification, _WIDTH),
        "",
        f"  service         {case.service} v{case.version} (objet {case.objet})",
        f"  package         {case.package}",
        f"  segment         {case.segment}",
        f"  point           {case.etat_du_point}",
        f"  accord client   {case.accord}",
        f"  à exécuter      {times_to_run(case)}{_beside_quantity(case)}",
        f"  provenance      {in_french(case.provenance)} : {case.source}",
    ]
    if case.apres:
        lines.append(f"  après           {', '.join(case.apres)}")
    if case.non_testable:
        lines.append(f"  non testable    {case.non_testable}")
    if case.arret:
        lines.append(f"  fin             {case.arret}")
    lines += _items("Prérequis", case.prerequis)
    for step in case.preparation:
        requete = (f"{name} = {value}" for name, value in flat_request(step.requete))
        each = ", pour chaque valeur trouvée" if step.pour_chaque else ""
        title = f"Préparation « {step.nom} » : {step.service} v{step.version}{each}"
        lines += _items(title, requete)
    lines += _items("Demande", (f"{name} = {value}" for name, value in flat_request(case.requete)))
    admitted = (each.replace(LIBRE, "au choix") for each in variants(case))
    lines += _items("Admis aussi dans la demande", admitted)
    libelle = f" « {case.attendu.libelle} »" if case.attendu.libelle else ""
    unsure = "" if case.attendu.libelle_certain else " (libellé supposé, non comparé)"
    checks = (str(each) for each in case.attendu.assertions)
    lines += _items("Attendu", [f"{expectation(case.attendu)}{libelle}{unsure}", *checks])
    seen = (f"{each.observe} ({each.source})" for each in case.ecart_connu)
    lines += _items("Écarts connus de la plateforme réelle", seen)
    if case.reponse_ignoree:
        lines += ["", "Enedis juge la demande seule : la réponse de sa plateforme est ignorée."]
    if case.remarque:
        lines += ["", fill(f"Remarque : {case.remarque}", _WIDTH)]
    return "\n".join(lines)


def render_diff(difference: Difference) -> str:
    """Return what changes between two releases; runs that change alike are one line."""
    lines = [f"De {difference.avant} à {difference.apres}"]
    lines += _items("Cas ajoutés", difference.ajoutes)
    lines += _items("Cas retirés", difference.retires)
    alike: dict[tuple[Changement, ...], list[str]] = {}
    for key, changes in difference.changes.items():
        alike.setdefault(changes, []).append(key)
    for changes, keys in alike.items():
        lines += _items(
            f"Changé : {', '.join(keys)}", (_change_in_french(each) for each in changes)
        )
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "Aucune différence."])


_SHOWN: Final = (
    *("cle", "id", "segment", "package", "service", "version", "titre", "signification"),
    *("requete", "variantes", "code", "acceptes", "prm", "etat_du_point", "accord", "apres"),
    *("fois", "facultatif", "au_choix", "arret", "provenance", "source"),
)


def run_view(case: Cas) -> dict[str, Any]:
    """Return one run as values for JSON, its request flat: `{"donneesGenerales/pointId": …}`."""
    computed = {
        "requete": dict(flat_request(case.requete)),
        "variantes": [dict(flat_request(each)) for each in case.variantes],
        "code": case.attendu.code,
        "acceptes": case.attendu.acceptes,
    }
    return {name: computed[name] if name in computed else getattr(case, name) for name in _SHOWN}


_CHAINES: Final = {"C1-C4": "C2C4", "C2-C4": "C2C4"}
"""How the tracking workbook spells segments."""


def tracking_row(case: Cas) -> dict[str, str]:
    """Return the case as a row of Enedis' tracking workbook, by column, in the sheet's order.

    What only a run knows (« Date & heure du test », « Remarques ») is empty. Source: catalogue of
    SGE 21.3 §1.
    """
    return {
        "Webservice": case.service,
        "État du point": case.etat_du_point,
        "Accord client": {"oui": "Accord client", "non": "Pas d'accord"}.get(case.accord, "-"),
        "Libellé": case.titre,
        "Référence": case.id,
        "Cas non recevable": "non" if case.recevable else "oui",
        "Quantité demandée": times_to_run(case),
        "Version testée": f"v{case.version}",
        "PRM testé": case.prm or "",
        "Chaîne du test": _CHAINES.get(case.segment, case.segment),
        "Date & heure du test": "",
        "Remarques": "",
    }


def _beside_quantity(case: Cas) -> str:
    """Return what goes beside the quantity: the group, or that « - » means optional."""
    if case.facultatif and case.quantite is not None:
        return " (facultatif)"
    return f" ({case.au_choix})" if case.au_choix else ""


def _items(title: str, items: Iterable[str]) -> list[str]:
    """Return a titled list, nothing if it is empty."""
    lines = [
        fill(
            f"- {each}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for each in items
    ]
    return ["", title, *lines] if lines else []


def _change_in_french(change: Changement) -> str:
    if change.avant is None:
        return f"{change.donnee} : ajouté, {change.apres}"
    if change.apres is None:
        return f"{change.donnee} : retiré ({change.avant})"
    return f"{change.donnee} : {change.avant} → {change.apres}"


def view_releases() -> list[str]:
    """Return the names of the releases, of every protocol, oldest first."""
    return list(list_releases(tuple(PROTOCOLES)))


def view_runs(release: str, cas: str | None = None) -> list[dict[str, Any]]:
    """Return the runs of a release, or those of a case (`ADP-R1`, `ADP-R1@C5`).

    Raises `UnknownError` for a release or a case that there isn't.
    """
    found = load_release(release, PROTOCOLES)
    return [run_view(run) for run in (found.cas if cas is None else found.find(cas))]


def view_difference(avant: str, apres: str) -> dict[str, Any]:
    """Return what a release changes of another; raises `UnknownError` for one that there isn't."""
    return asdict(diff(load_release(avant, PROTOCOLES), load_release(apres, PROTOCOLES)))
