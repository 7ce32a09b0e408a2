"""Sends the request of an exchange again, over mutual TLS, as its actor or the default one."""

from typing import Final

import requests

from sge_sim.door.origine import MARQUE, agent_of
from sge_sim.errors import UsageError
from sge_sim.homologation.client.bounded_session import failure_in_french
from sge_sim.homologation.rejeu.moyens import Moyens
from sge_sim.journal import Echange

_TIMEOUT_SECONDS: Final = 60
_CONTENT_TYPE: Final = {"Content-Type": "text/xml; charset=utf-8"}


def path_of(echange: Echange) -> str:
    """Return the path of the service that an exchange called.

    Raises `UsageError` for one that called none: there is nothing to send again.
    """
    if echange.kind != "soap" or not echange.request or echange.service is None:
        raise UsageError(
            f"L'échange {echange.id} n'est pas un appel SOAP : il n'y a rien à rejouer."
        )
    return f"/{echange.service}/v{echange.version}"


def send_again(
    echange: Echange, moyens: Moyens, b2b_url: str, marque: str, demande: bytes | None = None
) -> int:
    """Send the request of `echange` to the simulator at `b2b_url`; return the HTTP status.

    `marque` tells that the call makes that exchange again; `demande` is sent instead of its
    request where it is given. Raises `UsageError` where the exchange is no SOAP call, and where
    nobody answers.
    """
    path = path_of(echange)
    headers = {**_CONTENT_TYPE, "User-Agent": agent_of("rejeu"), MARQUE: marque}
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(moyens.autorite)
        session.cert = (str(moyens.certificat), str(moyens.cle))
        try:
            answer = session.post(
                b2b_url + path,
                data=demande or echange.request,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise UsageError(f"{b2b_url} : {failure_in_french(error)}") from None
    return answer.status_code
