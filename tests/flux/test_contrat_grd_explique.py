"""What a supplier sees of its files: prices of its own, lines that are explained, files spoilt."""

from datetime import date
from pathlib import Path

import pytest
from contrat_kit import Etape, contract_platform, etape
from publication_kit import Platform, at, members

from sge_sim.domaine.prm import generate
from sge_sim.facturation.calcul import Facturation
from sge_sim.facturation.prix import given_grilles
from sge_sim.facturation.verification import VerificationFactures

PRM = generate("259", 1)
VIE: dict[str, list[Etape]] = {PRM: [etape("MES", date(2025, 3, 12))]}
GRILLE = """grilles:
  - nom: une grille de 2025
    debut: 2025-02-01
    source: de nous
    c5:
      gestion: "10.00"
      comptage: "20.00"
      soutirage:
        BTINFMU4: {fixe: "9.00", variable: {HPH: "7.00", HCH: "4.00", HPB: "1.50", HCB: "1.00"}}
regles: {tva: 10}
"""


def invoices(platform: Platform) -> dict[str, bytes]:
    return {nom: content for nom, content in platform.ready().items() if "_F15_" in nom}


def constats(platform: Platform, grille: Path | None) -> tuple[int, list[str]]:
    verification = VerificationFactures(Facturation(*given_grilles(grille)))
    for nom, content in platform.ready().items():
        for inner, member in members(content).items():
            verification.add(f"{nom}/{inner}", member)
    return len(verification.blocs), [each.genre for each in verification.judge()]


@pytest.mark.assumed("U13: no grid before 1/08/2025, unless the user gives one")
def test_what_has_no_price_is_invoiced_by_a_users_grid_alone(tmp_path: Path) -> None:
    without = contract_platform(tmp_path / "sans", VIE, followed=date(2025, 3, 1))
    without.catch_up(at(date(2025, 5, 15)))
    assert not invoices(without)
    told = [each for each in without.told() if each.startswith("Flux F15")]
    said = [each for each in told if "aucun point n'a de mesure" not in each]
    assert len(said) == 3  # a service, then two readings
    for each in said:
        assert "rien à publier ; pas de facture de 1 point" in each
        assert f"{PRM}…). Aucune grille de prix ne vaut au" in each
        assert each.endswith("donner une grille datée pour facturer avant.")
    without.close()
    file = tmp_path / "grille.yaml"
    file.write_text(GRILLE)
    given = contract_platform(tmp_path / "avec", VIE, followed=date(2025, 3, 1))
    given.grille = file
    given.catch_up(at(date(2025, 5, 15)))
    assert len(invoices(given)) == 2
    assert constats(given, file) == (2, [])
    assert {*constats(given, None)[1]} == {"prix inconnu"}
    given.close()
