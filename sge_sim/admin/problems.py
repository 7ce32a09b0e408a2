"""The one shape of what the administration refuses: `application/problem+json` (RFC 9457).

What is wrong with the form of a demand is described field by field, the same for every address.
FastAPI checks what an address declares; `check_parameters`, which every address depends on, that
nothing else is asked, and no text that isn't fit.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from sge_sim.domaine.francais import counted
from sge_sim.errors import FieldError
from sge_sim.machine.texts import unfit_in
from sge_sim.operations import AnyOperation
from sge_sim.operations.reading import ErreurDeForme, FormError, error_of, mistakes


async def check_parameters(request: Request) -> None:
    """Refuse a demand with a parameter that its address doesn't have, or that isn't fit."""
    route = request.scope["route"]
    known = sorted(_parameters(route.dependant))
    # What an operation is given is looked at by whoever reads it, all of it at once.
    declared = hasattr(route.endpoint, "reads_query")
    wrong = sorted(
        {
            name
            for name, text in request.query_params.items()
            if (unfit_in(text) if name in known else not declared)
        }
    )
    if wrong:
        raise RequestValidationError(
            [
                {
                    "type": "extra_forbidden",
                    "loc": ("query", name),
                    "input": request.query_params[name],
                    "ctx": {"valeurs": known},
                }
                for name in wrong
            ]
        )


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for each in dependant.dependencies:
        yield from _parameters(each)


def errors_of(error: Exception) -> Sequence[ErreurDeForme]:
    """Return what FastAPI or an operation finds wrong with the form of a demand."""
    if isinstance(error, FormError):
        return error.erreurs
    if isinstance(error, FieldError):
        return [error_of(error)]
    assert isinstance(error, RequestValidationError)
    body = error.body if isinstance(error.body, dict) else {}
    return mistakes(
        error.errors(), {value for value in body.values() if isinstance(value, str)} - body.keys()
    )


def check_names(error: FormError, given: Mapping[str, object], operation: AnyOperation) -> None:
    """Raise the error of a demand with a parameter that the page of a list doesn't have."""
    if given.keys() - operation.parameters.keys():
        for each in error.erreurs:
            each.lieu = "adresse"
        raise error


def sentence_about(erreurs: Sequence[ErreurDeForme]) -> str:
    """Return the first faults in a sentence."""
    more = len(erreurs) - 1
    others = f" ; {counted(more, 'autre')} dans « erreurs »" if more else ""
    return f"{erreurs[0].sentence}{others}. /openapi.json dit le reste."


PROBLEM_JSON: Final = "application/problem+json"

_TITLES: Final[Mapping[int, str]] = {
    400: "La demande ne peut pas être satisfaite.",
    401: "La demande n'est pas authentifiée.",
    403: "La demande n'est pas permise.",
    404: "Ce qui est demandé n'existe pas.",
    405: "Cette adresse ne prend pas cet appel.",
    409: "L'état a changé depuis.",
    411: "La taille de la demande manque.",
    413: "La demande est trop grande.",
    422: "La demande n'a pas la forme attendue.",
    503: "L'administration ne peut pas répondre pour l'instant.",
}
_WITH_BODY: Final = (411, 413)


class Probleme(BaseModel):
    """A refusal. The names are those of RFC 9457; `detail` is a sentence in French."""

    type: str = Field(description="about:blank : le statut dit de quelle sorte de refus il s'agit")
    title: str
    status: int
    detail: str


class ProblemeDeForme(Probleme):
    """A demand that hasn't its form, with each field at fault."""

    erreurs: list[ErreurDeForme]


class _Written(JSONResponse):
    """JSON of what a client sent too, which may hold half a character."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return a refusal; `detail` is in French, `more` are members of its own (RFC 9457 §3.2)."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    probleme = Probleme(type="about:blank", title=title, status=status, detail=detail)
    return _Written(probleme.model_dump() | more, status, headers, PROBLEM_JSON)


def describe_problems(app: FastAPI, declared: Callable[[], Sequence[BaseRoute]]) -> None:
    """Describe in `/openapi.json` the refusals of each operation as they are sent; `declared` are
    the routes that are described for it alone."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=[*app.routes, *declared()],
            )
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for shape in (Probleme, ProblemeDeForme):
                described = shape.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas |= described.pop("$defs", {}) | {shape.__name__: described}
            for path, operations in schema["paths"].items():
                for operation in operations.values():
                    _describe(path, operation)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]


def _describe(path: str, operation: dict[str, Any]) -> None:
    statuses = [400, 403, 422]
    if "{" in path:
        statuses.append(404)
    if "requestBody" in operation:
        statuses += _WITH_BODY
    statuses += [int(status) for status in operation["responses"] if int(status) >= 409]
    for status in sorted(set(statuses)):
        shape = ProblemeDeForme if status == 422 else Probleme
        schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
        operation["responses"][str(status)] = {
            "description": _TITLES[status],
            "content": {PROBLEM_JSON: {"schema": schema}},
        }
