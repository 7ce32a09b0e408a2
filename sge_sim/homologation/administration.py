"""The administration of a simulator, as the runner and the pytest plugin call it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import requests

from sge_sim.errors import UsageError

_TIMEOUT_SECONDS: Final = 30


class Administration:
    """The REST interface at `url`. Every method raises `UsageError` with what it answered."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON at `path`."""
        return self._call("GET", path, params=parameters)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Post JSON to `path`; return the JSON that comes back, None where there is none."""
        return self._call("POST", path, json=dict(body or {}))

    def last_exchange_id(self) -> int:
        """Return the identifier of the newest exchange of the journal, 0 if there is none."""
        newest = self.get("/api/journal", limit=1)
        return int(newest[0]["id"]) if newest else 0

    def exchanges_after(self, exchange_id: int) -> Sequence[Mapping[str, Any]]:
        """Return the exchanges recorded after that one, the oldest first, without bodies."""
        found: Sequence[Mapping[str, Any]] = self.get("/api/journal", after=exchange_id, limit=1000)
        return found

    def _call(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._session.request(
                method, self.url + path, timeout=_TIMEOUT_SECONDS, **options
            )
        except requests.RequestException as error:
            raise UsageError(f"L'administration {self.url} ne répond pas ({error}).") from None
        if not answer.ok:
            raise UsageError(f"L'administration refuse {method} {path} : {_detail(answer)}")
        return answer.json() if answer.content else None


def _detail(answer: requests.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = answer.text[:200]
    return f"HTTP {answer.status_code}, {detail}"
