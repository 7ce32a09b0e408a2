"""The judge of a campaign: every check of every answer, and what earlier answers have given.

`python -m sge_sim.homologation.jugement.juge > docs/controles.md` writes the page of the checks.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sge_sim.api.administration import Administration
from sge_sim.domaine.ecarts_plateforme import NOMINALE, Plateforme, plateforme_of
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.client.messages import AppelFait
from sge_sim.homologation.jugement.administration import ADMINISTRATION
from sge_sim.homologation.jugement.bornes import BORNES
from sge_sim.homologation.jugement.commandes import COMMANDES, SOUSCRITS_LISTES
from sge_sim.homologation.jugement.consommations import CONSOMMATIONS
from sge_sim.homologation.jugement.controle import Controles, Verification
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
from sge_sim.homologation.reports.rapport import Constat

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
    ADMINISTRATION,
)
"""Made of the body of a success that is as the contract says."""

CONTROLES: Final = tuple(
    verification
    for table in (TRANSPORT, CONTRAT, PRESENCE, ACQUITTEMENT, FAULTS, *CONTENU)
    for verification in table.verifications
)
"""Every check there is."""


@dataclass
class Juge:
    """Judges the answers of one campaign of `release` (`sge-23.2`), in their order.

    `defauts` says that who answers may have the defects of the real platform: a nominal simulator
    has no excuse. `administre` is a simulator's administration, where it is at hand.
    """

    release: str
    defauts: bool = True
    administre: Administration | None = None
    _retenus: Mapping[Cle, Fait] = field(default_factory=dict)

    @property
    def plateforme(self) -> Plateforme:
        """The known deviations of the platform of the release."""
        return plateforme_of(self.release) if self.defauts else NOMINALE

    def examine(self, appel: AppelFait, jour: date, cas: Cas | None = None) -> tuple[Constat, ...]:
        """Return what is wrong or doubtful in the answer to a call made on the legal date `jour`.

        Where nothing is, how many checks were made. Nothing of a call that had no answer, or that
        isn't one of SGE's services.
        """
        if appel.contrat is None or appel.statut_http is None:
            return ()
        known = (self.plateforme, self._retenus, self.administre)
        reponse = ReponseJugee(appel.contrat, appel, jour, cas, *known)
        found: list[Constat] = []
        made = 0
        for table in _tables(reponse):
            concerned = table.concerned(reponse)
            made += len(concerned)
            found += filter(None, (each.constate(reponse) for each in concerned))
            if table is CONTRAT and any(not each.reussi for each in found):
                break  # what follows reads the message as the contract says that it is
        if reponse.enveloppe is not None and not reponse.fautive:
            owner = "une préparation" if cas is None else cas.cle
            good = all(each.reussi for each in found)
            self._retenus = retient(self._retenus, reponse, owner, good=good)
        if not found:
            found.append(Constat(f"{made} contrôles du contrat et des guides", True))
        return tuple(found)


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


def controles_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Ce que vérifie une campagne",
        "",
        "Fait des contrôles par `make pages`. Chaque réponse d'une campagne est tenue à ceux-ci,",
        "outre ce que son cas attend, et à ce que les réponses d'avant, ou l'administration d'un",
        "simulateur qui répond (`--admin`), disent du même point. Ce qui est *supposé* avertit et",
        "n'échoue jamais ; une façon connue de la vraie plateforme excuse ce qu'elle nomme, dans",
        "ses versions. `make test-verdict` leur joue de mauvaises réponses.",
        "",
        "| ce qui doit tenir | services | source | provenance | excusé par |",
        "|---|---|---|---|---|",
        *map(_row, CONTROLES),
    ]
    return "\n".join(lines) + "\n"


def _row(verification: Verification) -> str:
    paths = sorted(verification.services)
    services = ", ".join(each.strip("/").replace("/v", " v") for each in paths) or "tous"
    excused = " ; ".join(sorted(each.value for each in verification.leve_par))
    cells = (
        f"{verification.attendu} (`{verification.nom}`)",
        services,
        verification.source,
        in_french(verification.provenance),
        excused,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(controles_page())
