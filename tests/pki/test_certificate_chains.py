"""Chains are built by signatures, and a broken one says where it breaks.

What is asked of a certificate is asked of the authorities above it.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from certificate_forge import A_SECOND, CLIENT, NOW, SERVER, Forged, Judge, authority, forge, name
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.pki.certificates import is_signed_by
from sge_sim.pki.chains import MAX_PRESENTED, BrokenChain, Chain, ChainBuilder, ChainDefect
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki, load_trust


@pytest.mark.assumed("RFC 5280 §6")
def test_chain_is_found_whatever_the_order_of_what_is_presented() -> None:
    root = authority("Racine")
    upper = authority("Haut", issuer=root)
    lower = authority("Bas", issuer=upper)
    leaf = forge(issuer=lower)
    stranger = authority("Autre")
    builder = ChainBuilder([root.certificate])
    for presented in ([upper, lower], [lower, upper], [stranger, upper, leaf, lower, root]):
        chain = builder.build(leaf.certificate, [each.certificate for each in presented])
        assert isinstance(chain, Chain)
        assert chain.intermediates == (lower.certificate, upper.certificate)
        assert (chain.issuer, chain.root) == (lower.certificate, root.certificate)


@pytest.mark.assumed("RFC 5280 §6")
def test_known_intermediate_needs_not_be_presented_and_a_presented_root_is_not_trusted() -> None:
    root = authority("Racine")
    middle = authority("Milieu", issuer=root)
    leaf = forge(issuer=middle)
    assert isinstance(_build([root], [middle], leaf), Chain)
    assert _build([root], [], leaf) == BrokenChain(ChainDefect.UNKNOWN_ISSUER, leaf.certificate)
    presented = [middle.certificate, root.certificate]
    broken = ChainBuilder([]).build(leaf.certificate, presented)
    assert broken == BrokenChain(ChainDefect.UNKNOWN_ISSUER, root.certificate)


@pytest.mark.assumed("RFC 5280 §6")
def test_self_signed_leaf_is_told_even_when_it_presents_itself() -> None:
    leaf = forge()
    for presented in ([], [leaf.certificate]):
        broken = ChainBuilder([authority().certificate]).build(leaf.certificate, presented)
        assert broken == BrokenChain(ChainDefect.SELF_SIGNED, leaf.certificate)


@pytest.mark.assumed("RFC 5280 §4.2.1.9")
def test_leaf_signed_by_a_leaf_is_refused() -> None:
    root = authority("Racine")
    actor = forge("acteur.fr", root)
    leaf = forge("autre.fr", actor)
    broken = ChainBuilder([root.certificate]).build(leaf.certificate, [actor.certificate])
    assert broken == BrokenChain(ChainDefect.ISSUER_IS_NOT_AUTHORITY, leaf.certificate)


@pytest.mark.assumed("RFC 5280 §4.2.1.3 and §4.2.1.9")
def test_an_authority_is_one_and_has_the_key_use_to_sign_certificates() -> None:
    for issuer in (forge("acteur.fr", signs=True), authority("Racine", signs=False)):
        assert _defect([issuer], forge(issuer=issuer)) is ChainDefect.ISSUER_IS_NOT_AUTHORITY


@pytest.mark.assumed("RFC 5280 §4.2.1.9")
def test_path_length_of_an_authority_is_kept() -> None:
    root = authority("Racine", path_length=0)
    assert isinstance(_build([root], [], forge(issuer=root)), Chain)
    middle = authority("Milieu", issuer=root)
    leaf = forge(issuer=middle)
    broken = _build([root], [middle], leaf)
    assert broken == BrokenChain(ChainDefect.PATH_TOO_LONG, middle.certificate)


@pytest.mark.assumed("a name is no proof")
def test_root_of_the_same_name_with_another_key_is_a_forgery() -> None:
    known, impostor = authority("Racine"), authority("Racine")
    leaf = forge(issuer=impostor)
    assert _defect([known], leaf) is ChainDefect.FORGED_ISSUER
    presented = ChainBuilder([known.certificate]).build(leaf.certificate, [impostor.certificate])
    assert isinstance(presented, BrokenChain)


@pytest.mark.assumed("RFC 5280 §6: two authorities may bear one name, as after a renewal")
def test_right_key_is_found_among_roots_of_the_same_name() -> None:
    old, new = authority("Racine"), authority("Racine")
    chain = _build([old, new], [], forge(issuer=new))
    assert isinstance(chain, Chain)
    assert chain.root == new.certificate


@pytest.mark.assumed("cross-signed intermediates: the shortest way to a trusted root is taken")
def test_shortest_chain_wins() -> None:
    root, older = authority("Racine"), authority("Ancienne racine")
    crossed = authority("Racine", issuer=older, key=root.key)
    leaf = forge(issuer=root)
    chain = _build([root, older], [crossed], leaf)
    assert isinstance(chain, Chain)
    assert chain.root == root.certificate


@pytest.mark.assumed("a client chooses what it presents")
def test_many_look_alikes_cost_little() -> None:
    key = authority("Sosie").key
    crowd = [authority("Sosie", key=key).certificate for _ in range(MAX_PRESENTED * 3)]
    leaf = forge(issuer_name=name("Sosie"), issuer=authority("Sosie", key=key))
    started = time.perf_counter()
    broken = ChainBuilder([authority().certificate]).build(leaf.certificate, crowd)
    assert isinstance(broken, BrokenChain)
    assert time.perf_counter() - started < 0.5


@pytest.mark.assumed("RFC 5280 §6.1.3")
def test_validity_of_a_chain_is_that_of_all_above_the_leaf() -> None:
    root = authority("Racine", start=NOW.replace(day=1), end=NOW.replace(year=2030))
    middle = authority("Milieu", issuer=root, start=NOW.replace(year=2020), end=NOW.replace(day=9))
    chain = _build([root], [middle], forge(issuer=middle))
    assert isinstance(chain, Chain)
    assert (chain.valid_from, chain.valid_until) == (NOW.replace(day=1), NOW.replace(day=9))


def _build(roots, intermediates, leaf):  # type: ignore[no-untyped-def]
    builder = ChainBuilder(
        [each.certificate for each in roots], [each.certificate for each in intermediates]
    )
    return builder.build(leaf.certificate)


def _defect(roots, leaf):  # type: ignore[no-untyped-def]
    broken = _build(roots, [], leaf)
    assert isinstance(broken, BrokenChain)
    return broken.defect


@pytest.mark.assumed("RFC 5280 §4.2.1.12: the extended uses of an authority bound what it signs")
@pytest.mark.parametrize(
    ("extended", "refused"),
    [
        (None, []),
        (CLIENT, []),
        ((*SERVER, *CLIENT), []),
        (SERVER, ["usage_client"]),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), ["usage_client"]),
    ],
)
def test_an_intermediate_must_be_allowed_to_sign_for_clients(
    codes: Judge,
    gandi_root: Forged,
    extended: tuple[x509.ObjectIdentifier, ...] | None,
    refused: list[str],
) -> None:
    middle = authority("Milieu", issuer=gandi_root, path_length=0, extended=extended)
    assert codes(forge(issuer=middle), middle) == refused


@pytest.mark.assumed("ANSSI RGS B1: all along the chain, its root included")
@pytest.mark.parametrize(("bits", "refused"), [(2048, []), (1024, ["cle_faible"])])
def test_the_key_of_the_root_must_be_strong(
    pki: Pki, tmp_path: Path, bits: int, refused: list[str]
) -> None:
    key = rsa.generate_private_key(65537, bits)
    root = authority("Gandi d'essai", "Gandi", key=key)
    (tmp_path / "root.pem").write_bytes(root.pem)
    trust = load_trust(pki.trust.authorities, authorities_dir=tmp_path, public_roots=False)
    verdict = Policy("production", trust).judge(forge(issuer=root).der, NOW)
    assert [reason.rule.code for reason in verdict.reasons] == refused


@pytest.mark.assumed("RFC 5280 §6.1.3")
@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (NOW, NOW + timedelta(days=9), []),
        (NOW - timedelta(days=9), NOW, []),
        (NOW + A_SECOND, NOW + timedelta(days=9), ["chaine_hors_dates"]),
        (NOW - timedelta(days=9), NOW - A_SECOND, ["chaine_hors_dates"]),
    ],
)
def test_a_chain_is_good_from_its_first_second_to_its_last(
    codes: Judge, gandi_root: Forged, start: datetime, end: datetime, refused: list[str]
) -> None:
    middle = authority("Milieu", issuer=gandi_root, path_length=0, start=start, end=end)
    assert codes(forge(issuer=middle), middle) == refused


def test_a_key_that_no_chain_has_signs_nothing() -> None:
    strange = forge("Autorité", key=dsa.generate_private_key(1024), ca=True)
    assert not is_signed_by(strange.certificate, strange.certificate)
