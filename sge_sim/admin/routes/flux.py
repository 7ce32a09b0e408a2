"""The files of the flux and their channels: `/api/flux`, and their pages.

The page of a file shows what is in it: members of a zip, XML, tables.
"""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Annotated, Final, get_args

from fastapi import APIRouter, HTTPException, Query, Request, Response
from lxml import etree
from markupsafe import Markup
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import between_days, read_day
from sge_sim.admin.routes import AdminState, Body, RowNumber, attachment, following
from sge_sim.admin.routes.forms import TypedForm, done, write
from sge_sim.admin.routes.listes import (
    PAR_PAGES,
    Avant,
    EtatFichierTyped,
    FluxTyped,
    Limite,
    WrittenDay,
    page_of,
)
from sge_sim.admin.xml_page import show_message
from sge_sim.api.flux import CanalView, FichierView, PublicationView
from sge_sim.api.typed_filters import chosen
from sge_sim.domaine.nomenclatures import (
    KINDS_OF_FLUX,
    AlgorithmeFlux,
    EtatFichier,
    FluxM023,
    TypeCanal,
)
from sge_sim.errors import UsageError
from sge_sim.flux.chiffrement import decrypt
from sge_sim.flux.contenus import content_of
from sge_sim.flux.declaration import clear_content, declare_canal, describe_canal, secret_of
from sge_sim.flux.publication import publish_now
from sge_sim.machine.documents import parse_xml, zip_members
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.flux import FichierFlux, find_fichier, find_fichiers

MAX_ROWS: Final = 300
_MAX_CELL: Final = 200
_MAX_MEMBERS: Final = 20
_READ_BYTES: Final = 4 * 2**20
"""Bytes of all the members of a file that are read for its page."""
_SHOWN_BYTES: Final = 1_000_000
"""Bytes of its page from which on no other member is shown."""
_ELSEWHERE: Final = Markup("Dans le fichier à télécharger.")


@dataclass(frozen=True)
class MembreMontre:
    """A member of a file: its text, and as a table what repeats itself in it.

    `lignes` are at most `MAX_ROWS` of the `total` rows.
    """

    nom: str
    texte: Markup
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: int


def show_content(nom: str, content: bytes) -> list[MembreMontre]:
    """Return the members of a file that is a zip; the file itself where it isn't one.

    Of what is large, the first members are shown; of the others, there is but the name.
    """
    try:
        return list(_members(content))
    except ValueError:
        return [_membre(nom, content)]


def _members(content: bytes) -> Iterator[MembreMontre]:
    to_read, to_show = _READ_BYTES, _SHOWN_BYTES
    for each, read in islice(zip_members(content), _MAX_MEMBERS):
        to_read -= each.file_size
        if to_read < 0 or to_show < 0:
            yield MembreMontre(each.filename, _ELSEWHERE, (), (), 0)
            continue
        membre = _membre(each.filename, read())
        to_show -= len(membre.texte) + sum(len(cell) for row in membre.lignes for cell in row)
        yield membre


def _membre(nom: str, content: bytes) -> MembreMontre:
    if len(content) > _READ_BYTES:
        return MembreMontre(nom, show_message(content), (), (), 0)
    table = list(_csv(content) if nom.lower().endswith(".csv") else _xml(content))
    columns, rows = (table[0], table[1:]) if table else ((), [])
    shown = tuple(tuple(cell[:_MAX_CELL] for cell in row) for row in rows[:MAX_ROWS])
    return MembreMontre(nom, show_message(content), columns, shown, len(rows))


def _csv(content: bytes) -> Iterator[tuple[str, ...]]:
    text = content.decode("utf-8-sig", "replace")
    yield from (tuple(row) for row in csv.reader(text.splitlines(), delimiter=";"))


def _xml(content: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the element that repeats itself most, under the names of its children."""
    try:
        root = parse_xml(content)
    except ValueError:
        return
    counts: dict[str, int] = {}
    for element in root.iter(etree.Element):
        if len(element) and all(len(child) == 0 for child in element):
            counts[element.tag] = counts.get(element.tag, 0) + 1
    if not counts:
        return
    repeated = max(counts, key=lambda tag: counts[tag])
    rows = [
        {etree.QName(child).localname: child.text or "" for child in element.iter(etree.Element)}
        for element in root.iter(repeated)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    names.remove(etree.QName(repeated).localname)
    yield tuple(names)
    yield from (tuple(row.get(name, "") for name in names) for row in rows)


_GONE: Final = "n'est plus là où le simulateur l'avait mis."


class CanalDemande(Body):
    """A channel to be declared; `cle` and `iv` in hexadecimal."""

    type: TypeCanal
    url: str | None = None
    chiffrement: AlgorithmeFlux = "aucun"
    cle: str | None = None
    iv: str | None = None


def published(state: AdminState) -> PublicationView:
    """Publish what is due, and deliver what isn't, also what was given up."""
    now = state.clock.now()
    made = publish_now(state.settings, state.database, state.journal.append, now)
    return PublicationView.of(*made)


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the files and of their channels."""
    routes = APIRouter(prefix="/api", tags=["flux"])
    data_dir = state.settings.data_dir

    @routes.get(
        "/flux",
        summary="Les fichiers publiés, du plus récent au plus ancien",
        description=PAR_PAGES,
        response_model=list[FichierView],
    )
    def read_files(
        request: Request,
        contrat: str | None = None,
        flux: FluxTyped | None = None,
        prm: str | None = None,
        etat: EtatFichierTyped | None = None,
        du: Annotated[WrittenDay | None, Query(description="Premier jour de publication")] = None,
        au: Annotated[WrittenDay | None, Query(description="Dernier jour de publication")] = None,
        limit: Limite = 100,
        avant: Avant = None,
    ) -> Response:
        debut, fin = between_days(du, au)
        with state.database.sessions() as session:
            found = find_fichiers(
                session,
                contrat_id=contrat,
                flux=flux,
                prm=prm,
                etat=etat,
                debut=debut,
                fin=fin,
                before_id=avant,
                limit=limit + 1,
            )
            return page_of(request, found, limit, FichierView.of, avant=lambda each: each.id)

    @routes.post("/flux/publish", summary="Publier ce qui est dû et livrer ce qui ne l'est pas")
    def publish() -> PublicationView:
        return published(state)

    @routes.get("/flux/{nom}", summary="Un fichier et sa livraison")
    def read_file(nom: str) -> FichierView:
        with state.database.sessions() as session:
            fichier = find_fichier(session, nom)
            if fichier is None:
                raise HTTPException(404, f"Aucun fichier ne s'appelle {nom}.")
            return FichierView.of(fichier)

    @routes.get("/flux/{nom}/contenu", summary="Les octets d'un fichier, déchiffrés ou non")
    def read_content(nom: str, clair: bool = False) -> Response:
        with state.database.sessions() as session:
            fichier = find_fichier(session, nom)
            if fichier is None:
                raise HTTPException(404, f"Aucun fichier ne s'appelle {nom}.")
            try:
                content = content_of(session, data_dir, fichier)
            except FileNotFoundError:
                raise HTTPException(404, f"{nom} {_GONE}") from None
            if clair:
                content = decrypt(secret_of(session, fichier.contrat_id), content)
        return Response(content, media_type="application/octet-stream")

    @routes.get("/canaux/{contrat}", summary="Où et comment un contrat est livré")
    def read_channel(contrat: str) -> CanalView:
        with state.database.sessions() as session:
            return CanalView(**asdict(describe_canal(session, contrat, data_dir)))

    @routes.put("/canaux/{contrat}", summary="Déclarer le canal d'un contrat")
    def declare(contrat: str, demande: CanalDemande) -> CanalView:
        with state.database.transaction() as session:
            declare_canal(
                session,
                contrat,
                type_canal=demande.type,
                url=demande.url,
                algorithme=demande.chiffrement,
                cle=demande.cle,
                iv=demande.iv,
            )
            session.flush()
            return CanalView(**asdict(describe_canal(session, contrat, data_dir)))

    return routes


_SHOWN: Final = 100
_CANAUX: Final = 200
_ETATS: Final = get_args(EtatFichier)


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of the files."""
    routes = APIRouter(prefix="/fichiers", include_in_schema=False)
    data_dir = state.settings.data_dir

    @routes.get("")
    def show_files(
        request: Request,
        flux: str = "",
        etat: str = "",
        prm: str = "",
        contrat: str = "",
        du: str = "",
        au: str = "",
        avant: Avant = None,
    ) -> Response:
        debut, fin = between_days(read_day(du), read_day(au))
        with state.database.sessions() as session:
            found = find_fichiers(
                session,
                contrat_id=contrat.strip() or None,
                flux=chosen(flux, KINDS_OF_FLUX),
                prm=prm.strip() or None,
                etat=chosen(etat, _ETATS),
                debut=debut,
                fin=fin,
                before_id=avant,
                limit=_SHOWN + 1,
            )
            rows = [(fichier.id, FichierView.of(fichier)) for fichier in found[:_SHOWN]]
        filtres = {"flux": flux, "etat": etat, "prm": prm, "contrat": contrat, "du": du, "au": au}
        return pages.render(
            state,
            request,
            "fichiers.html",
            fichiers=rows,
            suite=following(request, avant=rows[-1][0]) if len(found) > _SHOWN else None,
            filtres=filtres,
            flux=KINDS_OF_FLUX,
            etats=_ETATS,
        )

    @routes.get("/{numero}")
    def show_file(request: Request, numero: RowNumber) -> Response:
        fichier, content, refus = _read(numero)
        return pages.render(
            state,
            request,
            "fichier.html",
            numero=numero,
            fichier=fichier,
            demande=fichier.flux in get_args(FluxM023),
            membres=show_content(fichier.nom, content) if content is not None else (),
            refus=refus,
        )

    @routes.get("/{numero}/clair")
    def download(numero: RowNumber) -> Response:
        fichier, content, refus = _read(numero)
        if content is None:
            raise UsageError(refus)
        return Response(
            content,
            media_type="application/octet-stream",
            headers=attachment(fichier.nom),
        )

    def _read(numero: int) -> tuple[FichierView, bytes | None, str]:
        """Return a file and its bytes, deciphered; without them, why they can't be had."""
        with state.database.sessions() as session:
            row: FichierFlux | None = session.get(FichierFlux, numero)
            if row is None:
                raise HTTPException(404, f"Aucun fichier ne porte le numéro {numero}.")
            view = FichierView.of(row)
            try:
                return view, clear_content(session, data_dir, row), ""
            except FileNotFoundError:
                return view, None, f"Le fichier {_GONE}"
            except UsageError as error:
                return view, None, str(error)

    return routes


def canal_routes(state: AdminState) -> APIRouter:
    """Return the page of the channels, and the forms of it and of the files."""
    routes = APIRouter(include_in_schema=False)
    data_dir = state.settings.data_dir

    @routes.get("/canaux")
    def show_channels(request: Request) -> Response:
        with state.database.sessions() as session:
            canaux = [
                (acteur.code, describe_canal(session, contrat.contrat_id, data_dir))
                for acteur in all_acteurs(session)
                for contrat in acteur.contrats
            ]
        return pages.render(
            state,
            request,
            "canaux.html",
            canaux=canaux[:_CANAUX],
            plus=len(canaux) - _CANAUX,
            types=get_args(TypeCanal),
            chiffrements=get_args(AlgorithmeFlux),
        )

    @routes.post("/canaux")
    def put_channel(request: Request, form: TypedForm) -> Response:
        def put(session: Session) -> str:
            declare_canal(
                session,
                form.get("contrat"),
                type_canal=form.one_of("type", TypeCanal),
                url=form.get("url") or None,
                algorithme=form.one_of("chiffrement", AlgorithmeFlux),
                cle=form.get("cle") or None,
                iv=form.get("iv") or None,
            )
            return f"Le canal du contrat {form.get('contrat')} est déclaré."

        return write(request, state.database, "/canaux", put)

    @routes.post("/fichiers/publier")
    def publish(request: Request) -> Response:
        return done(request, "/fichiers", lambda: published(state))

    return routes
