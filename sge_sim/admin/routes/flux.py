"""The page of a file: who asked for it, how it went, and what it says, as a table or as it is."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import IO, Annotated, Any, Final, Literal

from fastapi import HTTPException, Query, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import Admin, Routes, RowNumber
from sge_sim.admin.xml_page import show_message
from sge_sim.api.flux import FichierView
from sge_sim.errors import UsageError
from sge_sim.flux.apercu import ARCHIVE_AU_PLUS, documents_of, read_start, read_values
from sge_sim.flux.declaration import describe_canal, open_clear
from sge_sim.flux.flux import ParDemande, ParFin
from sge_sim.flux.ouverture import read_document
from sge_sim.flux.registry import codes_of
from sge_sim.operations import LARGEST_NUMBER
from sge_sim.operations.flux import GONE
from sge_sim.tables.commandes import Abonnement
from sge_sim.tables.flux import FichierFlux

OCTETS_LUS: Final = 2**21
"""Bytes of a document that are read."""
MAX_ROWS: Final = 250
_MAX_CELL: Final = 200
_MAX_DOCUMENTS: Final = 50
_SHOWN: Final = 60_000
"""Characters of HTML of a document that is shown as it is."""
_FIRST: Final = ("prm", "physique", "horodate", "valeur", "unite")

routes = Routes(prefix="/fichiers", include_in_schema=False)
Rank = Annotated[int, Query(ge=0, le=LARGEST_NUMBER)]


@routes.get("/{numero}")
def show_file(
    state: Admin,
    request: Request,
    numero: RowNumber,
    document: Rank = 0,
    apres: Rank = 0,
    tel_quel: Literal["", "oui"] = "",
) -> Response:
    folder = state.settings.data_dir
    with state.database.sessions() as session:
        row: FichierFlux | None = session.get(FichierFlux, numero)
        if row is None:
            raise HTTPException(404, f"Aucun fichier ne porte le numéro {numero}.")
        shown: dict[str, Any] = {
            "fichier": FichierView.of(row),
            "canal": describe_canal(session, row.contrat_id, folder),
            "abonnement": session.get(Abonnement, row.publication.abonnement_numero or 0),
            "demande": row.publication.flux in codes_of(ParDemande),
            "fin": row.publication.flux in codes_of(ParFin),
            "document": document,
            "apres": apres,
            "avant": max(0, apres - MAX_ROWS),
            "tel_quel": tel_quel,
        }
        try:
            with open_clear(session, folder, row, ARCHIVE_AU_PLUS) as file:
                shown |= _content(row.nom, file, document, None if tel_quel else apres)
        except FileNotFoundError:
            shown["refus"] = f"Le fichier {GONE}"
        except UsageError as error:
            shown["refus"] = str(error)
        except ValueError:
            shown["refus"] = "Cette archive est abîmée : elle ne s'ouvre pas."
    return pages.render(request, "fichier.html", **shown)


def _content(nom: str, file: IO[bytes], rank: int, after: int | None) -> dict[str, Any]:
    """Return what a page shows of the document of that rank: its values after so many, its text
    with None.

    Raises `ValueError` for a damaged archive.
    """
    found = list(islice(documents_of(nom, file), max(_MAX_DOCUMENTS, rank + 1)))
    if rank >= len(found):
        raise HTTPException(404, f"Ce fichier a moins de {rank + 1} documents.")
    name, size, read = found[rank]
    content = read(OCTETS_LUS)
    shown = {"noms": [each[0] for each in found], "taille": size, "lus": len(content)}
    try:
        if size > len(content):
            content, sorte, racine = read_start(name, content)
        else:
            sorte, _, racine = read_document(name, content)
    except (UsageError, ValueError) as error:
        return {**shown, "illisible": str(error), "texte": show_message(content, room=_SHOWN)}
    if after is None:
        return {**shown, "texte": show_message(content, room=_SHOWN)}
    rows = list(islice(read_values(name, sorte, racine), after, after + MAX_ROWS + 1))
    return {**shown, **_table(rows[:MAX_ROWS]), "suite": len(rows) > MAX_ROWS}


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return rows as columns; what all of them say alike stands apart, in `partout`."""
    values = {
        name: ["" if (v := row.get(name)) is None else str(v)[:_MAX_CELL] for row in rows]
        for name in dict.fromkeys((*_FIRST, *(name for row in rows for name in row)))
    }
    said = {name: cells for name, cells in values.items() if any(cells)}
    alike = {n: v[0] for n, v in said.items() if len({*v}) == 1 and n not in _FIRST}
    kept = {name: cells for name, cells in said.items() if name not in alike}
    return {"colonnes": [*kept], "lignes": [*zip(*kept.values(), strict=True)], "partout": alike}
