"""The page of the rules that no service of the web has: those of the door, of reports, of Datahub.

python tests/rules_page.py > docs/regles.md
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

import sge_sim.dataconnect.rest_rules as dataconnect
from sge_sim.dataconnect.documentation import all_rules
from sge_sim.datahub import droits as datahub
from sge_sim.datahub.habilitateurs import HABILITATIONS
from sge_sim.datahub.vie_du_contrat import ETAPES
from sge_sim.door import rules as door
from sge_sim.flux.r6x import recevabilite as report
from sge_sim.pki.checks import CERTIFICATE_CHECKS
from sge_sim.pki.policy import CERTIFICAT_LISIBLE
from sge_sim.pki.request_rules import REQUEST_CHECKS
from sge_sim.refus import Rule
from sge_sim.services.registry import SERVICES

_DATAHUB: Final = (*datahub.DROITS.values(), *ETAPES.values(), *HABILITATIONS.values())

ELSEWHERE: Final[Mapping[str, tuple[str, Iterable[Rule]]]] = {
    door.SERVICE: (
        "The door",
        (
            CERTIFICAT_LISIBLE,
            *CERTIFICATE_CHECKS,
            *REQUEST_CHECKS,
            *(one for one in vars(door).values() if isinstance(one, Rule)),
        ),
    ),
    report.SERVICE: (
        "The report of a demand of M023",
        (report.POINT_EXISTANT, *report.RULES, report.DONNEE_DISPONIBLE),
    ),
    datahub.SERVICE: ("Datahub", tuple(dict.fromkeys(chain.from_iterable(_DATAHUB)))),
}
"""The rules of this page, by what completes their names, each table with its title."""


def all_whole_rules() -> Iterator[Rule]:
    """Yield every rule of the simulator by its whole name: once by service, version and part."""
    for service in SERVICES:
        for rule in service.controls:
            yield rule.of(service.nom)
    for _, rule in all_rules():
        yield rule.of(dataconnect.SERVICE)
    for name, (_, rules) in ELSEWHERE.items():
        for rule in rules:
            yield rule.of(name)


def rules_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Rules beside those of the services",
        "",
        "Made from the rules by `make pages`. Those of the services are in",
        "[codes.md](codes.md), those of Data Connect in [data-connect.md](data-connect.md). A rule",
        "has one name, `Service/nom`, which the journal keeps with its source, its provenance and",
        "what would have been accepted. A code of the door is the HTTP status, the return code of",
        "the message, or the word that `sge-sim cert check --json` has for it.",
    ]
    for name, (title, rules) in ELSEWHERE.items():
        lines += ["", f"## {title}", "", "| rule | code | what would pass | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(rule.of(name)) for rule in rules]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    return f"| `{rule.name}` | {rule.code} | {rule.remede} | {rule.source} | {rule.provenance} |"


if __name__ == "__main__":
    print(rules_page(), end="")
