"""What the three services of M023 read, and how they open a case."""

from collections.abc import Collection
from datetime import datetime

from sge_sim.clock import start_of_day
from sge_sim.commandes.m023 import Emetteur, Historiques, order_m023
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.nomenclatures import FluxM023
from sge_sim.services.m023 import AdmissibiliteM023
from sge_sim.services.reading import acces_of
from sge_sim.services.rule import check
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.protocol import Tree
from sge_sim.store.m023 import DemandeM023, count_m023_since

VIDES = {"pointIds": "SGT4ZM"}
"""A list without a point has a code of its own, though the schema wants one (observed 26.1)."""


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


def take_demand(
    appel: Appel, service: Service, historiques: Historiques, flux: Collection[FluxM023]
) -> DemandeM023:
    """Hold a demand against the rules of its service, and open its case.

    `flux` are those that the service orders: its daily quota counts them all.
    """
    general = appel.body["donneesGenerales"]
    faits = appel.lire(login=general["initiateurLogin"], contrat_id=general["contratId"])
    demande = AdmissibiliteM023(
        acces=acces_of(appel, service, faits),
        flux=historiques.flux,
        points=len(historiques.prms),
        debut=historiques.debut,
        fin=historiques.fin,
        du_jour=count_m023_since(appel.session, tuple(flux), start_of_day(appel.today)),
    )
    check(service.rules, demande, appel.settings.disabled_rules)
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
