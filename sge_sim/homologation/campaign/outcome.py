"""From an exchange to the outcome of a case, and from the outcomes to the verdict on a package.

What is run and what is watched end the same way. Enedis homologates a package as a whole or not at
all: every compulsory case must pass in one and the same campaign (catalogue of SGE 21.3 §1). Of a
one-of-several group, one run is enough; an optional case, or one that Enedis says can't be tested,
counts for nothing, and neither does one that the target doesn't serve on that day. Where a panne
struck a case, whatever case, its package isn't judged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sge_sim.clock import legal_date
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.domaine.plateformes import Offering
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.french_text import expectation, tracking_row
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.jugement.evaluation import evaluate, known_deviation
from sge_sim.homologation.jugement.juge import Examen
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.executions import said
from sge_sim.homologation.reports.rapport import Constat, Execution, VerdictPackage
from sge_sim.refus import Rule

# What the homologation platform answers to a good request where it doesn't serve the case: SGT500
# on 22.1, SGT400 on 23.2 (observed). Any other code judges the request.
_FAILURES = ("SGT400", "SGT500")


@dataclass(frozen=True)
class EchangeDeCas:
    """A call that was made for a case, and what is known of it beside its messages.

    `instant` is the target's time (aware). `panne` is the line of the journal on the panne that
    struck it, `echange_id` its number there; `logiciel` is the client's product (User-Agent),
    `origine` who made the call, `examen` what the judge found, if it looked. `malformation` is
    what its request has wrong, where it broke the contract.
    """

    appel: AppelFait
    instant: datetime
    regle: Rule | None = None
    panne: str = ""
    logiciel: str = ""
    origine: Origine | None = None
    echange_id: int | None = None
    examen: Examen = Examen()  # noqa: RUF009 - it is frozen
    malformation: str = ""


def execution_of(
    case: Cas,
    echange: EchangeDeCas,
    *,
    defauts: bool = True,
    remarque: str = "",
    prevu_en_echec: bool = False,
) -> Execution:
    """Return the outcome of `case` given the exchange made for it.

    `defauts` says that the target may have the defects of the real platform: a simulator that
    plays a nominal one has no excuse. Where a panne struck, the answer judges nobody.
    """
    call, answer, examen = echange.appel, echange.appel.reponse, echange.examen
    sound = all(each.reussi for each in examen.constats)
    statut, why = Statut.ECHOUE, ""
    constats = [Constat("une réponse", False, call.erreur)]
    if answer is None and not sound:
        constats = []  # the judge says what came instead
    if answer is not None:
        expected = evaluate(case.attendu, answer, call.statut_http)
        constats = [replace(each, source=case.source) for each in expected]
        statut, why = _ending(case, answer, constats, defauts, echange.instant)
        if statut is Statut.ADMIS:
            excuse = f"{why} Source : {case.source}"
            constats = [_excused(each, excuse) for each in constats]
            judged = tuple(_excused(each, excuse) for each in examen.constats)
            examen = replace(examen, constats=judged)
        elif not sound:
            statut, why = Statut.ECHOUE, ""
    if case.trop_recent is not None and not statut.bon and case.trop_recent.matches(answer):
        later = echange.instant + timedelta(minutes=case.trop_recent.minutes)
        wait = f"La renvoyer après {later:%H:%M} : {case.trop_recent}."
        why = f"{why} {wait}".strip()
    if echange.malformation and not statut.bon:
        why = f"{why} Message refusé : {echange.malformation}.".strip()
    if echange.panne:
        statut, why = Statut.PERTURBE, ""
    remarques = " ".join(part for part in (remarque, echange.panne, why) if part)
    day = f"{echange.instant:%d/%m/%Y %H:%M:%S}"
    ended = said(statut, sum(each.excuse != "" for each in (*constats, *examen.constats)))
    return Execution(
        **_described(case, day, f"{ended.capitalize()}. {remarques}".strip()),
        statut=statut,
        constats=(*constats, *examen.constats),
        controles=examen.controles,
        non_verifies=examen.non_verifies,
        instant=echange.instant,
        duree_ms=round(call.duree_ms, 1),
        requete=call.requete.decode("utf-8", "replace"),
        reponse=call.recu.decode("utf-8", "replace"),
        statut_http=call.statut_http,
        code=answer.code if isinstance(answer, RefusRecu) else None,
        regle=echange.regle,
        logiciel=echange.logiciel,
        origine=echange.origine,
        echange_id=echange.echange_id,
        remarque=remarques,
        prevu_en_echec=prevu_en_echec,
    )


def not_run(
    case: Cas,
    why: str,
    *,
    statut: Statut = Statut.A_PASSER,
    panne: str = "",
    prevu_en_echec: bool = False,
) -> Execution:
    """Return the outcome of a case that could not be run, or wasn't; `why` is in French.

    `statut` says which of the two. `panne` is the line of the journal on the panne that struck what
    sets the case up.
    """
    if case.non_testable:
        statut = Statut.NON_TESTABLE
    return Execution(
        **_described(case, "", why),
        statut=Statut.PERTURBE if panne else statut,
        remarque=f"{panne} {why}".strip(),
        prevu_en_echec=prevu_en_echec,
    )


def keep_best(runs: dict[str, Execution], run: Execution) -> None:
    """Put a run among those that are kept, by key: a good one isn't replaced by a bad one."""
    if run.statut.bon or run.cle not in runs or not runs[run.cle].statut.bon:
        runs[run.cle] = run


def seen(
    case: Cas,
    run: Execution | None,
    offering: Offering,
    why: str,
    untried: Statut = Statut.A_PASSER,
) -> Execution:
    """Return the outcome of a case in an observed campaign, given the run that was seen, if any.

    Without a run it is `untried`, for the reason `why` (in French). By `offering` the target may
    not serve the case on that day: then neither its absence nor its failure counts.
    """
    if run is not None and run.instant is not None:
        offering = replace(offering, jour=legal_date(run.instant))
    gone = offering.why_not(case.existences)
    if run is not None and (run.statut.bon or not gone):
        return run
    if gone:
        return not_run(case, f"{gone}.", statut=Statut.NON_SERVI)
    return not_run(case, why, statut=untried)


def _ending(
    case: Cas,
    answer: AnswerTree | RefusRecu,
    constats: Sequence[Constat],
    defauts: bool,
    instant: datetime,
) -> tuple[Statut, str]:
    """Return the status of the case called at an instant (aware), and a remark on it.

    Where Enedis judges the request alone, a platform that fails is excused, without a code too
    (observed 23.4), and so is a refusal that it was seen to give there. A refusal that tells a
    mistake of the request (an unknown contract, a date, a message that isn't valid) isn't: that
    request isn't a good one (catalogue of SGE 21.3, note on the C2-C4; which codes: assumed).
    """
    if all(each.reussi for each in constats):
        return Statut.REUSSI, ""
    if not defauts:
        return Statut.ECHOUE, ""
    deviation = known_deviation(case, answer)
    if deviation is not None and not deviation.excuses(legal_date(instant)):
        deviation = None
    seen = "" if deviation is None else f"Écart connu : {deviation.observe} ({deviation.source})."
    failed = isinstance(answer, RefusRecu) and (
        not answer.code or answer.code in _FAILURES or deviation is not None
    )
    if case.reponse_ignoree and failed:
        return Statut.ADMIS, f"Enedis juge la demande seule. {seen}".strip()
    if deviation is not None:
        return Statut.ECART, seen
    return Statut.ECHOUE, ""


def _excused(constat: Constat, why: str) -> Constat:
    """Return a check, excused if it failed: why is in French."""
    return constat if constat.reussi else replace(constat, reussi=True, avertit=True, excuse=why)


def _described(case: Cas, day: str, remarks: str) -> dict[str, Any]:
    """Return the fields of an execution that come from its case, its tracking row included."""
    return {
        "cle": case.cle,
        "id": case.id,
        "package": case.package,
        "service": case.service,
        "version": case.version,
        "titre": case.titre,
        "attendu": expectation(case.attendu),
        "suivi": {**tracking_row(case), "Date & heure du test": day, "Remarques": remarks},
        "facultatif": case.facultatif,
        "au_choix": case.au_choix,
    }


def judge(
    release: Release, packages: Iterable[str], executions: Sequence[Execution], partielle: bool
) -> tuple[VerdictPackage, ...]:
    """Return the verdict on each of `packages`, on all that the release may list without any.

    A case of the release without an execution counts as not run. `partielle` (some cases only, or
    an earlier campaign completed) never gives a verdict.
    """
    packages = tuple(packages)
    order = (*release.protocole.packages(), *packages)
    asked = sorted(packages, key=order.index) or order
    return tuple(_verdict(release, package, executions, partielle) for package in asked)


def _verdict(
    release: Release, package: str, executions: Sequence[Execution], partielle: bool
) -> VerdictPackage:
    verdict = partial(VerdictPackage, package)
    if package not in release.packages:
        return verdict(Decision.SANS_OBJET, f"{release.nom} ne liste aucun cas pour ce package.")
    if partielle:
        why = "Seule une campagne qui exécute tous les cas du package le juge."
        return verdict(Decision.NON_JUGE, why)
    own = [each for each in executions if each.package == package]
    struck = [each.cle for each in own if each.statut is Statut.PERTURBE]
    if struck:
        why = f"Des pannes prévues ont touché {', '.join(struck)} : repasser le package sans elles."
        return verdict(Decision.NON_JUGE, why)
    statuts = {each.cle: each.statut for each in own}
    wanted = [
        case
        for case in release.cas
        if case.package == package and not case.facultatif and not case.non_testable
    ]
    done = {case.cle: statuts.get(case.cle, Statut.A_PASSER) for case in wanted}
    unserved = [case.cle for case in wanted if done[case.cle] is Statut.NON_SERVI]
    left_out = _left_out([each for each in own if each.cle in unserved])
    if wanted and len(unserved) == len(wanted):
        return verdict(Decision.SANS_CAS_SERVI, left_out)
    wanted = [case for case in wanted if case.cle not in unserved]
    good_groups = {case.au_choix for case in wanted if case.au_choix and done[case.cle].bon}
    missing = [
        case.cle for case in wanted if not done[case.cle].bon and case.au_choix not in good_groups
    ]
    if not missing:
        why = _good_runs(wanted, done)
        return verdict(Decision.HOMOLOGUE, f"{why} {left_out}".strip())
    called = any(each.instant is not None for each in own)
    if not called and Statut.PAS_COMMENCE in done.values():
        why = f"Aucun de ses cas n'a été appelé. {left_out}".strip()
        return verdict(Decision.PAS_COMMENCE, why)
    failed = any(done[key] not in (Statut.A_PASSER, Statut.PAS_COMMENCE) for key in missing)
    decision = Decision.NON_HOMOLOGUE if failed else Decision.A_PASSER
    return verdict(decision, f"{_missing_runs(missing, done)} {left_out}".strip())


def _good_runs(wanted: Sequence[Cas], done: dict[str, Statut]) -> str:
    """Return how many runs are good, and which others aren't needed in their group."""
    good = sum(statut.bon for statut in done.values())
    sentences = [f"Chaque cas obligatoire est bon ({good} exécution{'s' * (good > 1)})."]
    for group in dict.fromkeys(case.au_choix for case in wanted if case.au_choix):
        keys = [case.cle for case in wanted if case.au_choix == group]
        spared = ", ".join(key for key in keys if not done[key].bon)
        if spared:
            filled = ", ".join(key for key in keys if done[key].bon)
            sentences.append(f"Au choix, {filled} suffit, sans {spared}.")
    return " ".join(sentences)


def _left_out(unserved: Sequence[Execution]) -> str:
    """Return which cases the target doesn't serve, by reason."""
    found: dict[str, list[str]] = {}
    for each in unserved:
        found.setdefault(each.remarque.rstrip("."), []).append(each.cle)
    return " ".join(f"Hors jugement ({why}) : {', '.join(keys)}." for why, keys in found.items())


def _missing_runs(missing: Sequence[str], done: dict[str, Statut]) -> str:
    """Return the missing cases by status; of those that nobody called, how many."""
    ended = ((each, [key for key in missing if done[key] is each]) for each in Statut)
    return " ; ".join(_of_status(each, keys) for each, keys in ended if keys) + "."


def _of_status(statut: Statut, keys: Sequence[str]) -> str:
    if statut is Statut.PAS_COMMENCE:
        return counted(len(keys), "cas obligatoire pas commencé", "cas obligatoires pas commencés")
    return f"{statut} : {', '.join(keys)}"
