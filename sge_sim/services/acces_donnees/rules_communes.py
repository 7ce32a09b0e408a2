"""What the services about access services have in common: who asks, which services are named.

The order of their controls isn't published (GUI 0498, 0531); the one here is assumed: who asks, the
point, the client's consent, the services that are named, the dates, the state of the point, what is
offered.
"""

from typing import Final

from sge_sim.clock import add_months
from sge_sim.refus import rule
from sge_sim.services.acces import CONTRACT_RULES, USER_RULES, point_connu
from sge_sim.services.acces_donnees.demande import DemandeConsentie, DemandeSurServices
from sge_sim.services.ordres import sans_arret_en_cours, sans_opposition_en_cours

GUIDE: Final = "GUI 0531 v1.1.0"
_MOIS_AU_PLUS: Final = 36
"""Three years of the calendar (observed 26.1: three times 365 days pass, 1 200 days don't)."""

LIBELLES_ACCES: Final = {
    "SGT5O9": "La date de fin du service doit être renseignée et ne pas excéder 3 ans."
}
"""The label of a code that clients tell of without it: ours (assumed)."""


ASKER_RULES: Final = (
    *USER_RULES,
    *CONTRACT_RULES,
    point_connu.as_in(
        "libellé de l'annexe ; aucune liste de codes n'est publiée pour ce service", "assumed"
    ),
)


@rule(
    "SGT566",
    source="OFF ACCES-NR1, SAD-NR1 ; bloc absent : supposé",
    provenance="observed",
    remede="declarationAccordClient, accord à true : l'acteur s'engage à détenir le consentement",
)
def client_consentant(demande: DemandeConsentie) -> bool:
    """The client agrees; nobody checks who is named."""
    return demande.consentement is not None and demande.consentement.accord


@rule(
    "SGT566",
    source=f"{GUIDE} §2.1 : personne physique ou morale, l'une des deux ; code supposé",
    provenance="assumed",
    remede="personnePhysique ou personneMorale",
)
def client_nomme(demande: DemandeConsentie) -> bool:
    """The client who agrees is named."""
    return demande.consentement is not None and demande.consentement.nomme


CONSENT_RULES: Final = (client_consentant, client_nomme)


@rule(
    "SGT5O9",
    source=f"{GUIDE} §2.1 : dateFin obligatoire sur C5 et P4 ; code supposé",
    provenance="assumed",
    remede="dateFin, à trois ans au plus",
)
def fin_donnee(demande: DemandeConsentie) -> bool:
    """On a C5 or P4 the service has an end."""
    return demande.date_fin is not None or not demande.petit


@rule(
    "SGT568",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="dateFin à la date du jour ou après",
)
def fin_a_venir(demande: DemandeConsentie) -> bool:
    """The service doesn't end before today."""
    return demande.date_fin is None or demande.date_fin >= demande.jour


@rule(
    "SGT5O9",
    source="OFF ACCES-NR2, SAD-NR2 ; code : clients de 26.1",
    provenance="observed",
    remede="dateFin à trois ans au plus",
)
def duree_de_trois_ans_au_plus(demande: DemandeConsentie) -> bool:
    """The service ends within three years, on large points too where an end is given.

    Three years from a 29 February end on a 28 (assumed).
    """
    latest = add_months(demande.jour, _MOIS_AU_PLUS)
    return demande.date_fin is None or demande.date_fin <= latest


END_RULES: Final = (fin_donnee, fin_a_venir, duree_de_trois_ans_au_plus)


_ANNEXE = "AX.0466 v1.5.0, codes de l'arrêt"


@rule(
    "SGT4O3",
    source="OFF RSAD-NR1 ; code : clients de 26.1",
    provenance="observed",
    remede="un serviceSouscritId que RechercheServicesAccesDonnees donne sur ce point, dans ce "
    "sens et sous ce contrat",
    indispensable=True,
)
def services_connus(demande: DemandeSurServices) -> bool:
    """The services exist on the point, in that direction and under that contract."""
    return None not in demande.designes


@rule(
    "SGT4O3",
    source="GUI 0531 v1.1.0 : services d'accès seuls ; code supposé",
    provenance="assumed",
    remede="un service de code ACCES",
)
def services_d_acces(demande: DemandeSurServices) -> bool:
    """The services are of access: the former ones are neither renewed nor changed."""
    return all(service.type == "ACCES" for service in demande.connus)


@rule(
    "SGT4O2",
    source=_ANNEXE,
    provenance="assumed",
    remede="un service de l'acteur appelant ; une opposition, pour le fournisseur titulaire seul",
)
def services_de_l_appelant(demande: DemandeSurServices) -> bool:
    """The services are the caller's; an opposition is lifted by the incumbent supplier."""
    caller = demande.acces.demandeur.code
    titulaire = demande.known_point.fournisseur_titulaire
    return all(
        caller == (titulaire if service.type == "OPPENR" else service.acteur_code)
        for service in demande.connus
    )


@rule("SGT4O4", source=_ANNEXE, provenance="assumed", remede="un service ACTIF")
def services_actifs(demande: DemandeSurServices) -> bool:
    """The services are active: neither waiting nor ended."""
    return all(service.etat == "ACTIF" for service in demande.connus)


OWNED_RULES: Final = (
    services_de_l_appelant,
    sans_opposition_en_cours.as_in(_ANNEXE, "assumed"),
    sans_arret_en_cours.as_in(_ANNEXE, "assumed"),
    services_actifs,
)
