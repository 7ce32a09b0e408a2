"""The consent page, `/dataconnect/v1|v2/oauth2/authorize`: who is asked, what, for how long.

The page keeps nothing between two requests: who is logged in stands in its address, since the
customers of a simulator have no password.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from authlib.common.urls import add_params_to_uri
from jinja2 import Environment, FileSystemLoader

from sge_sim.clock import add_months
from sge_sim.commandes import vie
from sge_sim.dataconnect import sandbox
from sge_sim.dataconnect.consentements import give_consentement
from sge_sim.dataconnect.exchange import HTML, RestAnswer, RestBackend, RestExchange
from sge_sim.dataconnect.oauth import FORM
from sge_sim.dataconnect.pannes import Vise, answer_of, strike
from sge_sim.dataconnect.rest_rules import PAGE, RestControl
from sge_sim.domaine.pannes import Panne
from sge_sim.facts.lecture import read_dossier
from sge_sim.facts.stored_clock import read_instant
from sge_sim.machine import monde
from sge_sim.refus import Refus, check
from sge_sim.tables.clients import ClientFinal, find_clients, held_by
from sge_sim.tables.dataconnect import ApplicationFacts, read_application, running_services
from sge_sim.tables.point_facts import PointFacts
from sge_sim.tables.prepared import Question

STATE_MAX: Final = 100
MOIS_MAX: Final = 36
"""Three years: the longest consent (FAQ)."""
POINTS_MAX: Final = 100
"""Points of one consent (assumed)."""
SERVICE: Final = "dataconnect"

_HERE: Final = Path(__file__).resolve().parent
_DUREE: Final = re.compile(r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")
_PARTAGE_FAIT: Final = "Une erreur est survenue lors du partage de vos données"
_ABANDON: Final = {"error": "invalid_request", "error_description": "demande_non_aboutie"}
"""What a client of v2 gets where no consent was given, whatever the reason."""

_pages = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class DemandeAccord:
    """A consent that is asked for, once its address was read."""

    version: str
    application: ApplicationFacts
    state: str | None
    fin: date
    duree: str

    @property
    def query(self) -> str:
        """The parameters of the address, as the page's own links repeat them."""
        asked = {
            "client_id": self.application.client_id,
            "response_type": "code",
            "duration": self.duree,
        }
        return urlencode(asked if self.state is None else {**asked, "state": self.state})

    def redirect(self, **answer: str) -> RestAnswer:
        """Send the customer back to the registered address, with `answer` and the state."""
        given = answer if self.state is None else {**answer, "state": self.state}
        return self.redirect_to(list(given.items()))

    def redirect_to(self, given: list[tuple[str, str]]) -> RestAnswer:
        """Send the customer back to the registered address, with what is given."""
        address = add_params_to_uri(self.application.redirect_uri, given)
        return RestAnswer(302, b"", HTML, {"Location": address, "Cache-Control": "no-store"})


RULES: Final[Sequence[RestControl[RestExchange]]] = (
    PAGE["page_client_absent"].held_by(lambda exchange: "client_id" in _given(exchange)),
    PAGE["page_client_inconnu"].held_by(lambda exchange: exchange.application is not None),
    PAGE["page_type_absent"].held_by(lambda exchange: "response_type" in _given(exchange)),
    PAGE["page_type"].held_by(lambda exchange: _given(exchange)["response_type"] == "code"),
    PAGE["page_state"].held_by(
        lambda exchange: len(_given(exchange).get("state", "")) <= STATE_MAX
    ),
    PAGE["page_duree_absente"].held_by(lambda exchange: "duration" in _given(exchange)),
)
"""What the address of the page is checked by, in this order (assumed)."""


def _given(exchange: RestExchange) -> Mapping[str, str]:
    """Return the parameters that aren't empty."""
    return {name: text for name, text in exchange.call.parameters.items() if text}


def style() -> bytes:
    """Return the style sheet of the pages."""
    return (_HERE / "static" / "style.css").read_bytes()


def answer_page(backend: RestBackend, exchange: RestExchange, version: str) -> RestAnswer:
    """Show the page of a version, or carry out what was decided on it."""
    exchange.service, exchange.version = SERVICE, version.removeprefix("v")
    exchange.application = _application(exchange)
    if exchange.application is not None:
        exchange.client = exchange.application
        exchange.acteur_code = exchange.client.acteur_code
    try:
        demande = _read(exchange, version)
    except Refus as refus:
        application = exchange.application
        if version == "v1" or application is None:
            raise
        # v2 tells the client nothing of what was wrong; the journal does.
        exchange.rule, exchange.code = refus.rule, refus.rule.code
        state = exchange.call.parameters.get("state", "")[:STATE_MAX] or None
        return DemandeAccord(version, application, state, date.max, "").redirect(**_ABANDON)
    accepted = exchange.call.method == "POST" and exchange.call.form.get("decision") == "accepter"
    moment = "accord" if accepted else "ouverture"
    vise = Vise(prm=exchange.call.form.get("prm"), moment=moment)
    if panne := strike(backend, exchange, "page", vise):
        return _planned(exchange, demande, panne)
    if demande.application.en_bac_a_sable:
        return _without_page(demande)
    if exchange.call.method == "POST":
        return _decided(backend, exchange, demande)
    asked = exchange.call.parameters
    if "titulaire" in asked:
        return _consent(backend, exchange, demande, asked["titulaire"])
    return _login(backend, demande, asked.get("recherche", ""))


def _planned(exchange: RestExchange, demande: DemandeAccord, panne: Panne) -> RestAnswer:
    """Return what a panne shows in place of the page."""
    sorte = panne.declared
    if sorte.message:
        return _show(demande, "erreur.html", erreur=sorte.message)
    if sorte.retour:
        asked = sorte.retour.replace("%state%", quote(demande.state or "", safe=""))
        return demande.redirect_to(parse_qsl(asked, keep_blank_values=True))
    return RestAnswer(503, b"", HTML) if sorte.part == 0 else answer_of(exchange, panne)


def _application(exchange: RestExchange) -> ApplicationFacts | None:
    found = exchange.vue.ask(read_application, exchange.call.parameters.get("client_id", ""))
    return found if found and found.redirect_uri else None  # a company has none


def _read(exchange: RestExchange, version: str) -> DemandeAccord:
    check(RULES, exchange)
    asked = exchange.call.parameters
    fin = _until(asked["duration"], exchange.now.date())
    return DemandeAccord(version, exchange.client, asked.get("state"), fin, asked["duration"])


def _until(duration: str, today: date) -> date:
    """Return the legal day on which a consent of that duration ends, excluded.

    >>> _until("P1Y", date(2026, 11, 25)), _until("P2W", date(2026, 11, 25))
    (datetime.date(2027, 11, 25), datetime.date(2026, 12, 9))
    """
    parts = _DUREE.fullmatch(duration)
    if parts is None:
        raise Refus(PAGE["page_duree_forme"])
    years, months, weeks, days = (int(part or 0) for part in parts.groups())
    try:
        until = add_months(today, 12 * years + months) + timedelta(7 * weeks + days)
    except (ValueError, OverflowError):
        raise Refus(PAGE["page_duree_longue"]) from None
    if until <= today:
        raise Refus(PAGE["page_duree_forme"])
    if until > add_months(today, MOIS_MAX):
        raise Refus(PAGE["page_duree_longue"])
    return until


def _without_page(demande: DemandeAccord) -> RestAnswer:
    """Send back at once, as the sandbox has no page: the state chooses the fake customer."""
    client = sandbox.client_of_state(demande.state or "")
    if demande.version == "v1":
        prms = ";".join(point.prm for point in sandbox.points_of(client))
        return demande.redirect(code=_code(), usage_point_id=prms)
    numero = next(n for n, chosen in sandbox.AUTORISATIONS.items() if chosen == client)
    return demande.redirect(autorisation_id=str(numero))


def _code() -> str:
    """Return a code as v1 gives it; no grant takes it any more."""
    return monde.token(32)


def _login(
    backend: RestBackend, demande: DemandeAccord, recherche: str, status: int = 200
) -> RestAnswer:
    with backend.database.sessions() as session:
        found = find_clients(session, recherche)
    return _show(demande, "connexion.html", status, clients=found, recherche=recherche)


def _consent(
    backend: RestBackend,
    exchange: RestExchange,
    demande: DemandeAccord,
    titulaire: str,
    status: int = 200,
    message: str = "",
) -> RestAnswer:
    client = exchange.vue.ask(*held_by(titulaire))
    if client is None:
        return _login(backend, demande, "", status)
    points = [
        {
            **_offered(exchange.vue.ask(read_dossier, prm)),
            "incompatible": _incompatible(backend, exchange, prm),
        }
        for prm in client.prms
    ]
    return _show(
        demande,
        "consentement.html",
        status,
        client=client,
        points=points,
        donnees=_data(demande.application),
        erreur=message,
    )


def _offered(dossier: Any) -> dict[str, str]:
    point: PointFacts = dossier.point
    return {
        "prm": point.prm,
        "adresse": f"{point.numero_et_nom_voie or ''}, {point.code_postal} {point.commune}",
    }


def _incompatible(backend: RestBackend, exchange: RestExchange, prm: str) -> Sequence[str]:
    """Return what is said of a meter that a panne shows as incompatible; nothing of another."""
    panne = strike(backend, exchange, "compteur", Vise(prm=prm))
    return panne.declared.incompatible if panne else ()


def _data(application: ApplicationFacts) -> list[str]:
    """Return what the APIs of an application let it read, in French."""
    apis = set(application.apis)
    sentences = (
        ({"mesure_synchrone_auto", "metering_data_dc"}, "vos consommations quotidiennes"),
        (
            {"mesure_synchrone_auto", "metering_data_clc"},
            "vos courbes de charge de consommation, si elles sont collectées",
        ),
        ({"mesure_synchrone_auto", "metering_data_dcmp"}, "vos puissances maximales quotidiennes"),
        (
            {"mesure_synchrone_auto", "metering_data_dp", "metering_data_plc"},
            "vos productions quotidiennes et leurs courbes",
        ),
        ({"mesure_synchrone_auto"}, "vos index quotidiens"),
        (
            {"situation_contrat_auto", "synth_contrat_auto", "customers_upc"},
            "vos données contractuelles",
        ),
        ({"donnees_generales_auto", "customers_upa"}, "l'adresse du point"),
        ({"situation_contrat_auto", "customers_i", "customers_cd"}, "votre identité et contacts"),
        ({"comptage_auto", "alimentation_auto"}, "les caractéristiques de votre installation"),
    )
    return [text for needed, text in sentences if needed & apis]


def _decided(backend: RestBackend, exchange: RestExchange, demande: DemandeAccord) -> RestAnswer:
    call = exchange.call
    origin = call.headers.get("origin")
    ours = origin is None or urlsplit(origin).netloc == call.headers.get("host")
    if call.media_type != FORM or not ours:
        return _show(demande, "erreur.html", 403, erreur="Cette demande ne vient pas de la page.")
    if call.form.get("decision") != "accepter":
        exchange.code = "access_denied"
        exchange.notes.append("le client a refusé")
        if demande.version == "v2":
            return demande.redirect(**_ABANDON)
        return demande.redirect(
            error="access_denied", error_description="The resource owner denied the request."
        )
    titulaire = call.form.get("titulaire", "")
    prms = [*dict.fromkeys(value for name, value in call.champs if name == "prm")]
    if demande.version == "v2":
        prms = prms[-1:]
    refused = _why_not(exchange.vue.ask(*held_by(titulaire)), prms)
    if refused is None:
        spoilt = (_incompatible(backend, exchange, prm) for prm in prms)
        refused = next((said[0] for said in spoilt if said), None)
    if refused is not None:
        return _consent(backend, exchange, demande, titulaire, 400, refused)
    return _accepted(backend, exchange, demande, titulaire, prms)


def _why_not(client: ClientFinal | None, prms: Sequence[str]) -> str | None:
    """Return why a customer can't share these points; None where nothing speaks against it."""
    if len(prms) > POINTS_MAX:
        return f"Un accord porte sur {POINTS_MAX} points de livraison au plus."
    if client is None or not prms or not set(prms) <= {*client.prms}:
        return "Choisissez un de vos points de livraison."
    return None


def _accepted(
    backend: RestBackend,
    exchange: RestExchange,
    demande: DemandeAccord,
    titulaire: str,
    prms: list[str],
) -> RestAnswer:
    """Record the consent. A point shared already is an error in v2 (measured, October 2026); in
    v1 it starts anew (assumed)."""
    exchange.prm = prms[-1]
    with backend.database.transaction() as session:
        asked: Question = (read_application, demande.application.client_id)
        now, (application, client) = read_instant(session, asked, held_by(titulaire))
        if application is None:
            raise Refus(PAGE["page_client_inconnu"])
        # An order may have come since this was looked at: a new holder, a termination.
        refused = _why_not(client, prms)
        if refused is None:
            shared = running_services(session, application.client_id, prms, now)
            if shared and demande.version == "v2":
                exchange.notes.append("ce point est déjà partagé avec l'application")
                return _show(demande, "erreur.html", 200, erreur=_PARTAGE_FAIT)
            for service in shared:
                vie.end(session, service, "prolongation", now)
            points = {point.prm: point for point in client.points}
            for prm in prms:
                given = give_consentement(
                    session, application, titulaire, points[prm], now, demande.fin
                )
            numero = given.autorisation_id
    if refused is not None:
        return _consent(backend, exchange, demande, titulaire, 400, refused)
    if demande.version == "v2":
        return demande.redirect(autorisation_id=str(numero))
    return demande.redirect(code=_code(), usage_point_id=";".join(prms))


def _show(demande: DemandeAccord, template: str, status: int = 200, **context: Any) -> RestAnswer:
    page = _pages.get_template(template).render(demande=demande, **context)
    return RestAnswer(status, page.encode(), HTML, _headers(demande.application.redirect_uri))


def _headers(redirect_uri: str) -> dict[str, str]:
    """Return the headers of a page. Its form may lead to the application: a browser holds the
    redirection after a form against `form-action` too."""
    parts = urlsplit(redirect_uri)
    target = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; "
        f"form-action 'self' {target}; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
