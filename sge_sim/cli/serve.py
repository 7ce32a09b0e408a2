"""`sge-sim serve`: the simulator itself."""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sge_sim.admin.token import draw_token, has_token
from sge_sim.cli.console import console, default_log, progress_if_long
from sge_sim.cli.options import settings_options
from sge_sim.domaine.anglais import translated
from sge_sim.errors import UsageError
from sge_sim.homologation.premier_appel import MoyensTls, PremierAppel, first_call
from sge_sim.machine import monde
from sge_sim.machine.collector import collector_paused
from sge_sim.machine.files import make_private_folder
from sge_sim.machine.own_folder import look_at_own_folder
from sge_sim.processes.serving_note import Note, ReadyFile, Served, check_environment, serving
from sge_sim.settings import Log, Settings
from sge_sim.transport.listener import bind, bind_loopback

if TYPE_CHECKING:
    from sge_sim.processes.simulator import Simulator
    from sge_sim.processes.supervised import Doors

_ADMIN_HOST = "127.0.0.1"
_NUMBER: Final = re.compile(r"(?<!\d)\d{11}(?=\d{3}(?!\d))")
_MASK: Final = "•" * 11


class DiscreetFormatter(logging.Formatter):
    """Hides all but the end of what may be a PRM or a SIRET, in messages and in their errors.

    >>> record = logging.makeLogRecord({"msg": "GET /api/points/29100000000246 : refus"})
    >>> DiscreetFormatter("%(message)s").format(record)
    'GET /api/points/•••••••••••246 : refus'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record."""
        return _NUMBER.sub(_MASK, translated(super().format(record)))


@click.command(
    help="Démarrer le simulateur ; Ctrl-C ou SIGTERM l'arrête.",
    epilog=(
        "Chaque réglage se donne aussi par sa variable SGE_SIM_<NOM>, ou dans un fichier "
        "sge-sim.toml du dossier courant ou, sinon, du dossier de l'état (workers = 4). L'option "
        "l'emporte sur la variable, elle sur le fichier."
    ),
)
@click.option("--show-settings", is_flag=True, help="Montrer au démarrage tous les réglages.")
@settings_options
def serve(show_settings: bool, **options: Any) -> None:
    said = logging.StreamHandler()
    said.setFormatter(DiscreetFormatter("sge-sim : %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[said])
    settings = Settings(**options)
    warning = look_at_own_folder(settings.data_dir)
    if warning is not None:
        click.echo(f"sge-sim : {warning}", err=True)
    make_private_folder(settings.data_dir)  # where the ready file often goes
    ready_file = ReadyFile(settings.ready_file)
    ready_file.clear()
    with collector_paused():
        doors = _open_doors(settings)
    try:
        with serving(settings.data_dir) as note, _undone_if_refused(settings, note):
            if not note.alone:
                check_environment(settings.data_dir, settings.environment)
                _say_that_it_shares(settings)
            _serve(settings, note, ready_file, doors, show_settings=show_settings)
    finally:
        ready_file.remove()


def _open_doors(settings: Settings) -> "Doors":
    """Listen where the settings say; the administration's own port is for those who come from
    elsewhere, if any may."""
    from sge_sim.processes.supervised import Doors

    remote = settings.admin_host is not None
    return Doors(
        bind(settings.host, settings.port),
        bind_loopback(_ADMIN_HOST, 0 if remote else settings.admin_port),
        bind(settings.admin_host, settings.admin_port) if settings.admin_host is not None else None,
        bind(settings.host, settings.data_connect_port) if settings.data_connect else None,
    )


def _serve(
    settings: Settings, note: Note, ready_file: ReadyFile, doors: "Doors", *, show_settings: bool
) -> None:
    with collector_paused(), progress_if_long("Préparation des données"):
        from sge_sim.processes.simulator import open_simulator
        from sge_sim.processes.supervised import serve_supervised

        simulator = open_simulator(settings, _say_that_it_waits)
    data_connect = {} if doors.data_connect is None else _data_connect(simulator)
    simulator.database.dispose()
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else settings.host  # noqa: S104
    readiness = _readiness(
        simulator,
        b2b_url=f"https://{host}:{doors.b2b.getsockname()[1]}",
        admin_url=f"http://localhost:{doors.admin.getsockname()[1]}",
    )
    if doors.remote is not None:
        name = next(iter(settings.server_name), "localhost")
        readiness["remote_admin_url"] = f"https://{name}:{doors.remote.getsockname()[1]}"
        from sge_sim.schema.pieces import Pieces

        with Pieces(simulator.database, settings.data_dir).changing():
            if not has_token(settings.data_dir):
                readiness["admin_token"] = draw_token(settings.data_dir)
        simulator.database.dispose()

    if doors.data_connect is not None:
        port = doors.data_connect.getsockname()[1]
        readiness |= {"data_connect_url": f"https://{host}:{port}", "data_connect": data_connect}

    def announce() -> None:
        note.announce(
            Served(
                readiness["admin_url"],
                readiness["b2b_url"],
                readiness["environment"],
                readiness.get("data_connect_url"),
            )
        )
        # What reads calls as JSON wants nothing else there.
        with redirect_stdout(sys.stderr if log is Log.JSON else sys.stdout):
            _greet(settings, readiness, show_settings)
        ready_file.write(readiness)

    log = settings.log or default_log()
    serve_supervised(simulator, doors, readiness["b2b_url"], announce, on_call=console(log))


def _say_that_it_shares(settings: Settings) -> None:
    """Say what two simulators of one folder share; SQLite's locks and shared memory are of one
    machine."""
    sqlite = "le dossier doit être sur un disque de cette machine, pas du réseau (SQLite)"
    click.echo(
        f"sge-sim : un autre simulateur sert déjà {settings.data_dir} : si ce n'est pas voulu, "
        "indiquer un autre --data-dir. Les deux ont les mêmes points, commandes, horloge et "
        f"journal ; {'' if settings.database_url else f'{sqlite} ; '}les commandes s'adressent au "
        "premier.",
        err=True,
    )


def _say_that_it_waits() -> None:
    click.echo(
        "sge-sim : un autre simulateur prépare cet état ; celui-ci attend qu'il ait fini.", err=True
    )


def _data_connect(simulator: "Simulator") -> dict[str, Any]:
    """Return the default application of production, and under `sandbox` that of the sandbox."""
    from sge_sim.dataconnect.applications import ensure_default_applications
    from sge_sim.tables.dataconnect import BAC_A_SABLE, PRODUCTION

    with simulator.database.transaction() as session:
        made = ensure_default_applications(session)
        production, sandbox = (
            {
                "client_id": made[mode].client_id,
                "client_secret": made[mode].secret,
                "redirect_uri": made[mode].redirect_uri,
            }
            for mode in (PRODUCTION, BAC_A_SABLE)
        )
    return {**production, "sandbox": sandbox}


@contextmanager
def _undone_if_refused(settings: Settings, note: Note) -> Iterator[None]:
    """Leave no database behind a first start that is refused.

    The next start would keep its population, whatever size is then asked for.
    """
    file = settings.data_dir / "sge-sim.db"
    first = note.alone and settings.database_url is None and not file.exists()
    try:
        yield
    except UsageError:
        if first:
            for suffix in ("", "-wal", "-shm"):
                monde.unlink(file.with_name(file.name + suffix), missing_ok=True)
        raise


def _readiness(simulator: "Simulator", *, b2b_url: str, admin_url: str) -> dict[str, Any]:
    """Return what a harness needs: addresses, files, and each default actor's means to call."""
    acteurs = {
        caller.kind: {
            "client_cert": str(caller.certificate.resolve()),
            "client_key": str(caller.key.resolve()),
            "login": caller.login,
            "contrat_id": caller.contrat_id,
        }
        for caller in simulator.callers
    }
    return {
        "b2b_url": b2b_url,
        "admin_url": admin_url,
        "ca_file": str(simulator.pki.server.authority.resolve()),
        "environment": simulator.settings.environment,
        "pid": os.getpid(),
        **acteurs["tiers"],
        "acteurs": acteurs,
    }


def _greet(settings: Settings, readiness: dict[str, Any], show_settings: bool) -> None:
    click.echo(f"Tableau de bord {readiness['admin_url']}")
    if "remote_admin_url" in readiness:
        token = readiness.get(
            "admin_token", "montré au premier démarrage ; sge-sim token en change"
        )
        click.echo(f"  d'ailleurs    {readiness['remote_admin_url']}")
        click.echo(f"  jeton         {token}")
    appel = _first_call(settings, readiness)
    if appel.mot_de_passe:
        click.echo(f"\nMot de passe de ce login, à choisir avant :\n{appel.mot_de_passe}")
    click.echo(f"\nPremier appel :\n{appel.curl}\n")
    if show_settings:
        shown = [(name, value) for name, value, _ in settings.described()]
    else:
        shown = settings.changed
        click.echo(f"Dossier de l'état : {settings.data_dir} (--show-settings : tous les réglages)")
    for name, value in shown:
        click.echo(f"  {name:<20} {value}")
    click.echo(
        f"\nWeb services    {readiness['b2b_url']}/<Service>/v<x.y>   (…?wsdl donne le contrat)"
    )
    if "data_connect_url" in readiness:
        click.echo(f"Data Connect    {readiness['data_connect_url']}")
    click.echo(f"Autorité        {readiness['ca_file']}")
    for kind, acteur in readiness["acteurs"].items():
        click.echo(f"\nActeur {kind} : login {acteur['login']}, contrat {acteur['contrat_id']}")
        click.echo(f"  certificat    {acteur['client_cert']}")
        click.echo(f"  clé           {acteur['client_key']}")
    if "data_connect" in readiness:
        production = readiness["data_connect"]
        for name, identifiants in (
            ("production", production),
            ("bac à sable", production["sandbox"]),
        ):
            click.echo(f"\nApplication Data Connect, {name} : {identifiants['client_id']}")
            click.echo(f"  secret        {identifiants['client_secret']}")
            click.echo(f"  retour        {identifiants['redirect_uri']}")


def _first_call(settings: Settings, readiness: dict[str, Any]) -> PremierAppel:
    files = (Path(readiness[name]) for name in ("client_cert", "client_key", "ca_file"))
    return first_call(
        readiness["b2b_url"],
        readiness["login"],
        MoyensTls(*files),
        settings.data_dir,
        basic_auth=settings.basic_auth,
    )
