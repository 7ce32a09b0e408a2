"""The processes of a simulator, under one supervisor."""

from collections.abc import Callable
from functools import partial
from socket import socket

from sge_sim.facts.page_caches import bound_page_caches
from sge_sim.journal import Echange
from sge_sim.machine.freed_memory import share_freed_memory
from sge_sim.processes.simulator import Simulator
from sge_sim.transport.child import Process, ProcessWork
from sge_sim.transport.supervisor import supervise


def serve_supervised(
    simulator: Simulator,
    b2b_socket: socket,
    admin_socket: socket,
    b2b_url: str,
    on_ready: Callable[[], None],
    *,
    data_connect_socket: socket | None = None,
    tell: Callable[[Echange], None] | None = None,
) -> None:
    """Serve until a signal stops it; `on_ready` is called once all the processes accept.

    The administration shows `b2b_url`, and its process calls `tell` with each call that comes.
    Data Connect is served where it has a socket. The processes keep what bounds their memory.
    """
    share_freed_memory()
    bound_page_caches()
    processes = [
        *(
            Process(f"b2b-{number}", partial(_b2b, simulator, b2b_socket))
            for number in range(1, simulator.settings.workers + 1)
        ),
        Process("admin", partial(_admin, simulator, admin_socket, b2b_url, tell)),
    ]
    if data_connect_socket is not None:
        processes.append(
            Process("data-connect", partial(_data_connect, simulator, data_connect_socket))
        )
    supervise(processes, on_ready=on_ready)


# Each process imports its own part, all at the same time.
def _b2b(simulator: Simulator, b2b_socket: socket) -> ProcessWork:
    from sge_sim.processes.b2b_process import b2b_server

    return b2b_server(simulator, b2b_socket)


def _admin(
    simulator: Simulator,
    admin_socket: socket,
    b2b_url: str,
    tell: Callable[[Echange], None] | None,
) -> ProcessWork:
    from sge_sim.processes.admin_process import admin_server

    return admin_server(simulator, admin_socket, b2b_url, tell)


def _data_connect(simulator: Simulator, data_connect_socket: socket) -> ProcessWork:
    from sge_sim.processes.data_connect_process import data_connect_server

    return data_connect_server(simulator, data_connect_socket)
