"""Calls of ConsultationMesuresDetaillees: zeep on the real WSDLs, answers as texts, validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree
from real_clients import KIT, answered_contract, hold_against_real_schema
from running_simulator import RunningSimulator

from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient

SERVICE = "ConsultationMesuresDetaillees"
NOW = "2026-07-15T10:00"
TODAY = date(2026, 7, 15)
C5, C4 = "25478147557460", "98800001144455"
C2, C3, C1 = "98800003605936", "98800006694381", "98610000001481"
C3_SANS_COURBE = "98610000001370"
C5_SIX_CADRANS, C5_SURPLUS, C5_SANS_COLLECTE = "24210000002270", "24210000002506", "24210000003171"
C5_NOUVEAU_COMPTEUR, C5_TROUS = "24210000003060", "24210000003283"
C5_TRIPHASE = "24210000002494"
C5_DU_FOURNISSEUR, P4, P1 = "24210000002608", "24210000002821", "98610000001605"
LUNDI, LUNDI_SUIVANT = date(2026, 6, 15), date(2026, 6, 22)
JOURS = {"debut": LUNDI, "fin": LUNDI_SUIVANT}
GRANDEURS = {"COURBE": "PA", "ENERGIE": "EA", "PMAX": "PMA", "INDEX": "EA"}


@dataclass
class Detaillees:
    """The service of a simulator, in both versions, as an actor of that kind."""

    simulator: RunningSimulator
    kind: str = "tiers"

    def __post_init__(self) -> None:
        self._client = SgeClient(cible_of(self.simulator.ready, self.kind), KIT)

    def v2(
        self,
        prm: str,
        type: str,
        grandeur: str | None = None,
        *,
        sens: str = "SOUTIRAGE",
        **members: Any,
    ) -> Any:
        """Ask in v2.0; `members` prevail over what is usual."""
        sides = {"soutirage": sens == "SOUTIRAGE", "injection": sens == "INJECTION"}
        return self._ask("2.0", prm, type, grandeur, {**sides, "accordClient": True, **members})

    def v3(
        self,
        prm: str,
        type: str,
        grandeur: str | None = None,
        *,
        sens: str = "SOUTIRAGE",
        **members: Any,
    ) -> Any:
        """Ask in v3.0; `members` prevail over what is usual."""
        right = {"sens": sens, "cadreAcces": "ACCORD_CLIENT"}
        return self._ask("3.0", prm, type, grandeur, {**right, **members})

    def _ask(
        self, version: str, prm: str, type: str, grandeur: str | None, members: dict[str, Any]
    ) -> Any:
        """Ask for a week; `debut`, `fin` and `pas` are short for the contract's names."""
        demande = {
            "initiateurLogin": "personne@exemple.fr",
            "pointId": prm,
            "mesuresTypeCode": type,
            "grandeurPhysique": grandeur or GRANDEURS[type],
            "dateDebut": members.pop("debut", LUNDI),
            "dateFin": members.pop("fin", LUNDI_SUIVANT),
            "mesuresPas": members.pop("pas", None),
            "mesuresCorrigees": False,
            **members,
        }
        return self.call(version, demande)

    def ask(self, version: str, prm: str, type: str, *args: Any, **kwargs: Any) -> Any:
        """Ask in one version or the other; maximum powers by day."""
        if type == "PMAX":
            kwargs.setdefault("pas", "P1D")
        return (self.v2 if version == "2.0" else self.v3)(prm, type, *args, **kwargs)

    def call(self, version: str, demande: Mapping[str, Any]) -> Any:
        """Return the answer as a tree of texts, or the refusal; it is valid in the real schema."""
        members = {name: value for name, value in demande.items() if value is not None}
        call = self._client.call(SERVICE, version, {"demande": members})
        assert not call.erreur, call.erreur
        contract = answered_contract(f"/{SERVICE}/v{version}")
        hold_against_real_schema(contract, etree.fromstring(call.recu))
        return call.reponse


def code(answer: Any) -> str | None:
    """The code of a refusal; the answer must be one."""
    assert isinstance(answer, RefusRecu), answer
    return answer.code


def listed(value: Any) -> list[Any]:
    """What repeats, as a list whatever its number."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def blocks(answer: Any) -> list[Any]:
    """The blocks of measures of an answer."""
    return listed(answer["grandeur"])


def rows(answer: Any) -> list[Any]:
    """The rows of the only block of an answer."""
    (block,) = blocks(answer)
    return listed(block.get("mesure") or block.get("points"))


def values(answer: Any) -> list[int]:
    return [int(row["v"]) for row in rows(answer)]


def stamps(answer: Any) -> list[str]:
    return [row["d"] for row in rows(answer)]
