"""The judge of a campaign: every check of every answer, and what earlier answers have given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sge_sim.api.administration import Administration
from sge_sim.domaine.ecarts_plateforme import NOMINALE, plateforme_judged
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.client.messages import AppelFait
from sge_sim.homologation.jugement.administration import ADMINISTRATION
from sge_sim.homologation.jugement.bornes import BORNES
from sge_sim.homologation.jugement.commandes import COMMANDES, SOUSCRITS_LISTES
from sge_sim.homologation.jugement.consommations import CONSOMMATIONS
from sge_sim.homologation.jugement.controle import Controles
from sge_sim.homologation.jugement.detaillees import DETAILLEES_POINTS
from sge_sim.homologation.jugement.donnees_du_point import DONNEES
from sge_sim.homologation.jugement.echos import ACQUITTEMENT, ECHOS, PRESENCE
from sge_sim.homologation.jugement.enveloppe import CONTRAT, FAULTS, TRANSPORT
from sge_sim.homologation.jugement.faits import CONCORDANCES, retient
from sge_sim.homologation.jugement.index_releves import INDEX
from sge_sim.homologation.jugement.libelles import LIBELLES
from sge_sim.homologation.jugement.listes import COMPLETES
from sge_sim.homologation.jugement.reponse import Cle, Fait, ReponseJugee
from sge_sim.homologation.jugement.valeurs import VALEURS
from sge_sim.homologation.reports.rapport import Constat, NonVerifie

CONTENU: Final = (
    ECHOS,
    DETAILLEES_POINTS,
    VALEURS,
    INDEX,
    CONSOMMATIONS,
    DONNEES,
    COMMANDES,
    SOUSCRITS_LISTES,
    LIBELLES,
    COMPLETES,
    CONCORDANCES,
    BORNES,
)
"""Made of the body of a success that is as the contract says."""

CONTROLES: Final = tuple(
    verification
    for table in (TRANSPORT, CONTRAT, PRESENCE, ACQUITTEMENT, FAULTS, *CONTENU, ADMINISTRATION)
    for verification in table.verifications
)
"""Every check there is."""


@dataclass(frozen=True)
class Examen:
    """What was looked at in answers: `constats` are what is wrong or doubtful, `controles` counts
    the checks that were made, `non_verifies` are those that weren't."""

    constats: tuple[Constat, ...] = ()
    controles: int = 0
    non_verifies: tuple[NonVerifie, ...] = ()

    def __add__(self, other: "Examen") -> "Examen":
        return Examen(
            self.constats + other.constats,
            self.controles + other.controles,
            self.non_verifies + other.non_verifies,
        )

    def of_step(self, nom: str) -> "Examen":
        """Return the same, of a step of preparation."""
        constats = (
            replace(each, attendu=f"préparation « {nom} » : {each.attendu}")
            for each in self.constats
        )
        return replace(self, constats=tuple(constats))


_CONTROLES: Final = "les contrôles du contrat et des guides"
SANS_REPONSE: Final = NonVerifie(_CONTROLES, "aucune réponse HTTP n'est venue")
PAS_DE_SGE: Final = NonVerifie(_CONTROLES, "ils ne portent que sur les services web de SGE")
HORS_CONTRAT: Final = NonVerifie(
    "le contenu de la réponse", "il ne se lit que dans un message conforme au contrat"
)


@dataclass
class Juge:
    """Judges the answers of one campaign of `release` (`sge-23.2`), in their order.

    `defauts` says that who answers may have the defects of the real platform: a nominal simulator
    has no excuse. Each check is made all the same. `administre` is a simulator's administration,
    where it is at hand.
    """

    release: str
    defauts: bool = True
    administre: Administration | None = None
    _retenus: Mapping[Cle, Fait] = field(default_factory=dict)

    def examine(self, appel: AppelFait, jour: date, cas: Cas | None = None) -> Examen:
        """Return what is wrong or doubtful in the answer to a call made on the legal date `jour`.

        No check is made of a call that had no answer, or that isn't one of SGE's services.
        """
        if appel.statut_http is None:
            return Examen(non_verifies=(SANS_REPONSE,))
        if appel.contrat is None:
            return Examen(non_verifies=(PAS_DE_SGE,))
        plateforme = plateforme_judged(self.release, jour) if self.defauts else NOMINALE
        reponse = ReponseJugee(
            *(appel.contrat, appel, jour, cas),
            retenus=self._retenus,
            administre=self.administre,
            usages=plateforme.usages.keys(),
        )
        found: list[Constat] = []
        made, unread = 0, reponse.enveloppe is None
        for table in _tables(reponse):
            concerned = table.concerned(reponse)
            made += len(concerned)
            found += filter(None, (each.constate(reponse, plateforme) for each in concerned))
            if table is CONTRAT and any(not each.reussi for each in found):
                unread = True
                break  # what follows reads the message as the contract says that it is
        if reponse.enveloppe is not None and not reponse.fautive:
            owner = "une préparation" if cas is None else cas.cle
            good = all(each.reussi for each in found)
            self._retenus = retient(self._retenus, reponse, owner, good=good)
        return Examen(tuple(found), made, (HORS_CONTRAT,) if unread else ())


def _tables(reponse: ReponseJugee) -> Iterator[Controles]:
    """Yield the tables of checks that concern the answer, in the order in which they are made."""
    yield TRANSPORT
    if reponse.enveloppe is None:
        return
    yield CONTRAT
    if reponse.fautive:
        yield FAULTS
        return
    if reponse.contrat.response_header is not None:
        yield PRESENCE
    if reponse.acquittement is not None:
        yield ACQUITTEMENT
    yield from CONTENU
    if reponse.administre is not None:
        yield ADMINISTRATION
