"""`sge-sim generations --journal`: which of the services that an actor called end, and when."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from click.testing import CliRunner
from journal_kit import RECORD, open_journal_in
from made_states import copy_state

from sge_sim.cli.lookups import generations


def told(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(generations, ["--journal", "--data-dir", str(folder), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_services_that_end_are_told_by_actor_with_what_replaces_them(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 0})
    journal = open_journal_in(tmp_path)
    assert "Aucun service qui s'arrête" in told(tmp_path)
    called = (
        ("TIERS1", "CommandeCollectePublicationMesures"),
        ("TIERS1", "CommandeCollectePublicationMesures"),
        ("TIERS1", "CommandeServicesAccesDonnees"),
        ("TIERS1", "ConsultationMesures"),
        ("FOURN1", "RechercheServicesSouscritsMesures"),
    )
    for acteur, service in called:
        journal.append(replace(RECORD, acteur_code=acteur, service=service))
    first, second = told(tmp_path).splitlines()
    assert first.startswith("FOURN1 : RechercheServicesSouscritsMesures (1 appel, ")
    assert second.startswith(
        "TIERS1 : CommandeCollectePublicationMesures (2 appels, le dernier le 21/06/2021) s'arrête "
        "le 01/12/2026 ; CommandeServicesAccesDonnees le remplace"
    )
    assert date(2026, 12, 1).isoformat() in told(tmp_path, "--json")
