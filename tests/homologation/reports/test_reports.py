import io
import json
import zipfile
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from campaign_samples import GOOD, INSTANT, sample_report
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from openpyxl import load_workbook
from running_simulator import run_command

from sge_sim import __version__
from sge_sim.domaine.francais import unbroken
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.outcome import not_run
from sge_sim.homologation.reports.couverture import couverture
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.executions import cause_of, causes_of
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.rapport import read_rapport, to_json
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx
from sge_sim.homologation.reports.writing import MANIFEST, WrittenReports, verify, write_reports

COLUMNS = [
    *("Webservice", "État du point", "Accord client", "Libellé", "Référence"),
    *("Cas non recevable", "Quantité demandée", "Version testée", "PRM testé", "Chaîne du test"),
    *("Date & heure du test", "Remarques"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> WrittenReports:
    return write_reports(sample_report(), tmp_path_factory.mktemp("reports") / "one")


class Page(HTMLParser):
    """The tags and the text of a page; what it loads or links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "link", "img", "input"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_report_survives_json(written: WrittenReports) -> None:
    assert read_rapport(written.folder / "rapport.json") == sample_report()
    assert read_rapport(written.folder) == sample_report()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rapport.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"rapport"):
        read_rapport(tmp_path)


def test_a_report_of_another_format_is_refused(tmp_path: Path) -> None:
    data = json.loads(to_json(sample_report()))
    (tmp_path / "rapport.json").write_text(json.dumps({**data, "format": 99}))
    with pytest.raises(UsageError, match=r"autre version"):
        read_rapport(tmp_path)


def test_the_page_is_whole_and_loads_nothing(written: WrittenReports) -> None:
    text = (written.folder / "rapport.html").read_text()
    page = Page(text)
    assert page.open == []
    assert all(link.startswith("#") for link in page.links)
    assert "script" not in page.tags
    assert "@import" not in text
    assert "url(" not in text


def test_the_page_shows_verdicts_cases_and_messages_escaped() -> None:
    text = render_html(sample_report())
    words = "".join(Page(text).words)
    for part in (
        "non homologué",
        "sans objet",
        "écart connu",
        "A-NR1",
        "Titre <de> A-R1",
        "un <client>",
    ):
        assert part in words
    assert "<de>" not in text
    assert "<client>" not in text
    assert "&lt;demande/&gt;" in text


def test_the_tracking_sheet_has_its_twelve_columns_and_a_row_per_run(
    written: WrittenReports,
) -> None:
    book = load_workbook(written.folder / "suivi.xlsx")
    assert book.sheetnames == ["Synthèse", "À corriger", "Non jugé", "consultation", "commande"]
    header, *rows = book["consultation"].iter_rows(values_only=True)
    assert list(header) == COLUMNS
    assert [row[4] for row in rows] == ["A-R1", "A-NR1"]
    assert rows[0][10] == INSTANT.replace(tzinfo=None)
    fills = [each.fill.start_color.rgb[-6:] for each in list(book["consultation"].columns)[11][1:]]
    assert fills == ["DDF3E4", "FADADA"]
    assert book["Synthèse"]["B17"].fill.start_color.rgb[-6:] == "FADADA"
    assert rows[1][11].startswith("Échoué. Attendu : refus SGT401 ; reçu : SGT463")


def test_the_summary_counts_each_package(written: WrittenReports) -> None:
    rows = list(
        load_workbook(written.folder / "suivi.xlsx")["Synthèse"].iter_rows(values_only=True)
    )
    assert rows[0][:2] == ("Homologation", "sge-1.0")
    assert [row[:2] for row in rows[1:14]] == [
        *couverture(sample_report()),
        ("Les repasser, là où est le dossier du rapport", "sge-sim homologate --reprise dossier"),
        ("Vérifications", "-"),
        ("À vérifier", "-"),
    ]
    head, consultation, commande, _ = rows[15:]
    assert head[:5] == ("Package", "Verdict", "Cas bons", "Cas", "réussi")
    assert consultation[:5] == ("consultation", "non homologué", 1, 2, 1)
    assert commande[:4] == ("commande", "non homologué", 0, 1)


def test_the_tracking_sheet_has_the_causes_of_the_page(written: WrittenReports) -> None:
    head, *rows = load_workbook(written.folder / "suivi.xlsx")["À corriger"].iter_rows(
        values_only=True
    )
    assert head == ("État", "Cas", "Cause", "Que faire")
    assert rows == [
        (each.statut.value, ", ".join(each.cles), each.phrase, each.que_faire)
        for each in causes_of(sample_report().executions)
    ]


def test_what_is_to_be_put_right_comes_first_with_its_cause_and_folded_evidence() -> None:
    page = html.fromstring(render_html(sample_report()))
    cases = page.xpath("//main//details[@id]")
    assert [each.get("id") for each in cases] == ["A-NR1", "B-R1@C5", "A-R1"]
    assert not page.xpath("//details[@open]")
    assert [each.get("class") for each in cases] == ["cas echoue", "cas echoue", "cas reussi"]
    cause = cases[0].xpath("./p[@class='cause']")[0].text_content()
    assert cause.startswith("Attendu : refus SGT401 ; reçu : SGT463 « des <données> ».")
    causes = page.xpath("//main//section[@class='causes']/ol/li")
    assert [each.xpath("p/a/@href") for each in causes] == [["#A-NR1"], ["#B-R1@C5"]]
    assert causes[0].xpath("p/span[@class='phrase']")[0].text_content() == unbroken(
        "Attendu : refus SGT401 ; reçu : SGT463 « des <données> »."
    )
    assert "sge-sim homologate --reprise dossier" in page.text_content()
    bars = page.xpath("//*[local-name()='svg']/@aria-label")
    assert bars == ["1 réussi, 1 échoué", "1 écart connu"]
    assert [len(page.xpath(f"//{each}")) for each in ("header", "main", "footer")] == [1, 1, 1]


def test_a_good_report_has_nothing_to_put_right() -> None:
    report = sample_report()
    page = render_html(replace(report, executions=report.executions[:1]))
    assert "À corriger" not in page
    assert cause_of(report.executions[0]) == ""


def test_a_prm_stays_text_in_the_tracking_sheet() -> None:
    report = sample_report()
    run = report.executions[0]
    sheet = {**run.suivi, "PRM testé": "09700274864887", "Remarques": "=1+1"}
    report = replace(report, executions=(replace(run, suivi=sheet),))
    row = list(load_workbook(io.BytesIO(render_xlsx(report)))["consultation"])[1]
    assert row[8].value == "09700274864887"
    assert (row[11].value, row[11].data_type) == ("=1+1", "s")


def test_junit_counts_failures_and_tells_deviations_apart() -> None:
    root = etree.fromstring(render_junit(sample_report()))
    consultation, commande = root.findall("testsuite")
    properties = {each.get("name"): each.get("value") for each in consultation.iter("property")}
    assert properties == {
        "societe": "Mon entreprise",
        "client": "Mon client",
        "sge_sim": __version__,
        "origine": "passage",
        "commande": "sge-sim homologate --reprise dossier",
        "controles": "0",
        "excuses": "0",
        "non_verifies": "",
    }
    assert consultation.get("tests") == "2"
    assert consultation.get("failures") == "1"
    assert commande.find("testcase/failure").get("type") == "ecart_connu"
    failed = consultation.find("testcase[@name='A-NR1']/failure")
    assert failed.get("message").startswith("Attendu : refus SGT401 ; reçu : SGT463")


def test_junit_skips_announced_failures_and_fails_stale_ones() -> None:
    report = sample_report()
    runs = tuple(replace(each, prevu_en_echec=True) for each in report.executions)
    root = etree.fromstring(render_junit(replace(report, executions=runs)))
    assert root.find(".//testcase[@name='A-R1']/failure").get("type") == "perime"
    assert root.find(".//testcase[@name='A-NR1']/skipped") is not None


def test_junit_counts_a_run_that_was_not_done_as_an_error_unless_announced() -> None:
    for announced, kind, name in (
        (False, "error", "a_passer"),
        (True, "skipped", "echec_annonce"),
    ):
        run = replace(not_run(GOOD, "La plateforme est fermée."), prevu_en_echec=announced)
        (suite,) = etree.fromstring(render_junit(replace(sample_report(), executions=(run,))))
        (outcome,) = suite.find("testcase")
        assert (outcome.tag, outcome.get("type")) == (kind, name)
        assert "fermée" in outcome.get("message")
        assert {each: suite.get(each) for each in ("failures", "errors", "skipped")} == {
            "failures": "0",
            "errors": str(int(not announced)),
            "skipped": str(int(announced)),
        }


def test_untouched_evidence_is_intact(written: WrittenReports) -> None:
    assert verify(written.preuves.read_bytes(), written.preuves) == []
    assert sha256(written.preuves.read_bytes()).hexdigest() == written.empreinte
    names = zipfile.ZipFile(written.preuves).namelist()
    assert {MANIFEST, "rapport.json", "echanges/A-R1-demande.xml"} <= set(names)


def test_any_changed_byte_of_the_evidence_is_found(
    written: WrittenReports, tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = written.preuves.read_bytes()
    file = tmp_path_factory.mktemp("spoilt") / "preuves.zip"

    @settings(deadline=None)
    @given(st.integers(0, len(original) - 1), st.integers(1, 255))
    @example(244, 71)  # the length of a name, which ends the archive too early
    def spoil(place: int, by: int) -> None:
        spoilt = bytearray(original)
        spoilt[place] ^= by
        file.write_bytes(spoilt)
        assert verify(file.read_bytes(), file) != []

    spoil()


def test_a_file_that_was_replaced_added_or_removed_is_named(
    written: WrittenReports, tmp_path: Path
) -> None:
    with zipfile.ZipFile(written.preuves) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content["rapport.json"] = b"{}"
    content["ajout.txt"] = b""
    del content["junit.xml"]
    file = tmp_path / "preuves.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    assert verify(file.read_bytes(), file) == [
        "junit.xml manque.",
        "ajout.txt n'est pas au manifeste.",
        "rapport.json a été modifié.",
    ]


def test_another_zip_or_no_zip_is_said_to_be_none_of_evidence(tmp_path: Path) -> None:
    kit, text = tmp_path / "kit.zip", tmp_path / "notes.zip"
    with zipfile.ZipFile(kit, "w") as archive:
        archive.writestr("kit-sge/GUIDE.md", "")
    text.write_text("pas un zip")
    for file, reason in ((kit, "n'est pas un zip de preuves"), (text, "n'est pas un zip, ou")):
        done = run_command("report", "verify", str(file))
        assert (done.returncode, done.stderr) == (1, "")
        (sentence,) = done.stdout.splitlines()
        assert sentence.startswith(f"{file} {reason}")


def test_bytes_around_the_evidence_are_found(written: WrittenReports, tmp_path: Path) -> None:
    file = tmp_path / "preuves.zip"
    file.write_bytes(written.preuves.read_bytes() + b"x")
    assert verify(file.read_bytes(), file) != []


def test_every_status_has_its_word_in_the_page() -> None:
    report = sample_report()
    runs = tuple(replace(report.executions[0], statut=statut) for statut in Statut)
    text = render_html(replace(report, executions=runs))
    assert all(statut.value in text for statut in Statut)
