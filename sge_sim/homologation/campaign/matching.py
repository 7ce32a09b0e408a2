"""Recognising the case that a call was made for, or saying which it nearly was, and what it should
have been.

A tester's own client writes its own login, contract and client's name, may choose its own dates and
any of the variants that the catalogue admits; everything else of a request says which case it is
for. What differs is named as in the contract.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from sge_sim.api.views import ExchangeView
from sge_sim.clock import PARIS
from sge_sim.domaine.francais import shortened
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.domaine.pannes import panne_in
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.campaign.client_observe import LONGEST
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, as_text
from sge_sim.homologation.catalogue.cases import LIBRE, Cas, Emprunt, Requete, Valeur
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.messages import RefusRecu, read_answer, read_message
from sge_sim.homologation.reports.etats import IssueDeCas, Statut
from sge_sim.homologation.reports.rapport import Execution
from sge_sim.journal import Echange
from sge_sim.refus import Rule
from sge_sim.services.registry import BY_PATH

if TYPE_CHECKING:
    from sge_sim.homologation.client.sge_client import SgeClient

_ABSENT = "absent"
_FIELDS: Final = 10
_CHARACTERS: Final = 100
"""What is kept of the elements that differ: so many, and of each so many characters."""


@dataclass(frozen=True)
class Champ:
    """An element of the request that isn't what the case wants; `date`: it is a date."""

    nom: str
    attendu: str
    recu: str
    date: bool = False

    def __str__(self) -> str:
        return f"{self.nom} : attendu {self.attendu}, reçu {self.recu}"


@dataclass(frozen=True)
class AppelDuJournal:
    """A call that the journal has, as it is recognised; `instant` is simulated time, aware.

    `panne` is the line of the journal on the panne that struck it, `logiciel` the client's
    product (User-Agent), `origine` who made the call.
    """

    id: int
    instant: datetime
    service: str
    version: str
    requete: bytes
    reponse: bytes
    statut_http: int | None = None
    duree_ms: float = 0.0
    regle: Rule | None = None
    panne: str = ""
    logiciel: str = ""
    origine: Origine | None = None

    @classmethod
    def of(cls, exchange: Echange | ExchangeView, requete: bytes, reponse: bytes) -> Self:
        """Return an exchange of the journal, or its view, with its two messages."""
        return cls(
            exchange.id,
            exchange.instant.astimezone(PARIS),
            exchange.service or "",
            exchange.version or "",
            requete,
            reponse,
            exchange.http_status,
            exchange.duration_ms,
            exchange.rule,
            panne_in(exchange.detail)[1],
            exchange.user_agent or "",
            exchange.origine,
        )


@dataclass(frozen=True)
class Observation:
    """What an exchange was found to be.

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
    release: Release, appel: AppelDuJournal, closed: Sequence[str] = (), *, defauts: bool = True
) -> Observation:
    """Return what `appel` is in `release`; `closed` are the keys of the cases already ticked.

    `defauts` says that who answered may have the defects of the real platform (`execution_of`).

    A request that is a case's to the letter is that case's. One that differs by its dates alone
    is, if the answer is what the case wants. Of several cases, the answer decides, then whether
    they are still open.
    """
    if len(appel.requete) > LONGEST:
        size = f"La demande a {len(appel.requete)} octets : aucun cas n'en demande autant."
        return _observation(appel, IssueDeCas.HORS_CATALOGUE, (), size)
    try:
        message = read_message(appel.requete)
    except ValueError as error:
        why = f"La demande n'est pas lisible : {error}."
        return _observation(appel, IssueDeCas.HORS_CATALOGUE, (), why)
    cases = [
        case
        for case in release.cas
        if (case.service, case.version) == (appel.service, appel.version)
    ]
    if not cases:
        return _observation(
            appel,
            IssueDeCas.HORS_CATALOGUE,
            (),
            f"{release.nom} n'a aucun cas de {appel.service} v{appel.version}.",
        )
    wrong = {case.cle: differing_fields(case, release, appel, message.contenu) for case in cases}
    exchange = _exchange(appel)
    runs = {case.cle: execution_of(case, exchange, defauts=defauts) for case in cases}
    fits = [case.cle for case in cases if not wrong[case.cle]]
    if not fits:
        fits = [
            case.cle
            for case in cases
            if all(each.date for each in wrong[case.cle]) and runs[case.cle].statut.bon
        ]
    if not fits:
        return _nearest(appel, wrong)
    good = [key for key in fits if runs[key].statut.bon]
    candidates = good or fits
    still_open = [key for key in candidates if key not in closed] or candidates[:1]
    if len(still_open) > 1:
        return _observation(
            appel,
            IssueDeCas.AMBIGU,
            tuple(still_open),
            "La demande et la réponse conviennent à plusieurs cas.",
        )
    (key,) = still_open
    others = [each for each in fits if each != key]
    also = f" La demande convenait aussi à {', '.join(others)}." if others else ""
    dated = " Les dates ne sont pas celles du catalogue." if wrong[key] else ""
    return Observation(
        appel.id,
        appel.instant,
        appel.service,
        _issue(runs[key]),
        (key,),
        wrong[key],
        _judgement(runs[key]) + dated + also,
        runs[key],
    )


def differing_fields(
    case: Cas, release: Release, appel: AppelDuJournal, contenu: AnswerTree
) -> tuple[Champ, ...]:
    """Return the elements of a request that aren't what `case` wants on the day of `appel`.

    Of the requests that make the case, the nearest is the one compared.
    """
    today = appel.instant.date()
    contexte = ContexteDeCas(today, reperes_of_sge(LIBRE, LIBRE), release.decalage(today))
    service = BY_PATH[f"/{case.service}/v{case.version}"]
    free = service.champs_libres
    received = {name: as_text(value) for name, value in _flat(contenu, free)}
    found = []
    for requete in (case.requete, *case.variantes):
        admitted = replace(case, requete=_with_any_value(requete))
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


def _exchange(appel: AppelDuJournal) -> EchangeDeCas:
    answer: AnswerTree | RefusRecu | None
    try:
        answer, error = read_answer(appel.reponse), ""
    except ValueError as failure:
        answer, error = None, str(failure)
    return EchangeDeCas(
        appel.instant,
        appel.requete,
        appel.reponse,
        answer,
        statut_http=appel.statut_http,
        duree_ms=appel.duree_ms,
        erreur=error,
        regle=appel.regle,
        panne=appel.panne,
        logiciel=appel.logiciel,
        origine=appel.origine,
        echange_id=appel.id,
    )


def _nearest(appel: AppelDuJournal, wrong: Mapping[str, tuple[Champ, ...]]) -> Observation:
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
    return _observation(appel, IssueDeCas.PROCHE, (key,), why, fields)


def _short(field: Champ) -> Champ:
    nom, attendu, recu = (
        shortened(text, _CHARACTERS) for text in (field.nom, field.attendu, field.recu)
    )
    return Champ(nom, attendu, recu, field.date)


def _observation(
    appel: AppelDuJournal,
    issue: IssueDeCas,
    cas: tuple[str, ...],
    why: str,
    champs: tuple[Champ, ...] = (),
) -> Observation:
    return Observation(appel.id, appel.instant, appel.service, issue, cas, champs, why)


def _issue(execution: Execution) -> IssueDeCas:
    if execution.statut is Statut.PERTURBE:
        return IssueDeCas.PERTURBE
    return IssueDeCas.COCHE if execution.statut.bon else IssueDeCas.NON_CONFORME


def _judgement(execution: Execution) -> str:
    """Return how the answer stands to what the case wants, in French."""
    if execution.statut is Statut.PERTURBE:
        return f"Une panne prévue a touché cet appel, qui ne compte pas. {execution.remarque}"
    if execution.statut is Statut.REUSSI:
        return "La réponse est celle attendue."
    if execution.statut is Statut.ADMIS:
        return f"La réponse n'est pas celle attendue mais elle est admise. {execution.remarque}"
    manques = " ; ".join(str(each) for each in execution.constats if not each.reussi)
    return f"La réponse n'est pas celle attendue. {manques}. {execution.remarque}".strip()


def expected_request(client: "SgeClient", release: Release, case: Cas, today: date) -> str:
    """Return the SOAP message of a case on `today` (simulated legal date), as `client` writes it.

    A value that the case takes from another answer stands as `{libre}`. Raises `UsageError` for
    what zeep can't write.
    """
    contexte = ContexteDeCas(today, client.reperes, release.decalage(today))
    admitted = replace(case, requete=_with_any_value(case.requete))
    return client.written(case.service, case.version, materialise(admitted, contexte))


def nearest(observations: tuple[Observation, ...], cle: str) -> Observation | None:
    """Return the last exchange that ticked a case, else the one that missed it by least."""
    about = [each for each in observations if cle in each.cas]
    ticked = [each for each in about if each.issue == IssueDeCas.COCHE]
    if ticked:
        return ticked[-1]
    judged = [
        each for each in about if each.issue in (IssueDeCas.NON_CONFORME, IssueDeCas.PERTURBE)
    ]
    if judged:
        return judged[-1]
    # The last of those that differ least.
    return min(reversed(about), key=lambda each: len(each.champs), default=None)


def _with_any_value(requete: Requete) -> Requete:
    """Return the request with a value of the tester's choice wherever it borrows one."""
    return {name: _value_with_any(value) for name, value in requete.items()}


def _value_with_any(value: Valeur) -> Valeur:
    if isinstance(value, Emprunt):
        return LIBRE
    if isinstance(value, tuple):
        return tuple(map(_value_with_any, value))
    return _with_any_value(value) if isinstance(value, Mapping) else value


def _flat(value: Any, free: frozenset[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the simple values by path, without the elements `free`, of the asker's choice.

    One element that may repeat has the path of one that may not: a message doesn't tell them apart.
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
    """Return a value in the one form that is compared, given the value that is expected there."""
    if isinstance(expected, bool):
        text = {"1": "true", "0": "false"}.get(text, text)
    if isinstance(expected, date):
        return text[:10]  # an offset may follow (GUI 0466 §2.3)
    return text
