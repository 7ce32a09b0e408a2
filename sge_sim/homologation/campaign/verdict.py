"""The verdict on a package: Enedis homologates it as a whole or not at all.

Every compulsory case must pass in one and the same campaign (catalogue of SGE 21.3 §1). Of a
one-of-several group, one run is enough; an optional case, or one that Enedis says can't be tested,
counts for nothing. Where a panne struck a case, whatever case, its package isn't judged.
"""

from collections.abc import Iterable, Sequence

from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.reports.rapport import Decision, Execution, Statut, VerdictPackage


def judge(
    release: Release, packages: Iterable[str], executions: Sequence[Execution], partielle: bool
) -> tuple[VerdictPackage, ...]:
    """Return the verdict on each of `packages`, on all that the release may list without any.

    A case of the release without an execution counts as not run. `partielle` (some cases only, or
    an earlier campaign completed) never gives a verdict.
    """
    asked = tuple(packages) or release.protocole.packages
    return tuple(_judge(release, package, executions, partielle) for package in asked)


def _judge(
    release: Release, package: str, executions: Sequence[Execution], partielle: bool
) -> VerdictPackage:
    if package not in release.packages:
        return VerdictPackage(
            package, Decision.SANS_OBJET, f"{release.nom} ne liste aucun cas pour ce package."
        )
    if partielle:
        return VerdictPackage(
            package,
            Decision.NON_JUGE,
            "Seule une campagne qui exécute tous les cas du package le juge.",
        )
    by_key = {each.cle: each for each in executions}
    struck = [
        each.cle
        for each in executions
        if each.package == package and each.statut is Statut.PERTURBE
    ]
    if struck:
        return VerdictPackage(
            package,
            Decision.NON_JUGE,
            f"Des pannes prévues ont touché {', '.join(struck)} : repasser le package sans elles.",
        )
    wanted = [
        case
        for case in release.cas
        if case.package == package and not case.facultatif and not case.non_testable
    ]
    done = {case.cle: _statut(by_key.get(case.cle)) for case in wanted}
    good_groups = {case.au_choix for case in wanted if case.au_choix and done[case.cle].bon}
    missing = [
        case.cle for case in wanted if not done[case.cle].bon and case.au_choix not in good_groups
    ]
    if not missing:
        return VerdictPackage(package, Decision.HOMOLOGUE, _told_good(wanted, done))
    return VerdictPackage(package, Decision.NON_HOMOLOGUE, _told(missing, done))


def _statut(execution: Execution | None) -> Statut:
    return Statut.NON_EXECUTE if execution is None else execution.statut


def _told_good(wanted: Sequence[Cas], done: dict[str, Statut]) -> str:
    """Return how many runs are good, and which others their group does without."""
    good = sum(statut.bon for statut in done.values())
    told = [f"Chaque cas obligatoire est bon ({good} exécution{'s' * (good > 1)})."]
    for group in dict.fromkeys(case.au_choix for case in wanted if case.au_choix):
        keys = [case.cle for case in wanted if case.au_choix == group]
        spared = ", ".join(f"{key} {done[key].value}" for key in keys if not done[key].bon)
        if spared:
            filled = ", ".join(key for key in keys if done[key].bon)
            told.append(f"Au choix, {filled} suffit ({spared}).")
    return " ".join(told)


def _told(missing: Sequence[str], done: dict[str, Statut]) -> str:
    """Return the cases that lack, by how they ended."""
    told = []
    for statut in (Statut.ECHOUE, Statut.ECART, Statut.NON_EXECUTE):
        keys = [key for key in missing if done[key] is statut]
        if keys:
            told.append(f"{statut.value} : {', '.join(keys)}")
    return " ; ".join(told) + "."
