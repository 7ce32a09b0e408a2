"""A client of Data Connect as its developers write one, and a customer on the consent page."""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from running_simulator import RunningSimulator, start_simulator

START = "2026-11-25T10:00"
NOW = "2026-11-25T10:05"
C5 = "25946599093143"
AUTRE_C5 = "25110853825340"
SANS_COURBE = "25884515170669"
OPPOSE = "24210000002057"
AUTOCONSOMMATEUR = "24210000002506"
SON_AUTRE_POINT = "24210000007540"
PRODUCTEUR = "24210000002821"
TROUE = "24210000003283"

DAILY = "/mesure_synchrone_auto/v2/consommation_quotidienne"
CURVE = "/mesure_synchrone_auto/v2/courbe_de_charge_consommation"


@contextmanager
def data_connect_simulator(
    folder: Path, *options: str, serve: Any = start_simulator
) -> Iterator[RunningSimulator]:
    """Have a simulator with Data Connect served, in production, at `START`."""
    with serve(
        folder,
        *("--data-connect", "--data-connect-port", "0", "--population-size", "0"),
        *("--environment", "production", "--now", START),
        *options,
    ) as running:
        yield running


class Client:
    """An application that calls: the default one, or its sandbox twin."""

    def __init__(self, simulator: RunningSimulator, *, sandbox: bool = False) -> None:
        self.simulator = simulator
        self.url: str = simulator.ready["data_connect_url"]
        found = simulator.ready["data_connect"]
        self.application: Mapping[str, str] = found["sandbox"] if sandbox else found
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = simulator.ready["ca_file"]
        self._token: str | None = None

    @property
    def sandbox(self) -> "Client":
        """The same in the sandbox."""
        return Client(self.simulator, sandbox=True)

    @property
    def renewed(self) -> "Client":
        """The same application, without a token."""
        client = Client(self.simulator)
        client.application = self.application
        return client

    @property
    def credentials(self) -> dict[str, str]:
        return {name: self.application[name] for name in ("client_id", "client_secret")}

    def token(self, **asked: str) -> requests.Response:
        body = {"grant_type": "client_credentials", **self.credentials, **asked}
        return self.http.post(self.url + "/oauth2/v3/token", data=body, timeout=10)

    @property
    def bearer(self) -> dict[str, str]:
        if self._token is None:
            self._token = self.token().json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def get(self, path: str, **asked: Any) -> requests.Response:
        return self.http.get(self.url + path, params=asked, headers=self.bearer, timeout=10)

    def json(self, path: str, **asked: Any) -> Any:
        """Return the JSON of an answer, which must be a 200."""
        answer = self.get(path, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, **asked: Any) -> tuple[int, Any]:
        """How a call is refused: its status and its body."""
        answer = self.get(path, **asked)
        return answer.status_code, answer.json()

    def measures(self, name: str, prm: str, debut: str, fin: str, **asked: Any) -> Any:
        """What a measure of 2026 answers."""
        path = f"/mesure_synchrone_auto/v2/{name}"
        return self.json(path, pointId=prm, dateDebut=debut, dateFin=fin, **asked)

    def list_services(self, autorisation_id: int, **asked: Any) -> requests.Response:
        return self.http.post(
            self.url + "/subscribed_services/v1",
            json={"autorisationId": autorisation_id, "comptage": False, **asked},
            headers=self.bearer,
            timeout=10,
        )

    def services(self, autorisation_id: int, **asked: Any) -> Any:
        answer = self.list_services(autorisation_id, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, version: str = "v2", **changes: str | None) -> requests.Response:
        """Open the consent page; None takes a parameter away."""
        return self.http.get(
            f"{self.url}/dataconnect/{version}/oauth2/authorize",
            params=self.asked(changes),
            allow_redirects=False,
            timeout=10,
        )

    def asked(self, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
        asked = {
            "client_id": self.application["client_id"],
            "response_type": "code",
            "state": "etat1",
            "duration": "P1Y",
            **(changes or {}),
        }
        return {name: value for name, value in asked.items() if value is not None}

    def decide(
        self, *prms: str, version: str = "v2", decision: str = "accepter", **changes: str
    ) -> requests.Response:
        """Decide on the page as the customer who holds the first of `prms`."""
        asked = self.asked(changes)
        address = f"{self.url}/dataconnect/{version}/oauth2/authorize"
        login = self.http.get(address, params={**asked, "recherche": prms[0]}, timeout=10).text
        (found,) = re.findall(r'<a href="(\?[^"]*)"', login)
        consent = self.http.get(address + html.unescape(found), timeout=10).text
        (titulaire,) = re.findall(r'name="titulaire" value="([^"]*)"', consent)
        return self.http.post(
            address,
            params=asked,
            data=[
                ("titulaire", html.unescape(titulaire)),
                *(("prm", prm) for prm in prms),
                ("decision", decision),
            ],
            allow_redirects=False,
            timeout=10,
        )

    def share(self, prm: str, **changes: str) -> int:
        """Have a point shared, unless it is; return the number of the consent."""
        given = self.simulator.admin("/api/consentements", prm=prm)
        for each in given:
            if each["en_vigueur"] and each["client_id"] == self.application["client_id"]:
                return int(each["autorisation_id"])
        return int(told(self.decide(prm, **changes))["autorisation_id"])

    def revoke(self, prm: str) -> None:
        """Have the customer take back what is in force on a point."""
        for consent in self.simulator.admin("/api/consentements", prm=prm):
            if consent["en_vigueur"]:
                remove_consentement(self.simulator, consent["id"])


def told(answer: requests.Response) -> dict[str, str]:
    """Return the parameters that a redirection gives the application."""
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def admin(simulator: RunningSimulator, path: str, **body: Any) -> Any:
    """Post JSON to the administration."""
    answer = requests.post(simulator.ready["admin_url"] + path, json=body, timeout=30)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def remove_consentement(simulator: RunningSimulator, numero: int) -> None:
    """Have the customer take a consent back."""
    url = f"{simulator.ready['admin_url']}/api/consentements/{numero}"
    requests.delete(url, timeout=30).raise_for_status()


def freeze(simulator: RunningSimulator, instant: str = NOW) -> None:
    admin(simulator, "/api/clock", action="freeze", instant=instant)


def points_set(simulator: RunningSimulator, *arguments: str) -> None:
    simulator.printed("points", "set", *arguments)
