"""Names and headers of the files (GUI 0503 §2.1; GUI 0504 §2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from sge_sim.clock import PARIS
from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.flux.periodes import Frequence

NATURES: Final[Mapping[str, str]] = MappingProxyType(
    {"R63": "CdC", "R64": "INDEX", "R65": "Energie", "R66": "Pmax", "R67": "Mfact", "C68": "ITC"}
)
"""What names call the data of each kind of file."""

_NATURES_DES_RAPPORTS: Final[Mapping[str, str]] = MappingProxyType({**NATURES, "R66": "PMax"})
"""What names of reports call the same: `…_R66_CR_P_PMax_…` is the one that was ever seen."""
_EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType({"R64": "JSON"})
"""How a file inside an archive ends, `json` but for those of an R64 (always so, observed 2026)."""
_CANAL: Final = "Interne"


@dataclass(frozen=True)
class EnvoiR6X:
    """To whom files of one flux go, and under what number: `demande` is the case of a demand of
    M023, or an internal number of a recurrent publication, which `publication_id` names too.

    `mode` is None on demand; `echeances` is the block that a recurrent one has besides. `creation`
    is aware.
    """

    flux: CodeFlux
    demande: str
    contrat_id: str
    destinataire: str
    creation: datetime
    mode: Frequence | None = None
    publication_id: str | None = None
    echeances: Mapping[str, str] | None = None
    defauts: Defauts = Defauts()  # noqa: RUF009 - it is frozen

    @cached_property
    def _tampon(self) -> str:
        return f"{self.creation.astimezone(PARIS):%Y%m%d%H%M%S}"

    @cached_property
    def archive(self) -> str:
        """The name of an archive, to be given its sequence: a recurrent one tells the contract."""
        contrat = "" if self.mode is None else f"{self.contrat_id}_"
        return f"{self._name(contrat)}.zip"

    @cached_property
    def member(self) -> str:
        """The name of what is in an archive, to be given its sequence."""
        return f"{self._name()}.{_EXTENSIONS.get(self.flux, 'json')}"

    def _name(self, contrat: str = "") -> str:
        nature, mode = NATURES[self.flux[:3]], self.mode or "P"
        numero = f"{self.demande}_{contrat}{{:05d}}"
        return f"ENEDIS_{self.flux}_{mode}_{nature}_{numero}_{self._tampon}"

    @property
    def rapport(self) -> str:
        """The name of the report of a demand, without its extension (seen once, in a client)."""
        nature = _NATURES_DES_RAPPORTS[self.flux[:3]]
        return f"ENEDIS_{self.flux}_CR_P_{nature}_{self.demande}_{self._tampon}"

    @property
    def header(self) -> dict[str, Any]:
        """The block `header`, which C68 and the report don't have."""
        tree: dict[str, Any] = {
            "siDemandeur": self.defauts.si_demandeur,
            "typeDestinataire": "ACM",
            "idDestinataire": self.destinataire,
            "codeFlux": self.flux,
            "idDemande": self.demande,
            "modePublication": str(self.mode or "P"),
        }
        if self.mode is None:
            tree["idCanalContact"] = _CANAL
        else:
            tree["idPublication"] = self.publication_id
        return {**tree, "format": "JSON", "publicationCrp": "oui" if self.mode is None else "non"}


@dataclass(frozen=True)
class EnvoiEntreprise(EnvoiR6X):
    """To which company files go: `destinataire` is its SIREN, `contrat_id` the channel.

    Names and headers are those of its recurrent files (guide of 11/2023), with P (assumed); a
    `nom` says what it has between `%`, and inside an archive its rank for the SIREN; it always has
    the number of the demand.
    """

    nom: str = ""

    def _name(self, contrat: str = "") -> str:
        flux = self.flux[:3]
        said = {
            "flux": flux,
            "nature": {**NATURES, "R64": "Index"}.get(flux, flux),
            "dossier": self.demande.partition("-")[0],
            "siren": contrat or "{:05d}",
            "date": self._tampon,
        }
        nom = re.sub(r"[^\w.%-]", "_", self.nom)
        nom += "" if "%dossier%" in nom else "_%dossier%"
        return re.sub("%([a-z]+)%", lambda found: said.get(found[1], found[0]), nom)

    @cached_property
    def archive(self) -> str:
        return f"{self._name(self.destinataire)}.zip"

    @property
    def header(self) -> dict[str, Any]:
        dossier = self.demande.partition("-")[0]
        return {
            **super().header,
            "siDemandeur": "LINCS",
            "typeDestinataire": "ENTREPRISE",
            "idDemande": dossier,
            "idCanalContact": self.contrat_id,
            "publicationCrp": "non",
            "idPublication": dossier,
        }
