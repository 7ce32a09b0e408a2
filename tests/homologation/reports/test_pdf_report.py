import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_samples import GOOD, report_of_many_causes, sample_report
from pdf_words import packed, streams, text
from running_simulator import run_command

from sge_sim.homologation.campaign.outcome import not_run
from sge_sim.homologation.reports.pdf_report import PAGES_MOST, render_pdf
from sge_sim.homologation.reports.rapport import to_json

SIZES = re.compile(rb"/F\d+ ([\d.]+) Tf")
A4 = b"/MediaBox [ 0 0 595.2756 841.8898 ]"


def test_the_pdf_has_the_verdicts_the_counts_the_causes_and_the_command() -> None:
    pdf = render_pdf(sample_report())
    words = text(pdf)
    for part in (
        "Homologation sge-1.0",
        "non homologué",
        "1 réussi, 1 échoué",
        "À corriger (2)",
        "Attendu : refus SGT401 ; reçu : SGT463 « des <données> ».",
        "La plateforme d'Enedis est connue pour cet écart",
        "Cause, et que faire",
    ):
        assert packed(part) in words
    assert packed("sge-sim homologate --reprise dossier") in words
    assert pdf == render_pdf(sample_report())


@pytest.mark.parametrize("count", [1, 8, 120])
def test_it_has_four_pages_of_a4_at_most_in_letters_of_nine_points(count: int) -> None:
    pdf = render_pdf(report_of_many_causes(count))
    assert 1 <= pdf.count(A4) <= PAGES_MOST
    assert min(float(size) for page in streams(pdf) for size in SIZES.findall(page)) >= 9
    hidden = re.search(r"Et(\d+)autrescauses", text(pdf))
    assert (hidden is not None) == (count >= 120)
    assert f"Àcorriger({count})" in text(pdf)


def test_the_annex_has_the_messages_if_it_is_asked_for() -> None:
    words = text(render_pdf(sample_report(), annexe=True))
    assert packed("Annexe : les cas et leurs messages") in words
    assert "<demande/>" in words
    assert "Annexe" not in text(render_pdf(sample_report()))


def objects(pdf: bytes) -> dict[int, bytes]:
    """The objects of a PDF, by number."""
    found = re.findall(rb"(?:^|\n)(\d+) 0 obj\n(.*?)endobj", pdf, re.S)
    return {int(number): content for number, content in found}


def references(content: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"(\d+) 0 R", content)]


@pytest.mark.documented("ISO 32000-1 §14.7 and §14.8: marked content, its tree, its language")
@pytest.mark.parametrize("annexe", [False, True])
@pytest.mark.parametrize("count", [1, 120])
def test_it_is_tagged_from_end_to_end(count: int, annexe: bool) -> None:
    """Each mark of a page is that of the element which the tree gives it, and no text is bare."""
    pdf = render_pdf(report_of_many_causes(count), annexe and count == 1)
    parts = objects(pdf)
    (catalog,) = [each for each in parts.values() if b"/Type /Catalog" in each]
    assert b"/Lang (fr-FR)" in catalog
    for key, held in (
        ("MarkInfo", b"/Marked true"),
        ("ViewerPreferences", b"DisplayDocTitle true"),
    ):
        (number,) = re.findall(rb"/%s (\d+) 0 R" % key.encode(), catalog)
        assert held in parts[int(number)]
    assert b"/Title (Homologation sge-1.0)" in pdf
    (tree,) = [each for each in parts.values() if b"/Type /StructTreeRoot" in each]
    nums = re.search(rb"/Nums \[(.*?)\]\s*>>", tree, re.S)
    assert nums is not None
    owners = [references(each) for each in re.findall(rb"\d+ \[(.*?)\]", nums[1] + b"]", re.S)]
    drawn = streams(pdf)
    assert len(owners) == len(drawn)
    pages = [number for number, each in parts.items() if b"/StructParents" in each]
    for rank, page in enumerate(drawn):
        assert re.search(rb"/StructParents %d\b" % rank, parts[pages[rank]])
        marks = [int(each) for each in re.findall(rb"/MCID (\d+)>> BDC", page)]
        assert marks == list(range(len(owners[rank])))
        for mark, owner in zip(marks, owners[rank], strict=True):
            element = parts[owner]
            tag = re.search(rb"/(\w+) <</MCID %d>> BDC" % mark, page)
            assert tag is not None
            assert b"/S /" + tag[1] in element
            assert re.search(rb"/MCID %d /Pg %d 0 R" % (mark, pages[rank]), element)
        depth = 0
        for operator in re.findall(rb"\b(BDC|BMC|EMC|Tj)\b", page):
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1, b"Tj": 0}[operator]
            assert depth == 1 or operator == b"EMC", "text that nothing tags"
    elements = [each for each in parts.values() if b"/Type /StructElem" in each]
    tags = {found[1] for each in elements if (found := re.search(rb"/S /(\w+)", each))}
    assert tags == {b"Document", b"H1", b"H2", b"P", b"Table", b"TR", b"TH", b"TD", b"Code"}


def test_letters_that_the_fonts_lack_are_told_otherwise() -> None:
    run = not_run(GOOD, "Œuvre à 5 € → « été » ≥ 3 日 \x07.")
    words = text(render_pdf(replace(sample_report(), executions=(run,))))
    assert packed("Œuvre à 5 € > « été » >= 3 ?.") in words


def test_the_command_writes_it_beside_the_report(tmp_path: Path) -> None:
    (tmp_path / "rapport.json").write_bytes(to_json(sample_report()))
    done = run_command("report", "pdf", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "rapport.pdf").read_bytes() == render_pdf(sample_report())


def test_reading_reports_doesnt_load_what_writes_pdf() -> None:
    code = "import sys, sge_sim.cli.report; print('reportlab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
