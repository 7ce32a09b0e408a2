"""`/codes`: the return codes, the rules that send them, and where each rule comes from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.refus import Rule
from sge_sim.tables.normalise import normalise

if TYPE_CHECKING:
    from sge_sim.services.service import Service

_SHOWN: Final = 40
_UNFOLDED: Final = 10
"""Codes up to which their rules are shown at once."""

# What every service answers without a rule of its own.
_COMMON: Final = {
    "SGT200": "La demande est acceptée (en-tête acquittement).",
    "SGT500": "Panne du simulateur lui-même : son journal de bord la dit.",
    "SGT506": "La base de données ne répond pas à temps.",
    "SGT562": "Le message ne respecte pas le contrat : le détail de l'échange nomme l'élément.",
}


@dataclass(frozen=True)
class CodeView:
    """A return code and its rules, each with the service that has it."""

    code: str
    libelle: str
    commun: str
    regles: tuple[tuple[str, Rule], ...]
    jamais: tuple[tuple[str, str], ...]


def router(state: AdminState) -> APIRouter:
    """Return the page of the codes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/codes")
    def show_codes(
        request: Request,
        q: Annotated[str, Query(max_length=100)] = "",
        apres: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        wanted = normalise(q)
        found = [code for code in _codes() if wanted in _searched(code)]
        left = [code for code in found if code.code > apres]
        shown = left[:_SHOWN]
        return pages.render(
            state,
            request,
            "codes.html",
            codes=shown,
            total=len(found),
            suite=following(request, apres=shown[-1].code) if len(left) > _SHOWN else None,
            deplies=len(found) <= _UNFOLDED,
            q=q,
        )

    return routes


def _codes() -> list[CodeView]:
    # The services are loaded by whoever looks at their rules.
    from sge_sim.services.registry import CODES, SERVICES

    views = []
    for code, libelle in sorted(CODES.items()):
        rules = tuple(
            (_named(one), rule.of(one.nom))
            for one in SERVICES
            for rule in one.controls
            if rule.code == code
        )
        never = tuple(
            (_named(one), one.unreachable[code]) for one in SERVICES if code in one.unreachable
        )
        views.append(CodeView(code, libelle, _COMMON.get(code, ""), rules, never))
    return views


def _named(service: "Service") -> str:
    return f"{service.nom} v{service.version}"


def _searched(code: CodeView) -> str:
    words = [code.code, code.libelle, *(f"{rule.name} {service}" for service, rule in code.regles)]
    return normalise(" ".join(words))
