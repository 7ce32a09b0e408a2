"""What an order must say by itself (GUI 0469 v1.2.0 §2 and §3)."""

from datetime import timedelta

from sge_sim.clock import add_months
from sge_sim.refus import hold, rule
from sge_sim.services.acces import point_connu, utilisateur_de_l_acteur
from sge_sim.services.commande_collecte_publication_mesures.demande import DemandeCollecte

_GUIDE = "GUI 0469 v1.2.0"
# Nothing says how far ahead an order may be placed; a year is what durations are counted in.
_MOIS_D_ANTICIPATION = 12
_JOUR = timedelta(days=1)


@rule(
    "SGT483",
    source="AX.0466 v1.5.0 ; le service ne liste pas SGT502",
    provenance="assumed",
    remede="le login d'un utilisateur de l'acteur dont le certificat est présenté",
)
def utilisateur_du_demandeur(demande: DemandeCollecte) -> bool:
    """The user is one of the actor from which the order comes."""
    return hold((utilisateur_de_l_acteur,), demande)


@rule(
    "SGT473",
    source="AX.0466 v1.5.0 ; diapositives V26.2 (contrat actif sur la période)",
    provenance="documented",
    remede="un contrat en cours de dateDebut à la veille de dateFin (sge-sim acteurs list donne "
    "les dates)",
)
def contrat_actif_sur_la_periode(demande: DemandeCollecte) -> bool:
    """The contract runs on the whole period, on its first day where no end is asked for."""
    contrat, debut, fin = demande.acces.contrat, demande.date_debut, demande.date_fin
    # Later than a start, an end has a day before it; the first day of the calendar has none.
    dernier = fin - _JOUR if fin is not None and fin > debut else debut
    return contrat is None or (contrat.is_active(debut) and contrat.is_active(dernier))


POINT_SGT400 = point_connu.as_in(
    "AX.0466 v1.5.0, qui n'a pas de code pour un point inconnu ici", "assumed", "SGT400"
)


@rule(
    "SGT463",
    source=f"{_GUIDE} §2",
    provenance="assumed",
    remede="objetCode AME, mesuresTypeCode CDC ou IDX, civilité M ou Mme, et mesuresCorrigees "
    "pour une courbe transmise",
)
def donnees_coherentes(demande: DemandeCollecte) -> bool:
    """Codes are in the lists of the guide, and what a transmitted curve needs is there."""
    return (
        demande.commande.objet == "AME"
        and demande.mesures_type in ("CDC", "IDX")
        and demande.civilite_connue
        and not (demande.courbe and demande.recurrente and demande.corrigees is None)
    )


@rule(
    "SGT566",
    source="OFF F300C_O2-NR, F300B_O2-NR, F305-NR, F305A-NR",
    provenance="documented",
    remede="accord à true : l'acteur s'engage à détenir l'accord du client",
)
def accord_donne(demande: DemandeCollecte) -> bool:
    """The client agrees; nobody checks who is named (GUI 0469 §2)."""
    return demande.accord


@rule(
    "SGT4H1",
    source=f"{_GUIDE} §2",
    provenance="documented",
    remede="dateDebut à la date du jour (celle de l'horloge simulée)",
)
def debut_aujourd_hui(demande: DemandeCollecte) -> bool:
    """On a C5 or P4 the service starts today."""
    return demande.known_point.grand or demande.date_debut == demande.acces.jour


@rule(
    "SGT565",
    source=f"{_GUIDE} §2",
    provenance="documented",
    remede="dateDebut à la date du jour ou après",
)
def debut_non_passe(demande: DemandeCollecte) -> bool:
    """On a large point the service doesn't start before today."""
    return not demande.known_point.grand or demande.date_debut >= demande.acces.jour


@rule(
    "SGT440",
    source="AX.0466 v1.5.0 ; délai non publié, un an supposé",
    provenance="assumed",
    remede="dateDebut dans l'année qui vient",
)
def debut_dans_l_annee(demande: DemandeCollecte) -> bool:
    """The service starts within a year."""
    return demande.date_debut <= add_months(demande.acces.jour, _MOIS_D_ANTICIPATION)


@rule(
    "SGT568",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="dateFin après la date du jour",
)
def fin_non_passee(demande: DemandeCollecte) -> bool:
    """The service doesn't end before today."""
    return demande.date_fin is None or demande.date_fin >= demande.acces.jour


@rule("SGT4K4", source="AX.0466 v1.5.0", provenance="documented", remede="dateFin après dateDebut")
def fin_apres_debut(demande: DemandeCollecte) -> bool:
    """The service ends after its start."""
    return demande.date_fin is None or demande.date_fin > demande.date_debut


@rule(
    "SGT4H4",
    source="OFF F300C_O1-NR",
    provenance="documented",
    remede="dateFin présente, à un an de dateDebut au plus",
)
def duree_admise(demande: DemandeCollecte) -> bool:
    """On a C5 or P4 the service has an end, at most a year after its start."""
    if demande.known_point.grand:
        return True
    fin = demande.date_fin
    return fin is not None and fin <= add_months(demande.date_debut, 12)


@rule(
    "SGT4H6",
    source=f"{_GUIDE} §2",
    provenance="documented",
    remede="transmissionRecurrente à true pour des index",
)
def index_transmis(demande: DemandeCollecte) -> bool:
    """Index are transmitted, never only collected."""
    return demande.courbe or demande.recurrente


@rule(
    "SGT4H3",
    source=f"{_GUIDE} §2 ; absent : supposé",
    provenance="documented",
    remede="mesuresPas P1D pour des index, PT10M pour la courbe d'un grand point, PT30M d'un C5/P4",
)
def pas_autorise(demande: DemandeCollecte) -> bool:
    """The step is that of the measures on the segment."""
    if not demande.courbe:
        return demande.pas == "P1D"
    return demande.pas == ("PT10M" if demande.known_point.grand else "PT30M")


@rule(
    "SGT4H5",
    source=f"{_GUIDE} §2 ; absente ou de trop : supposé",
    provenance="documented",
    remede="periodiciteTransmission P1D, P1M (C5), P1D, P7D, P1M (courbe d'un grand point), P1D "
    "(index d'un grand point) ; aucune sur un P4",
)
def periodicite_autorisee(demande: DemandeCollecte) -> bool:
    """A transmission has a frequency of its segment; a P4, which transmits nothing, sends none."""
    if not demande.recurrente:
        return demande.known_point.segment != "P4" or demande.periodicite is None
    if not demande.known_point.grand:
        return demande.periodicite in ("P1D", "P1M")
    return demande.periodicite in (("P1D", "P7D", "P1M") if demande.courbe else ("P1D",))


@rule("SGT4H2", source=f"{_GUIDE} §2", provenance="documented", remede="mesuresCorrigees à false")
def courbe_brute_sur_c5(demande: DemandeCollecte) -> bool:
    """The curve of a C5 is raw."""
    return demande.known_point.grand or not demande.corrigees_demandees


@rule(
    "SGT564",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="mesuresCorrigees à false, ou une fréquence P7D ou P1M",
)
def corrigees_non_quotidiennes(demande: DemandeCollecte) -> bool:
    """A corrected curve isn't transmitted daily."""
    return not demande.corrigees_demandees or demande.periodicite != "P1D"


@rule(
    "SGT583",
    source=f"{_GUIDE} §2",
    provenance="assumed",
    remede="un seul de soutirage et injection à true",
)
def un_seul_sens(demande: DemandeCollecte) -> bool:
    """Exactly one direction is asked for."""
    return demande.soutirage is not demande.injection
