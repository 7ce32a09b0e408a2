"""The operations of `sge_sim.operations` as REST addresses and as forms of pages."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from http.client import NO_CONTENT
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic_core import to_json

from sge_sim.admin import pages
from sge_sim.admin.formulaires import Connus, Formulaire
from sge_sim.admin.pages import FlashMessage, lead_to
from sge_sim.admin.problems import check_names
from sge_sim.admin.routes import Routes, attachment, following
from sge_sim.admin.routes.apports import FILE_KINDS
from sge_sim.admin.routes.campaigns import list_page
from sge_sim.admin.routes.forms import Form, TypedForm, why_refused
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage, page_of
from sge_sim.errors import FieldError, UsageError
from sge_sim.machine.texts import unfit_in
from sge_sim.operations import AnyOperation, Download, Operation, State, V, all_operations
from sge_sim.operations.reading import ErreurDeForme, FormError, error_of, perform, shape_of

_IN_ADDRESS: Final = ("GET", "DELETE")
"""The methods whose parameters stand in the address: they are typed."""
_TAGS: Final = {
    **{"apports": "points", "campaigns": "campagnes", "data_connect": "data connect"},
    **{"demandes": "demandes M023", "etat": "état", "references": "codes"},
}
"""Where a part of the description isn't named as the subject of its operations."""
_TEMPLATES: Final = pages.ADMIN / "templates"


def rest_routes(*, described: bool = False) -> APIRouter:
    """Return the REST address of each operation, which takes a third of the time where it isn't
    `described`: what describes it is for who reads `/openapi.json`."""
    routes = Routes()
    for operation in all_operations():
        _add(routes, operation, described)
    return routes


def _add(routes: APIRouter, operation: AnyOperation, described: bool) -> None:
    async def do(request: Request) -> Any:
        return await run_in_threadpool(_do, operation, request, await request.body())

    async def answer(request: Request) -> Response:
        done = await do(request)
        if isinstance(done, Download):
            return _taken(done)
        content = b"" if operation.status == NO_CONTENT else to_json(done)
        return Response(content, operation.status, media_type="application/json")

    async def answer_with_page(request: Request, page: AskedPage) -> Response:
        return page.of(await do(request), operation.key_of)

    async def answer_with_limit(request: Request) -> Response:
        views = await do(request)
        limit = operation.limit_of(request.query_params)
        cursor = operation.cursor_of(request.query_params)
        return page_of(request, views, limit, cursor, operation.key_of)

    paged: Any = answer_with_limit if operation.has_limit else answer_with_page
    endpoint: Any = paged if operation.key else answer
    endpoint.reads_query = True
    if operation.also:
        routes.add_api_route(operation.also, endpoint, include_in_schema=False)
    for path in operation.former_paths:
        routes.add_api_route(path, endpoint, methods=[operation.method], include_in_schema=False)
    bare = operation.is_file or operation.status == NO_CONTENT
    routes.add_api_route(
        operation.path,
        endpoint,
        methods=[operation.method],
        name=operation.name,
        summary=operation.sentence,
        description=PAR_PAGES if operation.key else operation.files or None,
        tags=[_TAGS.get(subject := operation.name.partition(".")[0], subject)],
        status_code=operation.status,
        response_model=operation.view if described and not bare else None,
        response_class=Response if operation.is_file else JSONResponse,
        responses={200: {"content": {"*/*": {}}}} if operation.may_be_file else None,
        include_in_schema=described,
        openapi_extra=_described(operation) if described else None,
    )


def _taken(fichier: Download) -> Response:
    """Return the answer that gives what is taken away."""
    headers = pages.REPORT_HEADERS if fichier.rapport else {}
    headers = headers | (attachment(fichier.nom) if fichier.nom else {})
    content = fichier.content
    if isinstance(content, bytes | str):
        return Response(content, media_type=fichier.media_type, headers=headers)
    return StreamingResponse(content, media_type=fichier.media_type, headers=headers)


def _described(operation: AnyOperation) -> dict[str, Any]:
    """Return what OpenAPI says of the parameters, where they stand: in an address, one that is left
    empty isn't given."""
    schema = shape_of(operation).model_json_schema()
    fields, required = schema["properties"], schema.get("required", [])
    in_query = [*fields] if operation.method in _IN_ADDRESS else []
    never_empty = {*required, *operation.in_path}
    described: dict[str, Any] = {
        "parameters": [
            {
                "name": name,
                "in": "path" if name in operation.in_path else "query",
                "required": name in required,
                "schema": fields[name],
                **({} if name in never_empty else {"allowEmptyValue": True}),
            }
            for name in dict.fromkeys((*operation.in_path, *in_query))
        ]
    }
    body = {name: said for name, said in fields.items() if name not in operation.in_path}
    if body and operation.method not in _IN_ADDRESS:
        schema |= {"properties": body, "required": [name for name in required if name in body]}
        example = {name: said["examples"][0] for name, said in body.items() if "examples" in said}
        example = example or {name: said.get("default") for name, said in body.items()}
        described["requestBody"] = {
            "required": bool(schema["required"]),
            "content": {
                "application/json": {"schema": schema, "example": example},
                **{kind: {"schema": {"type": "string"}} for kind in FILE_KINDS if operation.files},
            },
        }
    return described


def _do(operation: Operation[..., V], request: Request, body: bytes) -> V:
    """Do what a demand asks for; raises `FormError` with the place of each mistake.

    Without a body, what is sent may stand in the address.
    """
    typed = request.method in _IN_ADDRESS or bool(request.query_params and not body)
    in_path = {
        name: text if typed or operation.parameters[name].kind is not int else _number(text)
        for name, text in request.path_params.items()
    }
    page = ("limit", "apres") if operation.key and not operation.has_limit else ()
    query: dict[str, Any] = {
        name: request.query_params.getlist(name) if operation.is_list(name) else text
        for name, text in request.query_params.items()
        if name not in page
    }
    given: Mapping[str, object] = query
    try:
        given = query if typed else _members(body)
        misplaced = {name: given[name] for name in given.keys() & in_path.keys()}
        if misplaced := misplaced if typed else misplaced | query:
            raise FormError([_wrong(*each) for each in sorted(misplaced.items())])
        return perform(operation, request.app.state.admin.state, {**given, **in_path}, typed=typed)
    except FormError as error:
        for each in error.erreurs:
            if typed or each.champ in query:
                each.lieu = "adresse"
            if each.champ in in_path and each.champ not in given:
                each.lieu = "chemin"
        raise


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[0-9]{1,1000}", text) else text


def _members(body: bytes) -> dict[str, Any]:
    """Return the members of a body; one that is empty has none."""
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise FormError([_wrong("corps", None, "pas du JSON")]) from None
    if not isinstance(given, dict):
        raise FormError([_wrong("corps", given, "un objet est attendu")])
    if unfit := next(filter(None, map(unfit_in, given)), ""):
        raise FormError([_wrong("corps", None, unfit)])
    return given


def _wrong(name: str, value: object, constat: str = "inconnu ici") -> ErreurDeForme:
    return error_of(FieldError(constat, name, value))


def given_by(form: Form, operation: AnyOperation) -> dict[str, object]:
    """Return what the fields of a form give: an empty one gives nothing, unless it clears.

    Fields whose names end with `..` or `@` are the parts of a text, which these join.
    """
    found: dict[str, object] = {}
    for field_name, typed in form.fields.items():
        name = field_name.rstrip(".@")
        joint = field_name.removeprefix(name)
        texts = [joint.join(filter(None, typed)) or "aucun"] if joint else typed
        parameter = operation.parameters.get(name)
        if any(map(str.strip, texts)) or (parameter is not None and parameter.says.clears):
            found[name] = texts if operation.is_list(name) else texts[0]
    return found


def page_routes() -> APIRouter:
    """Return the page of each list that has a template, and the address of each form.

    A form leads back to a page, which says what was done, or why it wasn't.
    """
    routes = Routes(include_in_schema=False)
    shown: dict[str, Callable[..., Response]] = {"GET /campaigns": list_page}
    for operation in all_operations():
        template = _TEMPLATES / f"{operation.page.partition('/')[2]}.html"
        if operation.key and operation.page not in shown and template.exists():
            shown[operation.page] = _page_of_list(operation)
    for page, show in shown.items():
        routes.add_api_route(page.partition(" ")[2], _looked_at(show), methods=["GET"])
    # `/pannes/retirer` before `/pannes/{numero}`.
    for operation in sorted(all_operations(), key=lambda each: each.page.count("{")):
        method, _, path = operation.page.partition(" ")
        if method == "POST":
            of = shown.get(f"GET {operation.back}" if operation.seen else f"GET {path}")
            routes.add_api_route(path, _pressed(operation, of), methods=[method])
    return routes


def _looked_at(show: Callable[[Request], Response]) -> Callable[..., Response]:
    def look(request: Request) -> Response:
        return show(request)

    vars(look).update(vars(show))
    return look


def _pressed(
    operation: AnyOperation, show: Callable[..., Response] | None
) -> Callable[..., Response]:
    def press(request: Request, form: TypedForm) -> Response:
        given = given_by(form, operation) | request.path_params
        try:
            view = perform(operation, request.app.state.admin.state, given, typed=True)
        except UsageError as error:
            if show is not None:  # what was typed stays there
                return show(request, Formulaire(operation, form, error))
            address = operation.filled(operation.back, given)
            return lead_to(request, address, "refus", why_refused(error))
        if operation.seen and show is not None:
            return show(request, Formulaire(operation, form), view)
        said = operation.filled(operation.done or f"{operation.sentence} : fait.", given, view)
        after = operation.filled(operation.then or operation.back, given, view)
        return lead_to(request, after, "fait", said)

    return press


def _page_of_list(operation: AnyOperation) -> Callable[..., Response]:
    """Return what shows a list; its template has the name of its address, and of the list there."""
    name = operation.page.partition("/")[2]
    form = next((each for each in all_operations() if each.page == f"POST /{name}"), None)

    def show(request: Request, pressed: Formulaire | None = None, seen: object = None) -> Response:
        query = {} if pressed else request.query_params
        given = {word: text.strip() for word, text in query.items() if text.strip()}
        context: dict[str, Any] = {}
        views: list[Any] = []
        suite: dict[str, object] = {}
        total = 0
        try:
            views, suite, total = _part(operation, request.app.state.admin.state, given)
        except FormError as error:
            check_names(error, given, operation)
            context["message"] = FlashMessage("refus", str(error))
        context[name] = views
        if pressed is not None and pressed.error is not None:
            context["message"] = FlashMessage("refus", pressed.refus)
        return pages.render(
            request,
            f"{name}.html",
            **context,
            suite=following(request, **suite) if suite else None,
            total=total,
            filtres=defaultdict(str, given),
            formulaire=pressed
            if pressed and pressed.operation is form
            else form and Formulaire(form),
            presse=pressed if pressed and pressed.operation is not form else None,
            vu=seen,
            connus=Connus(request.app.state.admin.state),
        )

    vars(show)["reads_query"] = True
    return show


def _part(
    operation: AnyOperation, state: State, given: dict[str, str]
) -> tuple[list[Any], dict[str, object], int]:
    """Return the entries shown of a list, the query of the next page, and the count of all."""
    most = operation.per_page
    if operation.has_limit:
        views = perform(operation, state, {**given, "limit": most}, typed=True)
    else:
        after = given.pop("apres", None)
        views = list(perform(operation, state, given, typed=True))
        if operation.key.startswith("-"):
            views.reverse()
    total = len(views)
    if not operation.has_limit:
        keys = [str(operation.key_of(each)) for each in views]
        views = views[keys.index(after) + 1 if after in keys else 0 :]
    shown = views[:most]
    more = len(views) > most
    cursor = operation.cursor_of(given)
    return shown, {cursor: operation.key_of(shown[-1])} if more else {}, total
