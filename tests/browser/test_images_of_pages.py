"""The images of `docs/decouvrir.md`, taken as its reader would see them.

`SGE_SIM_RENEW_DOCS=1` writes them to `docs/images`.
"""

import base64
import os
from contextlib import suppress
from pathlib import Path

import pytest
from browsing import show
from real_clients import ZeepCaller
from running_simulator import start_simulator
from selenium.webdriver import Chrome
from zeep.exceptions import Fault

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH = 1280
SHOWN = {
    "decouvrir-journal": ("/journal", "SGT401", 400),
    "decouvrir-echange": ("/echanges/2", "point_connu", 900),
}
"""Each image: the page, what must be on it, and down to where it is shown."""


def test_each_step_has_its_image(browser: Chrome, tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--now", "2026-11-27T10:00") as simulator:
        call = ZeepCaller(simulator, "/ConsultationDonneesTechniquesContractuelles/v1.0")
        for prm in ("25946599093143", "99999999999999"):
            with suppress(Fault):
                call(pointId=prm, loginUtilisateur=simulator.login, autorisationClient=True)
        for name, (path, text, height) in SHOWN.items():
            show(browser, simulator.ready["admin_url"] + path, WIDTH)
            assert text in browser.page_source
            shot = browser.execute_cdp_cmd(
                "Page.captureScreenshot",
                {"clip": {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}},
            )
            file = IMAGES / f"{name}.png"
            if os.environ.get("SGE_SIM_RENEW_DOCS"):
                file.write_bytes(base64.b64decode(shot["data"]))
            assert file.stat().st_size < 200_000
