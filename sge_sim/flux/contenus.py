"""Where the bytes of published files are: in the folder, or in the database of several machines."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from sge_sim.facts.database import Database
from sge_sim.machine import monde
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.plateforme import is_shared, read_contenu, write_contenu


def content_of(session: Session, data_dir: Path, fichier: FichierFlux) -> bytes:
    """Return the bytes of a file, as it is delivered.

    Raises `FileNotFoundError` for one that was taken away.
    """
    if is_shared(session.get_bind()):
        return read_contenu(session, fichier.sha256)
    return (data_dir / fichier.chemin).read_bytes()


def keep_content(database: Database, file: Path, empreinte: str) -> None:
    """Move a file that was made to the database that machines share, where each reads it.

    Raises `ExclusiviteLostError` for who may not publish any more.
    """
    with (
        suppress(FileNotFoundError),  # another thread made it too, and has kept it meanwhile
        database.writing_connection() as connection,
        Session(connection) as session,
        session.begin(),
    ):
        database.exclusivite.check(session)
        write_contenu(session, empreinte, file)
    monde.unlink(file, missing_ok=True)


def default_folder(bind: Engine | Connection, data_dir: Path, contrat_id: str) -> Path | None:
    """Return where the files of a contract go when it has no channel of its own.

    None where several machines share the database: their files are read from any of them, and no
    folder is that of all.
    """
    return None if is_shared(bind) else data_dir / "flux" / contrat_id
