"""A Spyne endpoint in process: bytes in, status and document out."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from sge_sim.environ import OUTCOME
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.endpoint import Answer, Call, Endpoint
from sge_sim.soap.protocol import SgtFault


@dataclass(frozen=True)
class Exchange:
    status: str
    document: etree._Element
    fault: SgtFault | None

    @property
    def code(self) -> str | None:
        result = self.document.find(".//detail/*/resultat")
        return None if result is None else result.get("code")


def envelope(body: str, header: str = "", prefix: str = "soapenv") -> bytes:
    head = f"<{prefix}:Header>{header}</{prefix}:Header>" if header else ""
    return (
        f'<{prefix}:Envelope xmlns:{prefix}="{ENVELOPE}">{head}'
        f"<{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>"
    ).encode()


def post(
    contract: Contract,
    request: bytes,
    handle: Callable[[Call], Answer],
    faultstring: str | None = None,
    **environ: Any,
) -> Exchange:
    endpoint = Endpoint(contract, handle, faultstring)
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": contract.path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(request)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8443",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(request),
    } | environ
    answer = b"".join(endpoint(environ, lambda status, headers: statuses.append(status)))
    return Exchange(statuses[0], etree.fromstring(answer), environ.get(OUTCOME))
