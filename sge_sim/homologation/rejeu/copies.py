"""An exchange as whoever debugs a client wants it: a line of curl, or a program of zeep."""

import pprint
from collections.abc import Mapping
from typing import Any

from lxml import etree

from sge_sim.api.premier_appel import curl_command, zeep_client
from sge_sim.errors import UsageError
from sge_sim.homologation.client.messages import read_message
from sge_sim.homologation.rejeu.envoi import path_of
from sge_sim.homologation.rejeu.moyens import Moyens
from sge_sim.journal import Echange
from sge_sim.machine.documents import read_tree
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import contract_files

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
    if _has_header(echange.request or b""):
        lines.append("# La demande avait un en-tête : le passer par _soapheaders.")
    call = f"print(client.service.{_operation(path_of(echange))}(**demande))"
    return "\n".join([*lines, call, ""])


def _operation(path: str) -> str:
    """Return the name of the operation of the service at `path`, as its contract spells it."""
    for file, service, version in contract_files(data_path("wsdl")):
        if path == f"/{service}/v{version}":
            name: str = etree.parse(file).xpath("string((//*[local-name()='operation'])[1]/@name)")
            return name
    raise UsageError(f"{path} n'est le chemin d'aucun service.")


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


def _has_header(message: bytes) -> bool:
    return read_tree(message).find(_HEADER) is not None
