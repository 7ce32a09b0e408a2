"""A flux is found by its folder, and what is wrong with one is told in one sentence."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from flux_page import PAGE, flux_page

from sge_sim.errors import UsageError
from sge_sim.flux.registry import FLUX, find_flux

DECLARED = (
    "from sge_sim.flux.flux import Flux, ParFin\n"
    "JOUET = Flux('JOUE', ParFin(), 'jouets.un.ecriture', rang={rang})\n"
)
PAGES = "".join(PAGE.with_name(page).read_text("utf-8") for page in ("flux.md", "r6x.md"))


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        ({"un": None}, "jouets/un/flux.py manque"),
        ({"un": ""}, "jouets/un/flux.py ne déclare aucun flux"),
        ({"un": DECLARED, "deux": DECLARED}, "Deux flux s'appelleraient JOUE"),
    ],
)
def test_a_folder_that_declares_none_or_one_that_is_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: dict[str, str | None], told: str
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in folders.items():
        (tmp_path / "jouets" / name).mkdir(parents=True)
        (tmp_path / "jouets" / name / "__init__.py").touch()
        if text is not None:
            (tmp_path / "jouets" / name / "flux.py").write_text(text.format(rang=1))
    for name in [name for name in sys.modules if name.split(".")[0] == "jouets"]:
        monkeypatch.delitem(sys.modules, name)
    package = ModuleType("jouets")
    package.__path__ = [str(tmp_path / "jouets")]
    monkeypatch.setitem(sys.modules, "jouets", package)
    with pytest.raises(UsageError, match=told):
        find_flux(package)


def test_the_page_of_flux_is_up_to_date() -> None:
    """Renew it by `make pages`."""
    assert PAGE.read_text(encoding="utf-8") == flux_page()


def test_the_pages_describe_every_flux_that_is_published() -> None:
    assert [flux.code for flux in FLUX if flux.depuis is None and flux.code not in PAGES] == []
