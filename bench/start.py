"""How long a second start takes, from the command to two moments.

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
from sge_sim.homologation.client.own_simulator import own_simulator

_STARTS = 7
_OPTIONS = ["--now", NOW]


def second_start(data_dir: Path) -> tuple[float, float]:
    """Return the median seconds to both moments, in a folder that has served before."""
    with own_simulator(data_dir, _OPTIONS):
        pass
    ready, answered = zip(*(_start(data_dir) for _ in range(_STARTS)), strict=True)
    return statistics.median(ready), statistics.median(answered)


def _start(data_dir: Path) -> tuple[float, float]:
    started = time.perf_counter()
    with own_simulator(data_dir, _OPTIONS) as simulator:
        ready = time.perf_counter() - started
        _call(simulator.ready)
        return ready, time.perf_counter() - started


def _call(target: Mapping[str, Any]) -> None:
    context = ssl.create_default_context(cafile=target["ca_file"])
    context.load_cert_chain(target["client_cert"], target["client_key"])
    netloc = urlsplit(target["b2b_url"]).netloc
    connection = http.client.HTTPSConnection(netloc, context=context, timeout=10)
    connection.request("POST", PATH, request(), {"Content-Type": "text/xml"})
    check(connection.getresponse().read())
    connection.close()
