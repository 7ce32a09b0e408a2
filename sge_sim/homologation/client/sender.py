"""What sends the cases of a protocol: the runner and the command know nothing else of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sge_sim.homologation.campaign.evaluation import RefusRecu
from sge_sim.homologation.catalogue.answer_paths import Answer
from sge_sim.soap.contract import Contract


@dataclass(frozen=True)
class AppelFait:
    """A call as it went: bytes, HTTP status, duration, and what was answered.

    `reponse` is None where no readable answer came; `erreur` then says what happened, in French.
    `contrat` is that of the service of SGE that was called, `type_contenu` what its answer says
    that it is (Content-Type), None where nothing came.
    """

    reponse: Answer | RefusRecu | None
    requete: bytes = b""
    recu: bytes = b""
    statut_http: int | None = None
    duree_ms: float = 0.0
    erreur: str = ""
    contrat: Contract | None = None
    type_contenu: str | None = None


class CaseSender(Protocol):
    """Sends the cases of one protocol to one target."""

    @property
    def reperes(self) -> Mapping[str, str]:
        """What stands for the marks of the protocol (`Protocole.reperes`)."""

    @property
    def admin_url(self) -> str | None:
        """The administration of a simulator, None for any other target."""

    @property
    def logiciel(self) -> str:
        """What the client says that it is made with, in each call (User-Agent)."""

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Send what a case asks for; never raises for the answer.

        Raises `UsageError` for what can't be sent to this target: the case isn't run.
        """
