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
from sge_sim.domaine.provenance import in_french
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
        "La porte",
        (
            CERTIFICAT_LISIBLE,
            *CERTIFICATE_CHECKS,
            *REQUEST_CHECKS,
            *(one for one in vars(door).values() if isinstance(one, Rule)),
        ),
    ),
    report.SERVICE: (
        "Le compte rendu d'une demande de M023",
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
        "# Les règles hors des services",
        "",
        "Fait des règles par `make pages`. Celles des services sont dans [les codes](codes.md),",
        "celles de Data Connect dans [Data Connect](data-connect.md). Une règle a un nom,",
        "`Service/nom`, que le journal garde avec sa source, sa provenance et ce qui aurait passé.",
        "Un code de la porte est le statut HTTP, le code retour du message, ou le mot qu'en dit",
        "`sge-sim cert check --json`.",
    ]
    for name, (title, rules) in ELSEWHERE.items():
        lines += ["", f"## {title}", "", "| règle | code | ce qui passe | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(rule.of(name)) for rule in rules]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    sure = in_french(rule.provenance)
    return f"| `{rule.name}` | {rule.code} | {rule.remede} | {rule.source} | {sure} |"


if __name__ == "__main__":
    print(rules_page(), end="")
