"""`/oauth2/v3/token` and `/oauth2/v3/revoke`: Authlib's server, with the words of Data Connect."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientCredentialsGrant,
    ClientMixin,
    InvalidClientError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint

from sge_sim.dataconnect.exchange import (
    RestAnswer,
    RestBackend,
    RestCall,
    RestExchange,
    json_answer,
)
from sge_sim.dataconnect.pannes import Vise, answer_of, strike
from sge_sim.dataconnect.tokens import LIFETIME, AccessToken
from sge_sim.tables.dataconnect import ApplicationFacts, read_application, revoke_token

FORM: Final = "application/x-www-form-urlencoded"
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_BASIC: Final = 'Basic realm="Enedis"'
_OTHER_GRANTS: Final = ("authorization_code", "refresh_token", "password", "implicit")
_SCOPES: Final = ("", "default", "am_application_scope")

_SENTENCES: Final[Mapping[str, str]] = {
    "invalid_request": "The request is missing a required parameter, includes an unsupported "
    "parameter value (other than grant type), repeats a parameter, includes multiple credentials, "
    "utilizes more than one mechanism for authenticating the client, or is otherwise malformed.",
    "invalid_client": "Client authentication failed (e.g., unknown client, no client "
    "authentication included, or unsupported authentication method).",
    "invalid_grant": "The provided authorization grant or refresh token is invalid, expired, "
    "revoked, does not match the redirection URI used in the authorization request, or was issued "
    "to another client.",
    "invalid_scope": "The requested scope is invalid, unknown, malformed, or exceeds the scope "
    "granted by the resource owner.",
    "unauthorized_client": "The authenticated client is not authorized to use this authorization "
    "grant type.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization "
    "server.",
    "unsupported_token_type": "The authorization server does not support the revocation of the "
    "presented token type.",
}
"""What each error says: the sentences of RFC 6749 and RFC 7009, as the swagger has them."""


def answer_token(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """Give a token for the credentials of an application, in a form, Basic or the address."""
    call = exchange.call
    if call.body and call.media_type != FORM:
        return _refused(exchange, 415, "invalid_request")
    answer: RestAnswer = _Server(backend, exchange).create_token_response(call)
    panne = strike(backend, exchange, "jeton", Vise(place=_place_of(call)))
    return answer if panne is None else replace(answer_of(exchange, panne), headers=_NO_STORE)


def _place_of(call: RestCall) -> str:
    """Return where the credentials of an application were, as pannes name it."""
    if _has_basic(call):
        return "en-tête"
    return "formulaire" if "client_secret" in call.form else "adresse"


def answer_revoke(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """Revoke a token: 200, whether there was such a token or not."""
    call = exchange.call
    if call.media_type != FORM:
        sentence = "Le Content-Type doit être application/x-www-form-urlencoded"
        return _refused(exchange, 400, "invalid_request", sentence)
    if not _has_basic(call) and "client_secret" not in call.form:
        sentence = "Valid authentication credentials are mandatory to access the resource"
        return _refused(exchange, 401, "invalid_client", sentence)
    if not call.form.get("token"):
        sentence = "empty header bad request format partial or incorrect data"
        return _refused(exchange, 400, "invalid_request", sentence)
    server = _Server(backend, exchange)
    answer: RestAnswer = server.create_endpoint_response("revocation", call)
    return answer


def _has_basic(call: RestCall) -> bool:
    """Tell whether the header holds an application's credentials; another scheme's says nothing
    here: clients leave their `Bearer` beside the credentials of the form."""
    scheme = call.headers.get("authorization", "").partition(" ")[0]
    return scheme.lower() == "basic"


def _refused(exchange: RestExchange, status: int, error: str, sentence: str = "") -> RestAnswer:
    """Return the answer of a refusal, whose code the exchange keeps."""
    exchange.code = error
    body = {"error": error, "error_description": sentence or _SENTENCES[error]}
    challenge = {"WWW-Authenticate": _BASIC} if status == 401 else {}
    return replace(json_answer(body, status), headers={**_NO_STORE, **challenge})


class _Client(ClientMixin):  # type: ignore[misc]
    """An application, as Authlib asks it."""

    def __init__(self, application: ApplicationFacts) -> None:
        self.application = application

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.application.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)


class _Request(OAuth2Request):  # type: ignore[misc]
    """What came, as Authlib reads it; old clients send their parameters in the address."""

    def __init__(self, call: RestCall) -> None:
        super().__init__(
            call.method,
            f"https://localhost{call.path}",
            headers={"Authorization": call.headers.get("authorization", "")},
        )
        self.basic = _has_basic(call)
        self._all = {**call.parameters, **call.form}
        self.payload = BasicOAuth2Payload(self._all)

    @property
    def args(self) -> dict[str, str]:
        return self._all

    @property
    def form(self) -> dict[str, str]:
        return self._all


class _Other(ClientCredentialsGrant):  # type: ignore[misc]
    """The grants of OAuth2 that no application of Data Connect has any more (assumed)."""

    @classmethod
    def check_token_endpoint(cls, request: OAuth2Request) -> bool:
        return request.payload.grant_type in _OTHER_GRANTS

    def validate_token_request(self) -> None:
        self.authenticate_token_endpoint_client()
        raise UnauthorizedClientError


class _Token:
    def __init__(self, access_token: AccessToken) -> None:
        self.access_token = access_token

    def check_client(self, client: _Client) -> bool:
        return bool(self.access_token.client_id == client.application.client_id)


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    def query_token(self, token_string: str, _hint: str | None) -> _Token | None:
        access_token = self.server.backend.tokens.read(token_string)
        return None if access_token is None else _Token(access_token)

    def revoke_token(self, token: _Token, _request: OAuth2Request) -> None:
        backend, now = self.server.backend, self.server.exchange.now
        with backend.database.transaction() as session:
            revoke_token(session, token.access_token.jti, token.access_token.fin, now)


class _Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server, for one exchange."""

    def __init__(self, backend: RestBackend, exchange: RestExchange) -> None:
        super().__init__(scopes_supported=[*_SCOPES])
        self.backend, self.exchange = backend, exchange
        self.register_grant(ClientCredentialsGrant)
        self.register_grant(_Other)
        self.register_endpoint(_Revocation)
        self.register_token_generator("default", self._generate)

    def query_client(self, client_id: str) -> _Client | None:
        application = self.exchange.vue.ask(read_application, client_id)
        if application is None:
            return None
        self.exchange.application, self.exchange.acteur_code = application, application.acteur_code
        return _Client(application)

    def authenticate_client(
        self, request: _Request, methods: list[str], endpoint: str = "token"
    ) -> Any:
        """Try one method: what fails in a form is 400, in Basic 401 (RFC 6749 §5.2)."""
        method = "client_secret_basic" if request.basic else "client_secret_post"
        try:
            return super().authenticate_client(request, [method], endpoint)
        except ValueError:  # what is in the header isn't base64, or not of UTF-8
            raise InvalidClientError(
                status_code=401, description="The credentials of the header can't be read."
            ) from None

    def create_oauth2_request(self, request: RestCall | _Request) -> _Request:
        return _Request(request) if isinstance(request, RestCall) else request

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """Keep nothing: a token is known by its signature."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Send no signal: nobody listens."""

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> RestAnswer:
        if request.payload.grant_type is None and error.error == "unsupported_grant_type":
            return _refused(self.exchange, 400, "invalid_request")
        if error.description:
            self.exchange.notes.append(error.description)
        status = (error.status_code or 400) if error.error == "invalid_client" else 400
        return _refused(self.exchange, status, str(error.error))

    def handle_response(self, status: int, body: Any, _headers: Any) -> RestAnswer:
        content = json_answer(body).body if body else b""
        return RestAnswer(status, content, headers=_NO_STORE)

    def _generate(self, client: _Client, scope: str | None = None, **_: Any) -> dict[str, Any]:
        return {
            "access_token": self.backend.tokens.make(client.application, self.exchange.now),
            "token_type": "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": scope or "",
        }
