"""What hostile clients send is forgotten: requests and certificates of any size, over TLS.

A few belong to the suite; `make soak` sends thousands.
"""

import os
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from certificate_forge import Forged, forge, name
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from door_kit import knock_once
from lxml import etree
from running_simulator import RunningSimulator, kept_open, start_simulator

from sge_sim.clock import machine_now
from sge_sim.pki.trust import open_pki
from sge_sim.soap.contract import ENVELOPE

REQUESTS = int(os.environ.get("SGE_SIM_HOSTILE_REQUESTS", "12"))
HANDSHAKES = int(os.environ.get("SGE_SIM_HOSTILE_HANDSHAKES", "20"))
ATTRIBUTES = 74_000
NAMES = [f"{number:05}.{'x' * 60}.example.fr" for number in range(1_000)]
FIRST = 0xA00
"""Names begin with a letter, and are of one length."""
WARM = 3
"""Calls after which a process has loaded what it needs."""
GROWTH_MB = 110
"""What memory may grow by, whatever the number: each thread keeps some of its last message."""
JOURNAL_MB = 16


BOUNDS = ("--journal-max-bytes", str(JOURNAL_MB * 2**20))
running = kept_open(start_simulator, "--population-size", "0", *BOUNDS)


def journal_mb(simulator: RunningSimulator) -> float:
    """Return what the rows of the journal hold, compressed as they are."""
    assert simulator.admin("/api/journal", limit=1)
    with closing(sqlite3.connect(simulator.data_dir / "journal.db")) as journal:
        return (
            sum(
                len(cell.encode() if isinstance(cell, str) else cell)
                for row in journal.execute("SELECT * FROM echange")
                for cell in row
                if isinstance(cell, str | bytes)
            )
            / 2**20
        )


def test_many_mistakes_in_a_request_cost_no_more_than_the_first(running: RunningSimulator) -> None:
    def send(request: int) -> None:
        """Send names that no request had before: what keeps names keeps these too."""
        attributes = "".join(f' {request:x}{number:05}=""' for number in range(ATTRIBUTES))
        body = f'<r:rechercherPoint xmlns:r="http://www.enedis.fr/sge"{attributes}/>'
        message = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{body}</s:Body></s:Envelope>'
        assert len(message) > 729_000
        answer = running.post("/RecherchePoint/v2.0", message)
        (fault,) = etree.fromstring(answer.content).iterfind(".//detail/*/resultat")
        assert fault.get("code") == "SGT562"

    for request in range(WARM):
        send(FIRST + request)
    before = running.memory_mb()
    for request in range(WARM, WARM + REQUESTS):
        send(FIRST + request)
    after = running.memory_mb()
    print(f"\n{REQUESTS} requests of 729 kB: {before} then {after} MB")
    assert after - before < GROWTH_MB
    assert journal_mb(running) < JOURNAL_MB
    longest = max(len(each["detail"]) for each in running.admin("/api/journal", limit=1000))
    assert longest < 10_000


def test_refused_certificates_are_not_kept(running: RunningSimulator, tmp_path: Path) -> None:
    """Of an authority that is trusted or of none, each is refused and forgotten."""
    pki = open_pki(running.data_dir, now=machine_now(), public_roots=False)
    gandi, end = pki.simulated("gandi"), machine_now() + timedelta(days=100)
    issuer = Forged(gandi.intermediate, gandi.signing_key())
    key = ec.generate_private_key(ec.SECP256R1())
    clear = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    seen: Counter[int | None] = Counter()

    def present(number: int) -> None:
        trusted = number % 2 == 0
        leaf = forge(
            name(f"{number}{'z' * 50}.fr", "y" * 5_000),
            issuer if trusted else None,
            names=NAMES,
            key=key,
            end=end,
        )
        assert len(leaf.der) > 80_000
        pem = tmp_path / "client.pem"
        chain = gandi.intermediate.public_bytes(Encoding.PEM) if trusted else b""
        pem.write_bytes(clear + leaf.pem + chain)
        seen[knock_once(running, pem).status] += 1

    for number in range(WARM):
        present(number)
    before = running.memory_mb()
    for number in range(WARM, WARM + HANDSHAKES):
        present(number)
    after = running.memory_mb()
    print(f"\n{HANDSHAKES} handshakes: {before} then {after} MB, {dict(seen)}")
    assert set(seen) == {403, None}
    assert after - before < GROWTH_MB
    assert journal_mb(running) < JOURNAL_MB
