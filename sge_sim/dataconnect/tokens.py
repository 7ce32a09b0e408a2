"""Access tokens: RS256 JWTs with the claims of WSO2, of 3 h 30 of simulated time.

A token is known by its signature: only the key of the data folder makes one. No client verifies
it; the gateway does.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, make_folder_once, write_atomically
from sge_sim.pki.building import generate_key, key_pem
from sge_sim.tables.dataconnect import ApplicationFacts, version_of_api

LIFETIME: Final = timedelta(hours=3, minutes=30)
_ALGORITHMS: Final = ["RS256"]
_AUDIENCE: Final = "http://org.wso2.apimgt/gateway"
_TIER: Final = "Unlimited"


@dataclass(frozen=True)
class AccessToken:
    """A token that this simulator signed: whose it is, its number, until when (aware)."""

    client_id: str
    jti: str
    fin: datetime


class Tokens:
    """Makes tokens and reads them, with the key in `<data-dir>/pki/data-connect/`."""

    def __init__(self, data_dir: Path) -> None:
        folder = make_folder_once(data_dir / "pki" / "data-connect", _make_key)
        self._key = RSAKey.import_key((folder / "jetons.key.pem").read_bytes())

    def make(self, application: ApplicationFacts, now: datetime) -> str:
        """Return a new token of an application, that starts `now` (simulated, aware)."""
        header = {"typ": "JWT", "alg": "RS256", "kid": self._key.thumbprint()}
        return jwt.encode(header, _claims(application, now), self._key, _ALGORITHMS)

    def read(self, text: str) -> AccessToken | None:
        """Return a token that was signed here, ended or not; None for any other text."""
        try:
            claims = jwt.decode(text, self._key, _ALGORITHMS).claims
            fin = datetime.fromtimestamp(int(claims["exp"]), UTC)
            return AccessToken(str(claims["consumerKey"]), str(claims["jti"]), fin)
        except (JoseError, ValueError, KeyError, TypeError):
            return None


def _claims(application: ApplicationFacts, now: datetime) -> dict[str, Any]:
    start = int(now.timestamp())
    return {
        "aud": _AUDIENCE,
        "application": {"owner": application.acteur_code, "tier": _TIER, "name": application.nom},
        "keytype": "SANDBOX" if application.en_bac_a_sable else "PRODUCTION",
        "subscribedAPIs": [
            {"name": api, "context": f"/{api}", "version": f"v{version_of_api(api)}"}
            for api in application.apis
        ],
        "consumerKey": application.client_id,
        "exp": start + int(LIFETIME.total_seconds()),
        "iat": start,
        "jti": str(uuid.UUID(bytes=monde.urandom(16), version=4)),
    }


def _make_key(folder: Path) -> None:
    write_atomically(folder / "jetons.key.pem", key_pem(generate_key("rsa2048")), PRIVATE)
