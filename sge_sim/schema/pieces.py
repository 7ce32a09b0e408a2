"""The files of the folder that are the platform's, where several machines share one.

They stand in PostgreSQL, and the folder of each simulator has a copy: the authorities with their
keys and what they have revoked, the default callers, the key of Data Connect's tokens, the token of
the administration, the reports of campaigns. Private ones are encrypted by a key that each
simulator is given. With SQLite the folder is what processes share, and nothing is done here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from sge_sim.errors import UsageError, system_reason
from sge_sim.facts.database import Database
from sge_sim.facts.outage import DATABASE_UNREACHABLE
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, PUBLIC, make_private_folder, write_atomically
from sge_sim.schema.data_folder import open_database
from sge_sim.settings.own_folder import named_setting
from sge_sim.tables.plateforme import (
    Piece,
    is_shared,
    make_shared_tables,
    read_piece,
    read_pieces,
    write_piece,
)
from sge_sim.tables.prepared import Driver

KEY_VARIABLE: Final = "SGE_SIM_CLE"
"""The variable that gives the key itself, where no file does."""

_KEY_FILE: Final = "plateforme.cle"
_FOLDERS: Final = ("pki", "rapports")
_FILES: Final = ("admin-token.sha256",)
_OWN: Final = "pki/server/identity.pem"
"""The files that each simulator has of its own: its certificate, for its names."""
_PERIOD_SECONDS: Final = 1.0


class Pieces:
    """The files of the platform, in the folder of one simulator."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._data_dir = data_dir
        self._shared = is_shared(database.engine)
        self._followed: tuple[Piece, ...] = ()

    def prepare(self, key_file: Path | None) -> None:
        """Make the tables where they are missing, and have the key in the folder.

        It is that of `key_file`, or of the variable, or the one of the folder; the first simulator
        of a platform makes it. Raises `UsageError` for a platform whose key isn't given.
        """
        if not self._shared:
            return
        with self._database.engine.begin() as connection:
            make_shared_tables(connection)
        kept, given = self._data_dir / _KEY_FILE, _given_key(key_file)
        secrets = [piece for piece in self._pieces() if piece.secret]
        if given is None and not kept.exists():
            if secrets:
                raise UsageError(
                    "cette base est celle d'une plateforme dont les clés privées sont chiffrées : "
                    f"donner sa clé par --cle-plateforme, le fichier {_KEY_FILE} (0600) du dossier "
                    f"de son premier simulateur, ou par la variable {KEY_VARIABLE}."
                )
            given = Fernet.generate_key()
        if given is not None:
            write_atomically(kept, given, PRIVATE)
        if secrets:
            self._read(secrets[0])

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Have the folder as the platform is, and the platform as the block leaves the folder.

        One process of all the machines at a time.
        """
        if not self._shared:
            yield
            return
        with self._database.alone():
            self.take()
            yield
            self._give()

    def take(self) -> None:
        """Have the folder as the platform is."""
        for piece in self._pieces():
            file = self._data_dir / piece.nom
            if not file.exists() or sha256(file.read_bytes()).hexdigest() != piece.empreinte:
                make_private_folder(file.parent)
                write_atomically(file, self._read(piece), PRIVATE if piece.secret else PUBLIC)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Take what the other machines change, within a second or two, until the block ends."""
        if not self._shared:
            yield
            return
        ended = monde.Event()
        thread = monde.Thread(target=self._follow, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _follow(self, ended: monde.Event) -> None:
        while not ended.wait(_PERIOD_SECONDS):
            try:
                found = self._database.memoire.look().ask(read_pieces)
                if found != self._followed:
                    self.take()
                    self._followed = found
            except DATABASE_UNREACHABLE:
                continue  # the back office says so

    def _give(self) -> None:
        known = {piece.nom: piece.empreinte for piece in self._pieces()}
        for file in self._files():
            nom, contenu = file.relative_to(self._data_dir).as_posix(), file.read_bytes()
            empreinte = sha256(contenu).hexdigest()
            if known.get(nom) == empreinte:
                continue
            piece = Piece(nom, empreinte, file.stat().st_mode & 0o077 == 0)
            with self._database.transaction() as session:
                kept = self._key().encrypt(contenu) if piece.secret else contenu
                write_piece(session, piece, kept)

    def _files(self) -> Iterator[Path]:
        for name in _FOLDERS:
            for file in sorted((self._data_dir / name).rglob("*")):
                own = file.relative_to(self._data_dir).as_posix() == _OWN
                if file.is_file() and not own and not file.name.startswith("."):
                    yield file
        yield from filter(Path.exists, (self._data_dir / name for name in _FILES))

    def _pieces(self) -> tuple[Piece, ...]:
        with self._database.reading() as connection:
            return read_pieces(Driver.of(connection))

    def _read(self, piece: Piece) -> bytes:
        with self._database.reading() as connection:
            contenu = read_piece(connection, piece.nom) or b""
        if not piece.secret:
            return contenu
        try:
            return self._key().decrypt(contenu)
        except InvalidToken as error:
            raise UsageError(
                f"la clé de {self._data_dir / _KEY_FILE} n'est pas celle de cette plateforme : "
                f"donner la sienne par --cle-plateforme ou par la variable {KEY_VARIABLE}."
            ) from error

    def _key(self) -> Fernet:
        file = self._data_dir / _KEY_FILE
        try:
            return _fernet(file.read_bytes(), str(file))
        except OSError as error:
            raise UsageError(
                f"{file} ne peut pas être lu : c'est la clé de la plateforme, que "
                "sge-sim serve --cle-plateforme y met."
            ) from error


@contextmanager
def changing_pieces(data_dir: Path) -> Iterator[None]:
    """Have what the block changes of the files of `data_dir` that are the platform's be changed
    on every machine that shares it."""
    if named_setting("database_url", data_dir) is None:
        yield
        return
    database = open_database(data_dir)
    with Pieces(database, data_dir).changing():
        yield
    database.dispose()


def _given_key(key_file: Path | None) -> bytes | None:
    """Return the key that a file or the variable gives; raises `UsageError` for none at all."""
    if key_file is None:
        text = os.environ.get(KEY_VARIABLE)
        if text is None:
            return None
        _fernet(text.encode(), KEY_VARIABLE)
        return text.strip().encode()
    try:
        mode, key = key_file.stat().st_mode, key_file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"--cle-plateforme {key_file} ne peut pas être lu ({system_reason(error)}) : en donner "
            "un autre."
        ) from error
    if mode & 0o077:
        raise UsageError(
            f"--cle-plateforme {key_file} est lisible par d'autres : en changer les droits "
            f"(chmod 600 {key_file})."
        )
    _fernet(key, str(key_file))
    return key.strip()


def _fernet(key: bytes, origin: str) -> Fernet:
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise UsageError(
            f"{origin} ne contient pas de clé de plateforme : 32 octets en base64, comme les a "
            f"écrits le premier simulateur dans {_KEY_FILE}."
        ) from error
