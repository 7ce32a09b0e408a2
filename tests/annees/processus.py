"""A process of a life: forked of a parent that has loaded everything, it ends by itself."""

import faulthandler
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from signal import SIGUSR1
from typing import Any

import anyio.to_thread
import canal
import coutures
from monde import AUCUN, Comptes, Monde, Sort
from vie import Vie

from sge_sim.settings import Settings


def _envoie(tuyau: Connection, rendu: Any) -> None:
    """Tell the parent; end where it has."""
    try:
        tuyau.send(rendu)
    except BrokenPipeError:
        os._exit(0)


async def _at_once(work: Callable[..., Any], *args: Any, **_of: Any) -> Any:
    return work(*args)


def lance(
    comptes: Comptes, settings: Settings, tuyau: Connection, rang: int, graine: str, sort: Sort
) -> None:
    """Live in this process, the `rang`-th of its years, until the pipe closes; never return."""
    try:
        _vit(comptes, settings, tuyau, rang, graine, sort)
    except (EOFError, ConnectionError):
        os._exit(0)
    except BaseException:
        with suppress(OSError):
            tuyau.send(("ouverture ratée", traceback.format_exc()))
        traceback.print_exc(file=sys.stderr)
        os._exit(1)


def _vit(
    comptes: Comptes, settings: Settings, tuyau: Connection, rang: int, graine: str, sort: Sort
) -> None:
    monde = Monde(comptes, f"{graine} {rang}")
    monde.sort = sort
    faulthandler.register(SIGUSR1)
    dit = partial(_envoie, tuyau)
    vies: list[Vie] = []
    coutures.pose(monde, lambda path: vies[0].livre(path) if vies else None)
    canal.pose(monde, settings.data_dir)
    coutures.ecoute(monde, settings.data_dir, lambda seen: dit(("contourne", seen)))
    with monde.eveille(AUCUN):
        vie = Vie(monde, settings, dit)
    vies.append(vie)
    tuyau.send(
        (
            "ouvert",
            vie.now(),
            {each.kind: (each.login, each.contrat_id) for each in vie.simulator.callers},
        )
    )
    while True:
        vie.joue(tuyau.recv())


def sans_fils() -> None:
    """Have what a page computes be computed in the thread that asks, which is woven."""
    anyio.to_thread.run_sync = _at_once  # type: ignore[assignment]
