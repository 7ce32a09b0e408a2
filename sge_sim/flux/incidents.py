"""What pannes make of a delivery: a file late, missing, twice or damaged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import EtatFichier
from sge_sim.domaine.pannes import Atteinte
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Memoire
from sge_sim.flux.canaux import Channel
from sge_sim.journal import EchangeRecord
from sge_sim.tables.flux import FichierFlux


@dataclass(frozen=True, slots=True)
class Aboutissement:
    """How an attempt ended: the state of the file, and what is told of it, in French.

    `panne` is the number of the plan that struck it, `again_after` when it is to be tried again
    (of the machine's time).
    """

    etat: EtatFichier = "livre"
    arrived: bool = True
    line: str | None = None
    panne: int | None = None
    again_after: timedelta | None = None


Deliver = Callable[[Channel, str, bytes], Aboutissement]


def deliver_whole(channel: Channel, nom: str, content: bytes) -> Aboutissement:
    """Deliver a file as it is."""
    channel.deliver(nom, content)
    return Aboutissement()


@dataclass(frozen=True)
class Incidents:
    """The pannes of the deliveries; `record` tells the journal which one struck."""

    memoire: Memoire
    guet: Guet
    record: Callable[[EchangeRecord], None]

    def of(self, fichier: FichierFlux) -> Deliver:
        """Return how `fichier`, read with its publication and contract, is to be delivered.

        A plan is asked at the first attempt alone: what is tried again arrives.
        """
        if fichier.tentatives:
            return deliver_whole
        prms = fichier.prms.split()
        plans = tuple(
            plan
            for plan in self.guet.plans(
                self.memoire.look(),
                "fichier",
                fichier.publication.instant,
                service=fichier.publication.flux,
                acteur=fichier.contrat.acteur_code,
            )
            if (plan.prm is None or plan.prm in prms) and plan.contrat in (None, fichier.contrat_id)
        )
        struck = self.guet.strike(plans)
        if struck is None:
            return deliver_whole
        return lambda channel, nom, content: self._struck(fichier, struck, channel, nom, content)

    def _struck(
        self, fichier: FichierFlux, struck: Atteinte, channel: Channel, nom: str, content: bytes
    ) -> Aboutissement:
        panne, line = struck.panne, struck.line
        later = timedelta(seconds=struck.seconds)
        match panne.sorte:
            case "retard":
                ending = Aboutissement("a_livrer", False, line, panne.numero, later)
            case "manquant":
                ending = Aboutissement("echec", False, line, panne.numero)
            case "double":
                channel.deliver(nom, content)
                ending = Aboutissement("a_livrer", True, line, panne.numero, later)
            case _:
                channel.deliver(nom, content[: len(content) // 2])
                ending = Aboutissement("livre", True, line, panne.numero)
        self.record(
            EchangeRecord(
                instant=fichier.publication.instant,
                machine_instant=machine_now(),
                duration_ms=0.0,
                kind="flux",
                acteur_code=fichier.contrat.acteur_code,
                detail=f"{line}\n{nom}",
            )
        )
        return ending
