"""A recorded exchange made again, and the differences of two messages.

It is sent again, or written as a line of curl or as a program of zeep.
"""

import pprint
from collections import Counter
from collections.abc import Mapping
from difflib import unified_diff
from typing import Any, Final

import requests

from sge_sim.domaine.francais import counted, shortened
from sge_sim.door.origine import MARQUE, agent_of
from sge_sim.errors import UsageError
from sge_sim.homologation.client.messages import indented, read_message
from sge_sim.homologation.client.sender import TIMEOUT_SECONDS, failure_in_french, open_session
from sge_sim.homologation.premier_appel import Moyens, curl_command, zeep_client
from sge_sim.journal import Echange
from sge_sim.machine.documents import read_tree
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts

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

    `marque` marks the call as a replay of that exchange; `demande` is sent instead of its
    request where it is given. Raises `UsageError` where the exchange is no SOAP call, and where
    nobody answers.
    """
    path = path_of(echange)
    headers = {**_CONTENT_TYPE, "User-Agent": agent_of("rejeu"), MARQUE: marque}
    with open_session(moyens.autorite) as session:
        session.cert = (str(moyens.certificat), str(moyens.cle))
        try:
            answer = session.post(
                b2b_url + path,
                data=demande or echange.request,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise UsageError(f"{b2b_url} : {failure_in_french(error)}") from None
    return answer.status_code


_HEADER = "{http://schemas.xmlsoap.org/soap/envelope/}Header"
_WIDTH = 88


def as_curl(echange: Echange, moyens: Moyens, b2b_url: str, fichier: str | None = None) -> str:
    """Return the shell command that makes the same call, whatever proxy the machine has.

    It sends `fichier`, where a file that holds the request is named; else the request is in it.
    Raises `UsageError` as `path_of` does.
    """
    body = (echange.request or b"").decode("utf-8", "replace") if fichier is None else f"@{fichier}"
    return curl_command(b2b_url + path_of(echange), body, moyens)


def as_zeep(echange: Echange, moyens: Moyens, b2b_url: str) -> str:
    """Return a Python program that makes the same call with zeep.

    Raises `UsageError` as `path_of` does, `ValueError` for a message that is no SOAP envelope.
    """
    url = b2b_url + path_of(echange)
    message = read_message(echange.request or b"")
    given = _arguments(message.contenu)
    written = pprint.pformat(given, width=_WIDTH, sort_dicts=False)
    lines = [*zeep_client(url, moyens), f"demande = {written}"]
    if read_tree(echange.request or b"").find(_HEADER) is not None:
        lines.append("# La demande avait un en-tête : le passer par _soapheaders.")
    contract = load_contracts(data_path("wsdl")).get(path_of(echange))
    if contract is None:
        raise UsageError(f"{path_of(echange)} n'est le chemin d'aucun service.")
    call = f"print(client.service.{contract.operation}(**demande))"
    return "\n".join([*lines, call, ""])


def _arguments(value: Any) -> Any:
    """Return a tree as zeep takes it: attributes are named like elements."""
    if isinstance(value, Mapping):
        named = {name.removeprefix("@"): _arguments(child) for name, child in value.items()}
        if "texte" in named:
            named["_value_1"] = named.pop("texte")
        return named
    if isinstance(value, list):
        return [_arguments(child) for child in value]
    return value


_LONGEST: Final = 400_000
_MANY: Final = 200
_LINES: Final = 6_000
_PAIRS: Final = 80_000
"""Equal lines, one of each message, that are weighed: a second's worth at most."""
_SHOWN: Final = 200
_CHARACTERS: Final = 200
_AROUND: Final = 2

Ligne = tuple[str, str]
"""A mark (`-` gone, `+` come, a space for the same, `@` where some are left out) and a line."""


def difference(before: bytes, after: bytes) -> list[Ligne] | None:
    """Return the lines that differ with those around them, none where both say the same.

    XML is indented first: how it was laid out doesn't count. None for messages that are too long
    or repeat too much to be compared while somebody waits; beyond 200 lines, the last says how
    many are left out.
    """
    if max(len(before), len(after)) > _LONGEST:
        return None
    old, new = (_lines(message) for message in (before, after))
    if max(len(old), len(new)) > _LINES or _pairs(old, new) > _PAIRS:
        return None
    found = list(unified_diff(old, new, lineterm="", n=_AROUND))[2:]
    lines = [
        ("@", "…") if line[0] == "@" else (line[0], shortened(line[1:], _CHARACTERS))
        for line in found
    ]
    if len(lines) > _SHOWN:
        more = counted(len(lines) - _SHOWN, "autre ligne", "autres lignes")
        lines = [*lines[:_SHOWN], ("@", f"… et {more}")]
    return lines


def _pairs(old: list[str], new: list[str]) -> int:
    """Count the pairs of equal lines that difflib compares.

    It leaves out those that are more than a hundredth of a long message.
    """
    if old == new:
        return 0
    most = len(new) // 100 + 1 if len(new) >= _MANY else len(new)
    counted = Counter(old)
    return sum(counted[line] * count for line, count in Counter(new).items() if count <= most)


def _lines(message: bytes) -> list[str]:
    return indented(message.decode("utf-8", "replace")).splitlines()
