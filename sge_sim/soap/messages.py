"""The messages that answer a demand: the envelope, the acquittement, the answer of a service."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml import etree

from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.models import TEXT
from sge_sim.soap.protocol import Tree

_BEGIN = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{ENVELOPE}">'.encode()


class Answer(NamedTuple):
    """What a service answers.

    `body` is the response element: its tree, its text if it has no children, or itself as ready
    bytes. The other fields go into the acquittement of the services that have one; a login that the
    header gave prevails.
    """

    body: Tree | str | bytes
    point_id: str | None = None
    affaire_id: str | None = None
    login: str | None = None


@dataclass(frozen=True)
class MessageWriter:
    """Writes the answers of one contract; with `strict`, only those that keep to it."""

    contract: Contract
    elements: ElementWriter
    strict: bool

    def write(self, answer: Answer, entete: Tree) -> bytes:
        """Return the message of an answer to a demand that came with the header `entete`.

        Raises `ValueError` for one that breaks the contract, where this is checked.
        """
        header = self.contract.response_header
        acquittement = None if header is None else _acquittement(answer, entete)
        if isinstance(answer.body, bytes):
            body = [answer.body]
        else:
            body = self.elements.parts(self.contract.response, answer.body)
        if self.strict:
            self._hold_against_contract(b"".join(body))
        if header is None or acquittement is None:
            return envelope([], body)
        return envelope(self.elements.parts(header, acquittement), body)

    def _hold_against_contract(self, body: bytes) -> None:
        mistake = self.contract.first_mistake(etree.fromstring(body))
        if mistake is not None:
            raise ValueError(f"la réponse ne respecte pas le contrat : {mistake.sentence}")


def envelope(header: list[bytes], body: list[bytes]) -> bytes:
    """Return a whole message around the ready bytes of the header, if it has one, and the body."""
    if header:
        header = [b"<soap:Header>", *header, b"</soap:Header>"]
    return b"".join((_BEGIN, *header, b"<soap:Body>", *body, b"</soap:Body></soap:Envelope>"))


def _acquittement(answer: Answer, header: Tree) -> Tree:
    """Return the header of a success: the result, the point and, where known, the login."""
    functional = {
        name: value
        for name, value in (("pointId", answer.point_id), ("affaireId", answer.affaire_id))
        if value is not None
    }
    login = header.get("infoDemandeur", {}).get("loginDemandeur") or answer.login
    tree: dict[str, Any] = {"resultat": {"code": "SGT200", TEXT: LIBELLES_CODES["SGT200"]}}
    if functional:
        tree["infoFonctionnelles"] = functional
    tree.update(info_demandeur(login))
    return tree


def info_demandeur(login: str | None) -> Tree:
    """Return the element that names who asks, as a member of a header or of a fault.

    The schema wants an address there; several services let an NNI ask, which is left out (assumed).
    """
    return {"infoDemandeur": {"loginDemandeur": login}} if login and "@" in login else {}
