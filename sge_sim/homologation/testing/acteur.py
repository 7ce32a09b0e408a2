"""An actor of the simulator as a test calls in its name: addresses, certificate, ready clients."""

import requests
import zeep

from sge_sim.homologation.client.sge_client import Cible, SgeClient, open_https_session


class SgeActeur:
    """What a client needs to call the simulator as one of its default actors.

    `sge_client` is the actor's, kept from test to test: it reads each WSDL once.
    """

    def __init__(self, cible: Cible, sge_client: SgeClient) -> None:
        self._cible = cible
        self._sge_client = sge_client

    @property
    def url(self) -> str:
        """`https://localhost:<port>`, to which the path of a service is added."""
        return self._cible.url

    @property
    def cert(self) -> tuple[str, str]:
        """The certificate (with its intermediate) and the key of the actor, PEM files."""
        return str(self._cible.certificat), str(self._cible.cle)

    @property
    def ca(self) -> str:
        """The PEM file of the authority that the client is to trust."""
        return str(self._cible.ca)

    @property
    def login(self) -> str:
        """A login of the actor."""
        return self._cible.login

    @property
    def contrat_id(self) -> str:
        """A contract of the actor."""
        return self._cible.contrat_id

    def client(self, service: str, version: str | None = None) -> zeep.Client:
        """Return a zeep client of a service, certificate and address set.

        The newest version without `version`. Raises `UsageError` for an unknown service.
        """
        client = self._sge_client
        return client.service_client(service, version or client.newest_version(service))

    def requests_session(self) -> requests.Session:
        """Return a session of requests that presents the certificate of the actor."""
        return open_https_session(self._cible)
