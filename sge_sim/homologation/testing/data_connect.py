"""Data Connect as a test calls it: addresses, applications, and the customer's decisions."""

from collections.abc import Mapping

import requests

from sge_sim.api.administration import Administration
from sge_sim.homologation.client.data_connect_client import (
    CibleDataConnect,
    DataConnectClient,
    Identifiants,
)
from sge_sim.homologation.client.simulator_gestures import GESTES


class SgeDataConnect:
    """What an application needs, and what its customers do.

    `production` has a consent page, `sandbox` needs no consent.
    """

    def __init__(self, cible: CibleDataConnect, admin: Administration, redirect_uri: str) -> None:
        self._cible = cible
        self._admin = admin
        self.redirect_uri = redirect_uri

    @property
    def url(self) -> str:
        """`https://localhost:<port>`, to which the path of an API is added."""
        return self._cible.url

    @property
    def ca(self) -> str:
        """The PEM file of the authority that the client is to trust."""
        return str(self._cible.ca)

    @property
    def production(self) -> Identifiants:
        """The `client_id` and `client_secret` of the application of production."""
        return self._cible.applications["production"]

    @property
    def sandbox(self) -> Identifiants:
        """Those of the application of the sandbox."""
        return self._cible.applications["bac_a_sable"]

    def requests_session(self) -> requests.Session:
        """Return a session of requests that trusts the simulator, without a token."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.ca
        return session

    def accept(self, prm: str, duration: str = "P1Y", version: str = "2") -> Mapping[str, object]:
        """Accept on the page of `version`, `1` or `2`, as the customer of `prm` does.

        Returns what the application is told: `autorisation_id`, or `code` and `usage_point_id`.
        Raises `AssertionError` if the page refuses.
        """
        parametres = {"response_type": "code", "duration": duration}
        demande = {"prm": prm, "decision": "accepter", "parametres": parametres}
        call = DataConnectClient(self._cible).call("dataconnect", version, demande)
        if not isinstance(call.reponse, Mapping):
            raise AssertionError(f"l'accord sur {prm} n'a pas été donné : {call.reponse}")
        return call.reponse

    def revoke(self, prm: str) -> None:
        """Take back every consent on `prm`, as the customer does."""
        GESTES["retirer_accord"](self._admin, {"prm": prm})
