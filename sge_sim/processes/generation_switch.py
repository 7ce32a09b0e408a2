"""Tells the journal and the console that the clock has gone over a change of generation."""

import logging
from collections.abc import Callable
from datetime import datetime

from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.plateformes import switch_days, switches_between
from sge_sim.journal import EchangeRecord

_log = logging.getLogger(__name__)


class GenerationSwitch:
    """A task of the back office: `since` is where the clock was when the simulator started."""

    def __init__(self, since: datetime, record: Callable[[EchangeRecord], None]) -> None:
        self._day = legal_date(since)
        self._record = record

    def __call__(self, until: datetime) -> None:
        day = legal_date(until)
        before, self._day = self._day, day
        if not switch_days(before, day):
            return
        from sge_sim.services.registry import EXISTENCES  # loads every service

        for sentence in switches_between(EXISTENCES, before, day):
            _log.warning(sentence)
            self._record(
                EchangeRecord(
                    instant=until,
                    machine_instant=machine_now(),
                    duration_ms=0.0,
                    kind="http",
                    detail=sentence,
                )
            )
