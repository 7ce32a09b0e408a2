"""A program as the command line will be: two listeners under a supervisor.

    python supervised_program.py FOLDER WORKERS [FAULT]

FOLDER holds server.pem, server.key and root.pem. `ready.json` is written in it once everything
accepts, `entered` when a request that takes its time is under way. FAULT is a way to fail.
"""

import fcntl
import json
import os
import signal
import sys
import termios
import time
from functools import partial
from http import HTTPStatus
from pathlib import Path

from sge_sim.errors import UsageError
from sge_sim.transport.admin_server import AdminServer
from sge_sim.transport.child import Process
from sge_sim.transport.listener import Limits, bind, bind_loopback
from sge_sim.transport.message import Response
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.supervisor import supervise
from sge_sim.transport.tls import build_server_context

GRACE_SECONDS = 2.5


def application(folder, request):
    if request.path != "/":
        (folder / "entered").touch()
    match request.path:
        case "/slow":
            time.sleep(1.0)
        case "/hang":
            time.sleep(60.0)
        case "/stuck":
            os.kill(os.getpid(), signal.SIGSTOP)
    return Response(HTTPStatus.OK, str(os.getpid()).encode())


async def administration(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


def build_b2b(folder, listening, fault):
    if fault == "usage":
        raise UsageError("La base est absente : lancer sge-sim init.")
    if fault == "crash":
        raise LookupError("introuvable")
    files = folder / "server.pem", folder / "server.key", (folder / "root.pem").read_text()
    limits = Limits(threads=4, stop_seconds=60.0 if fault == "patient" else 10.0)
    app, context = partial(application, folder), partial(build_server_context, *files)
    return HttpsServer(app, listening, context, limits, print)


def build_admin(listening, b2b):
    b2b.close()
    return AdminServer(lambda: administration, listening)


def main(folder, workers, fault):
    if fault == "terminal":
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    b2b, admin = bind("127.0.0.1", 0), bind_loopback("127.0.0.1", 0)
    ports = {"b2b": b2b.getsockname()[1], "admin": admin.getsockname()[1]}
    processes = [
        Process(f"b2b-{number}", partial(build_b2b, folder, b2b, fault))
        for number in range(1, workers + 1)
    ]

    def tell():
        beside = folder / "ready.tmp"
        beside.write_text(json.dumps(ports))
        beside.rename(folder / "ready.json")

    try:
        processes.append(Process("admin", partial(build_admin, admin, b2b), last=True))
        supervise(processes, tell, GRACE_SECONDS, b2b.close)
    except UsageError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), (sys.argv[3:] or [""])[0]))
