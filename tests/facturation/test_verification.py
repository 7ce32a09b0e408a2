"""The check of invoices explains those that are right, and names each line that isn't."""

import pytest
from facturation_kit import EXEMPLES, Histoire

from sge_sim.facturation.verification import VerificationFactures


def checked(files: dict[str, bytes]) -> list[str]:
    verification = VerificationFactures()
    for nom, content in files.items():
        verification.add(nom, content)
    return [str(each) for each in verification.judge()]


@pytest.mark.parametrize("histoire", EXEMPLES.values(), ids=EXEMPLES)
def test_right_invoices_are_explained(histoire: Histoire) -> None:
    assert checked(histoire.files()) == []
