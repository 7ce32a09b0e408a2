"""Listening sockets, and the sentence when there can be none."""

import socket

import pytest

from sge_sim.errors import UsageError
from sge_sim.transport.listener import bind, bind_loopback


def test_port_0_takes_a_free_port():
    with bind("127.0.0.1", 0) as first, bind("127.0.0.1", 0) as other:
        ports = {first.getsockname()[1], other.getsockname()[1]}
        assert len(ports) == 2
        socket.create_connection(("127.0.0.1", ports.pop()), timeout=10).close()


def test_the_second_part_of_an_answer_does_not_wait_for_the_client_to_acknowledge_the_first():
    with (
        bind("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname(), timeout=10),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_is_named_with_what_to_do():
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError) as refusal:
            bind("127.0.0.1", port)
    assert str(refusal.value) == (
        f"Le port {port} est déjà pris sur 127.0.0.1 : arrêter le programme qui l'occupe ou "
        "choisir un autre port (0 en prend un libre)."
    )


def test_a_port_just_left_can_be_taken_again():
    with bind("127.0.0.1", 0) as first:
        address = first.getsockname()
        with socket.create_connection(address, timeout=10) as client:
            first.accept()[0].close()  # the side that closes first keeps the port for a minute
            client.recv(1)
    with bind(*address) as again:
        assert again.getsockname() == address


@pytest.mark.parametrize(
    ("host", "port", "why"),
    [
        *(("127.0.0.1", port, "port") for port in (-1, 65536, 100_000)),
        ("192.0.2.1", 0, "n'est pas une adresse de cette machine"),
        *((host, 0, "n'est pas une adresse où écouter") for host in ("", "pas un nom", "x" * 100)),
    ],
)
def test_where_nobody_can_listen_is_refused(host, port, why):
    with pytest.raises(UsageError, match=why):
        bind(host, port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.9"])
def test_the_administration_listens_on_the_loopback(host):
    bind_loopback(host, 0).close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_the_administration_refuses_to_be_reached_from_elsewhere(host):
    with pytest.raises(UsageError, match="joignable d'ailleurs"):
        bind_loopback(host, 0)
