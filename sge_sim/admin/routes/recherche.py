"""`/chercher`: the field of every page, which finds whatever has a name or a number here."""

from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import quote

from fastapi import Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import LARGEST_NUMBER, Admin, AdminState, Routes
from sge_sim.api.aide import AideView
from sge_sim.api.declarations import search_rules, view_codes
from sge_sim.api.typed_filters import service_names
from sge_sim.domaine.francais import normalise
from sge_sim.errors import UsageError
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.flux import find_named
from sge_sim.tables.lists import look_for_points

_OF_EACH: Final = 5

routes = Routes(include_in_schema=False)


class Trouvaille(NamedTuple):
    """Something that was found: its kind and its name in French, where it is, what it is."""

    sorte: str
    nom: str
    adresse: str
    dit: str = ""


@routes.get("/chercher")
def show_found(
    state: Admin, request: Request, q: str = "", aller: str = "", aide: str = ""
) -> Response:
    """Show what is found, and what the help answers; with `aller`, lead to what alone has that
    name; with `aide`, ask the help alone."""
    words = q.strip()[:100]
    found = search(state, words) if words and not aide else []
    named = {each.adresse for each in found if normalise(each.nom) == normalise(words)}
    if aller and len(named) == 1:
        return pages.lead_to(request, named.pop())
    reponse = _answer(words) if words else None
    return pages.render(request, "chercher.html", q=words, trouve=found, aide=aide, reponse=reponse)


def search(state: AdminState, words: str) -> list[Trouvaille]:
    """Return what `words`, which aren't empty, name: five of a kind at most."""
    wanted = normalise(words)
    named = {
        "page": [(name, at, "") for group in pages.SECTIONS.values() for at, name, _ in group],
        "code": [(each.code, f"/codes?q={each.code}", each.libelle) for each in view_codes(words)],
        "règle": [
            (each.name, f"/codes?q={quote(each.name)}", each.remede)
            for each in search_rules(words, None)
        ],
        "service": [(name, f"/journal?service={quote(name)}", "") for name in service_names()],
    }
    found: list[Trouvaille] = []
    for kind, rows in named.items():
        those = (row for row in rows if wanted in normalise(f"{row[0]} {row[2]}"))
        found += [Trouvaille(kind, *row) for row in islice(those, _OF_EACH)]
    return [*found, *_stored(state, words)]


def _answer(words: str) -> AideView | None:
    try:
        return AideView.of(words)
    except UsageError:  # an installation without its help
        return None


def _stored(state: AdminState, words: str) -> Iterator[Trouvaille]:
    number = int(words) if words.isascii() and words.isdigit() else LARGEST_NUMBER
    if number < LARGEST_NUMBER and state.journal.find_echange(number):
        yield Trouvaille("échange", words, f"/echanges/{number}")
    with state.database.sessions() as session:
        for point in look_for_points(session, words, after="", limit=_OF_EACH):
            said = f"{point.segment}, {point.commune}"
            yield Trouvaille("point", point.prm, f"/points/{point.prm}", said)
        for fichier in find_named(session, words, _OF_EACH):
            yield Trouvaille("fichier", fichier.nom, f"/fichiers/{fichier.id}")
        for acteur in all_acteurs(session):
            if normalise(words) in normalise(f"{acteur.code} {acteur.nom}"):
                at = f"/acteurs#{quote(acteur.code)}"
                yield Trouvaille("acteur", acteur.code, at, acteur.nom)
