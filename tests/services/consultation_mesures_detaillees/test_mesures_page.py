"""docs/mesures.md: how each type of measure is stamped, counted and written, as it was answered."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from detaillees_kit import C4, C5, Detaillees, blocks, listed

from sge_sim.homologation.campaign.evaluation import RefusRecu

PAGE = Path(__file__).parents[3] / "docs" / "mesures.md"
HEAD = """\
# Measures: stamps, counts, units

What ConsultationMesuresDetaillees answers for one C4 and one C5 point over the legal days
2026-06-15 to 2026-06-22 (`dateFin` is excluded), and for monthly values over 2026-04-01 to
2026-06-01. Made from the answers of a running simulator by
`tests/services/consultation_mesures_detaillees/test_mesures_page.py`; renew it with
`SGE_SIM_RENEW_DOCS=1 pytest tests/services/consultation_mesures_detaillees/test_mesures_page.py`.

Times are legal times (Europe/Paris). A C4 step is stamped at its start, a C5 step at its end. A
day of 23 or 25 hours has 276 or 300 points of 5 minutes, 46 or 50 of 30 minutes; v3.0 gives no
offset, so the hour that is lived twice can't be told apart there. C1-C4 curves have a step of 10
minutes before March 2023.

Of what is asked for corrected, the active curves of C1-C4 and P1-P3 alone are: everything else
comes raw (BRUT), in v2.0 a C5 or P4 is refused. TOUT is told as BEST for its active curve, the
other curves in it are raw (assumed).
A point that was lost is estimated there (`n` E), and v3.0 says how as R63 does: `tc` C, linearly
between its bounds (the code is documented, which of the ways is assumed).

The curve of a C5 is there once somebody had it collected. That of a C1-C4 or P1-P3 is always there,
ordered or not, although the FAQ says that no curve is collected by default: Enedis reads these
meters every day for its own needs (assumed). A point that is processed by index (`modeTraitement`) has
none until somebody has it collected; its meter then had kept the last 42 days, 21 where it counts
injection too (FAQ, of a PME-PMI; SAPHIR and ICE the same, older meters nothing: assumed). The energies
of its days are there with its curve.

The values of a C5 at half-hour steps are even: its meter counts Wh (observed).

With `--profile fidele`, v2.0 stamps the hour that autumn repeats twice alike, with the offset of
winter, which is wrong of its first pass (observed by a client, who doesn't say in which release;
that it is so of every type and segment is assumed). R50, R4x and the histories keep both offsets:
nothing else was seen of them.

`iv` of an index is 0. Its guide names four bits: 1 an incoherent message, 2 an index that went
down, 4 more than can be consumed, 8 a register that isn't used moved. Every recorded value is 0,
and no source tells how the platform finds out, nor whether a change of meter counts as an index
that went down: nothing is made up. Meters here have no such trouble; a lost reading isn't there.

The indexes of a C4 tell by time class of the distributor what it counts beside energies: RC tells
the month so far, RM the month that ends, all start again at each monthly reading (observed for TF,
the running time). The rest is assumed. They are those of the steps of the 10-minute curve of R4x
that ended by then: PMA is the largest apparent power, in whole kVA (the largest active power, W,
where the subscribed power is in kW), DD is 600 s for each step beyond the subscribed power, of a C4
60 s for each minute (FAQ; whose mean power is beyond it: assumed), DE the sum of the excess, DQ the square root of the sum of its squares. A large point overruns its power on
some days, where its machines start together (assumed). R67 tells the hours that a C4 is billed for
it, DD in h: an hour begun is an hour (FAQ), of each class from one monthly reading to the next (assumed).
P1-P3 have PMA and TF alone. ER is counted by P4 alone: the sum of ERI and ERC (assumed).

One P4 of the data set, 24210000003407, sells all of its production: what it draws is nothing, under
the calendar of non-consumption PT000001 (GUI 0497 v1.5.0 p. 19; its label, and that the client has
a contract in that direction, are assumed). Where a point of 36 kVA or less has contracts in both
directions, what it produces is first consumed behind the meter: each direction is what the other
leaves of each step, and registers, curve and days of both agree.

The maximum power of a C5 is that of a moment: an oven, a kettle, a motor that starts stand out of the
mean of their half-hour, which isn't always the highest (observed of a Linky: 42 % of days are in the
half-hour of the highest mean, at 1.1 to 5.2 times that mean). It stays within 110 % of the subscribed
power (assumed).

## What is lost

`--pertes constatees`, the default of `--profile fidele`, loses what was seen to be lost: 0.1 % of the
half-hours of a C5 or P4, some in a row; 2 % of the 10-minute steps of a C1-C4 or P1-P3, in bursts;
once in two years a daily maximum of a C5 told as 65535. `--pertes aucune`, the default of the nominal
profile, loses nothing but the `trous` of a point. Which steps are lost is drawn from the point
(assumed). The meter went on counting: indexes and registers are whole.

| who tells | a point of a curve that was lost | a day that was wholly lost | source |
|---|---|---|---|
| ConsultationMesuresDetaillees | left out; in a corrected curve of v3.0 estimated, `n` E | its energy and its maximum are left out | assumed; GUI 0497 v1.5.0 |
| ConsultationMesures | nothing: it tells readings | a reading that failed is estimated, ESTI then REGU | observed 2021 |
| R50 | `H` alone, without `V` | the day has no point at all | guide R50 |
| R151 | nothing: it tells indexes | its calendars alone | guide R151; assumed |
| R171 | nothing: it tells indexes | the reading is left out | assumed |
| R4x | neither value nor status; in a corrected curve the value, status E | the same, step by step | guide R4x; assumed |
| R63 | left out; in a corrected curve the value, `n` E | the same | GUI 0497 v1.5.0; assumed |
| R64 | nothing: it tells indexes | the reading is left out | assumed |
| HDM | an empty value; in a corrected curve the value, E | the daily value is empty | observed 2022; assumed |
| Data Connect | left out | left out | assumed |
| energy of a day of a C1-C4 | it is the integral of the curve: lost where a point is | lost | assumed |

## What is put right

`sge-sim points set PRM --rectifie 2026-05-03=7800` gives a past day another energy, Wh, as Enedis does
when it corrects by hand. The other classes and points of that day keep their shares; « aucun » gives
up all rectifications of the point.

| who tells | what of it | source |
|---|---|---|
| R67 | the quantity over that day, `codeStatut` R, created then; nature as before; no A beside it | GUI 0503; assumed |
| ConsultationMesures | the row over that day, statut RECTIFIEE; no ANNULEE beside it | AX.0355; assumed |
| R63, ConsultationMesuresDetaillees, corrected | the points of that day of a C1-C4 or P1-P3, `n` C, `tc` F | GUI 0497 v1.5.0; assumed |
| R4x, HDM, corrected | the same, status C (a history has none) | guide R4x; assumed |
| everything raw: curves of C5 and P4, indexes, energies of days, maxima, R50, R151, R171, R64, R65, Data Connect | nothing | assumed |

A row that ends after it was put right is told so from the start, INITIALE. Files that were published
aren't published again: the next one, or a demand, tells it (assumed).

## What was answered

| point | measure | version | first stamp | last stamp | count | unit | order | row |
|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501
ASKED = (
    ("COURBE", "PA", None),
    ("COURBE", "PRI", None),
    ("ENERGIE", "EA", None),
    ("PMAX", "PMA", "P1D"),
    ("PMAX", "PMA", "P1M"),
    ("INDEX", "EA", None),
    *(("INDEX", grandeur, None) for grandeur in ("DD", "DE", "DQ", "PMA", "TF")),
)
DEUX_MOIS = {"debut": date(2026, 4, 1), "fin": date(2026, 6, 1)}


def page(tiers: Detaillees) -> str:
    """Ask everything and return the page."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows_of(tiers))


def rows_of(tiers: Detaillees) -> Iterator[tuple[str, ...]]:
    for segment, prm in (("C4", C4), ("C5", C5)):
        for type, grandeur, pas in ASKED:
            for version in ("2.0", "3.0"):
                if type == "INDEX" and version == "2.0":
                    continue
                monthly = DEUX_MOIS if pas == "P1M" or (segment, type) == ("C4", "INDEX") else {}
                answer = tiers.ask(version, prm, type, grandeur, pas=pas, **monthly)
                measure = f"{type} {grandeur}" + (f" {pas}" if pas else "")
                for name, cells in described(answer):
                    yield segment, measure + name, f"v{version}", *cells


def described(answer: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what to say of each series of an answer, or of a refusal."""
    if isinstance(answer, RefusRecu):
        yield "", ("", "", "", "", "", f"refused, {answer.code}")
    elif not answer:
        yield "", ("", "", "0", "", "", "empty answer")
    elif "contexte" in answer:
        for contexte in listed(answer["contexte"]):
            grandeur = listed(contexte["grandeur"])[0]
            register = listed(listed(grandeur["calendrier"])[0]["classeTemporelle"])[0]
            yield f" {contexte['typeReleve']}", cells(listed(register["valeur"]), grandeur["unite"])
    else:
        (block,) = blocks(answer)
        found = listed(block.get("mesure") or block.get("points"))
        yield "", cells(found, block["unite"])


def cells(rows: list[Any], unite: str) -> tuple[str, ...]:
    stamps = [row["d"] for row in rows]
    ascending = stamps == sorted(stamps)
    shape = " ".join(
        name if name in ("v", "d") else f"{name}={value}" for name, value in rows[0].items()
    )
    return (
        f"`{stamps[0]}`",
        f"`{stamps[-1]}`",
        str(len(rows)),
        unite,
        "ascending" if ascending else "descending",
        f"`{shape}`",
    )


def test_page_of_measures_is_up_to_date(tiers: Detaillees) -> None:
    """Renew it with `SGE_SIM_RENEW_DOCS=1`."""
    made = page(tiers)
    if os.environ.get("SGE_SIM_RENEW_DOCS"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made
