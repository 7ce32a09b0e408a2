"""The catalogue in French words: lists, cases, differences, and rows of the tracking workbook."""

from collections.abc import Iterable
from datetime import date
from textwrap import fill
from typing import Any

from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.catalogue.cases import LIBRE, Cas
from sge_sim.homologation.catalogue.differences import (
    Changement,
    Difference,
    expectation,
    flat_request,
    times_to_run,
    variants,
)
from sge_sim.homologation.catalogue.release import Release

_WIDTH = 96


def render_list(release: Release) -> str:
    """Return the release and its runs, one a line, by package."""
    lines = [
        f"{release.nom} : {len(release.ids)} cas, {len(release.cas)} exécutions "
        f"(date de référence {_day(release.reference)})",
        fill(release.resume, _WIDTH),
    ]
    for package in release.packages:
        lines += ["", package.upper()]
        lines += [
            f"  {case.cle:<20} {times_to_run(case):<11} {expectation(case.attendu):<26} "
            f"{case.titre}"
            for case in release.cas
            if case.package == package
        ]
    lines += _items("Ce qui change avec cette version", release.differences)
    return "\n".join([*lines, *_items("Sources", release.sources)])


def render_show(case: Cas) -> str:
    """Return everything that the catalogue says of one run, what it takes over included."""
    lines = [
        f"{case.cle} : {case.titre}",
        fill(case.signification, _WIDTH),
        "",
        f"  service         {case.service} v{case.version} (objet {case.objet})",
        f"  package         {case.package}",
        f"  segment         {case.segment}",
        f"  point           {case.etat_du_point}",
        f"  accord client   {case.accord}",
        f"  à exécuter      {times_to_run(case)}{_told_besides(case)}",
        f"  provenance      {in_french(case.provenance)} : {case.source}",
    ]
    if case.apres:
        lines.append(f"  après           {', '.join(case.apres)}")
    if case.non_testable:
        lines.append(f"  non testable    {case.non_testable}")
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
    """Return what changes between two releases; runs that change alike are told together."""
    lines = [f"De {difference.avant} à {difference.apres}"]
    lines += _items("Cas ajoutés", difference.ajoutes)
    lines += _items("Cas retirés", difference.retires)
    alike: dict[tuple[Changement, ...], list[str]] = {}
    for key, changes in difference.changes.items():
        alike.setdefault(changes, []).append(key)
    for changes, keys in alike.items():
        lines += _items(f"Changé : {', '.join(keys)}", (_told(each) for each in changes))
    return "\n".join(lines if len(lines) > 1 else [*lines, "", "Aucune différence."])


def run_view(case: Cas) -> dict[str, Any]:
    """Return one run as values for JSON, its request flat: `{"donneesGenerales/pointId": …}`."""
    return {
        "cle": case.cle,
        "id": case.id,
        "segment": case.segment,
        "package": case.package,
        "service": case.service,
        "version": case.version,
        "titre": case.titre,
        "signification": case.signification,
        "requete": dict(flat_request(case.requete)),
        "variantes": [dict(flat_request(each)) for each in case.variantes],
        "code": case.attendu.code,
        "acceptes": case.attendu.acceptes,
        "prm": case.prm,
        "etat_du_point": case.etat_du_point,
        "accord": case.accord,
        "apres": case.apres,
        "fois": case.fois,
        "facultatif": case.facultatif,
        "au_choix": case.au_choix,
        "provenance": case.provenance,
        "source": case.source,
    }


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
        "Chaîne du test": case.chaine,
        "Date & heure du test": "",
        "Remarques": "",
    }


def _told_besides(case: Cas) -> str:
    """Return what the quantity doesn't tell: the group, or that « - » means optional."""
    if case.facultatif and case.quantite is not None:
        return " (facultatif)"
    return f" ({case.au_choix})" if case.au_choix else ""


def _items(title: str, items: Iterable[str]) -> list[str]:
    """Return a titled list, nothing if it is empty."""
    told = [
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
    return ["", title, *told] if told else []


def _told(change: Changement) -> str:
    if change.avant is None:
        return f"{change.donnee} : ajouté, {change.apres}"
    if change.apres is None:
        return f"{change.donnee} : retiré ({change.avant})"
    return f"{change.donnee} : {change.avant} → {change.apres}"


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
