"""The rules that a service has only where the real homologation platform is played."""

from typing import Protocol

from sge_sim.domaine.ecarts_plateforme import REPONSE_VIDE, Ecart, plateformes
from sge_sim.refus import Control


class AvecEcart(Protocol):
    """A demand with the answer that the platform being played gives instead, if any."""

    @property
    def ecart(self) -> Ecart | None: ...


def ecart_rules(service: str, version: str) -> tuple[Control[AvecEcart], ...]:
    """Return one rule per code that the platform was seen to answer in the service's place."""
    found: dict[str, dict[str, Ecart]] = {}
    for plateforme in plateformes():
        for ecart in plateforme.ecarts:
            if (ecart.service, ecart.version) == (service, version):
                found.setdefault(ecart.observe, {}).setdefault(ecart.source, ecart)
    return tuple(
        _rule(code, tuple(by_source.values()))
        for code, by_source in found.items()
        if code != REPONSE_VIDE
    )


def is_empty(ecart: Ecart | None) -> bool:
    """Tell whether the platform being played answers nothing, as a success."""
    return ecart is not None and ecart.observe == REPONSE_VIDE


def _rule(code: str, ecarts: tuple[Ecart, ...]) -> Control[AvecEcart]:
    def holds(demande: AvecEcart) -> bool:
        """The platform being played serves such a demand (profile fidele, by release)."""
        return demande.ecart is None or demande.ecart.observe != code

    observed = any(ecart.provenance == "observed" for ecart in ecarts)
    return Control(
        f"sans_ecart_{code.lower()}",
        code,
        " ; ".join(ecart.source for ecart in ecarts),
        "observed" if observed else "assumed",
        "le profil nominal (--profile nominal), ou l'horloge dans une version de SGE qui sert "
        "cette demande : la plateforme réelle ne la servait pas",
        holds,
    )
