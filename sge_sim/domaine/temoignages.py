"""What users' records say of the rules: how many saw each confirmed or contradicted, and when.

`temoignages.jsonl` has a line for each record that was gathered (`sge-sim confronte gather`). Two
records of different signers, and none that contradicts, make a rule observed; unsigned ones are
counted apart and change nothing.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.machine.once import computed_once

RASSEMBLES: Final = Path(__file__).with_name("temoignages.jsonl")
_SIGNERS: Final = 2


class Rassemble(NamedTuple):
    """A record that was gathered: the digest of what it says, who signed it (the digest of a key,
    empty where nobody did), the months in which the platform was asked, and the rules that it
    confirms and contradicts, by their whole names."""

    empreinte: str
    signataire: str
    mois: Sequence[str]
    confirme: Sequence[str]
    contredit: Sequence[str]


class VuDeLaRegle(NamedTuple):
    """What the records say of a rule: how many signed ones confirm and contradict it, of how many
    signers those that confirm are, how many unsigned ones speak of it, and the first month."""

    confirment: int
    contredisent: int
    signataires: int
    non_signes: int
    depuis: str


def read_rassembles(path: Path = RASSEMBLES) -> list[Rassemble]:
    """Return the records that were gathered in a file, none where it isn't there."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Rassemble(**json.loads(line)) for line in lines if line.strip()]


def seen_of_rules(records: Sequence[Rassemble]) -> dict[str, VuDeLaRegle]:
    """Return what the records say of each rule of which one speaks, by its whole name."""
    names = sorted({name for each in records for name in (*each.confirme, *each.contredit)})
    return {name: _seen(name, records) for name in names}


def _seen(name: str, records: Sequence[Rassemble]) -> VuDeLaRegle:
    speaking = [each for each in records if name in each.confirme or name in each.contredit]
    signed = [each for each in speaking if each.signataire]
    confirming = [each for each in signed if name in each.confirme]
    return VuDeLaRegle(
        len(confirming),
        sum(name in each.contredit for each in signed),
        len({each.signataire for each in confirming}),
        len(speaking) - len(signed),
        min((month for each in speaking for month in each.mois), default=""),
    )


def observed_among(records: Sequence[Rassemble]) -> Iterator[str]:
    """Yield the rules that the records make observed."""
    for name, seen in seen_of_rules(records).items():
        if seen.signataires >= _SIGNERS and not seen.contredisent:
            yield name


@computed_once()
def observed_rules() -> frozenset[str]:
    """Return the rules that the records that come with sge-sim make observed."""
    return frozenset(observed_among(read_rassembles()))


def provenance_of(name: str, written: Provenance) -> Provenance:
    """Return the provenance of a rule by its whole name, which its table writes: one that is
    assumed may have been observed since."""
    return "observed" if written == "assumed" and name in observed_rules() else written
