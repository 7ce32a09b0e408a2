"""What every page has in common: its frame, the clock of the simulator, its security headers.

What a page says once of an act, it says to the browser that did it and to nobody else: the answer
to a form leads to a page and leaves a cookie, which that page shows and takes away.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, unquote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup, escape

from sge_sim.aide.mots import page_about
from sge_sim.clock import PARIS
from sge_sim.domaine.francais import counted, grouped
from sge_sim.domaine.libelles import en_mots, libelle_de, phrase_en_mots
from sge_sim.domaine.nomenclatures import KindClock, in_french
from sge_sim.domaine.plateformes import day_in_words, is_open
from sge_sim.domaine.retombees import Travail, parts_of, progress_sentence
from sge_sim.facts.outage import DATABASE_ERRORS
from sge_sim.facts.stored_clock import kind_of
from sge_sim.machine.once import computed_once
from sge_sim.referentiel.points import why_unknown
from sge_sim.services.declared import return_codes
from sge_sim.tables.lists import read_waiting

if TYPE_CHECKING:
    from starlette.templating import Jinja2Templates

    from sge_sim.admin.routes import AdminState

SorteMessage = Literal["fait", "refus", "reglage"]

_SECONDS: Final = 60
_PRM_DIGITS: Final = 14
_TEXT_MAX: Final = 600


@dataclass(frozen=True)
class FlashMessage:
    """What was done (`fait`) or refused, in French; of a move of the clock, its number."""

    sorte: SorteMessage
    texte: str


def lead_to(
    request: Request, address: str, sorte: SorteMessage | None = None, texte: str = ""
) -> Response:
    """Return the answer to a form: it leads to a page of this server, which says what is given."""
    response = RedirectResponse(address, 303)
    if sorte is not None:
        response.set_cookie(
            _name(request),
            quote(f"{sorte}:{texte[:_TEXT_MAX]}", safe=":"),
            max_age=_SECONDS,
            httponly=True,
            samesite="strict",
        )
    return response


def message_for(request: Request) -> FlashMessage | None:
    """Return what is to be said to this browser; None for nothing."""
    sorte, _, texte = unquote(request.cookies.get(_name(request), "")).partition(":")
    if sorte == "fait" or sorte == "refus" or (sorte == "reglage" and texte.isdecimal()):
        return FlashMessage(sorte, texte)  # type: ignore[arg-type]
    return None


def take_away(request: Request, response: Response) -> None:
    """Have the browser forget what the page says."""
    response.delete_cookie(_name(request), httponly=True, samesite="strict")


def _name(request: Request) -> str:
    """Return the name of the cookie: browsers share cookies among the ports of a machine."""
    return f"sge-sim-{request.url.port or 80}"


ADMIN: Final = Path(__file__).resolve().parent

# Scripts and styles that we serve alone, none written in a page; forms and calls to ourselves:
# what a client writes can't become a script.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then say `Origin: null` of our own forms too.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REPORT_HEADERS: Final = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
}
"""Of a report, whose styles are in its page."""
CLOCK_KINDS: Final[dict[KindClock, str]] = {
    "real": "à l'heure de la machine",
    "shifted": "décalée",
    "frozen": "arrêtée",
}
_WORDS: Final = re.compile(r"(?<=_)|(?<=[a-zé])(?=[A-Z])")
"""Where a word of `ConsultationMesures` or of `ERDF_R50_1` begins."""
_SHORT_END: Final = 12
"""A last word shorter than this (`Mesures`) is kept with the one before, which tells more."""

SECTIONS: Final = {
    "Regarder": (
        ("/", "Accueil", "g"),
        ("/journal", "Journal", "j"),
        ("/campaigns", "Campagnes", "c"),
    ),
    "Le monde": (
        ("/points", "Points", "p"),
        ("/services", "Services", "s"),
        ("/fichiers", "Fichiers", "f"),
        ("/demandes", "Demandes", "d"),
    ),
    "Qui": (
        ("/acteurs", "Acteurs", "a"),
        ("/certificats", "Certificats", "t"),
        ("/consentements", "Consentements", "o"),
        ("/applications", "Applications", "l"),
    ),
    "Jouer": (("/pannes", "Pannes", "n"), ("/simulateur", "Simulateur", "m")),
    "Comprendre": (("/codes", "Codes", "r"), ("/aide/", "Aide", "h"), ("/docs", "API", "i")),
}
"""The pages of the menu by what one does: address, name, and the key that leads there after `g`."""

_COUNTED: Final = ("/journal", "/campaigns", "/fichiers", "/demandes", "/pannes")
_UNDER: Final = {
    "/echanges": "/journal",
    "/passages": "/campaigns",
    "/canaux": "/fichiers",
    "/tickets": "/certificats",
    "/generations": "/codes",
    "/touches": "/aide/",
}
"""The pages that the menu has under another one."""


def render(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return a page made from a template, in the frame that all pages share."""
    state: AdminState = request.app.state.admin
    numero, clock = state.clock.numbered()
    now = clock.now()
    message = message_for(request)
    travail = state.moves.under_way() or _work_of(state, message)
    frame = {
        "sections": SECTIONS,
        "comptes": counts_of(state),
        "ici": request.url.path,
        "section": _section_of(request.url.path),
        "settings": state.settings,
        "dossier": state.settings.data_dir.resolve(),
        "b2b_url": state.b2b_url,
        "now": now.astimezone(PARIS),
        "clock_kind": CLOCK_KINDS[kind_of(clock)],
        "reglage": numero,
        "ouverte": is_open(now),
        "message": message,
        "travail": travail,
        "travail_dit": None if travail is None else progress_sentence(travail),
        "retombees_parts": None if travail is None else parts_of(travail.retombees),
    }
    response = _templates().TemplateResponse(
        request, template, {**frame, **context}, status_code=status, headers=HEADERS
    )
    if message is not None:
        take_away(request, response)
    return response


def counts_of(state: "AdminState") -> dict[str, int]:
    """Return what the menu says beside some pages: exchanges, then what waits; nothing where the
    database can't tell."""
    with suppress(*DATABASE_ERRORS):
        waiting = state.database.memoire.look().ask(read_waiting)
        return dict(zip(_COUNTED, (state.journal.count_kept(), *waiting), strict=True))
    return {}


def _section_of(path: str) -> str:
    """Return the page of the menu that an address is under."""
    first = "/" + path.split("/")[1]
    return _UNDER.get(first, first)


def _work_of(state: "AdminState", message: FlashMessage | None) -> Travail | None:
    """Return the work of the clock's move that a message is about; None where it is about none."""
    if message is None or message.sorte != "reglage":
        return None
    move = state.moves.find(int(message.texte))
    return None if move is None else state.moves.look(move)


def render_part(template: str, name: str, *arguments: Any) -> str:
    """Return what a macro of a template makes: a part of a page, for a page that is open."""
    module = _templates().env.get_template(template).module
    part: str = getattr(module, name)(*arguments)
    return part


def _legal(instant: datetime, form: str = "%d/%m/%Y %H:%M:%S") -> str:
    return instant.astimezone(PARIS).strftime(form)


def _libelle(code: str | None) -> str:
    """Return the label of a return code; empty for an unknown one."""
    return return_codes().get(code or "", "")


def _why_unknown(words: str) -> str:
    """Return why the whole number of a point is unknown; empty for other words."""
    whole = len(words) >= _PRM_DIGITS and words.isascii() and words.isdigit()
    return begun(why_unknown(words)) if whole else ""


def begun(words: str) -> str:
    """Return words that begin a sentence."""
    return words[:1].upper() + words[1:]


def _with_breaks(name: str) -> Markup:
    """Return a long name that a narrow column may break between its words, and nowhere else."""
    return Markup("<wbr>").join(escape(word) for word in _WORDS.split(name))


def _told_apart(name: str) -> Markup:
    """Return a name whose last words, by which it is known from its family, stand out."""
    *first, last = map(escape, _WORDS.split(name))
    if first and len(last) < _SHORT_END:
        last = first.pop() + last
    html = Markup('<span class="coupe"><span>{}</span><wbr><b>{}</b></span>')
    return html.format(Markup("<wbr>").join(first), last) if first else last


@computed_once()
def _templates() -> "Jinja2Templates":
    """Return the templates, which the first page loads: a harness may never look at one."""
    from fastapi.templating import Jinja2Templates

    templates = Jinja2Templates(directory=ADMIN / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.filters |= {
        "provenance": in_french,
        "libelle": _libelle,
        "pourquoi_inconnu": _why_unknown,
        "a_lire": lambda echange: page_about(echange.code, echange.rule and echange.rule.name),
        "nombre": grouped,
        "legal": _legal,
        "jour": lambda instant: day_in_words(instant.astimezone(PARIS)),
        "compte": counted,
        "en_mots": en_mots,
        "phrase_en_mots": phrase_en_mots,
        "millisecondes": lambda ms: f"{ms:.1f} ms".replace(".", ","),
        "cesures": _with_breaks,
        "coupe": _told_apart,
        "etat_du_point": lambda code: libelle_de("etatContractuel", code),
    }
    return templates
