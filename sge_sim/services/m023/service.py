"""MFI, MFA and ITC: read the demand, check the rules, open the case."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.domaine.nomenclatures import CodeFlux, Demandeur
from sge_sim.refus import check
from sge_sim.services.m023.demande import (
    FACTURANTES,
    FINES,
    SITUATION,
    AdmissibiliteM023,
    MesuresDemandables,
)
from sge_sim.services.m023.rules import (
    PAR_JOUR,
    RULES_FACTURANTES,
    RULES_FINES,
    RULES_SITUATION,
    liste_non_vide,
)
from sge_sim.services.reading import acces_of
from sge_sim.services.service import Appel, Service
from sge_sim.settings import Settings
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree

CODES_M023: Final = ("SGT471", "SGT472", "SGT473", "SGT4ZM", "SGT506", "SGT500", "SGT562")
LIBELLES_M023: Final = {"SGT4ZM": "La liste des points est vide."}
"""The label of a code that a client tells of without it: ours (assumed)."""

PAR_SECONDE: Final = 5
"""How many demands each service takes in a second (GUI 0502 §2.2)."""


def _read(flux: CodeFlux, asked: Tree) -> MesuresDemandees:
    """Return what is asked for, from the block `demande`; the format is JSON unless it is said."""
    return MesuresDemandees(
        flux=flux,
        format=asked.get("format", "JSON"),
        prms=asked["pointIds"]["pointId"],
        sens=asked["sens"],
        cadre=asked["cadreAcces"],
        debut=asked.get("dateDebut"),
        fin=asked.get("dateFin"),
        corrigees=bool(asked.get("mesuresCorrigees")),
    )


def _answer(appel: Appel, service: Service, demandables: MesuresDemandables) -> Answer:
    """Check a demand by the rules of its service, and open its case: its number is the root element
    of the answer (GUI 0502 §4).

    The daily quota of the service counts the files of all its types of measures.
    """
    general = appel.body["donneesGenerales"]
    mesures = _read(demandables.flux, appel.body["demande"])
    demande = AdmissibiliteM023(
        acces=acces_of(appel, service),
        mesures=demandables,
        points=len(mesures.prms),
        debut=mesures.debut,
        fin=mesures.fin,
        millieme=appel.faits.rang_m023,
    )
    check(service.rules, demande, appel.disabled)
    emetteur = Emetteur(
        appel.demandeur.code,
        general["contratId"],
        general["initiateurLogin"],
        general.get("referenceDemandeur"),
    )
    numeros, delai = appel.faits.numeros, appel.settings.delai_activation
    opened = order_m023(appel.session, numeros, emetteur, mesures, appel.now, delai)
    return Answer(opened.affaire_id)


def has_bare_faults(settings: Settings, instant: datetime) -> bool:
    """Tell whether a fault is the qualified one without a code."""
    played = settings.plateforme(instant.date()).usages
    return settings.m023_code_vide or Usage.FAUTE_SANS_CODE in played


def _asks(*demandables: MesuresDemandables) -> Callable[[Tree, Demandeur], dict[str, Any]]:
    """Return what names the facts that a demand of these measures asks for."""
    flux = tuple(each.flux for each in demandables)
    return lambda body, _: {
        "login": body["donneesGenerales"]["initiateurLogin"],
        "contrat_id": body["donneesGenerales"]["contratId"],
        "rang_m023": (flux, PAR_JOUR),
    }


def handle_fines(appel: Appel) -> Answer:
    """Answer one demand of MFI."""
    return _answer(appel, MFI, FINES[appel.body["demande"]["mesuresTypeCode"]])


def handle_facturantes(appel: Appel) -> Answer:
    """Answer one demand of MFA."""
    return _answer(appel, MFA, FACTURANTES)


def handle_situation(appel: Appel) -> Answer:
    """Answer one demand of ITC."""
    return _answer(appel, ITC, SITUATION)


_declare = partial(
    Service,
    version="1.0",
    package="historique",
    libelles=LIBELLES_M023,
    par_seconde=PAR_SECONDE,
    depuis="23.4",
    vides={"pointIds": liste_non_vide},
    bare_faults=has_bare_faults,
    writes=True,
)
"""What all three declare alike. A list without a point has a rule of its own, though the schema
wants one (observed 26.1)."""
_DES_DATES: Final = ("SGT4K1", "SGT4K4", "SGT4L8")

MFI = _declare(
    nom="CommandeHistoriqueDonneesMesuresFines",
    codes=(*CODES_M023, "SGT400", *_DES_DATES),
    faultstring="Erreur Technique MFI",
    mesures=tuple(FINES),
    flux=tuple(each.flux for each in FINES.values()),
    asks=_asks(*FINES.values()),
    rules=RULES_FINES,
    handle=handle_fines,
)
MFA = _declare(
    nom="CommandeHistoriqueDonneesMesuresFacturantes",
    codes=(*CODES_M023, *_DES_DATES),
    faultstring="Erreur Technique  MFA",
    flux=(FACTURANTES.flux,),
    asks=_asks(FACTURANTES),
    rules=RULES_FACTURANTES,
    handle=handle_facturantes,
)
ITC = _declare(
    nom="CommandeInformationsTechniquesEtContractuelles",
    codes=CODES_M023,
    faultstring="Erreur Technique  ITC",
    flux=(SITUATION.flux,),
    asks=_asks(SITUATION),
    rules=RULES_SITUATION,
    handle=handle_situation,
)
