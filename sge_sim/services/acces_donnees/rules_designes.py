"""The services that a renewal, a change of options or a stop names by their numbers."""

from typing import Final

from sge_sim.refus import rule
from sge_sim.services.acces_donnees.demande import DemandeSurServices

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
    return all(one.type == "ACCES" for one in demande.connus)


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
        caller == (titulaire if one.type == "OPPENR" else one.acteur_code) for one in demande.connus
    )


@rule(
    "SGT4O6",
    source=_ANNEXE,
    provenance="assumed",
    remede="rien : l'opposition du client arrête déjà ce service",
)
def sans_opposition_en_cours(demande: DemandeSurServices) -> bool:
    """No opposition is stopping the services."""
    return not any(one.etat == "ACTIF" and one.motif_fin == "opposition" for one in demande.connus)


@rule(
    "SGT4O5",
    source=_ANNEXE,
    provenance="assumed",
    remede="rien : l'arrêt demandé s'achève quand le compteur est joint (sge-sim clock advance)",
)
def sans_arret_en_cours(demande: DemandeSurServices) -> bool:
    """The services aren't being stopped already."""
    return not any(one.etat == "ACTIF" and one.motif_fin is not None for one in demande.connus)


@rule(
    "SGT4O4",
    source=_ANNEXE,
    provenance="assumed",
    remede="un service ACTIF",
)
def services_actifs(demande: DemandeSurServices) -> bool:
    """The services are active: neither waiting nor ended."""
    return all(one.etat == "ACTIF" for one in demande.connus)


OWNED_RULES: Final = (
    services_de_l_appelant,
    sans_opposition_en_cours,
    sans_arret_en_cours,
    services_actifs,
)
NAMED_CODES: Final = ("SGT4O3", "SGT4O2", "SGT4O6", "SGT4O5", "SGT4O4")
