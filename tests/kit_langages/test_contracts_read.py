"""Which stacks read our contracts, those of M023 among them; `docs/piles.md` has this table.

The bindings of M023 have no `soap:operation`, as the real ones, and don't name their messages.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sge_sim.machine.files import data_path

pytestmark = pytest.mark.langages

PAGE = (Path(__file__).parents[2] / "docs" / "piles.md").read_text("utf-8")
NODE = """
require('soap').createClientAsync(process.argv[1])
    .then((client) => console.log(JSON.stringify(client.describe())));
"""
PHP = "print_r((new SoapClient($argv[1], ['cache_wsdl' => 0]))->__getFunctions());"
PERL = """
my $service = SOAP::Lite->service("file:$ARGV[0]"); print "$ARGV[1]\n" if $service->can($ARGV[1]);
"""
ZEEP = "import sys, zeep; print(list(zeep.Client(sys.argv[1]).service._operations))"
SUDS = "import sys, suds.client; print(suds.client.Client('file://' + sys.argv[1]))"
STACKS: dict[str, Sequence[str]] = {
    "zeep": (sys.executable, "-c", ZEEP),
    "suds": (sys.executable, "-c", SUDS),
    "soap (Node.js)": ("node", "-e", NODE),
    "SoapClient (PHP)": ("php", "-r", PHP),
    "SOAP::Lite (Perl)": ("perl", "-MSOAP::Lite", "-e", PERL),
    "gSOAP (C, C++)": ("wsdl2h", "-o", "/dev/stdout"),
    "wsdl (Mono)": ("wsdl", "-out:/dev/stdout"),
}
CONTRACTS = {
    "RecherchePoint-v2.0": "rechercherPoint",
    "CommandeHistoriqueDonneesMesuresFines-v1.0": "commandeHistoriqueDonneesMesuresFines",
}
HEADINGS = ("RecherchePoint", "M023", "M023 complété")


def table() -> list[tuple[str, str, bool]]:
    """What the page says: each stack, each contract, whether it is read."""
    rows = re.findall(r"^\| (.+?) \| (oui|non) \| (oui|non) \| (oui|non) \|", PAGE, re.M)
    return [
        (stack, heading, cell == "oui")
        for stack, *cells in rows
        for heading, cell in zip(HEADINGS, cells, strict=True)
    ]


def completed(text: str) -> str:
    """A contract whose binding has what the page says to add, written as the page writes it."""
    (added,) = re.findall(r"```xml\n(.*?)```", PAGE, re.S)
    binding = re.compile(r"(<wsdl:operation[^>]*>)\s*(<wsdl:input>.*?</wsdl:output>)", re.S)
    head, mark, tail = text.partition("<wsdl:binding")
    assert "soap:operation" not in tail
    body, made = binding.subn(lambda found: found[1] + added, tail)
    assert made == 1
    return head + mark + body


def test_the_page_has_every_stack() -> None:
    assert {stack for stack, _, _ in table()} == STACKS.keys()


@pytest.mark.parametrize(("stack", "heading", "reads"), table())
def test_a_stack_reads_what_the_page_says(
    tmp_path: Path, stack: str, heading: str, reads: bool
) -> None:
    name = next(each for each in CONTRACTS if heading.startswith("M023") == ("Fines" in each))
    text = (data_path("wsdl") / f"{name}.wsdl").read_text("utf-8")
    file = tmp_path / f"{name}.wsdl"
    file.write_text(completed(text) if heading == "M023 complété" else text, "utf-8")
    command = [*STACKS[stack], str(file), CONTRACTS[name]][: None if "Perl" in stack else -1]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode == 0 and CONTRACTS[name] in done.stdout) is reads, done.stderr[-500:]
