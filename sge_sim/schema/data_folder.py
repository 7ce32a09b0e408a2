"""The state in its folder: whether it is ours and of this version, how it is made and opened."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.locks import lock
from sge_sim.machine.files import make_private_file
from sge_sim.settings import Settings
from sge_sim.settings.own_folder import named_setting
from sge_sim.tables.apports import is_installed
from sge_sim.tables.ecritures import Ecriture, Numero, Schema
from sge_sim.tables.prepared import Driver

if TYPE_CHECKING:
    from sge_sim.journal import Journal

SCHEMA: Final = 40
"""The number of the tables: whoever changes one raises it. A database of another is refused."""
TABLES_OF_SCHEMA: Final = "30ef05cedfeea7e0"
"""What the tables of that number are: a test finds here that one was changed."""

_FIRST: Final = {
    "affaire": 170_000_000,
    "service_souscrit": 64_700_000,
    "abonnement": 3_182_900,
    "autorisation": 1_600_000,
    "panne": 0,
    "perimetre": 38_000_000,
    "reference": 500_000_000,
}
"""Where each series of numbers starts: the shapes of the recorded ones, and no number of theirs."""


def prepare(database: Database) -> None:
    """Create the tables of an empty database; several processes may call.

    A new file is for its owner alone: it holds the keys and passwords of channels. Raises
    `UsageError` when the database can't be opened, isn't ours or is of another version.
    """
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and url.database is not None:
        with suppress(OSError):  # opening it says why
            make_private_file(Path(url.database))
    try:
        with database.reading() as connection:
            if _has_tables(connection):
                return
        with database.alone(), database.writing_connection() as connection, connection.begin():
            if url.get_backend_name() != "sqlite":
                Driver.of(connection).connection.silence_seconds = None  # as long as it takes
                connection.detach()  # the pool's others have their bound
            lock(connection)
            if not _has_tables(connection):  # another process may have been faster
                _make_tables(connection)
    except DBAPIError as error:
        raise UsageError(
            f"la base {url.render_as_string()} ne peut pas être lue ({error.orig}) : vérifier "
            "l'adresse, les droits et la place, ou en indiquer une autre."
        ) from error


def _has_tables(connection: Connection) -> bool:
    """Tell whether a database has our tables; it is empty otherwise.

    Raises `UsageError` when its tables aren't ours, or are those of another version.
    """
    tables, numero = inspect(connection).get_table_names(), None
    if not tables:
        return False
    if Schema.__tablename__ in tables:
        numero = connection.scalar(select(Schema.numero))
    elif "alembic_version" in tables:  # where the versions before 36 kept theirs
        numero = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if numero is None:
        raise UsageError(
            "cette base contient des tables qui ne sont pas celles de sge-sim : "
            "en indiquer une autre ou une vide."
        )
    if numero != SCHEMA:
        raise UsageError(
            f"cette base vient d'une autre version de sge-sim (schéma {numero} ; celle-ci lit le "
            f"schéma {SCHEMA}) : {_every_machine(connection)}en exporter par elle les acteurs, les "
            "points et les mesures (sge-sim points export --acteurs, sans option, --mesures) et "
            "les importer par celle-ci dans cet ordre (sge-sim points import), dans un dossier "
            "neuf ou une base vide."
        )
    return True


def _every_machine(connection: Connection) -> str:
    """Return what is to be done first where several machines may share a database."""
    shared = connection.dialect.name != "sqlite"
    return "arrêter toutes les machines qui la partagent, " if shared else ""


def _make_tables(connection: Connection) -> None:
    """Make every table, and the rows that stand in them from the first."""
    from sge_sim.tables.models import Base  # all of them, which few commands need

    Base.metadata.create_all(connection, checkfirst=False)
    numeros = [{"sorte": sorte, "dernier": dernier} for sorte, dernier in _FIRST.items()]
    connection.execute(insert(Numero), numeros)
    connection.execute(insert(Ecriture), {"id": 1, "numero": 0})
    connection.execute(insert(Schema), {"numero": SCHEMA})


def open_database(data_dir: Path) -> Database:
    """Open the database of `data_dir`, or the one that `database_url` names.

    That setting is read in its variable, then in `sge-sim.toml`. Raises `UsageError` where no
    simulator was started, or its first start hasn't put its data there yet.
    """
    settings = Settings(data_dir=data_dir, database_url=named_setting("database_url", data_dir))
    if settings.database_url is None:
        require(data_dir / "sge-sim.db")
    database = Database(settings.database)
    prepare(database)
    with database.sessions() as session:
        if not is_installed(session):
            raise UsageError(
                f"{data_dir} n'a pas fini d'être préparé : lancer sge-sim serve, "
                "ou le laisser finir."
            )
    return database


def open_journal(database: Database, data_dir: Path) -> "Journal":
    """Open the journal that stands beside a state.

    Raises `UsageError` where it can't be used.
    """
    from sge_sim.journal import Journal

    journal = Journal.beside(database, data_dir)
    journal.prepare()
    return journal


def require(part: Path) -> None:
    """Raise `UsageError` where `part`, of a folder of state, isn't there."""
    if not part.exists():
        raise UsageError(
            f"{part.parent} ne contient pas de simulateur : l'indiquer par --data-dir, ou le créer "
            "par sge-sim serve."
        )
