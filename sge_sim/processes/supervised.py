"""The processes of a simulator, under one supervisor."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from socket import socket

from sge_sim.door.b2b_application import B2B
from sge_sim.facts.page_caches import bound_page_caches
from sge_sim.journal import Echange
from sge_sim.machine.collector import collector_paused
from sge_sim.machine.memory import give_back_freed_memory, share_freed_memory
from sge_sim.mesures.communs import make_common_tables
from sge_sim.processes.admin_process import admin_server
from sge_sim.processes.b2b_process import b2b_application, b2b_server, try_application
from sge_sim.processes.simulator import Simulator
from sge_sim.services.declared import declared_services
from sge_sim.tables.models import connect_tables
from sge_sim.transport.child import Process, ProcessWork
from sge_sim.transport.supervisor import supervise


@dataclass(frozen=True)
class Doors:
    """The listening sockets of a simulator: `remote` is that of the administration for other
    machines; None for a door that it doesn't have."""

    b2b: socket
    admin: socket
    remote: socket | None = None
    data_connect: socket | None = None

    def close(self, *but: socket | None) -> None:
        """Close them here, `but` those: clients are refused once no process has them open."""
        for field in fields(self):
            door: socket | None = getattr(self, field.name)
            if door is not None and door not in but:
                door.close()


def serve_supervised(
    simulator: Simulator,
    doors: Doors,
    b2b_url: str,
    on_ready: Callable[[], None],
    *,
    on_call: Callable[[Echange], None] | None = None,
) -> None:
    """Serve until a signal stops it; `on_ready` is called once all the processes accept.

    The administration shows `b2b_url`, and its process calls `on_call` with each call that comes.
    Data Connect is served where it has a socket. The processes keep what bounds their memory, and
    share the tables of the state and of the measures, which this one loads and makes.
    """
    share_freed_memory()
    bound_page_caches()
    with collector_paused():  # the processes would copy whatever it looks at
        connect_tables()
        make_common_tables()
        declared_services()
        application = b2b_application(simulator)
        try_application(application, simulator)
    give_back_freed_memory()
    processes = [
        *(
            Process(f"b2b-{number}", partial(_b2b, simulator, doors, application))
            for number in range(1, simulator.settings.workers + 1)
        ),
        Process("admin", partial(_admin, simulator, doors, b2b_url, on_call), last=True),
    ]
    if doors.data_connect is not None:
        processes.append(Process("data-connect", partial(_data_connect, simulator, doors)))
    phase = simulator.phase

    def ready() -> None:
        phase.enter("pret")
        on_ready()

    def stop() -> None:
        phase.enter("arret")
        doors.close()

    supervise(processes, on_ready=ready, on_stop=stop)


# Each process keeps its own doors alone; what several import, their parent has imported.
def _b2b(simulator: Simulator, doors: Doors, application: B2B) -> ProcessWork:
    doors.close(doors.b2b)
    return b2b_server(simulator, doors.b2b, application)


def _admin(
    simulator: Simulator,
    doors: Doors,
    b2b_url: str,
    on_call: Callable[[Echange], None] | None,
) -> ProcessWork:
    doors.close(doors.admin, doors.remote)
    return admin_server(simulator, doors.admin, b2b_url, on_call, doors.remote)


def _data_connect(simulator: Simulator, doors: Doors) -> ProcessWork:
    from sge_sim.processes.data_connect_process import data_connect_server

    assert doors.data_connect is not None
    doors.close(doors.data_connect)
    return data_connect_server(simulator, doors.data_connect)
