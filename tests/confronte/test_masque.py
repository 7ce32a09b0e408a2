"""Nothing of what was planted in an exchange is found again once it is masked, in any encoding."""

import base64
import os
import zlib
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from abime import echanges
from lxml import etree
from seme import planted

from sge_sim.confronte.masque import MasqueEchanges
from sge_sim.confronte.paires import Paire, read_enveloppe
from sge_sim.confronte.sources import line_of
from sge_sim.domaine import prm
from sge_sim.referentiel.apports.regles import is_siret

COUNT = int(os.environ.get("SGE_SIM_ECHANGES", "80"))
LETTERS, DIGITS = 8, 10


def parts(text: str) -> Iterator[str]:
    """The parts of a planted text that are long enough to be found again."""
    size = DIGITS if text.isdecimal() else LETTERS
    yield from (text[i : i + size] for i in range(len(text) - size + 1))


def spellings(part: str) -> Iterator[bytes]:
    """How a part may be written."""
    for each in {part, part.lower(), part.upper(), part[::-1]}:
        for encoded in (each.encode(), each.encode("utf-16-le"), each.encode("utf-16-be")):
            yield encoded
            yield encoded.hex().encode()
            for shift in range(3):
                inner = base64.b64encode(b"\0" * shift + encoded).rstrip(b"=")
                yield inner[4 if shift else 0 : -2]
        yield quote("".join(f"%{ord(each):02x}" for each in part)).encode()
        yield "".join(f"%{byte:02X}" for byte in each.encode()).encode()
        yield "".join(f"&#{byte};" for byte in each.encode()).encode()


def found_again(texts: list[str], written: bytes) -> list[str]:
    seen = written.lower()
    return [
        part
        for text in texts
        for part in parts(text)
        if any(each in written or each.lower() in seen for each in spellings(part))
    ]


def test_nothing_planted_is_found_again() -> None:
    masque = MasqueEchanges()
    for paire, texts in planted(COUNT, 20261):
        written = line_of(masque.paire(paire)).encode()
        assert found_again(texts, written) == [], paire.chemin
        assert zlib.compress(texts[0].encode())[2:-4] not in written


def test_what_was_planted_is_found_where_nothing_masks() -> None:
    """The search itself can fail: what isn't masked is found."""
    seen = [bool(found_again(texts, line_of(paire).encode())) for paire, texts in planted(10, 3)]
    assert all(seen)


def test_a_run_without_plants_finds_none_by_chance() -> None:
    masque = MasqueEchanges()
    _, texts = next(planted(1, 7))
    written = b"".join(line_of(masque.paire(each)).encode() for each in echanges())
    assert found_again(texts, written) == []


def test_what_is_of_nobody_stays_and_what_is_of_somebody_is_valid_again() -> None:
    masque = MasqueEchanges()
    for paire in echanges():
        masked = masque.paire(paire)
        before, after = read_enveloppe(paire.reponse), read_enveloppe(masked.reponse)
        assert before is not None
        assert after is not None
        assert (before.code, before.fault) == (after.code, after.fault)
        if after.corps is not None and not after.fault:
            assert paire.contrat is not None
            assert paire.contrat.first_mistake(after.corps) is None
        numbers = [
            [each.text for each in found.corps.iter("pointId") if each.text]
            for found in (before, after)
            if found.corps is not None
        ]
        for old, new in zip(*numbers, strict=True):
            assert prm.is_valid(old) == prm.is_valid(new)
            assert old != new


def masked_text(masque: MasqueEchanges, element: str, text: str) -> str:
    """How a text of an answer of technical data is masked."""
    path = "/RecherchePoint/v2.0"
    (request,) = [each.requete for each in echanges() if each.chemin == path][:1]
    enveloppe = read_enveloppe(request)
    assert enveloppe is not None
    assert enveloppe.corps is not None
    criteres = enveloppe.corps.find("criteres")
    criteres.clear()
    child = criteres.makeelement(element)
    child.text = text
    criteres.append(child)
    root = etree.tostring(criteres.getroottree())
    masked = read_enveloppe(masque.paire(Paire(path, root, b"")).requete)
    assert masked is not None
    assert masked.corps is not None
    return masked.corps.find("criteres")[0].text or ""


def test_equal_values_are_equal_in_a_file_and_other_in_the_next() -> None:
    first, second = MasqueEchanges(), MasqueEchanges()
    siret = "73282932000074"
    drawn = [masked_text(each, "numSiret", siret) for each in (first, first, second)]
    assert is_siret(drawn[0])
    assert drawn[0] == drawn[1] != siret
    names = [
        masked_text(each, "nomClientFinalOuDenominationSociale", "Zoé Durand-Le Goff")
        for each in (first, second)
    ]
    assert names[0] != names[1]
    assert [len(each) for each in names] == [18, 18]


@pytest.mark.parametrize(
    "text",
    [
        "١٢H٣٤-٥٦H٧٨",
        "２０２４-０１-３１",
        "2024-01-31T10:00:00.12345678901234Z",
        "99H99-88H88",
        "Ⅻ①②③④⑤",
    ],
)
def test_no_digit_of_any_script_is_left(text: str) -> None:
    for element in ("numeroEtNomVoie", "periodesHoraires", "dateDebut"):
        masked = masked_text(MasqueEchanges(), element, text)
        assert masked != text
        assert not set(masked) & set("١٢٣٤٥٦٧٨２０４Ⅻ①②③④⑤")
        assert "12345678901234" not in masked


def test_days_move_by_whole_weeks() -> None:
    masque = MasqueEchanges()
    moved = {
        each: masque._day(each) for each in ("2024-03-31", "2024-04-02", "2024-07-01 00:30:00")
    }
    days = [date.fromisoformat(str(each)[:10]) for each in moved.values()]
    assert (days[0] - date(2024, 3, 31)).days % 7 == 0
    assert (days[1] - days[0]).days == 2
    assert str(moved["2024-07-01 00:30:00"]).endswith(" 00:30:00")
    assert moved["2024-03-31"] != "2024-03-31"


def test_readings_keep_their_sign_their_decimals_and_nothing_else() -> None:
    masque = MasqueEchanges()
    for paire in echanges():
        if paire.chemin.startswith("/ConsultationMesuresDetaillees"):
            masked = read_enveloppe(masque.paire(paire).reponse)
            assert masked is not None
            assert masked.corps is not None
            assert {each.text for each in masked.corps.iter("v")} <= {"0", "2", "-2"}
