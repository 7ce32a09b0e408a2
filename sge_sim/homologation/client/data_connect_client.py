"""A client of Data Connect, as an application has one, and what its customer does on the page.

What a case of Data Connect asks for, under its key `requete`:

    ressource       what follows the version in the path; `parametres`, its query, form or JSON
    application     `production` (the default) or `bac_a_sable`
    jeton           the token to send; without it one of the application's, `aucun` for none
    basic           `client_id` and `client_secret`, sent as HTTP Basic
    rafale          how many times to call in a row, until one is refused

Secrets and tokens are masked (`***`) in what is kept of a call.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from lxml import html

from sge_sim.api.administration import Administration
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, as_text, mapped
from sge_sim.homologation.catalogue.protocoles import DATA_CONNECT, SIMULATEUR
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.client.own_simulator import GESTES
from sge_sim.homologation.client.sender import (
    TIMEOUT_SECONDS,
    Marqueur,
    failure_in_french,
    open_session,
    product_of,
)
from sge_sim.machine import monde
from sge_sim.tables.dataconnect import APIS

PAGE: Final = "/dataconnect/v{version}/oauth2/authorize"
TEXTE: Final = "page"
"""Under this name an answer holds the text of a page; it is the code of a page that refuses."""

Send = Callable[..., AppelFait]


def decide_on_page(
    send: Send, parametres: Mapping[str, Any], demande: Mapping[str, Any]
) -> AppelFait:
    """Open the page with `parametres`, and press `decision` as the customer who holds `prm`.

    `send` takes a method and the options of requests. What isn't a page (a refusal, the sandbox's
    redirection) is the answer at once. Raises `UsageError` where nobody holds the point.
    """
    prm = demande.get("prm", "")
    opened = send("GET", params={**parametres, "recherche": prm})
    page = _page(opened)
    if page is None:
        return opened
    links = page.xpath("//main//li/a/@href")
    if not links:
        raise UsageError(f"Aucun client de la page de consentement ne tient le point {prm}.")
    chosen = send("GET", params=dict(parse_qsl(urlsplit(links[0]).query)))
    shown = _page(chosen)
    if shown is None:
        return chosen
    fields = {
        "titulaire": shown.xpath("string(//input[@name='titulaire']/@value)"),
        "prm": prm,
        "decision": demande.get("decision", "accepter"),
    }
    decided = send("POST", params=dict(parametres), data=fields)
    left = _page(decided)
    if left is None:
        return decided
    alert = " ".join(left.xpath("string(//*[@role='alert'])").split())
    return replace(decided, reponse=RefusRecu(TEXTE, alert))


def redirected(answer: requests.Response) -> AnswerTree | RefusRecu:
    """Return what the application gets by a redirection: its parameters, or an error."""
    answered: dict[str, Any] = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    if "error" in answered:
        return RefusRecu(answered["error"], answered.get("error_description"))
    if answered.get("autorisation_id", "").isdecimal():
        answered["autorisation_id"] = int(
            answered["autorisation_id"]
        )  # as `subscribed_services` takes it
    return answered


def _page(call: AppelFait) -> html.HtmlElement | None:
    """Return the page that was answered, None if something else was."""
    answer = call.reponse
    if not isinstance(answer, Mapping) or TEXTE not in answer:
        return None
    return html.fromstring(str(answer[TEXTE]))


PAR_SECONDE: Final = 5
"""What Data Connect takes in a second (FAQ)."""

_SECRETS: Final = re.compile(r'(client_secret=|\btoken=|"access_token": ?")[^&\s"]*')
_FORM, _JSON = "data", "json"
_WRITTEN: Final = {"oauth2": _FORM, "subscribed_services": _JSON}
"""The services that are posted to, and how; the others are read."""


@dataclass(frozen=True)
class Identifiants:
    """The credentials of an application."""

    client_id: str
    client_secret: str


@dataclass(frozen=True)
class CibleDataConnect:
    """The Data Connect to call: `url` is `https://host[:port]`, without a path.

    `applications` are by mode, `production` or `bac_a_sable`. `ca` is None for the public
    authorities; `admin_url` is the administration of a simulator, None for any other server.
    `quotas`: calls are counted there.
    """

    url: str
    applications: Mapping[str, Identifiants]
    ca: Path | None = None
    admin_url: str | None = None
    quotas: bool = True

    @property
    def acteur(self) -> str:
        """Who calls, in reports."""
        return next(iter(self.applications.values())).client_id


def identifiants_of(created: Mapping[str, Any]) -> Identifiants:
    """Return the credentials of an application, as a ready file or the administration gives it."""
    return Identifiants(created["client_id"], created["client_secret"])


def data_connect_of(ready: Mapping[str, Any]) -> CibleDataConnect:
    """Return the Data Connect that the ready file of a simulator describes.

    Raises `UsageError` where it serves none.
    """
    if "data_connect_url" not in ready:
        raise UsageError("Ce simulateur ne sert pas Data Connect : ajouter --data-connect.")
    found = ready["data_connect"]
    return CibleDataConnect(
        ready["data_connect_url"],
        {"production": identifiants_of(found), "bac_a_sable": identifiants_of(found["sandbox"])},
        Path(ready["ca_file"]),
        ready["admin_url"],
    )


class DataConnectClient:
    """Calls the interfaces of `cible`, no more often than their quotas but in a `rafale`.

    With `marqueur` the calls say that they are sge-sim's own.
    """

    def __init__(self, cible: CibleDataConnect, marqueur: Marqueur | None = None) -> None:
        self.cible, self.admin_url = cible, cible.admin_url
        self._marqueur = marqueur
        self._session = open_session(cible.ca)
        self._tokens: dict[str, str] = {}
        self._recent: dict[str, deque[float]] = {}
        known = cible.applications.get("production", Identifiants("", ""))
        marks = (known.client_id, known.client_secret)
        self.reperes = dict(zip(DATA_CONNECT.reperes, marks, strict=True))
        self.logiciel = product_of(self._session, marqueur)

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Send what a case asks for; see `CaseSender.call`."""
        return _SENT.get(service, DataConnectClient._ask)(self, service, version, demande)

    def _ask(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Call an API, or OAuth2."""
        path = f"/{service}/v{version}"
        if ressource := demande.get("ressource"):
            path = f"{path}/{ressource}"
        given = _spelt(demande.get("parametres", {}))
        how = _WRITTEN.get(service)
        asked: dict[str, Any] = {how or "params": given, "headers": self._headers(service, demande)}
        if basic := demande.get("basic"):
            asked["auth"] = (basic["client_id"], basic["client_secret"])
        method, times = "POST" if how else "GET", int(demande.get("rafale", 1))
        if times == 1:
            self._wait(service)
        elif self.cible.admin_url is None:
            raise UsageError("Une rafale d'appels ne se fait que sur un simulateur (--admin).")
        done = self._send(method, path, asked)
        while (times := times - 1) and isinstance(done.reponse, Mapping):
            done = self._send(method, path, asked)
        return done

    def _headers(self, service: str, demande: Mapping[str, Any]) -> dict[str, str]:
        if service == "oauth2":
            return {}
        bearer = demande.get("jeton") or self._token(demande.get("application", "production"))
        return {} if bearer == "aucun" else {"Authorization": f"Bearer {bearer}"}

    def _token(self, mode: str) -> str:
        if mode not in self._tokens:
            application = self._application(mode)
            asked = {"grant_type": "client_credentials"}
            credentials = (application.client_id, application.client_secret)
            done = self._send("POST", "/oauth2/v3/token", {"data": asked, "auth": credentials})
            answer = done.reponse
            if not isinstance(answer, Mapping) or "access_token" not in answer:
                raise UsageError(
                    f"L'application {mode} n'a pas eu de jeton. {done.erreur or answer}"
                )
            self._tokens[mode] = str(answer["access_token"])
        return self._tokens[mode]

    def _application(self, mode: str) -> Identifiants:
        if mode not in self.cible.applications:
            raise UsageError(
                f"Ce cas demande une application en mode {mode} : aucune n'est donnée."
            )
        return self.cible.applications[mode]

    def _consent(self, _service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Decide on the consent page, as the customer does."""
        client_id = demande.get("client_id")
        if client_id is None:
            client_id = self._application(demande.get("application", "production")).client_id
        asked = _spelt({"client_id": client_id, **demande["parametres"]})
        path = PAGE.format(version=version)
        asked = {name: value for name, value in asked.items() if value != "aucun"}
        if self.cible.admin_url is None and demande.get("application") != "bac_a_sable":
            raise UsageError("Le client accorde dans un navigateur : seul un simulateur (--admin) "
                             "se laisse mener.")  # fmt: skip
        return decide_on_page(
            lambda method, **options: self._send(method, path, options), asked, demande
        )

    def _simulate(self, _service: str, _version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Do a gesture of `GESTES` on the simulator itself."""
        if self.cible.admin_url is None:
            raise UsageError("Ce cas agit sur le simulateur : il lui faut --admin.")
        asked = _spelt(demande.get("parametres", {}))
        return AppelFait(GESTES[demande["geste"]](Administration(self.cible.admin_url), asked))

    def _send(self, method: str, path: str, options: Mapping[str, Any]) -> AppelFait:
        request = requests.Request(method, self.cible.url + path, **options)
        prepared = self._session.prepare_request(request)
        if self._marqueur is not None:
            prepared.headers.update(self._marqueur.headers())
        sent, started = _request_text(prepared), stopwatch()
        try:
            answer = self._session.send(
                prepared,
                timeout=TIMEOUT_SECONDS,
                verify=self._session.verify,
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            took = elapsed_ms(started)
            return AppelFait(None, sent, duree_ms=took, erreur=failure_in_french(failure))
        read, error = _read(answer)
        kept = _masked(answer.text).encode()
        return AppelFait(read, sent, kept, answer.status_code, elapsed_ms(started), error)

    def _wait(self, service: str) -> None:
        """Wait until a call of an API is within its quota: that of v5 is one for all its APIs."""
        if service not in APIS or not self.cible.quotas:
            return
        counted = "v5" if APIS[service] == "v5" else service
        recent = self._recent.setdefault(counted, deque(maxlen=PAR_SECONDE))
        if len(recent) == PAR_SECONDE:
            monde.sleep(max(0.0, 1.0 - elapsed_ms(recent[0]) / 1000.0))
        recent.append(stopwatch())

    def check(self) -> None:
        """Raise `UsageError` if nothing answers at the target."""
        tried = self._send("GET", "/", {})
        if tried.statut_http is None:
            raise UsageError(tried.erreur)

    def target_now(self) -> datetime | None:
        """Return the instant (aware) at which the target makes a token: its claim `iat`.

        None where it gives no token, or one without that claim.
        """
        try:
            token = self._token(next(iter(self.cible.applications)))
            claims = json.loads(extract_compact(token.encode()).payload)
            return datetime.fromtimestamp(int(claims["iat"]), UTC)
        except (UsageError, JoseError, ValueError, KeyError, TypeError, OverflowError):
            return None


_Sent = Callable[[DataConnectClient, str, str, Mapping[str, Any]], AppelFait]
_SENT: Final[Mapping[str, _Sent]] = {
    "dataconnect": DataConnectClient._consent,
    SIMULATEUR: DataConnectClient._simulate,
}
"""What isn't a call of an interface."""


def _spelt(demande: Mapping[str, Any]) -> Any:
    """Return a demand whose dates are text, as addresses and JSON have them."""
    return mapped(demande, lambda value: value if isinstance(value, int) else as_text(value))


def _read(answer: requests.Response) -> tuple[AnswerTree | RefusRecu | None, str]:
    """Return what was answered, and why it can't be read."""
    if answer.is_redirect:
        return redirected(answer), ""
    if not answer.content:
        return ({}, "") if answer.ok else (RefusRecu(None, answer.reason), "")
    try:
        body = json.loads(answer.content)
    except ValueError:
        if "html" in answer.headers.get("Content-Type", ""):
            return {TEXTE: answer.text}, ""
        return None, f"Réponse HTTP {answer.status_code} sans JSON lisible."
    if answer.ok:
        return (body if isinstance(body, Mapping) else {"element": body}), ""
    return _refusal(body), ""


def _refusal(body: Any) -> RefusRecu:
    """Return the code and the text of a refusal, in whichever of its shapes."""
    refusal = body.get("fault", body) if isinstance(body, Mapping) else {}
    code = refusal.get("error") or refusal.get("code")
    texts = (refusal.get(name) for name in ("error_description", "description", "message"))
    return RefusRecu(None if code is None else str(code), next((t for t in texts if t), None))


def _request_text(request: requests.PreparedRequest) -> bytes:
    """Return a request as reports keep it."""
    body = request.body or ""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    line = f"{request.method} {request.path_url}"
    return _masked(f"{line}\n\n{text}" if text else line).encode()


def _masked(text: str) -> str:
    return _SECRETS.sub(r"\1***", text)
