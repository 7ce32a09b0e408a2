"""The list of authorities: what it says, how real certificates are recognised, its mistakes.

Its folder, `certs/`, holds public data only.
"""

import itertools
from datetime import date
from pathlib import Path

import certifi
import pytest
import yaml
from certificate_forge import NOW, authority, forge, name
from cryptography import x509

from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.certificates import read_pem_bundle, tolerated_serial_numbers
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki, load_trust

FILE = data_path("certs") / "authorities.yaml"
AUTHORITIES = load_authorities()
PUBLIC_ROOTS = {
    root.subject.rfc4514_string(): root for root in read_pem_bundle(Path(certifi.where()))
}


@pytest.mark.documented("FAQ")
def test_list_holds_the_nine_authorities_of_the_faq_and_one_is_kept_out_of_production() -> None:
    assert {each.name for each in AUTHORITIES.authorities} == {
        "Verisign",
        "Thawte",
        "Comodo",
        "AddTrust",
        "GlobalSign",
        "GeoTrust",
        "Certinomis",
        "Gandi",
        "Let's Encrypt",
    }
    both = {"homologation", "production"}
    assert [each.slug for each in AUTHORITIES.authorities if each.environments != both] == [
        "letsencrypt"
    ]


@pytest.mark.observed("root certificates of the certifi package")
@pytest.mark.parametrize(
    ("common_name", "slug"),
    [
        ("COMODO RSA Certification Authority", "comodo"),
        ("COMODO ECC Certification Authority", "comodo"),
        ("Sectigo Public Server Authentication Root R46", "comodo"),
        ("Sectigo Public Server Authentication Root E46", "comodo"),
        ("USERTrust RSA Certification Authority", "addtrust"),
        ("USERTrust ECC Certification Authority", "addtrust"),
        ("GlobalSign Root R46", "globalsign"),
        ("DigiCert Global Root G2", "verisign"),
        ("DigiCert TLS RSA4096 Root G5", "verisign"),
        ("ISRG Root X1", "letsencrypt"),
        ("ISRG Root X2", "letsencrypt"),
    ],
)
def test_public_root_is_recognised(common_name: str, slug: str) -> None:
    (root,) = [r for n, r in PUBLIC_ROOTS.items() if f"CN={common_name}," in f"{n},"]
    found = AUTHORITIES.recognise(root.subject, root.subject)
    assert found.slug == slug


@pytest.mark.observed("root certificates of the certifi package")
def test_roots_of_nobody_on_the_list_are_not_recognised() -> None:
    listed = ("COMODO", "Sectigo", "USERTRUST", "GlobalSign", "DigiCert", "Internet Security")
    others = [
        r
        for n, r in PUBLIC_ROOTS.items()
        if not any(f"O={organisation}" in n for organisation in listed)
    ]
    others = [r for r in others if "O=The USERTRUST" not in r.subject.rfc4514_string()]
    assert len(others) > 60
    assert {AUTHORITIES.recognise(root.subject, root.subject) for root in others} == {None}


@pytest.mark.assumed("names of issuing certificates, known from the trade and seen on none here")
@pytest.mark.parametrize(
    ("issuer", "root", "slug"),
    [
        (("Thawte TLS RSA CA G1", "DigiCert Inc"), "DigiCert Inc", "thawte"),
        (("GeoTrust TLS RSA CA G1", "DigiCert Inc"), "DigiCert Inc", "geotrust"),
        (("RapidSSL TLS RSA CA G1", "DigiCert, Inc."), "DigiCert Inc", "geotrust"),
        (("DigiCert Global G2 TLS RSA SHA256 CA1", "DigiCert Inc"), "DigiCert Inc", "verisign"),
        (("Gandi Standard SSL CA 2", "Gandi"), "The USERTRUST Network", "gandi"),
        (("GandiCert", "Gandi SAS"), "Sectigo Limited", "gandi"),
        (
            ("Sectigo RSA Domain Validation Secure Server CA", "Sectigo Limited"),
            "The USERTRUST Network",
            "comodo",
        ),
        (("Network Solutions CA 2", "Network Solutions L.L.C."), "AddTrust AB", "addtrust"),
        (("Certinomis - Web CA", "Certinomis"), "Certinomis", "certinomis"),
        (("R10", "Let's Encrypt"), "Internet Security Research Group", "letsencrypt"),
        (("VeriSign Class 3 Server CA - G3", "VeriSign, Inc."), "VeriSign, Inc.", "verisign"),
        (("AlphaSSL CA - SHA256 - G4", "GlobalSign nv-sa"), "GlobalSign", "globalsign"),
    ],
)
def test_brand_is_read_on_the_verified_issuer(
    tmp_path: Path, issuer: tuple[str, str], root: str, slug: str
) -> None:
    top = authority("Racine", root)
    middle = authority(*issuer, issuer=top)
    (tmp_path / "root.pem").write_bytes(top.pem)
    trust = load_trust(AUTHORITIES, authorities_dir=tmp_path, public_roots=False)
    chain = trust.chain_of(forge(issuer=middle).certificate, [middle.certificate])
    assert trust.authority_of(chain) == AUTHORITIES.find(slug)  # type: ignore[arg-type]


@pytest.mark.assumed("a client must not choose its authority by a name")
def test_brand_named_by_an_unverified_issuer_recognises_nothing(pki: Pki) -> None:
    impostor = authority("R10", "Let's Encrypt")
    verdict = Policy("homologation", pki.trust).judge(
        forge(issuer=impostor).der, NOW, [impostor.der]
    )
    assert verdict.authority is None
    assert [reason.rule.code for reason in verdict.reasons] == ["chaine"]


@pytest.mark.assumed("an unrelated authority bears a name close to DigiCert's")
def test_look_alike_organisation_is_not_recognised() -> None:
    assert AUTHORITIES.recognise(name("CA", "Digicert Sdn. Bhd."), name("CA", "x")) is None


def test_case_of_a_name_does_not_count() -> None:
    assert AUTHORITIES.recognise(name("CA", "CERTINOMIS"), name("x")) == AUTHORITIES.find(
        "certinomis"
    )


def test_no_pattern_recognises_a_simulated_authority_by_its_name(pki: Pki) -> None:
    for each in pki.trust.simulated:
        assert AUTHORITIES.recognise(each.intermediate.subject, each.root.subject) is None
        assert "imulateur" in each.root.subject.rfc4514_string()


def test_every_entry_tells_its_source() -> None:
    for each in AUTHORITIES.authorities:
        assert (each.source, each.provenance) == ("FAQ", "documented")
        assert all(way.source for way in each.recognised_by)


def test_new_authority_is_a_matter_of_data(tmp_path: Path) -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    document["authorities"].append(_entry(slug="certigna", name="Certigna"))
    root = PUBLIC_ROOTS[next(n for n in PUBLIC_ROOTS if "CN=Certigna Root CA" in n)]
    found = load_authorities(_written(tmp_path, document)).recognise(root.subject, root.subject)
    assert found.name == "Certigna"


def _entry(**changes: object) -> dict[str, object]:
    entry: dict[str, object] = {
        "slug": "essai",
        "name": "Essai",
        "issued_today_by": "Essai",
        "environments": ["homologation"],
        "grants_client_authentication": True,
        "source": "FAQ",
        "provenance": "documented",
        "recognised_by": [
            {"issuer_organisation": "Dhimyotis", "source": "certifi", "provenance": "observed"}
        ],
    }
    return {key: value for key, value in {**entry, **changes}.items() if value is not None}


def _way(**changes: object) -> list[dict[str, object]]:
    way = {"issuer_organisation": "X", "source": "s", "provenance": "assumed", **changes}
    return [{key: value for key, value in way.items() if value is not None}]


def _written(folder: Path, document: object) -> Path:
    path = folder / "authorities.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (_entry(slug=None), "n° 1, clé « slug » : il manque une valeur"),
        (_entry(slug="../mauvais"), "n° 1, clé « slug » : « ../mauvais » n'est pas"),
        (_entry(name=""), "clé « name »"),
        (_entry(name=" "), "clé « name »"),
        (_entry(name=12), "clé « name »"),
        (_entry(name="x\ny"), "clé « name »"),
        (_entry(environments=["recette"]), "clé « environments » : « recette » n'est pas"),
        (_entry(environments=[{}]), "clé « environments »"),
        (_entry(environments="production"), "clé « environments »"),
        (_entry(environments=None), "clé « environments »"),
        (_entry(grants_client_authentication="oui"), "clé « grants_client_authentication »"),
        (_entry(grants_client_authentication=None), "clé « grants_client_authentication »"),
        (_entry(provenance="heard"), "clé « provenance »"),
        (_entry(recognised_by=[]), "clé « recognised_by »"),
        (_entry(recognised_by=["Gandi"]), "clé « recognised_by »"),
        (_entry(recognised_by=_way(issuer_organisation=None)), "au moins un nom"),
        (_entry(recognised_by=_way(issuer_organisation="*")), "au moins un nom"),
        (
            _entry(recognised_by=_way(issuer_organization="X")),
            "clé « issuer_organization » : elle est inconnue",
        ),
        (_entry(recognised_by=_way(provenance=[])), "n° 1, recognised_by n° 1, clé « provenance »"),
        (_entry(colour="blue"), "n° 1, clé « colour » : elle est inconnue"),
        (_entry(name=["x" * 1000]), "clé « name »"),
        ("gandi", "clé « authorities » : une liste"),
    ],
)
def test_mistake_in_the_list_is_told_in_one_sentence(
    tmp_path: Path, entry: object, sentence: str
) -> None:
    path = _written(tmp_path, {"authorities": [entry]})
    with pytest.raises(UsageError) as raised:
        load_authorities(path)
    assert sentence in str(raised.value)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "authorities: []",
        "- a",
        "authorities: {",
        "authorities: \x00",
        "a: 2024-13-45",
        "[" * 5_000,
        "a: " + "{a: " * 3_000 + "1" + "}" * 3_000,
        "&a\n<<: *a\n",
        "authorities: &a [*a]",
        "authorities:\n- &a {slug: *a}",
        "x" * (2**20 + 1),
        "a: &a [x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]\n"
            for before, name in itertools.pairwise("abcdefgh")
        )
        + "authorities:\n- {slug: *h}\n",
    ],
    ids=range(13),
)
def test_what_is_no_list_or_a_hostile_one_is_refused_in_one_short_sentence(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "authorities.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_authorities(path)
    assert len(str(raised.value)) < 400


def test_an_authority_that_nothing_recognises_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, {"authorities": [_entry(recognised_by=[])]})
    with pytest.raises(UsageError, match="recognised_by » : il manque une façon de la reconnaître"):
        load_authorities(path)


def test_same_slug_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="deux fois"):
        load_authorities(_written(tmp_path, {"authorities": [_entry(), _entry()]}))


def test_missing_list_and_unknown_authority_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="illisible"):
        load_authorities(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="gandi"):
        AUTHORITIES.find("inconnue")


@pytest.mark.assumed("AddTrust's root ended on 30 May 2020 and left certifi")
def test_extra_folder_takes_roots_and_intermediates_apart(tmp_path: Path) -> None:
    root = authority("AddTrust External CA Root", "AddTrust AB")
    middle = authority("Milieu", issuer=root)
    (tmp_path / "all.crt").write_bytes(b"a comment\n" + middle.pem + root.pem)
    (tmp_path / "notes.txt").write_text("ignored")
    trust = load_trust(AUTHORITIES, authorities_dir=tmp_path, public_roots=False)
    assert trust.roots == (root.certificate,)
    verdict = Policy("production", trust).judge(forge(issuer=middle).der, NOW)
    assert verdict.accepted
    assert verdict.authority == AUTHORITIES.find("addtrust")


def test_extra_folder_without_authority_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="n'existe pas"):
        load_trust(AUTHORITIES, authorities_dir=tmp_path / "none")
    (tmp_path / "leaf.pem").write_bytes(forge().pem)
    with pytest.raises(UsageError, match="aucun certificat d'autorité"):
        load_trust(AUTHORITIES, authorities_dir=tmp_path)


def test_bundle_for_the_door_holds_every_root_and_no_intermediate(pki: Pki) -> None:
    with tolerated_serial_numbers():
        bundle = x509.load_pem_x509_certificates(pki.trust.roots_pem().encode())
    assert set(bundle) == set(pki.trust.roots)
    assert not {each.intermediate for each in pki.trust.simulated} & set(bundle)
    assert date(2035, 6, 4) in {root.not_valid_after_utc.date() for root in bundle}


def test_folder_holds_the_list_and_its_page_alone_and_nothing_secret() -> None:
    files = {path.name: path.read_bytes() for path in data_path("certs").rglob("*")}
    assert files.keys() == {"README.md", "authorities.yaml"}
    assert not any(b"-----BEGIN" in content for content in files.values())
    page = files["README.md"].decode()
    assert "put none of them in a trust store" in page
    assert "n'en mettez aucune dans un magasin de confiance" in page
