"""`/aide`: the packed pages as they are, under the policy of every page."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from admin_kit import Room

from sge_sim.admin.routes import references


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(tmp_path / "aide.zip", "w") as site:
        site.writestr("index.html", "<h1>Aide</h1>")
        site.writestr("reference/index.html", "<h1>Référence</h1>")
        site.writestr("_static/aide.css", "main {}")
    monkeypatch.setattr(references, "SITE", tmp_path / "aide.zip")


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/aide", "text/html", "<h1>Aide</h1>"),
        ("/aide/", "text/html", "<h1>Aide</h1>"),
        ("/aide/reference/", "text/html", "<h1>Référence</h1>"),
        ("/aide/_static/aide.css", "text/css", "main {}"),
        ("/aide/_static/aide.css?v=c74c8d7e", "text/css", "main {}"),
        ("/aide/?q=SGT401", "text/html", "<h1>Aide</h1>"),
    ],
)
def test_a_page_and_its_files_are_served(room: Room, path: str, kind: str, text: str) -> None:
    answer = room.ask("GET", path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.text == text


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("path", ["/aide/nulle-part.html", "/aide/../aide.py", "/aide/%2e%2e/x"])
def test_what_the_site_has_not_is_a_404(room: Room, path: str) -> None:
    assert room.ask("GET", path).status_code == 404


def test_a_clone_without_the_site_says_what_makes_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "SITE", tmp_path / "aide.zip")
    answer = room.ask("GET", "/aide/")
    assert answer.status_code == 404
    assert "make site" in answer.text
