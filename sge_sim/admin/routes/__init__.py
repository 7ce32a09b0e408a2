"""The routes, a module per subject: `sge_sim.admin.application` includes its routers."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AfterValidator

from sge_sim.admin.metrics import Metrics
from sge_sim.admin.problems import check_parameters
from sge_sim.api.views import Body as Body
from sge_sim.commandes.moves import Moves
from sge_sim.door.certificats import login_and_contrat
from sge_sim.door.origine import Marques
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.premier_appel import moyens_for
from sge_sim.journal import Journal, JournalFeed
from sge_sim.machine.shared_memory import PhaseService
from sge_sim.operations import LARGEST_NUMBER as LARGEST_NUMBER
from sge_sim.operations import State
from sge_sim.referentiel.apports.anonymat import personal_words
from sge_sim.schema.pieces import Pieces
from sge_sim.settings import Settings
from sge_sim.tables.acteurs import default_acteur

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.observed import Campaigns
    from sge_sim.homologation.campaign.passages import Passage, Passages
    from sge_sim.homologation.client.sge_client import Cible

RowNumber = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
"""The number of a row in a path."""
Routes = partial(APIRouter, dependencies=[Depends(check_parameters)])
"""Routes whose parameters are checked, as those of the application are."""


def following(request: Request, **changed: object) -> str:
    """Return the address of the next page of a list: that of the request, so changed."""
    url = request.url.include_query_params(**changed)
    return f"{url.path}?{url.query}"


def attachment(name: str) -> dict[str, str]:
    """Return the headers of a file that a browser keeps under a name, without looking at it."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }


def read_by(parse: Callable[[str], object]) -> AfterValidator:
    """Return what refuses a text that `parse` can't read, with the sentence of its `UsageError`."""

    def check(text: str) -> str:
        try:
            parse(text)
        except UsageError as error:
            raise ValueError(str(error)) from None
        return text

    return AfterValidator(check)


@dataclass(frozen=True)
class AdminState:
    """What the routes work on.

    `b2b_url` is where the web services answer, `admin_url` where this machine's commands call.
    `moves` are those of the clock, `feed` wakes whoever waits for new exchanges, `marques` are
    those of sge-sim's own calls, `phase` returns whether the simulator starts, serves or stops.
    """

    settings: Settings
    database: Database
    clock: StoredClock
    b2b_url: str
    admin_url: str
    moves: Moves
    journal: Journal
    feed: JournalFeed
    marques: Marques
    phase: Callable[[], PhaseService] = lambda: "pret"

    @cached_property
    def state(self) -> State:
        """What operations work on."""
        state = State(self.settings.data_dir, self)
        vars(state).update(database=self.database, journal=self.journal)
        return state

    @cached_property
    def campaigns(self) -> "Campaigns":
        """The observed campaigns; the catalogue is loaded for whoever looks at one."""
        from sge_sim.homologation.campaign.observed import Campaigns

        settings = self.settings
        return Campaigns(
            self.database,
            self.journal,
            settings.plays_real_homologation,
            settings.environment == "production",
            settings.data_dir,
            settings.generation,
        )

    @cached_property
    def passages(self) -> "Passages":
        """The campaigns that this administration runs; the client is loaded for whoever does."""
        from sge_sim.homologation.campaign.passages import Passages

        folder = self.settings.data_dir
        keeping = Pieces(self.database, folder).changing
        return Passages(folder, self.clock, partial(personal_words, self.database), keeping)

    @cached_property
    def metrics(self) -> Metrics:
        """What Prometheus is told."""
        return Metrics(self.journal, self.database)

    @cached_property
    def followers(self) -> defaultdict[str, set[Any]]:
        """The streams of events of each page that is kept live."""
        return defaultdict(set)

    @property
    def cible(self) -> "Cible":
        """This simulator as its default tiers calls it."""
        from sge_sim.homologation.client.sge_client import Cible

        moyens = moyens_for(self.settings.data_dir, None)
        with self.database.sessions() as session:
            login, contrat_id = login_and_contrat(default_acteur(session, "tiers"))
        return Cible(
            url=self.b2b_url,
            certificat=moyens.certificat,
            cle=moyens.cle,
            login=login,
            contrat_id=contrat_id,
            ca=moyens.autorite,
            admin_url=self.admin_url,
        )

    @property
    def passage(self) -> "Passage | None":
        """The campaign that is run here now; None where none is. Nothing is loaded to know it."""
        loaded: Passages | None = self.__dict__.get("passages")
        last = None if loaded is None else loaded.last
        return None if last is None or last.fini else last


async def _state_of(request: Request) -> AdminState:
    state: AdminState = request.app.state.admin
    return state


Admin = Annotated[AdminState, Depends(_state_of)]
"""The state, as a route asks for it."""
