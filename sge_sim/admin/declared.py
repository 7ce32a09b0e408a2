"""The operations of `sge_sim.operations` as REST addresses and as forms of pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_origin

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic_core import from_json, to_json

from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, TypedForm, done
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.errors import FieldError, UsageError
from sge_sim.operations import (
    AnyOperation,
    Operation,
    Parameter,
    Says,
    State,
    V,
    all_operations,
)
from sge_sim.operations.reading import ErreurDeForme, FormError, error_of, perform, shape_of

_IN_ADDRESS: Final = ("GET", "DELETE")
"""The methods whose parameters stand in the address: they are typed."""


def rest_routes(state: AdminState) -> APIRouter:
    """Return the REST address of each operation."""
    routes = APIRouter()
    for operation in all_operations():
        _add(routes, state.state, operation)
    return routes


def _add(routes: APIRouter, state: State, operation: AnyOperation) -> None:
    async def do(request: Request) -> Any:
        return await run_in_threadpool(_do, operation, state, request, await request.body())

    async def answer(request: Request) -> Response:
        done = await do(request)
        content = b"" if done is None else to_json(done)
        return Response(content, operation.status, media_type="application/json")

    async def answer_with_page(request: Request, page: AskedPage) -> Response:
        views = await do(request)
        return page.of(views, lambda each: getattr(each, operation.key))

    endpoint: Any = answer_with_page if operation.key else answer
    endpoint.operation = operation
    routes.add_api_route(
        operation.path,
        endpoint,
        methods=[operation.method],
        name=operation.name,
        summary=operation.sentence,
        description=PAR_PAGES if operation.key else None,
        tags=[operation.name.partition(".")[0]],
        status_code=operation.status,
        response_model=None if operation.view is type(None) else operation.view,
        openapi_extra=_described(operation),
    )


def _described(operation: AnyOperation) -> dict[str, Any]:
    """Return what OpenAPI says of the parameters, where they stand."""
    schema = shape_of(operation).model_json_schema()
    fields, required = schema["properties"], schema.get("required", [])
    in_query = [*fields] if operation.method in _IN_ADDRESS else []
    described: dict[str, Any] = {
        "parameters": [
            {
                "name": name,
                "in": "path" if name in operation.in_path else "query",
                "required": name in required,
                "schema": fields[name],
            }
            for name in dict.fromkeys((*operation.in_path, *in_query))
        ]
    }
    body = {name: said for name, said in fields.items() if name not in operation.in_path}
    if body and operation.method not in _IN_ADDRESS:
        schema |= {"properties": body, "required": [name for name in required if name in body]}
        example = {name: said["examples"][0] for name, said in body.items() if "examples" in said}
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
    return described


def _do(operation: Operation[..., V], state: State, request: Request, body: bytes) -> V:
    """Do what a demand asks for; raises `FormError` with the place of each mistake."""
    typed = request.method in _IN_ADDRESS
    in_path = {
        name: text if typed or operation.parameters[name].kind is not int else _number(text)
        for name, text in request.path_params.items()
    }
    page = ("limit", "apres") if operation.key else ()
    query = {name: text for name, text in request.query_params.items() if name not in page}
    given: Mapping[str, object] = query
    try:
        given = query if typed else _members(body)
        misplaced = {name: given[name] for name in given.keys() & in_path.keys()}
        if misplaced := misplaced if typed else misplaced | query:
            raise FormError([_wrong(*each) for each in sorted(misplaced.items())])
        return perform(operation, state, {**given, **in_path}, typed=typed)
    except FormError as error:
        for each in error.erreurs:
            if typed or each.champ in query:
                each.lieu = "adresse"
            if each.champ in in_path and each.champ not in given:
                each.lieu = "chemin"
        raise


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?\d{1,30}", text) else text


def _members(body: bytes) -> dict[str, Any]:
    """Return the members of a body; one that is empty has none."""
    try:
        given = from_json(body or b"{}")
    except ValueError:
        raise FormError([_wrong("corps", None, "pas du JSON")]) from None
    if not isinstance(given, dict):
        raise FormError([_wrong("corps", given, "un objet est attendu")])
    return given


def _wrong(name: str, value: object, constat: str = "inconnu ici") -> ErreurDeForme:
    return error_of(FieldError(constat, name, value))


def given_by(form: Form, operation: AnyOperation) -> dict[str, object]:
    """Return what the fields of a form give: an empty one gives nothing, unless it clears."""
    found: dict[str, object] = {}
    for name, texts in form.fields.items():
        parameter = operation.parameters.get(name)
        if any(texts) or (parameter is not None and parameter.says.clears):
            several = parameter is not None and get_origin(parameter.kind) is list
            words = texts[0].replace(",", " ").split() if len(texts) == 1 else texts
            found[name] = words if several else texts[0].strip()
    return found


def page_routes(state: AdminState) -> APIRouter:
    """Return the address of each form; it leads back to a page, which says what was done."""
    routes = APIRouter(include_in_schema=False)
    # `/pannes/retirer` before `/pannes/{numero}`.
    for operation in sorted(all_operations(), key=lambda each: each.page.count("{")):
        method, _, path = operation.page.partition(" ")
        if method == "POST":
            routes.add_api_route(path, _pressed(state.state, operation), methods=[method])
    return routes


def _pressed(state: State, operation: AnyOperation) -> Callable[..., Response]:
    def press(request: Request, form: TypedForm) -> Response:
        given = given_by(form, operation) | request.path_params

        def act() -> str:
            view = perform(operation, state, given, typed=True)
            return operation.told(operation.done or f"{operation.sentence} : fait.", given, view)

        return done(request, operation.told(operation.back, given), act)

    return press


@dataclass
class Formulaire:
    """The form of an operation on a page: what was typed, and what is wrong with it.

    `refus` is why it wasn't done, in a sentence.
    """

    operation: AnyOperation
    form: Form = field(default_factory=lambda: Form({}))
    refus: str = ""
    erreurs: Sequence[ErreurDeForme] = ()

    def do(self, state: State) -> bool:
        """Do it; tell whether it was done."""
        try:
            perform(self.operation, state, given_by(self.form, self.operation), typed=True)
        except FormError as error:
            self.refus, self.erreurs = str(error), error.erreurs
        except UsageError as error:
            self.refus = str(error)
        return not self.refus

    def champ(self, name: str) -> "FormField":
        """Return one of its fields, as it is drawn."""
        found = self.operation.parameters[name]
        default = "" if found.default is None else f"{found.default:g}"
        typed = self.form.get(name) if self.form.fields else default
        wrong = any(each.champ == name for each in self.erreurs)
        return FormField(found, typed, wrong)


@dataclass(frozen=True)
class FormField:
    """A field of a form: its parameter, what it holds, whether that is wrong."""

    parameter: Parameter
    valeur: str
    est_faux: bool

    @property
    def says(self) -> Says:
        """What is said of it."""
        return self.parameter.says

    @property
    def attributs(self) -> dict[str, object]:
        """What a browser is told of the values that it takes, and of one that is wrong."""
        found: dict[str, object] = {"aria-invalid": "true"} if self.est_faux else {}
        if self.parameter.kind is float:
            found |= {"size": 12, "inputmode": "decimal"}
        if self.parameter.kind is int:
            found |= {"type": "number", "min": self.says.ge, "max": self.says.le}
        return found
