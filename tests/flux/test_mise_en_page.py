"""The XML files of a faithful platform are laid out as the real ones, to the same trees."""

from datetime import timedelta

import flux_schemas
import pytest
from flux_kit import canonical
from publication_kit import (
    C4,
    C5,
    COURBE_C4,
    COURBE_C5,
    INDEX_C4,
    INDEX_C5,
    JOUR_1,
    Platform,
    at,
    new_platform,
    of,
)

XML = '<?xml version="1.0" encoding="UTF-8"'
XSI = '"http://www.w3.org/2001/XMLSchema-instance"'


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, Platform]:
    """A faithful platform and a nominal one, with a day of each of the four files."""
    found = []
    for late in (True, False):
        platform = new_platform(tmp_path_factory.mktemp(f"{late}"), late=late)
        for prm, asked in ((C5, COURBE_C5), (C5, INDEX_C5), (C4, COURBE_C4), (C4, INDEX_C4)):
            platform.subscribe(prm, asked)
        platform.catch_up(at(JOUR_1 + timedelta(days=3)))
        found.append(platform)
    return found[0], found[1]


@pytest.mark.observed("files of 2022: root on the line of the declaration, a space before =")
@pytest.mark.parametrize(
    ("flux", "head", "points"),
    [
        ("R50", [f"{XML}?><R50 xmlns:xsi ={XSI}>", "<En_Tete_Flux>"], True),
        ("R151", [f"{XML}?><R151 xmlns:xsi ={XSI}>", "<En_Tete_Flux>"], True),
        ("R4Q", [f"{XML}?><Courbe>", "<Entete>"], False),
        (
            "R171",
            [
                f'{XML} standalone="yes"?>',
                '<ns2:R171 xmlns:ns2="http://www.enedis.fr/stm/R171">',
                "    <entete>",
                "        <emetteur>Enedis</emetteur>",
            ],
            False,
        ),
    ],
)
def test_a_faithful_file_has_the_lines_of_the_real_ones(
    both: tuple[Platform, Platform], flux: str, head: list[str], points: bool
) -> None:
    faithful, nominal = (of(platform, flux) for platform in both)
    assert faithful
    for real, ours in zip(faithful, nominal, strict=True):
        lines = real.decode().split("\n")
        assert lines[: len(head)] == head
        assert (f"<PRM><Id_PRM>{C5}</Id_PRM>" in lines) is points
        assert ours.startswith(f"{XML}?>\n<".encode())
        assert canonical(real) == canonical(ours)


@pytest.mark.observed("files of 2022: R171 is indented by four")
def test_each_element_of_a_faithful_r171_has_its_line(both: tuple[Platform, Platform]) -> None:
    for content in of(both[0], "R171"):
        flux_schemas.check(flux_schemas.R171, content, "http://www.enedis.fr/stm/R171")
        for line in content.decode().splitlines()[2:-1]:
            indent = len(line) - len(line.lstrip(" "))
            assert indent
            assert indent % 4 == 0
            assert line.count("<") - line.count("</") <= 1
