"""The one shape of what the administration refuses: `application/problem+json` (RFC 9457).

What is wrong with the form of a demand is described field by field, the same for every address.
FastAPI checks what an address declares; `check_parameters`, which every address depends on, that
nothing else is asked, and no text that isn't fit.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from sge_sim.domaine.francais import counted
from sge_sim.errors import FieldError
from sge_sim.machine.texts import unfit_in

Lieu = Literal["adresse", "chemin", "corps", "en-tête"]
_LIEUX: Final[Mapping[str, Lieu]] = {"query": "adresse", "path": "chemin", "header": "en-tête"}
_CONSTATS: Final[Mapping[str, str]] = {
    "missing": "à donner",
    "union_tag_not_found": "à donner",
    "extra_forbidden": "inconnu ici",
    "json_invalid": "pas du JSON",
    "literal_error": "pas une des valeurs admises",
    "enum": "pas une des valeurs admises",
    "union_tag_invalid": "pas une des valeurs admises",
    "greater_than_equal": "{borne} au moins",
    "greater_than": "plus de {borne}",
    "less_than_equal": "{borne} au plus",
    "less_than": "moins de {borne}",
    "string_too_long": "{borne} caractères au plus",
    "string_too_short": "{borne} caractères au moins",
    "too_long": "{borne} éléments au plus",
    "too_short": "{borne} éléments au moins",
    "string_pattern_mismatch": "de la forme {borne}",
}
_ATTENDUS: Final = (
    ("int", "un nombre entier est attendu"),
    ("float", "un nombre est attendu"),
    ("finite", "un nombre est attendu"),
    ("bool", "true ou false est attendu"),
    ("date", "une date est attendue, par exemple 2025-08-01"),
    ("string", "un texte est attendu"),
    ("list", "une liste est attendue"),
    ("dict", "un objet est attendu"),
    ("model", "un objet est attendu"),
)
"""What a value should have been, by the beginning of pydantic's word for the mistake."""
_BORNES: Final = ("ge", "gt", "le", "lt", "max_length", "min_length", "pattern")
_EXPECTED: Final = re.compile(r"'([^']*)'|(-?\d+)")
_GIVEN: Final = 200
"""Characters that are repeated of what was given."""


class ErreurDeForme(BaseModel):
    """What is wrong with a field."""

    lieu: Lieu = Field(description="Où le champ se trouve ; adresse : paramètre après « ? »")
    champ: str = Field(description="Son nom ; points entre les niveaux d'un corps")
    constat: str = Field(description="Ce qui ne va pas, en français")
    borne: str | None = Field(None, description="Celle qui est dépassée")
    valeurs: list[str] | None = Field(None, description="Celles qui sont admises, s'il y en a peu")
    donne: str | None = Field(None, description="Ce qui a été donné ; en JSON, sauf un texte")


async def check_parameters(request: Request) -> None:
    """Refuse a demand with a parameter that its address doesn't have, or that isn't fit."""
    known = sorted(_parameters(request.scope["route"].dependant))
    given = request.query_params.items()
    wrong = sorted({name for name, text in given if name not in known or unfit_in(text)})
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


def error_of(error: FieldError) -> ErreurDeForme:
    """Return what a value that was read, and then refused, is wrong by."""
    return ErreurDeForme(
        lieu="corps",
        champ=error.champ,
        constat=str(error).rstrip("."),
        borne=None if error.borne is None else f"{error.borne:g}",
        valeurs=None,
        donne=_text(error.donne),
    )


def errors_of(error: RequestValidationError) -> list[ErreurDeForme]:
    """Return what is wrong with a demand, in the order of its fields.

    A field of several types has one mistake for each, whose place ends with the name of the type.
    """
    body = error.body if isinstance(error.body, dict) else {}
    tags = {value for value in body.values() if isinstance(value, str)} - body.keys()
    errors = error.errors()
    several = {loc[:-1] for each in errors if str((loc := each["loc"])[-1]).startswith("literal[")}
    found: dict[tuple[Any, ...], ErreurDeForme] = {}
    for each in errors:
        loc = each["loc"][:-1] if each["loc"][:-1] in several else each["loc"]
        described = _described({**each, "loc": loc}, tags)
        first = found.setdefault(loc, described)
        if first is not described:
            if first.constat != described.constat:
                first.constat += ", ou une des valeurs admises"
            first.valeurs = [*(first.valeurs or ()), *(described.valeurs or ())]
    return [*found.values()]


def sentence_about(erreurs: list[ErreurDeForme]) -> str:
    """Return the first faults in a sentence."""
    first = erreurs[0]
    given = "" if first.donne is None else f" (donné : {first.donne})"
    values = "" if not first.valeurs else f" : choisir parmi {', '.join(first.valeurs)}"
    more = len(erreurs) - 1
    others = f" ; {counted(more, 'autre')} dans « erreurs »" if more else ""
    return f"{first.champ} : {first.constat}{given}{values}{others}. /openapi.json dit le reste."


def _described(error: Mapping[str, Any], tags: Set[str]) -> ErreurDeForme:
    kind, context = error["type"], error.get("ctx", {})
    place, *names = error["loc"]
    if len(names) > 1 and names[0] in tags:  # pydantic's word for a body of several kinds
        names = names[1:]
    if kind.startswith("union_tag"):
        names.append(str(context["discriminator"]).strip("'"))
    elif kind == "json_invalid":
        names = []
    given = None if kind in ("missing", "union_tag_not_found") else _given(error, context)
    unfit = unfit_in(given)
    bound = next((str(context[name]) for name in _BORNES if name in context), None)
    return ErreurDeForme(
        lieu=_LIEUX.get(place, "corps"),
        champ=".".join(map(str, names)) or "corps",
        constat=unfit or _constat(kind, context).format(borne=bound),
        borne=bound,
        valeurs=None if unfit else _values(kind, context),
        donne=None if unfit else given,
    )


def _constat(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"]).replace("{", "{{").replace("}", "}}").rstrip(".")
    expected = (sentence for word, sentence in _ATTENDUS if kind.startswith(word))
    return _CONSTATS.get(kind) or next(expected, "valeur refusée")


def _values(kind: str, context: Mapping[str, Any]) -> list[str] | None:
    if "valeurs" in context:
        return list(context["valeurs"])
    expected = context.get("expected_tags" if kind == "union_tag_invalid" else "expected")
    return [text or number for text, number in _EXPECTED.findall(expected)] if expected else None


def _given(error: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    return _text(context.get("tag", error.get("input")))


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _GIVEN else f"{text[:_GIVEN]}…"


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


def describe_problems(app: FastAPI) -> None:
    """Describe in `/openapi.json` the refusals of each operation as they are sent."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
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
