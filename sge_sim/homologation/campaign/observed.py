"""Observed campaigns: the actor runs its own client, the journal tells which cases it has done.

Nothing is asked of the client, and nothing watches in the background: each time a campaign is
looked at, it catches up with the journal. It looks at the client's calls alone: those that sge-sim
makes (passages, replays, the doctor's) are kept apart by the door. Actors are recognised by
their certificate, clients of one actor by what their campaign is bound to, so several may be open
at once.
"""

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, Clock, legal_date, machine_now
from sge_sim.domaine.ecarts_plateforme import plateforme_at
from sge_sim.domaine.plateformes import Generation, Offering
from sge_sim.errors import UnknownError, UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.campaign.client_observe import ClientObserve
from sge_sim.homologation.campaign.matching import AppelDuJournal, Observation, recognise
from sge_sim.homologation.campaign.outcome import judge, keep_best, seen
from sge_sim.homologation.campaign.targets import (
    ON_PRODUCTION,
    REPONSES_DU_SIMULATEUR,
    not_asked,
    partial_worth,
)
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.comparaison import precedes
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import Execution, Rapport
from sge_sim.journal import Journal, RechercheJournal
from sge_sim.machine.once import computed_once
from sge_sim.tables.acteurs import Acteur, default_acteur
from sge_sim.tables.campaigns import Campaign, CampaignObservation, contents_of, find_campaigns

ANY_CLIENT: Final = ClientObserve()
"""Whatever client the actor calls with."""
_BATCH: Final = 100
"""Calls that are read in a transaction, a third of a second."""


@dataclass(frozen=True)
class CampaignState:
    """A campaign caught up with the journal. Instants are the machine's, in legal time.

    `offering` is what the simulator serves, on its day or on that of the last call before the end.
    `a_jour` is False where calls that were recorded are still to be looked at. `remarques`,
    `commande`, `cible` and `societe` are those of the report.
    """

    id: int
    acteur: str
    release: str
    debut: datetime
    fin: datetime | None
    observations: tuple[Observation, ...]
    offering: Offering
    a_jour: bool = True
    client: ClientObserve = ANY_CLIENT
    remarques: tuple[str, ...] = ()
    commande: str = ""
    cible: str = "un simulateur sge-sim"
    societe: str = ""

    @property
    def executions(self) -> tuple[Execution, ...]:
        """One per run of the release, in its order: the last good one, else the last, else none."""
        untried = Statut.PAS_COMMENCE if self.fin is None else Statut.A_PASSER
        return self._runs(load_release(self.release).cas, untried)

    def _runs(self, cases: Sequence[Cas], untried: Statut) -> tuple[Execution, ...]:
        best: dict[str, Execution] = {}
        for each in self.observations:
            if each.execution is not None:
                keep_best(best, each.execution)
        why = "Aucune demande observée pour ce cas."
        return tuple(seen(each, best.get(each.cle), self.offering, why, untried) for each in cases)

    def view(self, most: int | None = None) -> dict[str, Any]:
        """Return the campaign without the messages, which the journal gives.

        Of its observations, the `most` last where it is given; `observees` counts them all.
        """
        shown = self.observations if most is None else self.observations[-most:]
        view = asdict(replace(self, observations=tuple(map(_without_execution, shown))))
        for observation in view["observations"]:
            del observation["execution"]
        for name in ("remarques", "commande", "offering", "cible", "societe"):
            del view[name]
        view["observees"] = len(self.observations)
        view["cas"] = {each.cle: each.statut for each in self.executions}
        return view

    def rapport(self, names: Sequence[str] = ()) -> Rapport:
        """Return the report, as if the campaign ended now when it is still open.

        Of the case ids or keys `names` alone, if any: those that nobody called are then to be run.
        Raises `UsageError` for a name that the release doesn't have.
        """
        release = load_release(self.release)
        executions, remarques = self.executions, self.remarques
        if names:
            chosen = {case.cle for name in names for case in release.find(name)}
            cases = [case for case in release.cas if case.cle in chosen]
            executions = self._runs(cases, Statut.A_PASSER)
            remarques = (*remarques, partial_worth(len(cases), release))
        packages = dict.fromkeys(each.package for each in executions) if names else ()
        return Rapport(
            release=release.nom,
            origine="observée",
            cible=self.cible,
            acteur=self.acteur,
            client=str(self.client),
            societe=self.societe,
            remarques=remarques,
            commande=self.commande,
            simulateur=True,
            debut=self.debut,
            fin=self.fin or machine_now().astimezone(PARIS),
            partielle=bool(names),
            verdicts=judge(release, packages, executions, partielle=bool(names)),
            executions=executions,
            non_verifies=(*not_asked(release, executions), *REPONSES_DU_SIMULATEUR),
        )


@dataclass(frozen=True)
class Campaigns:
    """The campaigns that a database holds, of the exchanges of its journal.

    `defauts` says that the simulator plays the defects of the real platform: a nominal one that
    doesn't answer as it should has no excuse. `production` says that it plays the production,
    `data_dir` is its folder, `generation` what it serves.
    """

    database: Database
    journal: Journal
    defauts: bool = True
    production: bool = False
    data_dir: Path | None = None
    generation: Generation = "toutes"

    def start(
        self, release: str | None, acteur: str | None = None, client: ClientObserve = ANY_CLIENT
    ) -> CampaignState:
        """Open a campaign of `acteur`, from the next exchange on.

        Without `release` it is of the one in force on the simulated day. Without `acteur` it is
        that of the certificate or the login that `client` is bound to, the default tiers otherwise.
        Raises `UsageError` for an unknown release, as `ClientObserve.acteur_code` does, and while
        another campaign of the same client is open.
        """
        name = load_release(release or release_in_force(StoredClock(self.database))).nom
        newest = self.journal.newest_id()
        with self.database.transaction() as session:
            code = client.acteur_code(session, acteur)
            opened = [each for each in find_campaigns(session, acteur=code) if each.fin is None]
            if any(_client(each) == client for each in opened):
                raise UsageError(
                    f"L'acteur {code} a déjà une campagne ouverte"
                    f"{f' ({client})' if str(client) else ''} : l'arrêter par sge-sim campaign "
                    "stop, ou distinguer un autre client par son certificat, son login ou son "
                    "User-Agent."
                )
            row = Campaign(
                acteur_code=code,
                release=name,
                **asdict(client),
                debut=machine_now(),
                dernier_echange=newest,
            )
            session.add(row)
            session.flush()
            return self._state(session, row)

    def read(self, campaign_id: int, batches: int | None = None) -> CampaignState:
        """Return a campaign, caught up with the journal; raises `UsageError` if there is none.

        With `batches`, at most so many hundreds of calls are looked at: the next reading goes on.
        """
        while True:
            batches = None if batches is None else batches - 1
            # While a state comes back, the journal holds what it is to forget.
            lock = self.database.coming_back(wait=False)
            with self.database.transaction() as session, lock as alone:
                row = session.get(Campaign, campaign_id)
                if row is None:
                    raise UnknownError(
                        f"Aucune campagne ne porte le numéro {campaign_id}.", campaign_id
                    )
                up_to_date = alone and self._look_at_some(session, row)
                if up_to_date or batches == 0:
                    return self._state(session, row, a_jour=up_to_date)
            if not alone:
                with self.database.coming_back():
                    pass

    def list(self, batches: int | None = None) -> tuple[CampaignState, ...]:
        """Return every campaign, caught up as `read` does, the newest first."""
        with self.database.sessions() as session:
            numbers = [each.id for each in find_campaigns(session)]
        return tuple(self.read(number, batches) for number in numbers)

    def before(self, rapport: Rapport) -> Rapport | None:
        """Return the last report of the history of `rapport`."""
        reports = (each.rapport() for each in self.list())
        return next((each for each in reports if precedes(each, rapport)), None)

    def stop(self, campaign_id: int) -> CampaignState:
        """Close a campaign: later exchanges don't count. Closing it twice changes nothing."""
        state = self.read(campaign_id)
        with self.database.transaction() as session:
            row = session.get(Campaign, campaign_id)
            assert row is not None
            if row.fin is None:
                row.fin = machine_now()
            return self._state(session, row) if state.fin is None else state

    def current(self, acteur: str | None = None) -> CampaignState:
        """Return the campaign of `acteur` (the default tiers if None), caught up.

        The one that is open, the newest where none is. Raises `UsageError` if there is none, or
        if several are open.
        """
        with self.database.sessions() as session:
            code = default_acteur(session, "tiers").code if acteur is None else acteur
            found = find_campaigns(session, acteur=code)
            opened = [each.id for each in found if each.fin is None]
            newest = next(iter(opened), found[0].id if found else None)
        if len(opened) > 1:
            raise UsageError(
                f"L'acteur {code} a plusieurs campagnes ouvertes "
                f"({', '.join(map(str, sorted(opened)))}) : dire laquelle par --campaign."
            )
        if newest is None:
            raise UsageError(
                f"L'acteur {code} n'a aucune campagne : l'ouvrir par sge-sim campaign start."
            )
        return self.read(newest)

    def _state(self, session: Session, row: Campaign, *, a_jour: bool = True) -> CampaignState:
        read = _adapter().validate_json
        observations = tuple(map(read, contents_of(session, row.id)))
        return CampaignState(
            row.id,
            row.acteur_code,
            row.release,
            row.debut.astimezone(PARIS),
            row.fin and row.fin.astimezone(PARIS),
            observations,
            Offering(self.generation, self._day(row, observations)),
            a_jour,
            _client(row),
            (ON_PRODUCTION,) if self.production else (),
            self._command(row),
            f"le simulateur sge-sim « {(self.data_dir or Path()).resolve().name} »",
            self._societe(row.acteur_code),
        )

    def _societe(self, code: str) -> str:
        with self.database.sessions() as session:
            acteur = session.get(Acteur, code)
            return "" if acteur is None else acteur.nom

    def _day(self, row: Campaign, observations: Sequence[Observation]) -> date:
        """Return the legal day on which a campaign is judged: for a closed one, that of its last
        call, so that its verdict stays."""
        last = None
        if row.fin is not None and observations:
            last = self.journal.find_echange(observations[-1].echange_id)
        return legal_date(StoredClock(self.database).now() if last is None else last.instant)

    def _command(self, row: Campaign) -> str:
        """Return the shell command that opens such a campaign again, once it is closed."""
        if row.fin is None:
            return ""
        given = {
            "data-dir": None if self.data_dir is None else self.data_dir.resolve().name,
            "acteur": row.acteur_code,
            "release": row.release,
            "certificat": row.certificat,
            "login": row.login,
            "user-agent": row.logiciel,
        }
        options = [(f"--{name}", value) for name, value in given.items() if value]
        return shlex.join(["sge-sim", "campaign", "start", *chain.from_iterable(options)])

    def _look_at_some(self, session: Session, row: Campaign) -> bool:
        """Look at the next calls; return whether there are no others.

        Of the calls of a case, the one that a report shows keeps its messages: the last good
        one, else the last.
        """
        if row.fin is not None:
            return True
        calls = RechercheJournal(
            kinds=frozenset({"soap"}), acteur=row.acteur_code, origine="client"
        )
        batch = self.journal.find_echanges(
            calls, after_id=row.dernier_echange, limit=_BATCH, with_bodies=True
        )
        if not batch:
            return True
        release = load_release(row.release)
        kept = {
            each.contenu["execution"]["cle"]: each
            for each in row.observations
            if each.contenu["execution"] is not None
        }
        runs = (_adapter().validate_python(each.contenu).execution for each in kept.values())
        closed = {run.cle for run in runs if run is not None and run.statut.bon}
        client = _client(row)
        for echange in batch:
            row.dernier_echange = echange.id
            if not client.made(echange):
                continue
            appel = AppelDuJournal.of(echange, echange.request or b"", echange.response or b"")
            observation = recognise(release, appel, tuple(closed), defauts=self.defauts)
            run = observation.execution
            if run is not None and run.cle in closed and not run.statut.bon:
                observation, run = _without_execution(observation), None
            made = CampaignObservation(
                echange_id=echange.id, contenu=_adapter().dump_python(observation, mode="json")
            )
            row.observations.append(made)
            if run is not None:
                before = kept.get(run.cle)
                if before is not None:
                    before.contenu = {**before.contenu, "execution": None}
                kept[run.cle] = made
                if run.statut.bon:
                    closed.add(run.cle)
        session.flush()
        return len(batch) < _BATCH


def release_in_force(clock: Clock) -> str:
    """Return the release of SGE in force on the day of a clock."""
    return f"sge-{plateforme_at(legal_date(clock.now())).release}"


def _client(row: Campaign) -> ClientObserve:
    return ClientObserve(row.certificat, row.login, row.logiciel)


def _without_execution(observation: Observation) -> Observation:
    return replace(observation, execution=None)


@computed_once()
def _adapter() -> TypeAdapter[Observation]:
    return TypeAdapter(Observation)
