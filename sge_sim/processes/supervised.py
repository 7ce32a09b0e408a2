"""The processes of a simulator, under one supervisor."""

from collections.abc import Callable
from functools import partial
from socket import socket

from sge_sim.processes.admin_process import admin_server
from sge_sim.processes.b2b_process import b2b_server
from sge_sim.processes.data_connect_process import data_connect_server
from sge_sim.processes.simulator import Simulator
from sge_sim.transport.child import Process
from sge_sim.transport.supervisor import supervise


def serve_supervised(
    simulator: Simulator,
    b2b_socket: socket,
    admin_socket: socket,
    b2b_url: str,
    on_ready: Callable[[], None],
    *,
    data_connect_socket: socket | None = None,
) -> None:
    """Serve until a signal stops it; `on_ready` is called once all the processes accept.

    The administration shows `b2b_url`. Data Connect is served where it has a socket.
    """
    processes = [
        *(
            Process(f"b2b-{number}", partial(b2b_server, simulator, b2b_socket))
            for number in range(1, simulator.settings.workers + 1)
        ),
        Process("admin", partial(admin_server, simulator, admin_socket, b2b_url)),
    ]
    if data_connect_socket is not None:
        processes.append(
            Process("data-connect", partial(data_connect_server, simulator, data_connect_socket))
        )
    supervise(processes, on_ready=on_ready)
