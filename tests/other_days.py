"""Runs the suite on other days than the machine's: `make test-dates`.

libfaketime moves what every process of the run reads as the time of the day; what measures
durations (the monotonic clock) stays true. Names of days as arguments choose among `DAYS`; what
follows `--` goes to pytest. `mondays` are those to the spring of 2027, over which older services
end: each release is played on each, in half an hour at most.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
Day = Callable[[datetime], datetime]


def later_by(days: int) -> Day:
    """Return the day that comes so many days after an instant, at the same time."""
    return lambda now: now + timedelta(days=days)


def leap_day(_now: datetime) -> datetime:
    """Return the next 29 February but one, in the morning."""
    return datetime(2028, 2, 29, 10, tzinfo=PARIS)


def evening_before_last_sunday(month: int) -> Day:
    """Return the evening before the next change of hour, which falls on the month's last Sunday."""

    def evening(now: datetime) -> datetime:
        for year in (now.year, now.year + 1):
            last = datetime(year, month, 31, 22, tzinfo=PARIS)
            saturday = last - timedelta(days=(last.weekday() + 1) % 7 + 1)
            if saturday > now:
                return saturday
        raise AssertionError("a year has a change of hour in each of both months")

    return evening


DAYS: dict[str, Day] = {
    "plus-1": later_by(1),
    "plus-40": later_by(40),
    "plus-200": later_by(200),
    "29-february": leap_day,
    "eve-of-march": evening_before_last_sunday(3),
    "eve-of-october": evening_before_last_sunday(10),
}


LAST_MONDAY_BEFORE = date(2027, 4, 1)
MONDAYS_SECONDS = 1800
OF_MONDAYS = ("-m", "lundis", "--dist", "load", "tests/homologation/test_each_release_today.py")


def mondays(now: datetime) -> Iterator[datetime]:
    """Yield the Mondays to come, at the same time, today's too."""
    monday = now + timedelta(days=-now.weekday() % 7)
    while monday.date() < LAST_MONDAY_BEFORE:
        yield monday
        monday += timedelta(days=7)


def moved(environ: dict[str, str], library: Path, seconds: int) -> dict[str, str]:
    """Return an environment whose processes read a time that is `seconds` later."""
    return {
        **environ,
        "LD_PRELOAD": str(library),
        "FAKETIME": f"+{seconds}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Threads that wait for the interpreter would else never sleep: ten times the processor.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }


def fails_on(day: datetime, now: datetime, library: str, options: list[str], most: float) -> bool:
    """Run pytest on a day; tell whether it failed, or took more than `most` seconds."""
    print(f"== {day.astimezone(PARIS):%A %d/%m/%Y %H:%M}", flush=True)
    environ = moved(dict(os.environ), Path(library), int((day - now).total_seconds()))
    with subprocess.Popen([sys.executable, "-m", "pytest", *options], env=environ) as running:
        try:
            return bool(running.wait(most))
        except subprocess.TimeoutExpired:
            running.terminate()
            return True


def main(arguments: list[str]) -> int:
    """Run pytest on each day, and return 1 if it failed on one of them."""
    library, *rest = arguments
    cut = rest.index("--") if "--" in rest else len(rest)
    names, options = rest[:cut] or [*DAYS, "mondays"], rest[cut + 1 :]
    failed = []
    for name in names:
        now, started = datetime.now(UTC), time.monotonic()
        if name != "mondays":
            day = DAYS[name](now)
            failed += [name] if fails_on(day, now, library, options, 6000) else []
            continue
        for day in mondays(now):
            left = MONDAYS_SECONDS - (time.monotonic() - started)
            if left < 0 or fails_on(day, now, library, [*options, *OF_MONDAYS], left):
                failed.append(f"Monday {day:%d/%m/%Y}")
    print(f"== failed on: {', '.join(failed)}" if failed else "== passed on every day")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
