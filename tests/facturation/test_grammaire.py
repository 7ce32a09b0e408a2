"""Documents are read and written by grammars, and a schema made of a grammar says the same."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from facturation_kit import PUISSANCE, SUIVI, write_by_grammar
from lxml import etree

from sge_sim.facturation.grammaire import (
    DOCUMENTS,
    Noeud,
    grammaires,
    read_by_grammar,
    value_of,
    write_around,
    write_block,
)

XS = "{http://www.w3.org/2001/XMLSchema}"
FILES = dict(zip(("C15", "R15", "F15_FL", "F15_FA"), PUISSANCE.files().values(), strict=True))
FILES["X12"] = write_by_grammar("X12", SUIVI)


def filled(noeud: Noeud) -> Any:
    """Return an element with all that it may hold, the first of what it chooses among."""
    element = etree.Element(noeud.nom)
    for each in noeud.inner:
        if each.nom.startswith("@"):
            element.set(each.nom[1:], sample(each.genre))
        else:
            element.append(filled(each if each.nom else each.inner[0]))
    element.text = None if noeud.inner else sample(noeud.genre)
    return element


def sample(genre: str) -> str:
    given = {"d": "2026-01-01", "dt": "2026-01-01T00:00:00", "ym": "2026-01"}
    if genre.startswith("("):
        return genre[1:-1].split("|")[0]
    if genre.startswith("/"):
        likely = ("01", "0321", "01/02/2026")
        return next(each for each in likely if re.fullmatch(genre[1:-1], each))
    least = re.fullmatch(r"=(\d+)|\D*(\d+)-\d+", genre)
    return "1" * int(least[1] or least[2]) if least else given.get(genre, "1")


def whole(document: str) -> bytes:
    """Return a document with all that its latest version may hold."""
    root = filled(next(iter(grammaires(document).values())))
    return write_by_grammar(document, read_by_grammar(root)[2])


FILES |= {each: whole(each) for each in ("C12", "R17", "F12_FA", "F12_FL", "F12_FR")}


def schema_of(document: str, version: str = "") -> etree.XMLSchema:
    root = etree.Element(f"{XS}schema", nsmap={"xs": XS[1:-1]})
    by_version = grammaires(document)
    root.append(declared(by_version[version or next(iter(by_version))], outer=True))
    return etree.XMLSchema(etree.fromstring(etree.tostring(root)))


def declared(noeud: Noeud, *, outer: bool = False) -> Any:
    many = {"minOccurs": str(noeud.least), "maxOccurs": str(noeud.most or "unbounded")}
    if not noeud.nom:
        choice = etree.Element(f"{XS}choice", many)
        choice.extend(declared(each) for each in noeud.inner)
        return choice
    element = etree.Element(f"{XS}element", {"name": noeud.nom, **({} if outer else many)})
    if noeud.inner:
        inside = etree.SubElement(element, f"{XS}complexType")
        sequence = etree.SubElement(inside, f"{XS}sequence")
        for each in noeud.inner:
            if each.nom.startswith("@"):
                text = not each.genre.startswith("i")
                about = {"name": each.nom[1:], "type": f"xs:{'string' if text else 'integer'}"}
                etree.SubElement(inside, f"{XS}attribute", about)
            else:
                sequence.append(declared(each))
        return element
    base, facets = facets_of(noeud.genre)
    kind = etree.SubElement(element, f"{XS}simpleType")
    kind = etree.SubElement(kind, f"{XS}restriction", {"base": f"xs:{base}"})
    for nom, value in facets:
        etree.SubElement(kind, f"{XS}{nom}", {"value": value})
    return element


def facets_of(genre: str) -> tuple[str, list[tuple[str, str]]]:
    simple = {"b": "boolean", "d": "date", "dt": "dateTime", "ym": "gYearMonth", "S": "string"}
    if genre in simple:
        return simple[genre], []
    if genre.startswith("("):
        return "string", [("enumeration", each) for each in genre[1:-1].split("|")]
    if genre.startswith("/"):
        return "string", [("pattern", genre[1:-1])]
    if found := re.fullmatch(r"([in])(\+?)(\d*)(?:\.(\d+))?(?:≤(\d+))?", genre):
        sorte, positive, digits, decimals, most = found.groups()
        facets = [("minExclusive", "0")] * bool(positive) + [("totalDigits", digits)] * bool(digits)
        facets += [("fractionDigits", decimals)] * bool(decimals)
        facets += [("maxInclusive", most)] * bool(most)
        return {"i": "integer", "n": "decimal"}[sorte], facets
    if genre.startswith("="):
        return "string", [("length", genre[1:])]
    least, _, most = genre[1:].rpartition("-")
    lengths = [("minLength", "1")] if genre == "S!" else [("minLength", least or "0")]
    return "string", lengths + ([] if genre == "S!" else [("maxLength", most)])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_read_written_and_valid(document: str) -> None:
    root = etree.fromstring(FILES[document])
    name, _, tree, mistakes = read_by_grammar(root)
    assert (name, mistakes) == (document, [])
    assert write_by_grammar(document, tree) == FILES[document]
    assert {e.tag for e in root.iter()} >= always_there(next(iter(grammaires(document).values())))
    assert schema_of(document).validate(root), schema_of(document).error_log


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_lacks_an_element_or_has_a_wrong_text_is_refused_as_by_the_schema(
    document: str,
) -> None:
    schema, version = schema_of(document), next(iter(grammaires(document)))
    tree = etree.fromstring(FILES[document]).getroottree()
    shapes = [re.sub(r"\[\d+\]", "", tree.getpath(each)) for each in tree.iter()]
    for rank in sorted({shape: n for n, shape in enumerate(shapes) if n}.values()):
        for spoil in (removed, doubled, garbled):
            root = etree.fromstring(FILES[document])
            spoil(list(root.iter())[rank])
            mine = by_latest(document, version, root)
            assert bool(mine) is not schema.validate(root), (rank, spoil, mine)


def always_there(noeud: Noeud) -> set[str]:
    """Return the elements that a document always has."""
    inner = [each for each in noeud.inner if each.least and each.nom and each.nom[0] != "@"]
    return {each.nom for each in inner}.union(*map(always_there, inner))


def test_a_missing_attribute_is_said() -> None:
    text = re.sub(' Code_INSEE="\\d+"', "", FILES["C12"].decode())
    (mistake,) = read_by_grammar(etree.fromstring(text.encode()))[3]
    assert mistake.endswith("Commune/@Code_INSEE : il manque")


def test_blocks_stand_where_their_plan_has_them() -> None:
    head = {"Contrat": {"Identifiant": "GRD-F1", "PRM": ""}}
    blocks = [write_block("C12", "1.12.1", "PRM", {"Identifiant": n * 14}) for n in "12"]
    root = etree.fromstring(b"".join(write_around("C12", "1.12.1", head, blocks)))
    assert [each.text for each in root.iterfind("Contrat/PRM/Identifiant")] == ["1" * 14, "2" * 14]


def by_latest(document: str, version: str, root: Any) -> list[Any]:
    """Return what is wrong by the latest version alone: the former one may take it."""
    _, found, _, mistakes = read_by_grammar(root)
    if found == version:
        return mistakes
    return ["of another version"]


def removed(element: Any) -> None:
    element.getparent().remove(element)


def doubled(element: Any) -> None:
    element.addnext(etree.fromstring(etree.tostring(element)))


def garbled(element: Any) -> None:
    element.text = "\N{SNOWMAN}" * 300 if not len(element) else element.text


def test_a_mistake_says_its_line() -> None:
    text = FILES["R15"].decode().replace("<Niveau_Ouverture_Services>2", "<Niveau>2", 1)
    text = text.replace("2</Niveau_Ouverture_Services>", "2</Niveau>", 1)
    _, _, _, mistakes = read_by_grammar(etree.fromstring(text.encode()))
    line = text[: text.index("<Niveau>")].count("\n") + 1
    first, second = map(str, mistakes)
    assert first == f"ligne {line}, R15/PRM/Donnees_Releve/Niveau : il n'a pas sa place ici"
    assert second.endswith("/Niveau_Ouverture_Services : il manque")


def required(noeud: Noeud, element: Any) -> Iterator[Any]:
    """Yield the elements that must be in another, and in those of it."""
    for child in element:
        within, _ = noeud.within[child.tag]
        choices = [each for each in noeud.inner if not each.nom]
        chosen = [each for each in choices if within in each.inner]
        if (chosen or [within])[0].least:
            yield child
        yield from required(within, child)


@pytest.mark.parametrize(
    ("document", "version"), [(each, v) for each in DOCUMENTS for v in grammaires(each)]
)
def test_each_element_that_must_be_there_is_missed(document: str, version: str) -> None:
    """It lacks, or is another: the schema made of the grammar refuses it; X13 is as X12."""
    noeud, schema = grammaires(document)[version], schema_of(document, version)
    root = filled(noeud)
    assert schema.validate(root), schema.error_log
    needed = [*required(noeud, root)]
    assert len(needed) > 15
    for child in needed:
        parent, nom = child.getparent(), child.tag
        place = parent.index(child)
        child.tag = "Autre"
        assert not schema.validate(root), nom
        child.tag = nom
        parent.remove(child)
        assert not schema.validate(root), nom
        parent.insert(place, child)
    assert schema.validate(root)


@pytest.mark.parametrize(
    ("genre", "good", "wrong"),
    [
        ("n18.2", ["1.10", "-3", ".5", "1.100"], ["1.101", "a", "1e3", "1" * 17 + ".11"]),
        ("n.3≤100", ["20.000", "100"], ["100.001", "20.0001"]),
        ("i+15", ["1"], ["0", "-1", "1.0"]),
        ("i2≤20", ["20", "00020"], ["21"]),
        ("=5", ["44109"], ["4410", "441090"]),
        ("s1-3", ["44"], ["", "4444"]),
        ("S!", ["é"], [""]),
        ("b", ["0", "true"], ["oui", ""]),
        ("d", ["2024-02-29", "2024-02-29Z"], ["2025-02-29", "29/02/2024", "2024-2-29"]),
        ("dt", ["2024-02-29T05:01:02.123456789+01:00"], ["2024-02-29", "2024-02-29T25:00:00"]),
        ("ym", ["2024-02"], ["2024-13", "2024"]),
        ("(0,5/10|5/15)", ["0,5/10"], ["", "0"]),
    ],
)
def test_texts_by_their_type(genre: str, good: list[str], wrong: list[str]) -> None:
    for text in good:
        value_of(genre, text)
    for text in wrong:
        with pytest.raises(ValueError, match=r"."):
            value_of(genre, text)
    assert value_of("n18.2", "-1.10") == Decimal("-1.1")
