"""A catalogue to spoil on disk, and the context of a run."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from catalogue_samples import ACCES_COMMANDE, CONSULTATION, RELEASE, SERVICES_SOUSCRITS

from sge_sim.homologation.campaign.case_request import ContexteDeCas
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release


@pytest.fixture
def catalogue_folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a catalogue of one release; files given by name replace or join its own."""

    def write(**files: str) -> Path:
        folder = tmp_path / "sge-1.0"
        folder.mkdir(exist_ok=True)
        for name, text in {"release": RELEASE, "consultation": CONSULTATION, **files}.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def contexte_of() -> Callable[[Release, date], ContexteDeCas]:
    """Makes the context of a run in which every earlier case has answered."""

    def make(release: Release, today: date) -> ContexteDeCas:
        found = {case.cle: SERVICES_SOUSCRITS for case in release.cas if case.id == "RS-R1"}
        return ContexteDeCas(
            aujourdhui=today,
            reperes=reperes_of_sge("homologation@exemple.fr", "1111111"),
            decalage=release.decalage(today),
            resultats=found,
            preparations={
                "recherche": SERVICES_SOUSCRITS,
                "services": SERVICES_SOUSCRITS,
                "commande": ACCES_COMMANDE,
            },
            valeur="64697749",
        )

    return make
