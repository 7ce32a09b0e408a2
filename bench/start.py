"""How long a second start takes, from the command to two moments, and of the processor.

The first is when both listeners accept; the second when the first call has its answer, for which
the services are loaded meanwhile.
"""

import http.client
import ssl
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.calls import NOW, PATH, check, request
from bench.cpu import family_of, spent_by
from sge_sim.homologation.client.own_simulator import own_simulator

_STARTS = 7
_OPTIONS = ["--now", NOW]


def second_start(data_dir: Path) -> tuple[float, ...]:
    """Return the median seconds to both moments, in a folder that has served before, then those of
    the processor, of all its processes."""
    with own_simulator(data_dir, _OPTIONS):
        pass
    moments = zip(*(_start(data_dir) for _ in range(_STARTS)), strict=True)
    return tuple(map(statistics.median, moments))


def _start(data_dir: Path) -> tuple[float, ...]:
    started = time.perf_counter()
    with own_simulator(data_dir, _OPTIONS) as simulator:
        family = family_of(simulator.process.pid)
        ready, cpu_ready = time.perf_counter() - started, sum(map(spent_by, family))
        _call(simulator.ready)
        answered = time.perf_counter() - started
        return ready, answered, cpu_ready, sum(map(spent_by, family))


def _call(target: Mapping[str, Any]) -> None:
    context = ssl.create_default_context(cafile=target["ca_file"])
    context.load_cert_chain(target["client_cert"], target["client_key"])
    netloc = urlsplit(target["b2b_url"]).netloc
    connection = http.client.HTTPSConnection(netloc, context=context, timeout=10)
    connection.request("POST", PATH, request(), {"Content-Type": "text/xml"})
    check(connection.getresponse().read())
    connection.close()
