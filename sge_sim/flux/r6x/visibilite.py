"""Who may see which field of C68 (GUI 0504 §3.1).

A field is of everybody, of who has the client's agreement, or of the incumbent supplier alone. A
path names a field and all that is under it.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final


class Visibilite(IntEnum):
    """What a demandeur may see; each sees what those before see."""

    TOUS = 0
    ACCORD = 1
    TITULAIRE = 2


_ALIMENTATION = "situationAlimentation"
_SECOURS = f"{_ALIMENTATION}.listeAlimentationSecours"
_CONTRAT = "situationsContractuelles"
_TARIF = f"{_CONTRAT}.structureTarifaire"
_CLIENT = f"{_CONTRAT}.clientFinal"
_SYNTHESE = "syntheseContractuelle"

DU_TITULAIRE: Final = frozenset(
    {
        "donneesGenerales.typage.hebergeurDecomptant",
        "donneesGenerales.typage.regroupementTurpe",
        f"{_SYNTHESE}.dateDernierModificationGroupePeriodeMobile",
        f"{_SYNTHESE}.dateDernierModificationCalendrierFournisseur",
        "rattachements.pointsConfondus",
        f"{_ALIMENTATION}.alimentationPrincipale.installationClient",
        f"{_ALIMENTATION}.coupure",
        f"{_ALIMENTATION}.limiteur",
        f"{_SECOURS}.puissanceReserveeHt",
        f"{_SECOURS}.puissanceReserveeBt",
        f"{_SECOURS}.modeBasculePrincipaleSecours",
        f"{_SECOURS}.prorataPuissance",
        f"{_SECOURS}.transformateurDifferentAlimentationPrincipale",
        "situationComptage.pertes",
        "optionsContractuelles",
        f"{_CONTRAT}.dateDebut",
        f"{_CONTRAT}.informationsContractuelles.contrat",
        f"{_CLIENT}.interlocuteurClient",
        f"{_CLIENT}.interlocuteurTechnique",
        f"{_CLIENT}.referenceClient",
        f"{_CLIENT}.typeResidence",
        f"{_CLIENT}.informationsClient",
        f"{_TARIF}.groupePeriodeMobile",
        f"{_TARIF}.groupePeriodeMobileDistributeur",
        f"{_TARIF}.typeOffre",
        f"{_TARIF}.grilleTurpe.calendrier",
    }
)
"""Never shown to a tiers."""

AVEC_ACCORD: Final = frozenset(
    {
        "donneesGenerales.typage.borneFixe",
        f"{_SYNTHESE}.autoConsommationCollective",
        f"{_SYNTHESE}.autoConsommationIndividuelle",
        f"{_SYNTHESE}.dateDerniereAugmentationPuissanceSouscrite",
        f"{_SYNTHESE}.dateDerniereDiminutionPuissanceSouscrite",
        f"{_SYNTHESE}.dateDerniereMiseEnServiceSoutirage",
        f"{_SYNTHESE}.dateDerniereMiseEnServiceInjection",
        f"{_SYNTHESE}.dateDerniereModificationFormuleTarifaireAcheminement",
        "rattachements.listePointsRattaches.puissanceMaximaleAppelee",
        f"{_ALIMENTATION}.etatAlimentation",
        f"{_ALIMENTATION}.listeAlimentationComplementaire.nbCellules",
        f"{_SECOURS}.nbCellules",
        f"{_SECOURS}.alimentationSecoursGarantie",
        "installationsProduction",
        "situationComptage.disjoncteur.intensiteReglage",
        "situationComptage.compteurs.parametresTeleAcces",
        f"{_CLIENT}.categorie",
        f"{_CONTRAT}.nature",
        f"{_CONTRAT}.typeInjection",
        f"{_TARIF}.codeTarifAcheminement",
        f"{_TARIF}.formuleTarifaireAcheminement",
        f"{_TARIF}.contexteUtilisation",
        f"{_TARIF}.forfait",
        f"{_TARIF}.puissanceSouscrite",
        f"{_TARIF}.grilleFournisseur",
        f"{_TARIF}.grilleTurpe.classesTemporelles",
    }
)
"""Shown with the client's agreement."""


def seen_by(visibilite: Visibilite, tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a demandeur may see; a block left empty is left out."""
    hidden = frozenset[str]()
    if visibilite < Visibilite.TITULAIRE:
        hidden |= DU_TITULAIRE
    if visibilite < Visibilite.ACCORD:
        hidden |= AVEC_ACCORD
    return _without(hidden, "", tree)


def _without(hidden: frozenset[str], above: str, tree: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in tree.items():
        path = f"{above}{name}"
        if path in hidden:
            continue
        if isinstance(value, Mapping):
            value = _without(hidden, f"{path}.", value)
        elif isinstance(value, list):
            value = [
                _without(hidden, f"{path}.", item) if isinstance(item, Mapping) else item
                for item in value
            ]
            value = [item for item in value if item not in ({}, None)]
        if value not in (None, {}, []):
            kept[name] = value
    return kept
