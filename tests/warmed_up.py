"""A simulator that is used once, in the process from which others are forked: what each would load,
compile and keep at its first calls is there, and at a first campaign."""

import io
from contextlib import redirect_stdout, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from catalogue_requests import RELEASE, path_of, request_of
from homologating import against
from in_process import served_in_process
from lxml import etree

from sge_sim.cli import commands

PAGES = ("/", "/points", "/journal", "/campaigns")
TYPED = ("points list", "points show 25946599093143", "journal list", "acteurs list", "clock show")


def use_once() -> None:
    """Call each service, open pages and type commands."""
    with TemporaryDirectory() as folder:
        options = ("--population-size", "0", "--now", RELEASE.reference.isoformat())
        with served_in_process(Path(folder), *options) as running:
            for case in {case.service: case for case in RELEASE.cas}.values():
                message = request_of(case, running.login, running.ready["contrat_id"])
                url, xml = running.url + path_of(case), {"Content-Type": "text/xml"}
                running.session.post(url, etree.tostring(message), headers=xml, timeout=60)
            for page in PAGES:
                requests.get(running.ready["admin_url"] + page, timeout=60)
            _type(f"homologate --rapport {folder}/r --cas ADP-NR1", *against(running))
        for words in TYPED:
            _type(words, "--data-dir", folder)


def _type(words: str, *options: str) -> None:
    with redirect_stdout(io.StringIO()), suppress(SystemExit):
        commands.main([*words.split(), *options], standalone_mode=False)
