"""The folder `certs/` of the project: public data only."""

from sge_sim.machine.files import data_path

FOLDER = data_path("certs")


def test_folder_holds_the_list_and_its_page_alone() -> None:
    assert {path.name for path in FOLDER.rglob("*")} == {"README.md", "authorities.yaml"}


def test_nothing_in_the_folder_is_secret() -> None:
    for path in FOLDER.rglob("*"):
        assert b"-----BEGIN" not in path.read_bytes()


def test_page_says_what_the_keys_are_not_for() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "put none of them in a trust store" in page
    assert "n'en mettez aucune dans un magasin de confiance" in page
