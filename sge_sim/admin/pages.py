"""What every page has in common: its frame, the clock of the simulator, its security headers."""

from datetime import datetime
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response

from sge_sim.clock import PARIS
from sge_sim.domaine.horaires import is_open
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.domaine.provenance import in_french
from sge_sim.domaine.retombees import parts_of
from sge_sim.soap.codes import LIBELLES

if TYPE_CHECKING:
    from starlette.templating import Jinja2Templates

    from sge_sim.admin.routes import AdminState

ADMIN: Final = Path(__file__).resolve().parent

# Scripts and styles that we serve alone, none written in a page; forms and calls to ourselves:
# what a client writes can't become a script.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then say `Origin: null` of our own forms too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CLOCK_KINDS: Final[dict[KindClock, str]] = {
    "real": "à l'heure de la machine",
    "shifted": "décalée",
    "frozen": "arrêtée",
}
_SECTIONS: Final = (
    ("/", "Journal"),
    ("/points", "Points"),
    ("/services", "Services"),
    ("/fichiers", "Fichiers"),
    ("/demandes", "Demandes"),
    ("/campagnes", "Campagnes"),
    ("/acteurs", "Acteurs"),
    ("/certificats", "Certificats"),
    ("/codes", "Codes"),
    ("/consentements", "Consentements"),
    ("/datahub", "Datahub"),
    ("/pannes", "Pannes"),
)


def render(
    state: "AdminState", request: Request, template: str, status: int = 200, **context: Any
) -> Response:
    """Return a page made from a template, in the frame that all pages share."""
    now = state.clock.now()
    moved = state.last_move.retombees
    frame = {
        "sections": _SECTIONS,
        "ici": request.url.path,
        "settings": state.settings,
        "b2b_url": state.b2b_url,
        "now": now.astimezone(PARIS),
        "horloge": CLOCK_KINDS[state.clock.kind()],
        "ouverte": is_open(now),
        "retombees": moved,
        "retombees_parts": None if moved is None else parts_of(moved),
        "horloge_refus": state.last_move.refus,
    }
    return _templates().TemplateResponse(
        request, template, {**frame, **context}, status_code=status, headers=HEADERS
    )


def render_part(template: str, name: str, *arguments: Any) -> str:
    """Return what a macro of a template makes: a part of a page, for a page that is open."""
    module = _templates().env.get_template(template).module
    part: str = getattr(module, name)(*arguments)
    return part


@cache
def plot_library() -> Path:
    """Return the folder of the scripts and styles that draw curves, from a package of its own.

    The package is never imported: Python has no use for it.
    """
    assets = distribution("dygraphs").locate_file("dygraphs/assets")
    return Path(str(assets))


def _legal(instant: datetime, form: str = "%d/%m/%Y %H:%M:%S") -> str:
    return instant.astimezone(PARIS).strftime(form)


@cache
def _templates() -> "Jinja2Templates":
    """Return the templates, which the first page loads: a harness may never look at one."""
    from fastapi.templating import Jinja2Templates

    templates = Jinja2Templates(directory=ADMIN / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.filters |= {
        "provenance": in_french,
        "libelle": lambda code: LIBELLES.get(code or "", ""),
        "nombre": lambda number: f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"),
        "legal": _legal,
    }
    return templates
