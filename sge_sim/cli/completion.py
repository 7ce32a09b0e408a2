"""What a shell completes beyond commands and options: points, actors, services, cases.

`eval "$(_SGE_SIM_COMPLETE=bash_source sge-sim)"` (or `zsh_source`, `fish_source`) turns it on. What
the state holds is read in the folder that is typed before, or in the usual one; nothing is said
where it can't be read.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from sge_sim.machine.own_folder import default_data_dir

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_MOST: Final = 50


def prms(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the points whose PRM begins so; without a beginning, those that have a reason."""
    from sge_sim.tables.lists import look_for_points

    def read(session: "Session") -> list[CompletionItem]:
        found = look_for_points(session, incomplete, after="", limit=_MOST)
        return [CompletionItem(each.prm, help=each.pourquoi or each.segment) for each in found]

    return _read(ctx, read) if incomplete.isdigit() or not incomplete else []


def acteurs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the actors whose code begins so."""
    from sge_sim.tables.acteurs import all_acteurs

    return _read(
        ctx,
        lambda session: [
            CompletionItem(each.code, help=each.nom)
            for each in all_acteurs(session)
            if each.code.startswith(incomplete.upper())
        ],
    )


def services(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the services whose name begins so, in any case."""
    from sge_sim.api.typed_filters import service_names

    return _beginning(service_names(), incomplete)


def cases(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the cases of the release that is typed before, or of the last one."""
    from sge_sim.errors import UsageError
    from sge_sim.homologation.catalogue import DEFAULT_RELEASE
    from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
    from sge_sim.homologation.catalogue.release import load_release

    typed = ctx.params.get("release") or ctx.params.get("release_name")
    try:
        release = load_release(typed or DEFAULT_RELEASE, PROTOCOLES)
    except UsageError:
        return []
    keys = [case.cle for case in release.cas]
    return _beginning([*release.ids, *keys] if "@" in incomplete else release.ids, incomplete)


def _beginning(words: Sequence[str], incomplete: str) -> list[CompletionItem]:
    begun = incomplete.lower()
    return [CompletionItem(word) for word in words if word.lower().startswith(begun)]


def _read(
    ctx: click.Context, read: "Callable[[Session], list[CompletionItem]]"
) -> list[CompletionItem]:
    """Return what `read` finds in the state, nothing where it can't be read."""
    from sqlalchemy.exc import SQLAlchemyError

    from sge_sim.errors import UsageError
    from sge_sim.schema.data_folder import open_database

    folder = ctx.params.get("data_dir") or default_data_dir()
    try:
        with open_database(Path(folder)).sessions() as session:
            return read(session)
    except (UsageError, SQLAlchemyError, OSError):
        return []
