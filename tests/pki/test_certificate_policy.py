"""The matrix of certificates that the policy accepts and refuses."""

import subprocess
import tracemalloc
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from certificate_forge import A_SECOND, NOW, Forged, Judge, authority, forge, name
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.pki import policy as judging
from sge_sim.pki.building import key_pem
from sge_sim.pki.certificates import fingerprint, key_serves_tls
from sge_sim.pki.checks import CERTIFICATE_CHECKS
from sge_sim.pki.policy import Policy
from sge_sim.pki.request_rules import REQUEST_CHECKS, Registered
from sge_sim.pki.simulated import SimulatedAuthority
from sge_sim.pki.trust import Pki, load_trust


@pytest.mark.documented("FAQ")
def test_wildcard_is_seen_even_where_the_common_name_is_no_domain(
    codes: Judge, gandi_issuer: Forged
) -> None:
    assert codes(forge("*", gandi_issuer)) == ["nom_generique"]


@pytest.mark.assumed("what Enedis takes for a domain name isn't published")
@pytest.mark.parametrize(
    ("common_name", "refused"),
    [
        ("ACME.SA", False),
        ("J.DUPONT", False),
        ("A.C.M.E.", False),
        ("www.other.fr", True),
        ("other.com", True),
        ("OTHER.FR", True),
        ("A.FR", False),
    ],
)
def test_a_company_with_a_dot_beside_a_domain_is_no_second_one(
    codes: Judge, gandi_issuer: Forged, common_name: str, refused: bool
) -> None:
    leaf = forge(common_name, gandi_issuer, names=["a.fr"])
    assert codes(leaf) == ["plusieurs_noms"] * refused


@pytest.mark.assumed("a domain name ignores case and the final dot")
def test_same_domain_name_written_twice_is_one(codes: Judge, gandi_issuer: Forged) -> None:
    leaf = forge("SGE.example.fr", gandi_issuer, names=["sge.example.fr", "sge.EXAMPLE.fr."])
    assert codes(leaf) == []


@pytest.mark.assumed("the FAQ knows no exception for www")
def test_www_pair_is_two_names_unless_asked_otherwise(pki: Pki, gandi_issuer: Forged) -> None:
    leaf = forge("example.fr", gandi_issuer, names=["example.fr", "www.example.fr"])
    other = forge("example.fr", gandi_issuer, names=["example.fr", "api.example.fr"])
    strict = Policy("production", pki.trust)
    lenient = Policy("production", pki.trust, www_counts_as_same=True)
    assert [each.rule.code for each in strict.judge(leaf.der, NOW).reasons] == ["plusieurs_noms"]
    assert lenient.judge(leaf.der, NOW).accepted
    assert not lenient.judge(other.der, NOW).accepted


@pytest.mark.assumed("RFC 5280 §4.1.2.5")
def test_certificate_is_good_from_its_first_second_to_its_last(
    pki: Pki, codes: Judge, gandi_issuer: Forged
) -> None:
    assert codes(forge(issuer=gandi_issuer, start=NOW + A_SECOND)) == ["pas_encore_valide"]
    leaf = forge(issuer=gandi_issuer, end=NOW)
    policy = Policy("homologation", pki.trust)
    assert policy.judge(leaf.der, NOW).accepted
    later = policy.judge(leaf.der, NOW + A_SECOND)
    assert [reason.rule.code for reason in later.reasons] == ["expire"]
    assert "01/06/2026 à 14:00" in later.reasons[0].constat


@pytest.mark.assumed("RFC 5280 §6")
def test_certificate_that_is_self_signed_or_of_an_unknown_root_is_refused(codes: Judge) -> None:
    root = authority()
    assert codes(forge()) == codes(forge(issuer=root), root) == ["chaine"]


@pytest.mark.assumed("ANSSI RGS B1")
@pytest.mark.parametrize(
    "draw",
    [
        partial(rsa.generate_private_key, 65537, 1024),
        partial(ec.generate_private_key, ec.SECP224R1()),
        partial(dsa.generate_private_key, 2048),
    ],
    ids=["rsa1024", "p224", "dsa"],
)
def test_weak_keys_are_refused(codes: Judge, gandi_issuer: Forged, draw: Any) -> None:
    assert codes(forge(issuer=gandi_issuer, key=draw())) == ["cle_faible"]


@pytest.mark.documented("RFC 8446 §4.2.3: the curves of ECDSA in TLS 1.3")
@pytest.mark.parametrize(
    ("curve", "serves"),
    [(ec.SECP256R1, True), (ec.SECP384R1, True), (ec.SECP521R1, True), (ec.SECP256K1, False)],
)
def test_a_key_serves_tls_on_three_curves(curve: type[ec.EllipticCurve], serves: bool) -> None:
    key = ec.generate_private_key(curve())
    assert key_serves_tls(forge(key=key).certificate) is serves


@pytest.mark.assumed("ANSSI RGS B1")
@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_weak_signature_is_refused_though_genuine(pki: Pki, tmp_path: Path, digest: str) -> None:
    key = rsa.generate_private_key(65537, 2048)
    root = authority("Gandi d'essai", "Gandi", key=key)
    folder = tmp_path / "authorities"
    folder.mkdir()
    (folder / "root.pem").write_bytes(root.pem)
    (tmp_path / "root.key").write_bytes(key_pem(key))
    _openssl(tmp_path, "req -newkey rsa:2048 -nodes -keyout l.key -out l.csr -subj /CN=a.fr")
    _openssl(
        tmp_path,
        f"x509 -req -in l.csr -CA authorities/root.pem -CAkey root.key -set_serial 5 -{digest}"
        " -not_before 20260501000000Z -not_after 20270501000000Z -out leaf.pem",
    )
    leaf = x509.load_pem_x509_certificate((tmp_path / "leaf.pem").read_bytes())
    trust = load_trust(pki.trust.authorities, authorities_dir=folder, public_roots=False)
    verdict = Policy("production", trust).judge(leaf.public_bytes(Encoding.DER), NOW)
    assert [reason.rule.code for reason in verdict.reasons] == ["signature_faible"]
    assert digest.upper() in verdict.explain()


@pytest.mark.assumed("a client must not choose its authority by a name")
def test_forged_issuer_name_is_refused(codes: Judge, gandi: SimulatedAuthority) -> None:
    forger = authority("Faussaire")
    leaf = forge(issuer=forger, issuer_name=gandi.intermediate.subject)
    assert codes(leaf) == ["chaine"]
    impostor = forge(gandi.intermediate.subject, ca=True)
    assert codes(forge(issuer=impostor), impostor) == ["chaine"]


@pytest.mark.documented("FAQ")
def test_registration_is_looked_up_on_every_request(pki: Pki, gandi_issuer: Forged) -> None:
    leaf = forge(issuer=gandi_issuer)
    register: dict[str, Registered] = {}
    policy = Policy("production", pki.trust, lambda name, _: register.get(name))
    assert not policy.judge(leaf.der, NOW).accepted
    register[fingerprint(leaf.der)] = Registered("ACME")
    assert policy.judge(leaf.der, NOW).accepted


@pytest.mark.assumed("behind a proxy or a resumed session the door has the leaf alone")
def test_intermediates_handed_in_at_registration_complete_the_chain(
    pki: Pki, gandi_root: Forged
) -> None:
    intermediate = authority("Second intermédiaire", issuer=gandi_root, path_length=0)
    leaf = forge(issuer=intermediate)
    register = {"found": Registered("ACME", (intermediate.der,))}
    policy = Policy("production", pki.trust, lambda *_: register["found"])
    assert policy.judge(leaf.der, NOW).accepted
    register["found"] = Registered("ACME")
    assert [reason.rule.code for reason in policy.judge(leaf.der, NOW).reasons] == ["chaine"]
    assert policy.judge(leaf.der, NOW, [intermediate.der]).accepted


@pytest.mark.assumed("a tester wants all faults at once")
def test_all_faults_are_listed_in_the_order_of_the_checks(codes: Judge) -> None:
    bad = forge(
        "*.example.fr",
        names=["*.example.fr", "a.fr"],
        key=rsa.generate_private_key(65537, 1024),
        ca=True,
        end=NOW - timedelta(days=1),
    )
    assert codes(bad) == [
        "chaine",
        "nom_generique",
        "plusieurs_noms",
        "usage_client",
        "cle_faible",
        "certificat_autorite",
        "expire",
    ]


def test_each_check_has_its_own_code_source_and_remede() -> None:
    checks = [*CERTIFICATE_CHECKS, *REQUEST_CHECKS]
    assert len({control.code for control in checks}) == len(checks)
    for control in checks:
        assert control.source
        assert control.remede
        assert control.meaning.endswith(".")


def test_what_is_kept_of_large_certificates_is_bounded(pki: Pki, gandi_issuer: Forged) -> None:
    """A client that isn't let in sends a certificate of 90 kB each time: none is kept."""
    policy = Policy("production", pki.trust)
    names = [f"{number:05}.{'x' * 60}.example.fr" for number in range(1_000)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(40):
        leaf = forge(name(str(number), "y" * 5_000), gandi_issuer, names=names).der
        assert len(leaf) > 80_000
        verdict = policy.judge(leaf, NOW)
        assert not verdict.accepted
        assert len(verdict.subject) + len(verdict.explain()) < 3_000
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(policy._kept) == 40
    assert after - before < 1_000_000


def test_what_was_found_is_kept_and_the_least_recent_forgotten(
    pki: Pki, gandi_issuer: Forged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_KEPT", 2)
    read: list[bytes] = []
    read_certificate = judging.read_certificate
    monkeypatch.setattr(
        judging, "read_certificate", lambda der: (read.append(der), read_certificate(der))[1]
    )
    policy = Policy("production", pki.trust)
    a, b, c = (forge(f"*.{each}.fr", gandi_issuer).der for each in "abc")
    for leaf in (a, b, a, c, a, b):
        assert [reason.rule.code for reason in policy.judge(leaf, NOW).reasons] == ["nom_generique"]
    assert read == [a, b, c, b]


def test_explanation_says_what_is_wrong_and_what_to_do(pki: Pki, gandi_issuer: Forged) -> None:
    leaf = forge(name("*.example.fr"), gandi_issuer)
    assert Policy("production", pki.trust).judge(leaf.der, NOW).explain() == (
        "Certificat refusé en production :\n"
        "- nom générique (wildcard) : *.example.fr. "
        "Il faudrait un certificat pour un nom de domaine exact, sans astérisque."
    )


def _openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
