"""The pannes of Data Connect: which strike a call, and what is answered in its place."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import Panne, plans_at
from sge_sim.domaine.sortes import SORTES
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

    `points` is how many an order names, `moment` that of the consent page, `place` where the
    credentials of a token were.
    """

    api: str | None = None
    prm: str | None = None
    mesure: str | None = None
    sens: Sens | None = None
    moment: str = ""
    place: str = ""
    points: int = 0


_ANY: Final = Vise()


def strike(backend: RestBackend, exchange: RestExchange, lieu: str, vise: Vise) -> Panne | None:
    """Return the panne that strikes a call, which the exchange keeps, if one does."""
    if not exchange.pannes:
        return None
    plans = find_plans(exchange, lieu, vise)
    struck = backend.guet.strike(each for each in plans if _exceeds(backend, exchange, each))
    if struck is None:
        return None
    exchange.atteinte = struck
    exchange.prm = exchange.prm or vise.prm
    sorte = struck.panne.declared
    seen = sorte.par or sorte.vu_en_2026 or APIS.get(vise.api or "") != "2026"
    assumed = sorte.corps and (sorte.surete == "supposé" or not seen)
    exchange.notes.append(struck.line + (" Sa forme est supposée." if assumed else ""))
    return struck.panne


def find_plans(exchange: RestExchange, lieu: str, vise: Vise) -> list[Panne]:
    """Return the plans that are about a call, whether or not they strike it."""
    plans = plans_at(exchange.pannes, lieu, exchange.now, vise.api, exchange.acteur_code)
    return [panne for panne in plans if _is_about(exchange, panne, vise)]


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
    of_measures = vise.mesure is not None
    if sorte.sur and (vise.prm is None or of_measures is not (sorte.sur == "mesures")):
        return False
    if sorte.place and sorte.place == vise.place:
        return False
    if sorte.au_dela and vise.points <= (panne.nombre or 0):
        return False
    if sorte.changement_heure and not _lasts_an_hour_more(exchange):
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
    sorte, given = panne.declared, consent.debut
    if panne.consentement not in (None, consent.autorisation_id):
        return False
    if sorte.accord == "donné avant":
        return panne.debut is None or given < panne.debut
    over = panne.fin is not None and panne.fin <= now and not sorte.sans_retour
    return not sorte.accord or (panne.is_open(given) and not over)


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


def _exceeds(backend: RestBackend, exchange: RestExchange, panne: Panne) -> bool:
    """Tell whether a call, which counts, exceeds the quota of a panne; true where it has none."""
    par, most = panne.declared.par, panne.nombre or 0
    if not par or most == 0:
        return True
    instant, seconds = (exchange.machine, 1) if par == "seconde" else (exchange.now, HEURE)
    client = exchange.application.client_id if exchange.application else ""
    window = int(instant.timestamp()) // seconds
    quota = Quota(f"panne {panne.numero} {client}", window, most)
    return backend.counts.take((quota,)) is not None


def answer_of(exchange: RestExchange, panne: Panne, vise: Vise = _ANY) -> RestAnswer:
    """Return the answer that a panne gives in place of the service's."""
    sorte = panne.declared
    consent = _consent_of(exchange, panne, vise.prm) if sorte.d_abord else None
    if consent and exchange.now < consent.debut + timedelta(hours=panne.nombre or 0):
        sorte = SORTES[sorte.d_abord]
    statuts, corps = sorte.statuts, sorte.corps
    if vise.api and APIS.get(vise.api) != "v5":  # companies' too
        statuts, corps = sorte.statuts_2026 or statuts, sorte.corps_2026 or corps
    status = HTTPStatus(panne.statut or statuts[0])
    if not corps:
        return RestAnswer(status, status.phrase.encode(), _TEXT)
    return RestAnswer(status, _filled(exchange, panne, status, corps).encode(), sorte.type)


def _filled(exchange: RestExchange, panne: Panne, status: HTTPStatus, body: str) -> str:
    """Return a body with what it says of the call and of the plan."""
    next_hour = (int(exchange.now.timestamp()) // HEURE + 1) * HEURE
    msgid = blake2b(f"{panne.graine}/{exchange.now.timestamp()}".encode(), digest_size=12)
    announced = panne.annonce and panne.annonce.astimezone(PARIS)
    said = {
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
