"""The application of the Data Connect listener: has a call answered, records it in the journal."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from sge_sim.clock import elapsed_ms, machine_now, stopwatch
from sge_sim.dataconnect import motifs, motifs_page
from sge_sim.dataconnect.echange import (
    HTML,
    EchangeRest,
    FrappeRest,
    PlateformeRest,
    Reponse,
    Requete,
    json_reponse,
    refus_reponse,
)
from sge_sim.dataconnect.motifs import RegleRest
from sge_sim.dataconnect.routes import handle
from sge_sim.domaine.pannes import Atteinte
from sge_sim.door.origine import (
    CLIENT,
    HEADER,
    PRODUCT,
    AuteurDAppel,
    Marques,
    auteur_of,
)
from sge_sim.door.planned_faults import departure_of
from sge_sim.facts.database import UNREACHABLE
from sge_sim.facts.stored_clock import read_clock
from sge_sim.journal import EchangeRecord
from sge_sim.refus import Refus
from sge_sim.tables.pannes import read_pannes
from sge_sim.transport.message import Request, Response

Recorder = Callable[[EchangeRecord], None]

_SECRETS: Final = re.compile(rb"(client_secret=|\btoken=)[^&\s]*")
_JETON: Final = re.compile(rb'("access_token":")[^"]*')
_TEXT: Final = "text/plain; charset=utf-8"
_NOT_RECORDED: Final = "/dataconnect/static/"

_log = logging.getLogger(__name__)


class RestApplication:
    """Answers the calls of one process; `record` keeps an exchange and never fails.

    `marques` tells the calls of sge-sim's own clients.
    """

    def __init__(self, plateforme: PlateformeRest, record: Recorder, marques: Marques) -> None:
        self._plateforme = plateforme
        self._marques = marques
        self._record = record

    def __call__(self, request: Request) -> Response:
        return _response(self._answer(_requete(request)))

    def _answer(self, requete: Requete) -> Reponse:
        started, machine = stopwatch(), machine_now()
        echange = None
        try:
            # The plans are looked for further on: what isn't known any more is read together.
            vue = self._plateforme.database.memoire.look((read_clock,), (read_pannes,))
            echange = EchangeRest(requete, vue, vue.found[0].now(), machine)
            reponse = handle(self._plateforme, echange)
        except Refus as refus:
            assert echange is not None
            echange.rule, echange.code = refus.rule, refus.rule.code
            reponse = refus_reponse(refus)
        except FrappeRest as frappe:
            assert echange is not None
            reponse = Reponse(frappe.statut, frappe.statut.phrase.encode(), _TEXT)
        except Exception as error:
            _log.error("%s ne peut pas répondre.", requete.chemin, exc_info=error)
            rule = _breakdown(requete, error)
            reponse = json_reponse(rule.corps, rule.statut)
            if echange is None:
                return reponse  # not even the simulated time can be read
            echange.rule, echange.code = rule, rule.code
            echange.notes.append(f"{type(error).__name__}: {error}")
        if not requete.chemin.startswith(_NOT_RECORDED):
            self._journal(echange, reponse, elapsed_ms(started))
        return reponse if echange.atteinte is None else _spoilt(echange.atteinte, reponse)

    def _journal(self, echange: EchangeRest, reponse: Reponse, duration_ms: float) -> None:
        """Record an exchange; whatever happens here, the client has its answer."""
        try:
            entetes, auteur = echange.requete.entetes, CLIENT
            if HEADER in entetes or entetes.get("user-agent", "").startswith(PRODUCT):
                auteur = auteur_of(entetes, self._marques)
            self._record(_told(echange, auteur, reponse, duration_ms))
        except Exception:
            _log.exception("Un échange n'a pas pu être décrit au journal.")


def _breakdown(requete: Requete, error: Exception) -> RegleRest:
    """Return how a failure of the simulator itself is told."""
    if not requete.chemin.startswith("/dataconnect/"):
        return motifs.PANNE
    return motifs_page.PANNE if isinstance(error, UNREACHABLE) else motifs_page.SERVEUR


def _spoilt(struck: Atteinte, reponse: Reponse) -> Reponse:
    """Return what the client gets of an answer that a plan has struck."""
    if struck.panne.sorte == "xml_tronque":
        return replace(reponse, corps=reponse.corps[: len(reponse.corps) // 2])
    return replace(reponse, departure=departure_of(struck))


def _response(reponse: Reponse) -> Response:
    # Where nothing is said, nothing is announced: a client would read it.
    type_ = (("Content-Type", reponse.type),) if reponse.corps else ()
    return Response(
        HTTPStatus(reponse.statut),
        reponse.corps,
        (*type_, *reponse.entetes.items()),
        departure=reponse.departure,
    )


def _requete(request: Request) -> Requete:
    return Requete(
        methode="GET" if request.method == "HEAD" else request.method,
        chemin=request.path,
        query=request.query,
        entetes=request.headers,
        corps=request.body,
        adresse=request.sender.address,
    )


def _told(
    echange: EchangeRest, auteur: AuteurDAppel, reponse: Reponse, duration_ms: float
) -> EchangeRecord:
    requete, rule, application = echange.requete, echange.rule, echange.application
    notes = list(echange.notes)
    if application is not None:
        notes.insert(0, f"application « {application.nom} », {application.mode}")
    if location := reponse.entetes.get("Location"):
        notes.append(f"vers {location}")
    return EchangeRecord(
        instant=echange.now,
        machine_instant=echange.machine,
        duration_ms=duration_ms,
        kind="rest",
        origine=auteur.origine,
        rejeu_de=auteur.rejeu_de,
        acteur_code=echange.acteur_code,
        remote_address=requete.adresse,
        user_agent=requete.entetes.get("user-agent"),
        service=echange.service,
        version=echange.version,
        prm=echange.prm,
        code=None if echange.code is None else echange.code[:15],
        http_status=reponse.statut,
        rule=None if rule is None else rule.of(motifs.SERVICE),
        detail="\n".join(notes) or None,
        request=_request_text(requete),
        response=None if reponse.type == HTML else _JETON.sub(rb"\1***", reponse.corps),
    )


def _request_text(requete: Requete) -> bytes:
    """Return a request as the journal keeps it: its first line and its body, without secrets."""
    line = f"{requete.methode} {requete.chemin}{'?' if requete.query else ''}{requete.query}"
    text = line.encode() + (b"\n\n" + requete.corps if requete.corps else b"")
    return _SECRETS.sub(rb"\1***", text)
