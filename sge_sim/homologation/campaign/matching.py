"""Find the case that a call was made for, or the nearest one and what differs from it.

A tester's own client writes its own login, contract and client's name, may choose its own dates and
any of the variants that the catalogue admits; everything else of a request says which case it is
for. What differs is named as in the contract.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self

from sge_sim.api.views import ExchangeView
from sge_sim.clock import PARIS
from sge_sim.domaine.echanges import malformation
from sge_sim.domaine.francais import shortened
from sge_sim.domaine.pannes import panne_in
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise, with_any_value
from sge_sim.homologation.campaign.client_observe import LONGEST
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, as_text
from sge_sim.homologation.catalogue.cases import LIBRE, Cas
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.messages import AppelFait, RefusRecu, read_answer, read_message
from sge_sim.homologation.reports.etats import IssueDeCas, Statut
from sge_sim.homologation.reports.rapport import Execution
from sge_sim.journal import Echange
from sge_sim.services.registry import BY_PATH

_ABSENT = "absent"
_FIELDS: Final = 10
_CHARACTERS: Final = 100
"""What is kept of the elements that differ: so many, and of each so many characters."""


@dataclass(frozen=True)
class Champ:
    """An element of a request that differs from its case; `date`: it is a date."""

    nom: str
    attendu: str
    recu: str
    date: bool = False

    def __str__(self) -> str:
        return f"{self.nom} : attendu {self.attendu}, reçu {self.recu}"


@dataclass(frozen=True, kw_only=True)
class AppelDuJournal(EchangeDeCas):
    """A call of the journal, and the service called; `instant` is simulated time, aware."""

    service: str
    version: str
    echange_id: int

    @classmethod
    def of(cls, exchange: Echange | ExchangeView, requete: bytes, reponse: bytes) -> Self:
        """Return an exchange of the journal, or its view, with its two messages."""
        answer: AnswerTree | RefusRecu | None
        try:
            answer, error = read_answer(reponse), ""
        except ValueError as failure:
            answer, error = None, str(failure)
        status, duration = exchange.http_status, exchange.duration_ms
        return cls(
            AppelFait(answer, requete, reponse, status, duration, error),
            exchange.instant.astimezone(PARIS),
            exchange.rule,
            panne_in(exchange.detail)[1],
            exchange.user_agent or "",
            exchange.origine,
            malformation=malformation(exchange.code, exchange.detail),
            service=exchange.service or "",
            version=exchange.version or "",
            echange_id=exchange.id,
        )


@dataclass(frozen=True)
class Observation:
    """What an exchange did for the cases of a release.

    `cas` holds the key of the case that it ticks (`coché`) or misses (`non conforme`, the answer
    isn't the one expected; `perturbé`, a panne struck the call), those that it fits alike
    (`ambigu`), or the nearest one (`proche`), whose differing elements are `champs`. `execution`
    comes with the first three.
    """

    echange_id: int
    instant: datetime
    service: str
    issue: IssueDeCas
    cas: tuple[str, ...]
    champs: tuple[Champ, ...]
    explication: str
    execution: Execution | None = None


def recognise(
    release: Release, call: AppelDuJournal, closed: Sequence[str] = (), *, defauts: bool = True
) -> Observation:
    """Return which case of `release` a call is; `closed` are the keys of those already ticked.

    `defauts` says that who answered may have the defects of the real platform (`execution_of`).

    A request that is a case's to the letter is that case's. One that differs by its dates alone
    is, if the answer is what the case wants. Of several cases, the answer decides, then whether
    they are still open.
    """
    requete = call.appel.requete
    if len(requete) > LONGEST:
        size = f"La demande a {len(requete)} octets : aucun cas n'en demande autant."
        return _observation(call, IssueDeCas.HORS_CATALOGUE, size)
    try:
        message = read_message(requete)
    except ValueError as error:
        why = f"La demande n'est pas lisible : {error}."
        return _observation(call, IssueDeCas.HORS_CATALOGUE, why)
    called = (call.service, call.version)
    cases = [case for case in release.cas if (case.service, case.version) == called]
    if not cases:
        why = f"{release.nom} n'a aucun cas de {call.service} v{call.version}."
        return _observation(call, IssueDeCas.HORS_CATALOGUE, why)
    today = call.instant.date()
    wrong = {case.cle: differing_fields(case, release, today, message.contenu) for case in cases}
    runs = {case.cle: execution_of(case, call, defauts=defauts) for case in cases}
    fits = [case.cle for case in cases if not wrong[case.cle]]
    if not fits:
        fits = [
            case.cle
            for case in cases
            if all(each.date for each in wrong[case.cle]) and runs[case.cle].statut.bon
        ]
    if not fits:
        return _nearest(call, wrong)
    good = [key for key in fits if runs[key].statut.bon]
    candidates = good or fits
    still_open = [key for key in candidates if key not in closed] or candidates[:1]
    if len(still_open) > 1:
        why = "La demande et la réponse conviennent à plusieurs cas."
        return _observation(call, IssueDeCas.AMBIGU, why, tuple(still_open))
    (key,) = still_open
    others = [each for each in fits if each != key]
    also = f" La demande convenait aussi à {', '.join(others)}." if others else ""
    dated = " Les dates ne sont pas celles du catalogue." if wrong[key] else ""
    why = _judgement(runs[key]) + dated + also
    return _observation(call, _issue(runs[key]), why, (key,), wrong[key], runs[key])


def differing_fields(
    case: Cas, release: Release, today: date, contenu: AnswerTree
) -> tuple[Champ, ...]:
    """Return the elements of a request that aren't what `case` wants on `today`.

    Of the requests that make the case, the nearest is the one compared.
    """
    contexte = ContexteDeCas(today, reperes_of_sge(LIBRE, LIBRE), release.decalage(today))
    service = BY_PATH[f"/{case.service}/v{case.version}"]
    free = service.champs_libres
    received = {name: as_text(value) for name, value in _flat(contenu, free)}
    found = []
    for requete in (case.requete, *case.variantes):
        admitted = replace(case, requete=with_any_value(requete))
        wanted = dict(_flat(materialise(admitted, contexte), free))
        found.append(_differing(wanted, received, service.champs_accord))
    return min(found, key=lambda each: (sum(not champ.date for champ in each), len(each)))


def _differing(
    wanted: Mapping[str, Any], received: Mapping[str, str], consents: frozenset[str]
) -> tuple[Champ, ...]:
    fields = []
    for path in dict.fromkeys([*wanted, *received]):
        value, name = wanted.get(path), path.rpartition("/")[2]
        expected = _ABSENT if value is None else as_text(value)
        found = received.get(path, _ABSENT)
        same = _plain(expected, value) == _plain(found, value)
        if name not in consents:
            same = same or {expected, found} == {_ABSENT, "false"}
        if expected == LIBRE:
            expected, same = "une valeur au choix", found != _ABSENT
        if not same:
            fields.append(Champ(name, expected, found, isinstance(value, date)))
    return tuple(fields)


def _nearest(call: AppelDuJournal, wrong: Mapping[str, tuple[Champ, ...]]) -> Observation:
    # Data tell more than dates, the point more than the other data. Whether a case is ticked
    # already says nothing of what the call was.
    key = min(
        wrong,
        key=lambda each: (
            sum(not field.date for field in wrong[each]),
            any(field.nom == "pointId" for field in wrong[each]),
            len(wrong[each]),
        ),
    )
    fields = tuple(map(_short, wrong[key][:_FIELDS]))
    differences = " ; ".join(map(str, fields))
    more = len(wrong[key]) - len(fields)
    others = f" ; et {more} {'autres' if more > 1 else 'autre'}" if more else ""
    why = f"Le cas le plus proche est {key}. {differences}{others}."
    return _observation(call, IssueDeCas.PROCHE, why, (key,), fields)


def _short(field: Champ) -> Champ:
    attendu, recu = (shortened(each, _CHARACTERS) for each in (field.attendu, field.recu))
    return Champ(shortened(field.nom, _CHARACTERS), attendu, recu, field.date)


def _observation(
    call: AppelDuJournal,
    issue: IssueDeCas,
    why: str,
    cas: tuple[str, ...] = (),
    champs: tuple[Champ, ...] = (),
    execution: Execution | None = None,
) -> Observation:
    if call.malformation and execution is None:
        why = f"Message refusé : {call.malformation}. {why}"
    whose = (call.echange_id, call.instant, call.service)
    return Observation(*whose, issue, cas, champs, why, execution)


def _issue(execution: Execution) -> IssueDeCas:
    if execution.statut is Statut.PERTURBE:
        return IssueDeCas.PERTURBE
    return IssueDeCas.COCHE if execution.statut.bon else IssueDeCas.NON_CONFORME


def _judgement(execution: Execution) -> str:
    """Return in French whether the answer is the one that the case expects."""
    if execution.statut is Statut.PERTURBE:
        return f"Une panne prévue a touché cet appel, qui ne compte pas. {execution.remarque}"
    if execution.statut is Statut.REUSSI:
        return "La réponse est celle attendue."
    if execution.statut is Statut.ADMIS:
        return f"La réponse n'est pas celle attendue mais elle est admise. {execution.remarque}"
    manques = " ; ".join(str(each) for each in execution.constats if not each.reussi)
    return f"La réponse n'est pas celle attendue. {manques}. {execution.remarque}".strip()


def nearest(observations: tuple[Observation, ...], cle: str) -> Observation | None:
    """Return the last exchange that ticked a case, else the nearest to it."""
    about = [each for each in observations if cle in each.cas]
    for issues in ((IssueDeCas.COCHE,), (IssueDeCas.NON_CONFORME, IssueDeCas.PERTURBE)):
        found = [each for each in about if each.issue in issues]
        if found:
            return found[-1]
    # The last of those that differ least.
    return min(reversed(about), key=lambda each: len(each.champs), default=None)


def _flat(value: Any, free: frozenset[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the simple values by path, without the elements `free`, which the client chooses.

    A lone element that may repeat has no rank in its path: a message doesn't tell them apart.
    """
    if isinstance(value, Mapping):
        for name, child in value.items():
            if name not in free:
                yield from _flat(child, free, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for rank, child in enumerate(value, 1):
            yield from _flat(child, free, path if len(value) == 1 else f"{path}[{rank}]")
    elif value is not None:
        yield path, value


def _plain(text: str, expected: Any = None) -> str:
    """Return the form of a value that is compared with the `expected` one."""
    if isinstance(expected, bool):
        text = {"1": "true", "0": "false"}.get(text, text)
    if isinstance(expected, date):
        return text[:10]  # an offset may follow (GUI 0466 §2.3)
    return text
