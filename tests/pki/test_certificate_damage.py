"""What is no certificate, or a damaged one, is refused and never raises."""

import pytest
from certificate_forge import NOW, Forged, forge
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from sge_sim.pki.certificates import tolerated_serial_numbers
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki


@given(st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_bytes_that_are_no_certificate_are_refused(pki: Pki, junk: bytes) -> None:
    verdict = Policy("production", pki.trust).judge(junk, NOW)
    assert [one.rule.code for one in verdict.reasons] == ["illisible"]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_certificate_never_raises_nor_passes(
    pki: Pki, gandi_issuer: Forged, data: st.DataObject
) -> None:
    der = _SOUND.setdefault("der", forge(issuer=gandi_issuer, names=["sge.example.fr"]).der)
    index = data.draw(st.integers(0, len(der) - 1))
    bits = data.draw(st.integers(1, 255))
    damaged = der[:index] + bytes([der[index] ^ bits]) + der[index + 1 :]
    verdict = Policy("production", pki.trust).judge(damaged, NOW)
    assert {one.rule.code for one in verdict.reasons} & {"illisible", "chaine"}


_SOUND: dict[str, bytes] = {}


@pytest.mark.assumed("RFC 5280 §4.1.2.2")
def test_serial_number_of_zero_is_refused_whether_or_not_warnings_are_errors(pki: Pki) -> None:
    with tolerated_serial_numbers():
        (root,) = [one for one in pki.trust.roots if "Go Daddy" in str(one.subject)]
        quiet = Policy("production", pki.trust).judge(root.public_bytes(Encoding.DER), NOW)
    loud = Policy("production", pki.trust).judge(root.public_bytes(Encoding.DER), NOW)
    assert [one.rule.code for one in quiet.reasons] == ["illisible"]
    assert quiet == loud


def test_unreadable_companions_of_a_sound_certificate_are_ignored(
    pki: Pki, gandi_issuer: Forged
) -> None:
    leaf = forge(issuer=gandi_issuer)
    assert Policy("production", pki.trust).judge(leaf.der, NOW, [b"junk"]).accepted
