"""`/`: the first page, and `/touches`: what pages and keys there are.

The first page has nine blocks at most, each there only where it has something to say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, get_args

from fastapi import Request, Response
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import Barre, bars_of
from sge_sim.admin.routes import Admin, AdminState, Routes
from sge_sim.api.acteurs import view_certificats
from sge_sim.api.flux import FichierView
from sge_sim.api.pannes import view_pannes
from sge_sim.api.typed_filters import service_names
from sge_sim.api.views import ExchangeView
from sge_sim.clock import machine_now
from sge_sim.domaine.francais import counted
from sge_sim.domaine.libelles import EVENEMENTS, libelle_de
from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.door.certificats import login_and_contrat
from sge_sim.homologation.premier_appel import PremierAppel, first_call, moyens_for
from sge_sim.homologation.reports.etats import Statut
from sge_sim.journal import RechercheJournal, Reponse
from sge_sim.tables.acteurs import default_acteur
from sge_sim.tables.attentes import Waiting, first_awaited
from sge_sim.tables.campaigns import find_campaigns
from sge_sim.tables.commandes import Affaire, Evenement
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.entreprises import TITRES
from sge_sim.tables.flux import count_undelivered, find_fichiers

if TYPE_CHECKING:
    from sge_sim.homologation.reports.rapport import Execution

routes = Routes(include_in_schema=False)


@routes.get("/")
def show_first_page(state: Admin, request: Request) -> Response:
    return pages.render(request, "accueil.html", accueil=look_around(state))


@routes.get("/touches")
def show_keys(request: Request) -> Response:
    return pages.render(request, "touches.html")


_REFUS: Final = 5
_LOOKED_AT: Final = 50
"""Refusals among which those that are alike are counted."""
_LINES: Final = 4
_CLIENTS: Final = 2
_CAMPAIGNS: Final = 2
_CALLED: Final = 5
_CALLS: Final = RechercheJournal(kinds=frozenset(get_args(KindEchange)) - {"flux"})


@dataclass(frozen=True)
class RunningCampaign:
    """A campaign that runs: its address, what it is, how many of its cases are good, how each state
    stands: the state, how many come before it in the ring, how many it has."""

    adresse: str
    nom: str
    bons: int
    total: int
    parts: tuple[tuple[Statut, int, int], ...]


def look_around(state: AdminState) -> dict[str, Any]:
    """Return the blocks of the first page now; one that is empty isn't shown.

    `appel` is there until a client has called; `refus` are the last refusals, each with how many of
    the last fifty are like it. What it costs doesn't grow with what is kept.
    """
    journal = state.journal
    answers = journal.find_answers()
    refused = RechercheJournal(accepted=False, origine="client")
    with state.database.sessions() as session:
        return {
            "heure": _last_hour(state),
            "appel": None if answers else _first_call(state, session),
            "ennuis": _ennuis(state, session),
            "refus": _alike(map(ExchangeView.of, journal.find_echanges(refused, limit=_LOOKED_AT))),
            "campaigns": _campaigns(state, session),
            "clients": _clients(answers),
            "previsions": [_prevision(row) for row in first_awaited(session, _LINES)],
            "fichiers": [FichierView.of(each) for each in find_fichiers(session, limit=_LINES)],
            "certificats": [
                each for each in view_certificats(session, machine_now()) if each.avertissement
            ][:_LINES],
            "pannes": [
                each for each in view_pannes(session, state.settings.data_dir) if not each.epuisee
            ][:_LINES],
        }


def _alike(refused: Iterable[ExchangeView]) -> list[tuple[ExchangeView, int]]:
    """Return the last refusals that differ by who asked, what, or why, each with how many are
    alike; the commonest first."""
    groups: dict[tuple[object, ...], list[ExchangeView]] = {}
    for each in refused:
        why = each.code, each.http_status, each.rule and each.rule.name, each.panne
        groups.setdefault((each.acteur, each.nature, *why), []).append(each)
    last = list(groups.values())[:_REFUS]
    return [(group[0], len(group)) for group in sorted(last, key=len, reverse=True)]


def _first_call(state: AdminState, session: Session) -> PremierAppel:
    login, _ = login_and_contrat(default_acteur(session, "tiers"))
    return first_call(
        state.b2b_url,
        login,
        moyens_for(state.settings.data_dir, None),
        state.settings.data_dir,
        basic_auth=state.settings.basic_auth,
    )


def _ennuis(state: AdminState, session: Session) -> list[tuple[str, str]]:
    """Return what is wrong with the simulator itself, the gravest first, with the page that says
    more."""
    found: list[tuple[str, str]] = []
    journal = state.journal.state()
    if journal.failure is not None:
        found.append((f"Rien n'est rangé au journal : {journal.failure}.", "/health"))
    if not journal.acknowledged:
        missing = counted(journal.missing, "échange manque", "échanges manquent")
        found.append((f"{missing} au journal (sge-sim journal repair dit lesquels).", "/health"))
    broken = RechercheJournal(code="SGT500", accepted=False)
    for each in state.journal.find_echanges(broken, limit=1):
        view = ExchangeView.of(each)
        if view.panne is None:
            phrase = f"Une panne du simulateur lui-même (SGT500) : {view.cause or view.nature}"
            found.append((phrase, f"/echanges/{view.id}"))
    late, erreur = count_undelivered(session)
    if late:
        lost = counted(late, "fichier n'arrive pas", "fichiers n'arrivent pas")
        found.append((f"{lost} : {erreur}", "/canaux"))
    return found


def _campaigns(state: AdminState, session: Session) -> list[RunningCampaign]:
    """Return the campaign that is run here, and those that are open, the newest first."""
    found: list[RunningCampaign] = []
    if (passage := state.passage) is not None:
        name = f"Passage de {passage.release}, {passage.quoi}"
        found.append(_running(f"/passages/{passage.nom}", name, passage.executions, passage.total))
    opened = [each.id for each in find_campaigns(session) if each.fin is None]
    # The catalogue is loaded where a campaign is open, not before.
    for number in opened[: _CAMPAIGNS - len(found)]:
        campaign = state.campaigns.read(number, 1)
        name = f"Campagne {number} : {campaign.acteur}, {campaign.release}"
        runs = campaign.executions
        found.append(_running(f"/campaigns/{number}", name, runs, len(runs)))
    return found


def _running(address: str, name: str, runs: "Sequence[Execution]", total: int) -> RunningCampaign:
    counts = Counter(each.statut for each in runs)
    counts[Statut.PAS_COMMENCE] += total - len(runs)
    starts = accumulate((counts[each] for each in Statut), initial=0)
    parts = tuple(
        (each, start, counts[each])
        for each, start in zip(Statut, starts, strict=False)
        if counts[each]
    )
    good = sum(count for each, _, count in parts if each.bon)
    return RunningCampaign(address, name, good, total, parts)


def _last_hour(state: AdminState) -> list[Barre]:
    """Return the calls of the machine's last hour by minute and outcome; nothing without any."""
    first = int(machine_now().timestamp() // 60) - 59
    counts = state.journal.count_minutes(_CALLS, first)
    return bars_of(counts, range(first, first + 61)) if counts else []


def _prevision(row: Waiting) -> tuple[datetime, str, str | None]:
    """Return what is due, when (simulated), and the point."""
    assert row.echeance is not None
    match row:
        case Evenement():
            quoi = EVENEMENTS[row.type]
        case Affaire():
            quoi = f"clôture de l'affaire {row.affaire_id}"
        case _:
            what = libelle_de("serviceSouscritType", row.type)
            quoi = f"{'fin' if row.etat == 'ACTIF' else 'début'} du service « {what} »"
    return row.echeance, quoi, row.prm


def _clients(
    answers: Iterable[Reponse],
) -> list[tuple[str, list[tuple[str, list[Reponse]]], list[str]]]:
    """Return the actors whose clients called last, each with the services that it called and their
    last answers, the latest first, and with those that it never called."""
    called: dict[str, dict[str, list[Reponse]]] = {}
    for each in answers:
        called.setdefault(each.acteur_code, {}).setdefault(each.service, []).append(each)
    soap = [name for name in service_names() if name not in (*APIS, *TITRES)]
    return [
        (acteur, [*found.items()][:_CALLED], [name for name in soap if name not in found])
        for acteur, found in [*called.items()][:_CLIENTS]
    ]
