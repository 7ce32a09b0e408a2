"""The contractual life of points: GRD-F contracts of suppliers, affaires, events."""

import re
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import CategorieClientFinal
from sge_sim.domaine.perimetre import TAUX, MotifRectif, NatureEvenement
from sge_sim.errors import FieldError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, day_typed, operation
from sge_sim.operations.parameters import CodeActeur

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.commandes import annee, echeances
    from sge_sim.commandes import perimetre as affaires
    from sge_sim.referentiel import points
    from sge_sim.tables import base
    from sge_sim.tables import perimetre as tables
else:
    annee = late("sge_sim.commandes.annee")
    echeances = late("sge_sim.commandes.echeances")
    affaires = late("sge_sim.commandes.perimetre")
    points = late("sge_sim.referentiel.points")
    base = late("sge_sim.tables.base")
    tables = late("sge_sim.tables.perimetre")

_WITHOUT: Final = "la page d'un point montre sa vie contractuelle"
Prm = Annotated[str, Says("Numéro du point", "25946599093143", completes="prms")]
Eic = Annotated[str, Says("Code EIC du fournisseur, de 16 caractères", "17X000000000001A")]
Jour = Annotated[date | None, Says("Jour demandé ; aujourd'hui sans lui", reads=day_typed)]
_NOM: Final = 200
_APART: Final = ("state", "prm", "nature", "jour", "par")


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
    return [base.values_of(each) for each in tables.contrats_grd_f(session)]


@operation(
    "Suivre les points d'un fournisseur dans son contrat GRD-F, ou changer ce qui en est dit",
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
    eic: Eic,
    eic_responsable: Annotated[str | None, Says("Celui du responsable d'équilibre")] = None,
    debut: Annotated[date | None, Says("Premier jour suivi", reads=day_typed)] = None,
) -> dict[str, Any]:
    """Declare a GRD-F contract, or change it."""
    with echeances.transaction_on(state.database, None) as (session, now, _):
        said = (contrat, eic, eic_responsable or eic, debut or legal_date(now))
        return base.values_of(affaires.declare_contrat(session, fournisseur, *said))


@operation(
    "Demander un événement contractuel d'un C5 ou d'un C4 d'un contrat GRD-F suivi",
    "POST /points/{prm}/perimetre",
    "perimetre declare PRM NATURE",
    done="L'affaire {fait[numero]} est ouverte sur le point {prm}.",
    back="/points/{prm}",
)
def declare(
    state: State,
    *,
    prm: Prm,
    nature: Annotated[NatureEvenement, Says("Ce qui arrive, comme C15 le nomme", "MCT")],
    jour: Jour = None,
    fournisseur: Annotated[str | None, Says("Qui entre (MES, CFNE)", completes="acteurs")] = None,
    puissance: Annotated[int | None, Says("Puissance souscrite, en kVA", ge=1, le=250)] = None,
    puissances: Annotated[
        dict[str, Any] | None, Says("CLASSE=kVA d'un C4, répétable : HPH=84")
    ] = None,
    fta: Annotated[str | None, Says("Formule tarifaire d'acheminement : BTINFCU4")] = None,
    calendrier: Annotated[str | None, Says("Celui du fournisseur : FC000165", longest=15)] = None,
    titulaire: Annotated[str | None, Says("Nom du client", longest=_NOM)] = None,
    categorie: Annotated[CategorieClientFinal | None, Says("Celle du client")] = None,
    siret: Annotated[str | None, Says("SIRET du client", longest=14)] = None,
    matricule: Annotated[str | None, Says("Compteur posé (CMAT)", longest=_NOM)] = None,
    limite: Annotated[int | None, Says("kVA laissés par une coupure (COU)", ge=1, le=36)] = None,
    niveau: Annotated[int | None, Says("Niveau d'ouverture (MDPRM)", ge=1, le=2)] = None,
    par: Annotated[Literal["fournisseur", "enedis"], Says("Qui en décide")] = "fournisseur",
    reference: Annotated[str | None, Says("Référence du demandeur", longest=_NOM)] = None,
) -> dict[str, Any]:
    """Open an affaire on a point; return it."""
    champs = {name: value for name, value in locals().items() if name not in _APART}
    for name, value in (puissances or {}).items():
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,4}", str(value)):
            raise FieldError("un nombre entier de kVA par classe", "puissances", f"{name}={value}")
        champs["puissances"] = {**champs["puissances"], name: int(value)}
    with echeances.transaction_on(state.database, prm) as (session, now, _):
        asked = (session, points.get_point(session, prm), nature, now, jour or legal_date(now))
        affaire = affaires.declare(*asked, enedis=par == "enedis", **champs)
        echeances.run_due(session, now, prm)
        return base.values_of(affaire)


@operation(
    "Faire dire à un relevé à venir un index faux, puis le corriger par R15, F15, R17 ou F12",
    "POST /points/{prm}/releves-errones",
    "perimetre corrige PRM",
    without=_WITHOUT,
    has_page=False,
    done="Le relevé du point {prm} sera faux, puis corrigé le {fait[corrige]}.",
)
def corrige(
    state: State,
    *,
    prm: Prm,
    jour: Annotated[
        date, Says("Jour du relevé : un jour fixe à venir", "2026-11-08", reads=day_typed)
    ],
    le: Annotated[date, Says("Jour de la correction", "2026-11-20", reads=day_typed)],
    ecart: Annotated[int, Says("kWh de trop, dans la première classe de chaque grille")] = 100,
    motif: Annotated[MotifRectif, Says("Motif de la correction, comme R15 le dit")] = "CORR_IDX",
) -> dict[str, Any]:
    """Declare a reading that is told wrong; return it."""
    with echeances.transaction_on(state.database, prm) as (session, now, _):
        said = {"jour": jour, "corrige": le, "ecart": ecart, "motif": motif}
        errone, point = tables.ReleveErrone(prm=prm, **said), points.get_point(session, prm)
        affaires.declare_errone(session, errone, point, legal_date(now))
        return base.values_of(errone)


@operation(
    "La vie contractuelle d'un point : ses événements, et où en sont ses affaires",
    "GET /points/{prm}/perimetre",
    "perimetre show PRM",
    place="GET /points/{prm}",
)
def show(session: "Session", *, prm: Prm) -> dict[str, Any]:
    """Return what is recorded of a point."""
    points.get_point(session, prm)
    events = tables.life_of(session, [prm]).get(prm, [])
    return {
        "prm": prm,
        "evenements": [
            base.values_of(each) | {"avant": asdict(each.avant), "apres": asdict(each.apres)}
            for each in events
        ],
        "affaires": [
            base.values_of(each) | {"jalons": [jalon._asdict() for jalon in each.jalons]}
            for each in tables.affaires_of_point(session, prm)
        ],
    }


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
    rates = dict(TAUX)
    for name, value in (taux or {}).items():
        nature = next((each for each in TAUX if each == name), None)
        try:
            rate = float(value)
        except (TypeError, ValueError):
            rate = -1
        if nature is None or not 0 <= rate <= 1:
            raise FieldError(f"une nature parmi {', '.join(TAUX)}, et de 0 à 1", "taux", name)
        rates[nature] = rate
    with echeances.transaction_on(state.database, None) as (session, now, _):
        return {"affaires": annee.draw_year(session, now, graine, rates)}
