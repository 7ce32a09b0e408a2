"""What a simulated service is, and what a call to it brings.

Every service, or family of services that differ by a table, is a folder with the same files:
`demande.py` is the demand as the rules look at it, `rules.py` the control table, `answer.py` writes
what is answered, `service.py` reads the message, joins the others and declares the services.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sge_sim.domaine.ecarts_plateforme import NOMINALE, Ecart, Plateforme
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.refus import Control
from sge_sim.services.acces import PACKAGE_SUPPOSE, Appelant
from sge_sim.services.declaration import DeclaredService
from sge_sim.settings import Settings
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.point_facts import Faits, PointFacts

CHAMPS_LIBRES: Final = frozenset(
    {
        *("loginUtilisateur", "initiateurLogin", "loginDemandeur", "contratId"),
        *("refExterne", "refFrn", "refFrnRegroupement", "affaireLieeId"),
        *("personnePhysique", "personneMorale"),
    }
)
"""Who asks, references of the asker's own, and the client's identity (catalogue of SGE 21.3)."""

CHAMPS_ACCORD: Final = frozenset({"autorisationClient", "accord", "accordClient"})


@dataclass(slots=True)
class Appel:
    """One call: the message, who sends it, when, and the state it is judged on.

    `header` is empty where the client sent none. `now` is the simulated time, in legal time,
    `today` its date, `plateforme` what is played on it. `faits` are what the service asks of the
    state, `session` is that of a service that searches or writes, None for the others. `disabled`
    are the names of the rules that the service passes over.
    """

    body: Tree
    header: Tree
    demandeur: Demandeur
    now: datetime
    settings: Settings
    faits: Faits
    session: Any
    disabled: frozenset[str] = frozenset()
    today: date = field(init=False)
    plateforme: Plateforme = field(init=False)

    def __post_init__(self) -> None:
        self.today = self.now.date()
        # At every call: `Settings.plateforme` is asked only where a platform is played.
        played = self.settings.plays_real_homologation
        self.plateforme = self.settings.plateforme(self.today) if played else NOMINALE

    def ecart(
        self, service: "Service", point: PointFacts | None, demande: str = ""
    ) -> Ecart | None:
        """Return what the platform being played answers instead, in the release of the day.

        `demande` is what is asked for, in the words of `sge_sim.domaine.ecarts_plateforme`.
        """
        segment, prm = (None, None) if point is None else (point.segment, point.prm)
        return self.plateforme.find(service.nom, service.version, segment, demande, prm)


@dataclass(frozen=True, kw_only=True)
class Service(DeclaredService):
    """A service in one version: what it declares, and what it does.

    `codes` are the return codes that its documentation lists; `unreachable` says of some of them,
    in French, why no request can obtain them here.

    `remarques` say, in a sentence each, what it does where its documents disagree or say nothing.

    `habilitation` is the gate before it, with the code that it refuses with; `controls` are that
    gate and its rules.

    `asks` names the facts that a message needs, as `sge_sim.facts.lecture.questions` does: they are
    read at once. `writes` tells a service that changes the state: what was due on its point has
    happened then; `catches_up` one that only reads, and finds it so too. `searches` tells one that
    looks through rows by itself.

    A call of a tester's own client is recognised by all of its elements but `champs_libres`, which
    are of the asker's choice; `champs_accord` have to be declared, where elsewhere `false` and an
    element that is left out say the same (observed).

    `par_seconde` is how many demands the guide has the service take in a second, of all actors
    together; None where it names no ceiling.

    `faultstring` is the text of every fault, None where it is the label of its code. `vides` are
    the elements that a rule of their own wants something in, whatever the schema says;
    `bare_faults` tells whether faults have neither code nor label at an instant.
    """

    codes: tuple[str, ...]
    rules: tuple[Control[Any], ...]
    handle: Callable[[Appel], Answer]
    unreachable: Mapping[str, str] = field(default_factory=dict)
    remarques: tuple[str, ...] = ()
    habilitation: Control[Appelant] = PACKAGE_SUPPOSE
    asks: Callable[[Tree, Demandeur], Mapping[str, Any]] = lambda _body, _demandeur: {}
    writes: bool = False
    catches_up: bool = False
    searches: bool = False
    par_seconde: int | None = None
    faultstring: str | None = None
    vides: Mapping[str, Control[Any]] = field(default_factory=dict)
    bare_faults: Callable[[Settings, datetime], bool] | None = None
    champs_libres: frozenset[str] = CHAMPS_LIBRES
    champs_accord: frozenset[str] = CHAMPS_ACCORD

    @property
    def controls(self) -> tuple[Control[Any], ...]:
        """All that may refuse a demand, in the order in which it is held; each with the provenance
        that users' records give it."""
        return tuple(
            replace(each, provenance=each.of(self.nom).provenance)
            for each in (self.habilitation, *self.rules)
        )

    def libelle(self, code: str) -> str:
        """Return the label that goes with `code`; raises `KeyError` for an unknown one."""
        return self.libelles.get(code) or LIBELLES_CODES[code]
