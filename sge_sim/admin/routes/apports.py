"""`POST /api/points` and `POST /points` with a file: points of one's own, kept until it is whole.

What comes is bounded by nothing but the disk: see `takes_file`. A page's form sends one file
(`multipart/form-data`).
"""

import os
import re
from dataclasses import asdict
from functools import partial
from mmap import ACCESS_READ, mmap
from typing import IO, Any, Final

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match
from starlette.types import Scope

from sge_sim.admin import pages
from sge_sim.admin.arrivals import spooled
from sge_sim.admin.problems import problem
from sge_sim.admin.routes import Admin, AdminState, Routes
from sge_sim.commandes.annee import declare_line
from sge_sim.errors import UsageError
from sge_sim.referentiel.apports.lecture import Faute, Format, Source
from sge_sim.referentiel.apports.versement import Bilan, import_points, sentence_of_import

_BOUNDARY: Final = re.compile(r'boundary="?([^";,]{1,70})"?')
_FILENAME: Final = re.compile(rb'filename="([^"\r\n]{1,255})"')
_HEAD_MAX: Final = 4096
_PIECE: Final = 2**16
_NOT_A_FILE: Final = "Aucun fichier n'est venu : en choisir un, puis envoyer."


def _file_in(form: mmap, content_type: str) -> Source:
    """Return the file that comes first in a form; raises `UsageError` where none does."""
    boundary = _BOUNDARY.search(content_type)
    head = form.find(b"\r\n\r\n", 0, _HEAD_MAX)
    name = _FILENAME.search(form[: max(head, 0)])
    if boundary is None or name is None:
        raise UsageError(_NOT_A_FILE)
    begin = head + 4
    end = form.find(f"\r\n--{boundary[1]}".encode(), begin)
    if end < 0:
        raise UsageError("Le fichier n'est pas venu en entier : l'envoyer de nouveau.")
    pieces = (form[at : min(at + _PIECE, end)] for at in range(begin, end, _PIECE))
    return Source(name[1].decode("utf-8", "replace"), pieces)


_SHOWN: Final = 1000
_PAGE: Final = "points_importes.html"
_FORMATS: Final[dict[str, Format]] = {"application/x-ndjson": "jsonl", "text/csv": "csv"}
FILE_KINDS: Final = tuple(_FORMATS)
_FORM: Final = "multipart/form-data"
_ADDRESSES: Final = {"/api/points": frozenset(_FORMATS), "/points": frozenset({_FORM})}


def takes_file(method: str, path: str, content_type: str) -> bool:
    """Tell whether a request brings a file, which may be of any length."""
    return method == "POST" and _kind(content_type) in _ADDRESSES.get(path, ())


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


class _OfFiles(APIRoute):
    """A route for what brings a file; the same address takes other things by another route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        headers = dict(scope.get("headers", ()))
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        if not takes_file(scope.get("method", ""), scope["path"], content_type):
            return Match.NONE, {}
        return super().matches(scope)


routes = Routes(route_class=_OfFiles, include_in_schema=False)


@routes.post("/api/points")
async def take_file(
    state: Admin,
    request: Request,
    sauf_erreurs: bool = False,
    essai: bool = False,
    strict: bool = False,
) -> Response:
    format_ = _FORMATS[_kind(request.headers["content-type"])]
    async with spooled(request, state.settings.data_dir) as file:
        source = Source("la demande", iter(partial(file.read, _PIECE), b""), format_)
        bilan, fautes = await run_in_threadpool(
            _import, state, source, sauf_erreurs=sauf_erreurs, essai=essai, strict=strict
        )
    content = asdict(bilan) | {
        name: [
            {"ligne": faute.ligne, "colonne": faute.mot, "phrase": faute.phrase}
            for faute in fautes
            if faute.remarque is remarque
        ]
        for name, remarque in (("erreurs", False), ("a_verifier", True))
    }
    if bilan.importe or (essai and not bilan.fautes):
        return JSONResponse(content)
    return problem(400, sentence_of_import(bilan, essai=essai), **content)


@routes.post("/points")
async def take_form(state: Admin, request: Request, essai: str = "", strict: str = "") -> Response:
    content_type = request.headers["content-type"]

    def read(file: IO[bytes]) -> tuple[Bilan, list[Faute]]:
        if not os.fstat(file.fileno()).st_size:
            raise UsageError(_NOT_A_FILE)
        with mmap(file.fileno(), 0, access=ACCESS_READ) as form:
            source = _file_in(form, content_type)
            return _import(state, source, essai=essai == "oui", strict=strict == "oui")

    try:
        async with spooled(request, state.settings.data_dir) as file:
            bilan, fautes = await run_in_threadpool(read, file)
    except UsageError as error:
        return pages.render(request, _PAGE, refus=str(error))
    sentence = sentence_of_import(bilan, essai=essai == "oui")
    if bilan.fautes:
        return pages.render(request, _PAGE, refus=sentence, fautes=fautes)
    return pages.render(request, _PAGE, fait=sentence, fautes=fautes)


def _import(state: AdminState, source: Source, **options: Any) -> tuple[Bilan, list[Faute]]:
    """Bring the points in; return what it came to, and the first faults and remarks by line."""
    fautes: dict[bool, list[Faute]] = {False: [], True: []}

    def keep(faute: Faute) -> None:
        if len(fautes[faute.remarque]) < _SHOWN:
            fautes[faute.remarque].append(faute)

    options |= {"report": keep, "remark": keep, "declare": declare_line}
    bilan = import_points(state.database, [source], **options)
    return bilan, sorted(fautes[False] + fautes[True], key=lambda faute: faute.ligne)
