"""What the code declares: the rules by which something is refused, the days of the services."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any, Final, Self

import sge_sim.dataconnect.rest_rules as dataconnect
from sge_sim.api.typed_filters import chosen
from sge_sim.api.views import View
from sge_sim.dataconnect.documentation import all_rules
from sge_sim.datahub import droits as datahub
from sge_sim.datahub.droits import ETAPES
from sge_sim.datahub.spice import HABILITATIONS
from sge_sim.domaine.francais import normalise
from sge_sim.domaine.plateformes import FLUX_ARRETES
from sge_sim.door import gates as door
from sge_sim.entreprises import rules as entreprises
from sge_sim.errors import require_found
from sge_sim.flux.r6x import recevabilite as report
from sge_sim.journal import Journal
from sge_sim.pki.checks import CERTIFICATE_CHECKS
from sge_sim.pki.policy import CERTIFICAT_LISIBLE
from sge_sim.pki.request_rules import REQUEST_CHECKS
from sge_sim.refus import Rule
from sge_sim.services.declared import existences, return_codes
from sge_sim.services.registry import SERVICES
from sge_sim.services.service import Service

COMMUNS: Final[Mapping[str, str]] = {
    "SGT200": "La demande est acceptée (en-tête acquittement).",
    "SGT500": "Panne du simulateur lui-même : son journal de bord la dit.",
    "SGT506": "La base de données ne répond pas à temps.",
    "SGT562": "Le message ne respecte pas le contrat : le détail de l'échange nomme l'élément.",
}
"""What every service answers without a rule of its own."""

_DATAHUB: Final[Sequence[Sequence[Rule]]] = (
    *datahub.DROITS.values(),
    *ETAPES.values(),
    *HABILITATIONS.values(),
)

ELSEWHERE: Final[Mapping[str, tuple[str, Iterable[Rule]]]] = {
    door.SERVICE: (
        "La porte",
        (
            CERTIFICAT_LISIBLE,
            *CERTIFICATE_CHECKS,
            *REQUEST_CHECKS,
            *(value for value in vars(door).values() if isinstance(value, Rule)),
        ),
    ),
    report.SERVICE: (
        "Le compte rendu d'une demande de M023",
        (report.POINT_CONNU, *report.RULES, report.DONNEE_DISPONIBLE),
    ),
    entreprises.SERVICE: (
        "Les interfaces des entreprises",
        tuple(chain.from_iterable(each.values() for each in entreprises.RULES_BY_FAMILY.values())),
    ),
    datahub.SERVICE: ("Datahub", tuple(dict.fromkeys(chain.from_iterable(_DATAHUB)))),
}
"""The rules that no service of the web has, by what completes their names, each table with its
title."""


def all_whole_rules() -> Iterator[Rule]:
    """Yield every rule of the simulator by its whole name: once by service, version and part."""
    for service in SERVICES:
        yield from (rule.of(service.nom) for rule in service.controls)
    yield from (rule.of(dataconnect.SERVICE) for _, rule in all_rules())
    for name, (_, rules) in ELSEWHERE.items():
        yield from (rule.of(name) for rule in rules)


_OAUTH: Final = (
    *("invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client"),
    *("unsupported_grant_type", "unsupported_token_type"),
)
"""What a token is refused by without a rule of ours (RFC 6749 §5.2, RFC 7009 §2.2.1)."""
ALL_CODES: Final = sorted({*return_codes(), *_OAUTH, *(rule.code for rule in all_whole_rules())})
"""The codes of every answer, Data Connect's and those of the door among them."""


class CodeView(View):
    """A return code, the rules that send it, and the services that never do, with the reason."""

    code: str
    libelle: str
    commun: str
    regles: list[tuple[str, Rule]]
    jamais: list[tuple[str, str]]

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the view of a code."""
        return cls(
            code=code,
            libelle=return_codes()[code],
            commun=COMMUNS.get(code, ""),
            regles=[
                (_named(service), rule.of(service.nom))
                for service in SERVICES
                for rule in service.controls
                if rule.code == code
            ],
            jamais=[
                (_named(service), service.unreachable[code])
                for service in SERVICES
                if code in service.unreachable
            ],
        )

    @property
    def words(self) -> str:
        """The text that a search goes through."""
        rules = (f"{rule.name} {service}" for service, rule in self.regles)
        return " ".join((self.code, self.libelle, *rules))


def code_typed(typed: str | None) -> str | None:
    """Return a return code as it is written (SGT4F7); None for nothing typed.

    Raises `UnknownError` for a code that there isn't.
    """
    written = typed.strip() if typed else ""
    if not written or written.isdigit():  # a status of HTTP, which the door answers too
        return written or None
    return require_found(
        written if written in ALL_CODES else chosen(written, ALL_CODES),
        f"« {written} » n'est pas un code retour : sge-sim codes list les donne, et /codes.",
        written,
    )


def search_rules(words: str, code: str | None) -> list[Rule]:
    """Return the rules whose name holds these words, by name; those of a code where it is given."""
    wanted, typed = normalise(words), code_typed(code)
    rules = {rule.name: rule for rule in all_whole_rules()}
    return [
        rule
        for _, rule in sorted(rules.items())
        if typed in (None, rule.code) and wanted in normalise(f"{rule.name} {rule.code}")
    ]


def view_codes(words: str) -> list[CodeView]:
    """Return the codes that hold these words, in their label or their rules too."""
    wanted = normalise(words)
    views = (CodeView.of(code) for code in sorted(return_codes()))
    return [view for view in views if not wanted or wanted in normalise(view.words)]


def _named(service: Service) -> str:
    return f"{service.nom} v{service.version}"


def view_existences() -> list[dict[str, Any]]:
    """Return when each service was served, and the files that end with some."""
    files = {f"flux {name}": existence for name, existence in FLUX_ARRETES.items()}
    return [{"service": name} | asdict(each) for name, each in {**existences(), **files}.items()]


def view_calls(journal: Journal) -> list[dict[str, Any]]:
    """Return what each actor has called of the services that end, and what replaces each."""
    ending = {name: each for name, each in existences().items() if each.jusqu_a is not None}
    return [
        calls._asdict()
        | {
            "jusqu_a": ending[calls.service].jusqu_a,
            "remplace_par": ending[calls.service].remplace_par,
            "source": ending[calls.service].source,
        }
        for calls in journal.count_calls(ending)
    ]
