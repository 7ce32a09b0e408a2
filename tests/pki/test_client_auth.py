"""What authorities sign from when, and the certificate of each use before the policy of a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.domaine.nomenclatures import Usages
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.deadlines import FIN_CHROME, longest_life, renewal_sentence, situation_at
from sge_sim.pki.issuing import issue_client_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki, open_pki
from sge_sim.settings import VerifieEku

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LE_15 = datetime(2027, 3, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return open_pki(tmp_path_factory.mktemp("pki"), now=NOW)


@pytest.mark.documented("CA/B Forum, ballot SC-081v3 of 11/04/2025")
@pytest.mark.parametrize(
    ("jour", "jours"),
    [
        (date(2026, 3, 14), 398),
        (date(2026, 3, 15), 200),
        (date(2027, 3, 14), 200),
        (date(2027, 3, 15), 100),
        (date(2029, 3, 14), 100),
        (date(2029, 3, 15), 47),
    ],
)
def test_public_certificates_last_less_and_less(jour: date, jours: int) -> None:
    assert longest_life(jour) == jours


@pytest.mark.documented("DigiCert ALERT53 of 3/03/2026, Chrome policy 1.8; Sectigo second-hand")
@pytest.mark.parametrize(
    ("slug", "jour", "client_auth", "dernier", "jusqu_au"),
    [
        ("thawte", date(2025, 9, 30), "d'office", date(2027, 2, 28), date(2027, 9, 15)),
        ("geotrust", date(2026, 11, 30), "à la demande", date(2027, 2, 28), date(2027, 9, 15)),
        ("verisign", date(2027, 3, 1), "non", date(2027, 2, 28), date(2027, 9, 15)),
        ("comodo", date(2027, 2, 9), "à la demande", date(2027, 2, 9), date(2027, 8, 27)),
        ("gandi", date(2027, 2, 10), "non", date(2027, 2, 9), date(2027, 8, 27)),
        ("globalsign", date(2027, 3, 14), "d'office", date(2027, 3, 14), date(2027, 9, 29)),
        ("letsencrypt", date(2026, 11, 27), "non", date(2026, 7, 7), date(2026, 10, 4)),
        ("addtrust", date(2026, 11, 27), "non", date(2020, 5, 29), date(2020, 5, 29)),
        ("certinomis", date(2029, 1, 1), "d'office", None, None),
    ],
)
def test_each_authority_of_the_list_has_its_last_useful_certificate(
    slug: str, jour: date, client_auth: str, dernier: date | None, jusqu_au: date | None
) -> None:
    known = situation_at(load_authorities().find(slug), jour)
    assert (known.client_auth, known.dernier, known.jusqu_au) == (client_auth, dernier, jusqu_au)
    assert known.source in known.sentence()
    valable = "" if jusqu_au is None else f"valable jusqu'au {jusqu_au:%d/%m/%Y} : son succes"
    assert valable in known.sentence()
    assert known.provenance in ("documented", "assumed")


@pytest.mark.documented("FAQ: 15 working days before the end")
@pytest.mark.parametrize(
    ("jours", "fin", "depot"), [(100, "28/04/2027", "07/04/2027"), (47, "06/03/2027", "15/02/2027")]
)
def test_the_notice_takes_more_of_a_short_life(jours: int, fin: str, depot: str) -> None:
    sentence = renewal_sentence(date(2027, 1, 18), jours)
    assert f"finit le {fin}" in sentence
    assert f"déposer le {depot}" in sentence


_STRICT = {"clientauth": True, "serverauth": False, "any": False, "aucun": True}


@pytest.mark.assumed("auto: strict from 15/03/2027 for authorities of Chrome's programme")
@pytest.mark.parametrize(
    ("mode", "now", "slug", "accepted"),
    [
        (VerifieEku.STRICT, NOW, "gandi", _STRICT),
        (VerifieEku.TOLERANT, LE_15, "gandi", dict.fromkeys(_STRICT, True)),
        (VerifieEku.AUTO, datetime(2027, 2, 1, tzinfo=UTC), "gandi", _STRICT),
        (VerifieEku.AUTO, NOW, "gandi", _STRICT | {"serverauth": True}),
        (VerifieEku.AUTO, LE_15, "gandi", _STRICT),
        (VerifieEku.AUTO, NOW, "letsencrypt", _STRICT | {"serverauth": True}),
        (VerifieEku.AUTO, LE_15, "letsencrypt", _STRICT),
        (VerifieEku.AUTO, LE_15, "certinomis", _STRICT),
    ],
)
def test_each_use_is_judged_as_of_the_day(
    pki: Pki, mode: VerifieEku, now: datetime, slug: str, accepted: dict[Usages, bool]
) -> None:
    policy = Policy("homologation", pki.trust, verifie_eku=mode)
    found = {}
    for usages in accepted:
        issued = issue_client_certificate(
            pki.simulated(slug),
            ["a.example.fr"],
            now=now,
            valid_from=now - timedelta(days=1),
            usages=usages,
        )
        leaf, above = (certificate.public_bytes(Encoding.DER) for certificate in issued.chain)
        verdict = policy.judge(leaf, now, [above])
        found[usages] = verdict.accepted
        assert {reason.rule.code for reason in verdict.reasons} <= {"usage_client"}
    # An intermediate for servers alone, as Let's Encrypt's, says it of all that it signs.
    if slug == "letsencrypt" and now >= LE_15:
        accepted = {**accepted, "clientauth": False, "aucun": False}
    assert found == accepted


def test_a_verdict_that_was_kept_ends_with_the_day(pki: Pki) -> None:
    policy = Policy("homologation", pki.trust)
    issued = issue_client_certificate(
        pki.simulated("letsencrypt"), ["b.example.fr"], now=NOW, usages="serverauth"
    )
    leaf, above = (certificate.public_bytes(Encoding.DER) for certificate in issued.chain)
    assert LE_15.date() == FIN_CHROME
    assert [policy.judge(leaf, now, [above]).accepted for now in (NOW, LE_15, NOW)] == [
        True,
        False,
        True,
    ]


def test_a_certificate_of_47_days_is_rehearsed(pki: Pki) -> None:
    issued = issue_client_certificate(pki.simulated("gandi"), ["c.example.fr"], now=NOW, days=47)
    assert issued.leaf.not_valid_after_utc - NOW.replace(microsecond=0) == timedelta(days=47)
