"""The page of return codes, made from the services' own control tables.

python -m sge_sim.services.documentation > docs/codes.md
"""

from collections.abc import Iterator, Sequence

from sge_sim.refus import Control
from sge_sim.services.registry import SERVICES
from sge_sim.services.service import Service

# What every service answers without a rule of its own.
_COMMON = {
    "SGT200": "the demand is accepted (header `acquittement`)",
    "SGT500": "a failure of the simulator itself; its log tells",
    "SGT506": "the database doesn't answer in time",
    "SGT562": "the message breaks the contract; the journal names the element",
}


def codes_page(services: Sequence[Service] = SERVICES) -> str:
    """Return the page in Markdown."""
    lines = [
        "# Return codes",
        "",
        "Made from the services' control tables by `python -m sge_sim.services.documentation`.",
        "The rules of a service are held in the order of its table; no document states that",
        "order, so it is assumed throughout. *Provenance* says how sure the rule itself is.",
        "The name of a rule stands in brackets: the journal keeps it, `--disabled-rules` takes it.",
        "An *indispensable* rule can't be disabled: without it the service has nothing to answer.",
        "",
        "SGT4F10 has seven characters where the schema allows six. It is sent as documented: the",
        "one answer that breaks the contract.",
        "",
        "Years are those of the calendar: from a 29 February they end on a 28 (assumed).",
        "Below a table stands what the service does where its documents disagree or say nothing.",
    ]
    for service in services:
        lines += ["", f"## {service.nom} v{service.version}", "", _declared(service), ""]
        lines += ["| code | label | refuses when this doesn't hold | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += _rows(service)
        if service.remarques:
            lines += ["", *(f"- {one}" for one in service.remarques)]
    return "\n".join(lines) + "\n"


def undocumented_codes(service: Service) -> set[str]:
    """Return the listed codes that neither a rule, nor the transport, nor a reason accounts for."""
    accounted = {one.code for one in service.controls} | _COMMON.keys() | service.unreachable.keys()
    return set(service.codes) - accounted


def _declared(service: Service) -> str:
    told = {
        "Package": (service.package,),
        "Types of measures": service.mesures,
        "Files": service.flux,
        "Catalogue of services": service.fiches,
    }
    return " ".join(f"{name}: {', '.join(values)}." for name, values in told.items() if values)


def _rows(service: Service) -> Iterator[str]:
    for one in service.controls:
        yield _row(service, one.code, _meaning(service, one), one.source, one.provenance)
    for code in service.codes:
        if code in _COMMON and code not in {one.code for one in service.controls}:
            yield _row(service, code, _common(service, code))
    for code, reason in sorted(service.unreachable.items()):
        yield _row(service, code, f"*never sent*: {reason}")


def _common(service: Service, code: str) -> str:
    meaning = _COMMON[code]
    if code == "SGT506" and service.par_seconde is not None:
        ceiling = f"with `--plafonds-refused`, beyond {service.par_seconde} demands a second"
        meaning += f"; {ceiling}, of all actors together (its guide; code assumed)"
    return meaning


def _meaning(service: Service, one: Control[object]) -> str:
    name = one.of(service.nom).name
    return f"{one.meaning} (`{name}`{', indispensable' if one.indispensable else ''})"


def _row(service: Service, code: str, meaning: str, source: str = "", provenance: str = "") -> str:
    return f"| {code} | {service.libelle(code)} | {meaning} | {source} | {provenance} |"


if __name__ == "__main__":
    print(codes_page(), end="")  # noqa: T201
