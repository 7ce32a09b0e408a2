"""The pannes of Data Connect: which strike a call, and what is answered in its place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.dataconnect.exchange import PlannedAnswer, RestAnswer, RestBackend, RestExchange
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import Panne
from sge_sim.tables.comptages import Quota
from sge_sim.tables.dataconnect import APIS, ConsentementFacts, read_consentements

HEURE: Final = 3600
_MOIS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SEPT_JOURS: Final = timedelta(7)
_TEXT: Final = "text/plain; charset=utf-8"
"""What a status without a body of its own is answered in."""


@dataclass(frozen=True)
class Vise:
    """What a call is about, as pannes narrow it: an API, a point, a measure and its direction.

    `moment` is that of the consent page, `place` where the credentials of a token were.
    """

    api: str | None = None
    prm: str | None = None
    mesure: str | None = None
    sens: Sens | None = None
    moment: str = ""
    place: str = ""


def strike(backend: RestBackend, exchange: RestExchange, lieu: str, vise: Vise) -> bool:
    """Find the panne that strikes a call, which the exchange keeps; tell whether one does."""
    if not exchange.has_plans:
        return False
    plans = find_plans(backend, exchange, lieu, vise)
    struck = backend.guet.strike(_beyond_quotas(backend, exchange, plans))
    if struck is None:
        return False
    exchange.atteinte = struck
    exchange.prm = exchange.prm or vise.prm
    sorte = struck.panne.declared
    seen = sorte.par or sorte.vu_en_2026 or APIS.get(vise.api or "") != "2026"
    assumed = sorte.corps and (sorte.surete == "supposé" or not seen)
    exchange.notes.append(struck.line + (" Sa forme est supposée." if assumed else ""))
    return True


def strike_or_pass(backend: RestBackend, exchange: RestExchange, vise: Vise) -> None:
    """Strike a call of an API; raises `PlannedAnswer` where a panne answers in its place."""
    if strike(backend, exchange, "rest", vise) and exchange.atteinte is not None:
        panne = exchange.atteinte.panne
        if panne.declared.statuts:
            raise PlannedAnswer(answer_of(exchange, panne, vise))


def find_plans(
    backend: RestBackend, exchange: RestExchange, lieu: str, vise: Vise
) -> tuple[Panne, ...]:
    """Return the plans that are about a call, whether or not they strike it."""
    found = backend.guet.plans(
        exchange.vue, lieu, exchange.now, service=vise.api, acteur=exchange.acteur_code
    )
    return tuple(panne for panne in found if _is_about(exchange, panne, vise)) if found else ()


def _is_about(exchange: RestExchange, panne: Panne, vise: Vise) -> bool:
    application, sorte = exchange.application, panne.declared
    wanted: tuple[tuple[object, object], ...] = (
        (panne.prm, vise.prm),
        (panne.application, application and application.client_id),
        (panne.mesure, vise.mesure),
        (panne.sens, vise.sens),
        (sorte.generation or None, APIS.get(vise.api or "")),
        (sorte.mode or None, application and application.mode),
        (sorte.moment if vise.moment == "ouverture" else None, "ouverture"),
    )
    if any(asked not in (None, met) for asked, met in wanted):
        return False
    if sorte.sur and (sorte.sur == "mesures") is not (vise.mesure is not None):
        return False
    if sorte.sur and vise.prm is None:
        return False
    if sorte.changement_heure and not _lasts_an_hour_more(exchange):
        return False
    if sorte.place and sorte.place == vise.place:
        return False
    wants_consent = sorte.accord or panne.consentement is not None
    return not wants_consent or _consent_of(exchange, panne, vise.prm) is not None


def _consent_of(exchange: RestExchange, panne: Panne, prm: str | None) -> ConsentementFacts | None:
    """Return the consent in force of which a panne is about, if any."""
    application, now = exchange.application, exchange.now
    if application is None or prm is None:
        return None
    given = exchange.vue.ask(read_consentements, application.client_id, prm)
    held = [each for each in given if each.court and each.debut <= now < each.fin]
    return next((each for each in reversed(held) if _is_of(panne, each, now)), None)


def _is_of(panne: Panne, consent: ConsentementFacts, now: datetime) -> bool:
    if panne.consentement not in (None, consent.autorisation_id):
        return False
    sorte = panne.declared
    match sorte.accord:
        case "donné pendant":
            open_now = sorte.sans_retour or panne.fin is None or now < panne.fin
            return open_now and panne.is_open(consent.debut)
        case "donné avant":
            return panne.debut is None or consent.debut < panne.debut
        case _:
            return True


def _lasts_an_hour_more(exchange: RestExchange) -> bool:
    """Tell whether the seven days that are asked for have an hour more than seven days."""
    asked = exchange.call.parameters
    names = ("dateDebut", "dateFin") if "dateDebut" in asked else ("start", "end")
    try:
        debut, fin = (datetime.fromisoformat(asked[name]) for name in names)
    except (KeyError, ValueError):
        return False
    if debut.tzinfo or fin.tzinfo or fin - debut != _SEPT_JOURS:
        return False
    elapsed = fin.replace(tzinfo=PARIS).timestamp() - debut.replace(tzinfo=PARIS).timestamp()
    return elapsed > _SEPT_JOURS.total_seconds()


def _beyond_quotas(
    backend: RestBackend, exchange: RestExchange, plans: Iterable[Panne]
) -> Iterator[Panne]:
    """Yield the plans but those of a quota that a call, which it counts, doesn't exceed."""
    for panne in plans:
        par, most = panne.declared.par, panne.nombre or 0
        if not par:
            yield panne
            continue
        instant = exchange.machine if par == "seconde" else exchange.now
        window = int(instant.timestamp()) // (1 if par == "seconde" else HEURE)
        client = exchange.application.client_id if exchange.application else ""
        quota = Quota(f"panne {panne.numero} {client}", window, most)
        if most == 0 or backend.counts.take((quota,)) is not None:
            yield panne


def answer_of(exchange: RestExchange, panne: Panne, vise: Vise | None = None) -> RestAnswer:
    """Return the answer that a panne gives in place of the service's."""
    vise = vise or Vise()
    sorte = panne.declared
    if sorte.d_abord:
        consent = _consent_of(exchange, panne, vise.prm)
        assert consent is not None, "the panne is about it"
        if exchange.now < consent.debut + timedelta(hours=panne.nombre or 0):
            sorte = sorte.first
    of_2026 = APIS.get(vise.api or "") == "2026"
    status = HTTPStatus(
        panne.statut or (of_2026 and next(iter(sorte.statuts_2026), 0)) or sorte.statuts[0]
    )
    body = (of_2026 and sorte.corps_2026) or sorte.corps
    if not body:
        return RestAnswer(status, status.phrase.encode(), _TEXT)
    return RestAnswer(status, _filled(exchange, panne, status, body).encode(), sorte.type)


def _filled(exchange: RestExchange, panne: Panne, status: HTTPStatus, body: str) -> str:
    """Return a body with what it says of the call and of the plan."""
    if "%" not in body:
        return body
    next_hour = (int(exchange.now.timestamp()) // HEURE + 1) * HEURE
    msgid = blake2b(f"{panne.graine}/{exchange.now.timestamp()}".encode(), digest_size=12)
    announced = panne.annonce and panne.annonce.astimezone(PARIS)
    said: dict[str, Any] = {
        "heure_suivante": written_hour(datetime.fromtimestamp(next_hour, UTC)),
        "annonce": f" Fin annoncée : {announced:%d/%m/%Y %H:%M}." if announced else "",
        "statut": f"{status.value} {status.phrase}",
        "msgid": msgid.hexdigest(),
    }
    for name, text in said.items():
        body = body.replace(f"%{name}%", text)
    return body


def written_hour(instant: datetime) -> str:
    """Return an instant (UTC) as the gateway writes it.

    >>> written_hour(datetime(2026, 7, 22, 5, tzinfo=UTC))
    '2026-Jul-22 05:00:00+0000 UTC'
    """
    return f"{instant:%Y}-{_MOIS[instant.month - 1]}-{instant:%d %H:%M:%S}+0000 UTC"
