"""Delivery: everything arrives once, in order, whole, whatever the server does."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import pytest
from flux_kit import JOUR
from publication_kit import C5, CONTRAT, JOUR_1, Platform, at
from r6x_kit import demand
from servers import QUOTED, USER, free_port, ftp_server, sftp_server

from sge_sim.domaine.nomenclatures import TypeCanal
from sge_sim.errors import UsageError
from sge_sim.flux.canaux import DeliveryError, FolderChannel, masked
from sge_sim.flux.declaration import declare_canal, describe_canal
from sge_sim.flux.livraison import (
    GIVE_UP_AFTER,
    Tally,
    delay_after,
    deliver_pending,
    open_channel,
    retry_now,
)
from sge_sim.machine import monde
from sge_sim.tables.flux import find_canal

START = datetime(2030, 1, 1, tzinfo=UTC)


class MachineTime:
    """The machine's time, moved by the test."""

    def __init__(self) -> None:
        self.instant = START

    def __call__(self) -> datetime:
        return self.instant


@pytest.fixture
def machine() -> MachineTime:
    return MachineTime()


def arrived(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in sorted(folder.iterdir())}


def declare(platform: Platform, kind: TypeCanal, url: str | None) -> None:
    with platform.database.transaction() as session:
        declare_canal(session, CONTRAT, type_canal=kind, url=url)


def test_without_channel_files_go_to_a_folder_of_the_contract(published: Platform) -> None:
    assert published.deliver() == Tally(delivered=4)
    folder = published.data_dir / "flux" / CONTRAT
    assert arrived(folder) == dict(sorted(published.ready().items()))
    assert folder.stat().st_mode & 0o077 == 0
    row = published.row(next(iter(published.ready())))
    assert (row.etat, row.tentatives, row.prochain_essai, row.erreur) == ("livre", 1, None, None)
    assert published.deliver() == Tally()


def test_nothing_half_written_is_ever_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = FolderChannel(tmp_path)

    def dies(*_: object) -> None:
        assert next(tmp_path.iterdir()).name.startswith(".")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(monde, "fsync", dies)
    with pytest.raises(DeliveryError, match="disque plein"):
        channel.deliver("R50.zip", b"content")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.observed("a supplier's SFTP: R63 to R67 and C68 in one folder of that name")
def test_families_may_have_folders_of_their_own(published: Platform, tmp_path: Path) -> None:
    declare(published, "dossier", f"{tmp_path}/depot/{{famille}}")
    now = at(JOUR_1 + 6 * JOUR)
    demand(published, "R65", [C5], JOUR_1, JOUR_1 + JOUR, now)
    demand(published, "C68", [C5], None, None, now)
    assert published.deliver().failed == 0
    assert {
        folder.name: [nom.split("_")[1] for nom in arrived(folder)]
        for folder in (tmp_path / "depot").iterdir()
    } == {"R50": ["R50"] * 5, "R63_R64_R65_R66_R67_C68": ["C68", "C68", "R65", "R65"]}


@pytest.fixture(params=["ftp", "sftp"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")


def server(kind: str, folder: Path, port: int):  # type: ignore[no-untyped-def]
    if kind == "ftp":
        return ftp_server(folder, port)
    return sftp_server(folder, port, HOST_KEY)


def test_a_server_that_is_down_at_first_gets_everything_once_and_whole(
    published: Platform, tmp_path: Path, kind: str, machine: MachineTime
) -> None:
    port, folder = free_port(), tmp_path / "serveur"
    (folder / "depot").mkdir(parents=True)
    declare(published, kind, f"{kind}://{USER}:{QUOTED}@127.0.0.1:{port}/depot")  # type: ignore[arg-type]

    def round_() -> Tally:
        return deliver_pending(published.database, published.data_dir, now=machine)

    machine.instant = published.row(next(iter(published.ready()))).prochain_essai or START
    assert round_() == Tally(failed=1)
    first, second, *_ = (published.row(nom) for nom in published.ready())
    assert (first.etat, first.tentatives) == ("a_livrer", 1)
    assert f"127.0.0.1:{port}" in first.erreur
    # The others wait for the first: nothing is tried before its time.
    assert (second.tentatives, second.erreur) == (0, None)
    with server(kind, folder, port):
        assert round_() == Tally()
        machine.instant += delay_after(1)
        assert round_() == Tally(delivered=4)
        assert round_() == Tally()
    assert arrived(folder / "depot") == dict(sorted(published.ready().items()))
    assert published.row(first.nom).tentatives == 2


def test_a_family_without_its_folder_holds_back_what_follows(
    published: Platform, tmp_path: Path, kind: str
) -> None:
    port = free_port()
    (tmp_path / "R50").mkdir()
    declare(published, kind, f"{kind}://{USER}:{QUOTED}@127.0.0.1:{port}/{{famille}}")  # type: ignore[arg-type]
    demand(published, "R65", [C5], JOUR_1, JOUR_1 + JOUR, at(JOUR_1 + 5 * JOUR))
    with server(kind, tmp_path, port):
        assert published.deliver() == Tally(delivered=4, failed=1)
        rows = [published.row(nom) for nom in published.ready()]
        assert [row.etat for row in rows] == ["livre"] * 4 + ["a_livrer"] * 2
        assert [row.tentatives for row in rows] == [1] * 5 + [0]
        (tmp_path / "R63_R64_R65_R66_R67_C68").mkdir()
        retry_now(published.database)
        assert published.deliver() == Tally(delivered=2)


def test_a_file_that_arrives_twice_is_one_file(tmp_path: Path, kind: str) -> None:
    """Delivered, but the simulator died before noting it."""
    port = free_port()
    with (
        server(kind, tmp_path, port),
        open_channel(kind, f"{kind}://{USER}:{QUOTED}@127.0.0.1:{port}", tmp_path) as channel,  # type: ignore[arg-type]
    ):
        for _ in range(2):
            channel.deliver("R50.zip", b"content" * 100_000)
    assert arrived(tmp_path) == {"R50.zip": b"content" * 100_000}


def why_not(url: str, folder: Path) -> str:
    """Return why a file isn't taken by what stands at a URL."""
    kind: TypeCanal = "ftp" if url.startswith("ftp:") else "sftp"
    with pytest.raises(DeliveryError) as raised, open_channel(kind, url, folder) as channel:
        channel.deliver("R50.zip", b"content")
    return str(raised.value)


@pytest.mark.parametrize(
    ("kind", "password", "folder"),
    [("ftp", "« 530 ", "« 550 "), ("sftp", "identifiants refusés", "dossier absent")],
    indirect=["kind"],
)
def test_a_wrong_password_and_a_missing_folder_are_told(
    tmp_path: Path, kind: str, password: str, folder: str
) -> None:
    port = free_port()
    where = f"le serveur {kind.upper()} 127.0.0.1:{port} ne prend pas le fichier"
    with server(kind, tmp_path, port):
        told = why_not(f"{kind}://{USER}:wrong@127.0.0.1:{port}", tmp_path)
        assert told.startswith(f"{where} ({password}")
        told = why_not(f"{kind}://{USER}:{QUOTED}@127.0.0.1:{port}/missing", tmp_path)
        assert told.startswith(f"{where} ({folder}")


def test_what_the_network_refuses_is_told_in_french(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("canaux", "canal_sftp"):
        monkeypatch.setattr(f"sge_sim.flux.{module}.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{kind}://{USER}:{QUOTED}@127.0.0.1:{silent.getsockname()[1]}"
        assert why_not(url, tmp_path).endswith("(aucune réponse à temps)")
        silent.accept()[0].close()  # the one that has waited
        closing = threading.Thread(target=lambda: silent.accept()[0].close())
        closing.start()
        assert why_not(url, tmp_path).endswith("(connexion coupée)")
        closing.join(10)
    assert why_not(url, tmp_path).endswith("(connexion refusée)")
    assert why_not(f"{kind}://{USER}@nulle-part.invalid", tmp_path).endswith("(nom sans adresse)")


def test_the_key_of_an_sftp_server_is_learnt_once_and_another_one_is_refused(
    published: Platform, tmp_path: Path
) -> None:
    port = free_port()
    url = f"sftp://{USER}:{QUOTED}@127.0.0.1:{port}"
    declare(published, "sftp", url)
    with sftp_server(tmp_path, port, HOST_KEY):
        assert published.deliver() == Tally(delivered=4)
    published.catch_up(at(JOUR_1 + 7 * JOUR))
    with sftp_server(tmp_path, port, asyncssh.generate_private_key("ssh-ed25519")):
        assert published.deliver() == Tally(failed=1)
        refused = published.row([*published.ready()][4])
        assert "ne montre plus la même clé" in refused.erreur
        declare(published, "sftp", url)
        retry_now(published.database)
        assert published.deliver() == Tally(delivered=2)
    with published.database.sessions() as session:
        assert find_canal(session, CONTRAT).cle_hote.startswith("ssh-ed25519 ")


def test_an_sftp_server_without_posix_rename_gets_whole_files_too(tmp_path: Path) -> None:
    class Plain(asyncssh.SFTPServer):
        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPOpUnsupported("not here")

    port = free_port()
    url = f"sftp://{USER}:{QUOTED}@127.0.0.1:{port}"
    with (
        sftp_server(tmp_path, port, HOST_KEY, Plain),
        open_channel("sftp", url, tmp_path) as channel,
    ):
        for content in (b"first", b"second"):
            channel.deliver("R50.zip", content)
    assert arrived(tmp_path) == {"R50.zip": b"second"}


def test_delays_double_and_a_file_is_given_up_in_the_end_until_it_is_asked_for(
    published: Platform, machine: MachineTime
) -> None:
    port = free_port()
    declare(published, "ftp", f"ftp://{USER}@127.0.0.1:{port}")
    nom = next(iter(published.ready()))
    waited = []
    for _ in range(GIVE_UP_AFTER):
        due = published.row(nom).prochain_essai
        waited.append(due - machine.instant)
        machine.instant = due
        assert deliver_pending(published.database, published.data_dir, now=machine).failed == 1
    assert waited[1:4] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert waited[-1] == timedelta(hours=1)
    assert published.row(nom).etat == "echec"
    declare(published, "dossier", None)
    retry_now(published.database, now=machine)
    deliver_pending(published.database, published.data_dir, now=machine)
    assert published.row(nom).etat == "livre"


def test_two_processes_do_not_deliver_the_same_file(
    published: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second round, begun in the middle of the first, finds every file taken."""
    real, inner = FolderChannel.deliver, []

    def deliver(self: FolderChannel, name: str, content: bytes) -> None:
        if not inner:
            inner.append(published.deliver())
        real(self, name, content)

    monkeypatch.setattr(FolderChannel, "deliver", deliver)
    assert published.deliver() == Tally(delivered=4)
    assert inner == [Tally()]


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("ftp", None),
        ("ftp", "sftp://a:b@hote/"),
        ("sftp", "sftp://:b@/x"),
        ("ftp", "ftp://hote:notaport/"),
        ("dossier", "relatif/dossier"),
    ],
)
def test_a_channel_that_leads_nowhere_is_refused(
    platform: Platform, kind: TypeCanal, url: str | None
) -> None:
    with pytest.raises(UsageError):
        declare(platform, kind, url)


def test_a_channel_of_no_contract_is_refused(platform: Platform) -> None:
    with (
        pytest.raises(UsageError, match="« 42 » n'existe pas"),
        platform.database.transaction() as session,
    ):
        declare_canal(session, "42", type_canal="dossier")


def test_a_channel_is_shown_without_its_password(platform: Platform) -> None:
    declare(platform, "sftp", f"sftp://{USER}:{QUOTED}@hote:2222/depot")
    with platform.database.sessions() as session:
        shown = describe_canal(session, CONTRAT, platform.data_dir)
    assert shown.url == f"sftp://{USER}:***@hote:2222/depot"
    assert masked("ftp://hote/depot") == "ftp://hote/depot"
