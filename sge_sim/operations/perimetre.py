"""The contractual life of points: GRD-F contracts of suppliers, affaires, events."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import CategorieClientFinal
from sge_sim.domaine.perimetre import ACTES, NATURES, TAUX, NatureEvenement
from sge_sim.errors import FieldError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, day_typed, operation
from sge_sim.operations.parameters import CodeActeur

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.commandes import annee, echeances
    from sge_sim.commandes import perimetre as affaires
    from sge_sim.referentiel import points as referentiel
    from sge_sim.tables import perimetre as tables
else:
    annee = late("sge_sim.commandes.annee")
    echeances = late("sge_sim.commandes.echeances")
    affaires = late("sge_sim.commandes.perimetre")
    referentiel = late("sge_sim.referentiel.points")
    tables = late("sge_sim.tables.perimetre")

_WITHOUT: Final = "la page d'un point montre sa vie contractuelle"
Prm = Annotated[str, Says("Numéro du point", "25946599093143", completes="prms")]
Nature = Annotated[
    NatureEvenement,
    Says("Ce qui arrive", "MCT", libelles={name: NATURES[name].libelle for name in ACTES}),
]


@operation(
    "Les contrats GRD-F dont le périmètre est suivi",
    "GET /perimetre/contrats",
    "perimetre list",
    without=_WITHOUT,
    has_page=False,
    key="contrat_id",
)
def list_contrats(session: "Session") -> list[dict[str, Any]]:
    """Return the contracts."""
    return [_contrat(each) for each in tables.contrats_grd_f(session)]


@operation(
    "Suivre le périmètre d'un fournisseur : son contrat GRD-F, ses codes EIC ; sans changement, "
    "rien n'est publié",
    "POST /perimetre/contrats",
    "perimetre contrat FOURNISSEUR",
    without=_WITHOUT,
    has_page=False,
    done="Le périmètre de {fournisseur} est suivi.",
)
def contrat(
    state: State,
    *,
    fournisseur: CodeActeur,
    contrat: Annotated[str, Says("Numéro du contrat", "GRD-F139", longest=20)],
    eic: Annotated[str | None, Says("Code EIC du fournisseur, 16 caractères")] = None,
    eic_responsable: Annotated[
        str | None, Says("Celui du responsable d'équilibre ; le fournisseur sans lui")
    ] = None,
    debut: Annotated[
        date | None, Says("Premier jour suivi ; aujourd'hui sans lui", reads=day_typed)
    ] = None,
) -> dict[str, Any]:
    """Declare a GRD-F contract, or change it."""
    with echeances.transaction_on(state.database, None) as (session, now, _):
        debut = debut or legal_date(now)
        asked = (fournisseur, contrat, eic, eic_responsable, debut)
        return _contrat(affaires.declare_contrat(session, *asked))


@operation(
    "Déclarer un événement contractuel d'un C5 d'un contrat GRD-F suivi : l'affaire est ouverte, "
    "et l'événement a lieu le jour demandé",
    "POST /points/{prm}/perimetre",
    "perimetre declare PRM NATURE",
    done="L'affaire {fait[numero]} est ouverte sur le point {prm}.",
    back="/points/{prm}",
)
def declare(
    state: State,
    *,
    prm: Prm,
    nature: Nature,
    jour: Annotated[
        date | None, Says("Jour demandé ; aujourd'hui sans lui", reads=day_typed)
    ] = None,
    fournisseur: Annotated[
        str | None, Says("Fournisseur qui entre (CFNE, MES)", completes="acteurs")
    ] = None,
    puissance: Annotated[int | None, Says("Puissance souscrite, en kVA", ge=1, le=36)] = None,
    fta: Annotated[str | None, Says("Formule tarifaire d'acheminement : BTINFCU4")] = None,
    calendrier: Annotated[
        str | None, Says("Calendrier du fournisseur : FC000165", longest=15)
    ] = None,
    titulaire: Annotated[str | None, Says("Nom du client", longest=200)] = None,
    categorie: Annotated[CategorieClientFinal | None, Says("Particulier ou professionnel")] = None,
    siret: Annotated[str | None, Says("SIRET du client", longest=14)] = None,
    matricule: Annotated[str | None, Says("Compteur posé (CMAT)", longest=50)] = None,
    limite: Annotated[
        int | None, Says("kVA auxquels il est limité ; coupé sans elle (COU)", ge=1, le=36)
    ] = None,
    niveau: Annotated[
        int | None, Says("Niveau d'ouverture aux services (MDPRM)", ge=1, le=2)
    ] = None,
    par: Annotated[Literal["fournisseur", "enedis"], Says("Qui en décide")] = "fournisseur",
    reference: Annotated[str | None, Says("Référence du demandeur", longest=200)] = None,
) -> dict[str, Any]:
    """Open an affaire on a point; return it."""
    apart = ("state", "prm", "nature", "jour", "par", "reference")
    champs = {name: value for name, value in locals().items() if name not in (*apart, "apart")}
    with echeances.transaction_on(state.database, prm) as (session, now, _):
        point = referentiel.get_point(session, prm)
        affaire = affaires.declare(
            *(session, point, nature, now, jour),
            **{"reference": reference, "enedis": par == "enedis"} | champs,
        )
        echeances.run_due(session, now, prm)
        return _affaire(affaire)


@operation(
    "La vie contractuelle d'un point : ses situations, ses événements, ses affaires",
    "GET /points/{prm}/perimetre",
    "perimetre show PRM",
    place="GET /points/{prm}",
)
def show(session: "Session", *, prm: Prm) -> dict[str, Any]:
    """Return what is recorded of a point."""
    referentiel.get_point(session, prm)
    events = tables.life_of(session, [prm]).get(prm, [])
    return {
        "prm": prm,
        "evenements": [
            {
                **{"jour": each.jour, "nature": each.nature, "libelle": each.sorte.libelle},
                **{"contrat": each.contrat_id, "affaire": each.affaire_numero},
                **{"reference": each.reference, "sequence": each.sequence},
                "situation": asdict(each.apres),
            }
            for each in events
        ],
        "affaires": [_affaire(each) for each in tables.affaires_of_point(session, prm)],
    }


@operation(
    "Annuler une affaire dont l'événement n'a pas encore eu lieu",
    "DELETE /perimetre/affaires/{numero}",
    "perimetre cancel NUMERO",
    without=_WITHOUT,
    has_page=False,
    done="L'affaire {numero} est annulée.",
)
def cancel(
    state: State, *, numero: Annotated[str, Says("Numéro de l'affaire", "38000001")]
) -> None:
    """Give up an affaire."""
    with echeances.transaction_on(state.database, None) as (session, now, _):
        affaires.cancel(session, numero, now)


@operation(
    "Tirer un an de vie contractuelle des points des contrats GRD-F suivis",
    "POST /perimetre/annee",
    "perimetre annee",
    without=_WITHOUT,
    has_page=False,
    done="{fait[affaires]} affaires sont prévues.",
)
def draw(
    state: State,
    *,
    graine: Annotated[int, Says("La même tire la même vie", ge=0, le=LARGEST_NUMBER)] = 0,
    taux: Annotated[
        dict[str, Any] | None, Says("NATURE=FOIS par point et par an, répétable : MCT=0.14")
    ] = None,
) -> dict[str, int]:
    """Draw a year; return how many affaires there will be."""
    rates = TAUX if taux is None else {**TAUX, **_rates(taux)}
    with echeances.transaction_on(state.database, None) as (session, now, _):
        return {"affaires": annee.draw_year(session, now, graine, rates)}


def _rates(taux: Mapping[str, Any]) -> dict[NatureEvenement, float]:
    found: dict[NatureEvenement, float] = {}
    for name, value in taux.items():
        try:
            rate = float(value)
        except (TypeError, ValueError):
            rate = -1
        if name not in TAUX or not 0 <= rate <= 5:
            raise FieldError(f"une nature parmi {', '.join(TAUX)}, et de 0 à 5", "taux", name)
        found[name] = rate
    return found


def _contrat(row: "tables.ContratGrdF") -> dict[str, Any]:
    return {
        **{"contrat_id": row.contrat_id, "fournisseur": row.acteur_code, "debut": row.debut},
        **{"eic": row.eic, "eic_responsable": row.eic_responsable},
    }


def _affaire(row: "tables.AffaireContractuelle") -> dict[str, Any]:
    return {
        **{"numero": row.numero, "nature": row.nature, "prestation": row.prestation},
        **{"jour": row.jour, "initiateur": row.initiateur, "contrat": row.contrat_id},
        **{"contrat_receveur": row.contrat_receveur, "reference": row.reference_demandeur},
        "jalons": [{"etat": each.etat, "instant": each.instant} for each in row.jalons],
    }
