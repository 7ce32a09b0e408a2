"""The control tables of MFI, MFA and ITC (GUI 0502 v1.4.0 §2.1; order assumed).

They read no header and check neither the user, which is kept as it came, nor the points, which the
files tell of: the interface contract, the number of points and the dates alone.
"""

from typing import Final

from sge_sim.clock import add_months, legal_date
from sge_sim.refus import rule
from sge_sim.services.acces import CONTRACT_RULES
from sge_sim.services.m023.demande import AdmissibiliteM023

_GUIDE: Final = "GUI 0502 v1.4.0"
PAR_JOUR: Final = 1000


@rule(
    "SGT4ZM",
    source="un client de 26.1 ; le schéma, qui exige un point, est lu après",
    provenance="observed",
    remede="un pointId au moins",
)
def liste_non_vide(demande: AdmissibiliteM023) -> bool:
    """The list of points isn't empty; what reads the message holds it before the schema."""
    return demande.points > 0


@rule(
    "SGT400",
    source=f"{_GUIDE} §2.1 : 1500 points (COURBES, INDEX) ; code supposé",
    provenance="assumed",
    remede="1500 points au plus pour COURBES et INDEX",
)
def nombre_de_points_admis(demande: AdmissibiliteM023) -> bool:
    """There are as many points as one demand may name, at most."""
    return demande.points <= demande.mesures.points


@rule(
    "SGT4K4",
    source="OFF MFA-GK-NR1 ; code : clients de 26.1",
    provenance="observed",
    remede="dateDebut avant dateFin, qui est exclue",
)
def debut_avant_fin(demande: AdmissibiliteM023) -> bool:
    """The period begins before it ends."""
    return demande.debut is None or demande.fin is None or demande.debut < demande.fin


@rule(
    "SGT4K1",
    source=f"{_GUIDE} §2.1.2 : fin au plus tard ce jour ; code : libellé de l'annexe",
    provenance="assumed",
    remede="dateFin à la date du jour ou avant (celle de l'horloge simulée)",
)
def fin_passee(demande: AdmissibiliteM023) -> bool:
    """The period doesn't end after today."""
    return demande.fin is None or demande.fin <= demande.acces.jour


@rule(
    "SGT4L8",
    source=f"OFF MFI-GK-NR1, MFI-GK-NR2 ; {_GUIDE} §2.1.1",
    provenance="observed",
    remede="dateDebut dans les 24 derniers mois pour COURBES, les 36 derniers pour le reste",
)
def profondeur_permise(demande: AdmissibiliteM023) -> bool:
    """Curves go 24 months back, other measures 36, counted from today."""
    if demande.debut is None:
        return True
    return demande.debut >= add_months(demande.acces.jour, -demande.mesures.mois)


@rule(
    "SGT506",
    source=f"{_GUIDE} §2.2 : 1000 demandes par jour et par service ; code supposé",
    provenance="assumed",
    remede="la demande un autre jour de l'horloge simulée",
)
def quota_du_jour(demande: AdmissibiliteM023) -> bool:
    """Fewer than a thousand demands were accepted today, of all actors together."""
    millieme = demande.millieme
    return millieme is None or legal_date(millieme) < demande.acces.jour


RULES_SITUATION: Final = (*CONTRACT_RULES, liste_non_vide, quota_du_jour)
"""The table of ITC, whose data have no days."""
_DATES: Final = (debut_avant_fin, fin_passee, profondeur_permise)
RULES_FACTURANTES: Final = (*CONTRACT_RULES, liste_non_vide, *_DATES, quota_du_jour)
"""That of MFA."""
RULES_FINES: Final = (
    *CONTRACT_RULES,
    liste_non_vide,
    nombre_de_points_admis,
    *_DATES,
    quota_du_jour,
)
"""That of MFI."""
