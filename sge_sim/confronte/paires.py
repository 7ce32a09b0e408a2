"""A call of a real platform and its answer, as the sources give them and as they are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lxml import etree

from sge_sim.confronte.vocabulaire import ESPACE_SOAP, contracts
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.contract import Contract


@dataclass(frozen=True)
class Paire:
    """A request, by the path of its service, and what came back.

    `instant` is when it was asked, in legal time, None where its source doesn't say. `statut` is
    that of HTTP, 0 where nobody says; `entetes` those of the answer, by their names in lower case,
    None where the source has none. `masque` tells a pair whose dates were moved.
    """

    chemin: str
    requete: bytes
    reponse: bytes
    instant: datetime | None = None
    statut: int = 0
    entetes: Mapping[str, str] | None = None
    masque: bool = False

    @property
    def contrat(self) -> Contract | None:
        """The contract of the service that was called, None where it is none of ours."""
        return contracts().get(self.chemin)


@dataclass(frozen=True)
class Enveloppe:
    """A SOAP envelope: its header and the first element of its body; None where it has none."""

    entete: etree._Element | None = None
    corps: etree._Element | None = None
    code: str | None = None
    libelle: str | None = None

    @property
    def fault(self) -> bool:
        """Whether it is a fault."""
        return self.corps is not None and self.corps.tag == f"{ESPACE_SOAP}Fault"


NO_ENVELOPE: Final = Enveloppe()


def read_enveloppe(message: bytes) -> Enveloppe | None:
    """Return what an envelope holds, None for what is no SOAP 1.1."""
    try:
        root = parse_xml(message, bare=True)
    except ValueError:
        return None
    body = root.find(f"{ESPACE_SOAP}Body")
    if root.tag != f"{ESPACE_SOAP}Envelope" or body is None:
        return None
    header = root.find(f"{ESPACE_SOAP}Header")
    found = next(root.iter("{*}resultat"), None)
    code, libelle = (None, None) if found is None else (found.get("code"), found.text)
    return Enveloppe(header, body[0] if len(body) else None, code, libelle)


def path_of_request(message: bytes) -> str | None:
    """Return the path of the service that a request calls, by its element; None for another."""
    enveloppe = read_enveloppe(message)
    if enveloppe is None or enveloppe.corps is None:
        return None
    return _by_request().get(str(enveloppe.corps.tag))


def _by_request() -> Mapping[str, str]:
    return {contract.request: path for path, contract in contracts().items()}


@dataclass
class Ecartes:
    """What was read of the sources, and what couldn't be: sentences in French, with counts."""

    ecartes: dict[str, int] = field(default_factory=dict)

    def leave(self, why: str) -> None:
        """Count something that is left out."""
        self.ecartes[why] = self.ecartes.get(why, 0) + 1
