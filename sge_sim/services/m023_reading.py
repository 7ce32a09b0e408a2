"""What the three services of M023 read, and how they open a case."""

from collections.abc import Callable
from datetime import datetime

from sge_sim.clock import start_of_day
from sge_sim.commandes.m023 import Emetteur, Historiques, order_m023
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.nomenclatures import Flux, FluxM023
from sge_sim.refus import Control, check
from sge_sim.services.m023 import (
    CODES_M023,
    LIBELLES_M023,
    PAR_SECONDE,
    AdmissibiliteM023,
    liste_non_vide,
)
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.m023 import DemandeM023, count_m023_since

VIDES = {"pointIds": liste_non_vide}
"""A list without a point has a rule of its own, though the schema wants one (observed 26.1)."""


def declare_m023(
    nom: str,
    *,
    faultstring: str,
    flux: tuple[Flux, ...],
    rules: tuple[Control[AdmissibiliteM023], ...],
    handle: Callable[[Appel], Answer],
    mesures: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
) -> Service:
    """Return a service of M023, with what all three declare alike."""
    return Service(
        nom=nom,
        version="1.0",
        package="Historique",
        codes=(*CODES_M023, *codes),
        libelles=LIBELLES_M023,
        par_seconde=PAR_SECONDE,
        depuis="23.4",
        faultstring=faultstring,
        vides=VIDES,
        bare_faults=has_bare_faults,
        mesures=mesures,
        flux=flux,
        rules=rules,
        handle=handle,
        writes=True,
    )


def read_historiques(flux: FluxM023, asked: Tree) -> Historiques:
    """Return what is asked for, from the block `demande`; the format is JSON unless it is said."""
    return Historiques(
        flux=flux,
        format=asked.get("format", "JSON"),
        prms=asked["pointIds"]["pointId"],
        sens=asked["sens"],
        cadre=asked["cadreAcces"],
        debut=asked.get("dateDebut"),
        fin=asked.get("dateFin"),
        corrigees=bool(asked.get("mesuresCorrigees")),
    )


def take_demand(appel: Appel, service: Service, historiques: Historiques) -> DemandeM023:
    """Check a demand by the rules of its service, and open its case.

    The daily quota of the service counts the files of all its types of measures.
    """
    general = appel.body["donneesGenerales"]
    faits = appel.lire(login=general["initiateurLogin"], contrat_id=general["contratId"])
    demande = AdmissibiliteM023(
        acces=acces_of(appel, service, faits),
        flux=historiques.flux,
        points=len(historiques.prms),
        debut=historiques.debut,
        fin=historiques.fin,
        du_jour=count_m023_since(appel.session, service.flux, start_of_day(appel.today)),
    )
    check(service.rules, demande, appel.disabled)
    emetteur = Emetteur(
        appel.demandeur.code,
        general["contratId"],
        general["initiateurLogin"],
        general.get("referenceDemandeur"),
    )
    return order_m023(
        appel.session, emetteur, historiques, appel.now, appel.settings.delai_activation
    )


def has_bare_faults(settings: Settings, instant: datetime) -> bool:
    """Tell whether a fault is the qualified one without a code."""
    played = settings.plateforme(instant.date()).usages
    return settings.m023_code_vide or Usage.FAUTE_SANS_CODE in played
