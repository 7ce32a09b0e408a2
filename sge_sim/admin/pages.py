"""What every page has in common: templates rendered here, no script, nothing from elsewhere."""

from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from sge_sim.domaine.provenance import in_french

ADMIN: Final = Path(__file__).resolve().parent

# Nothing but our own style sheet and icon, forms to ourselves: what a client writes can't become
# a script.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then say `Origin: null` of our own forms too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_templates = Jinja2Templates(directory=ADMIN / "templates")
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_templates.env.filters["provenance"] = in_french


def render(request: Request, template: str, **context: Any) -> Response:
    """Return a page made from a template."""
    return _templates.TemplateResponse(request, template, context, headers=HEADERS)
