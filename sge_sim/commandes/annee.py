"""What happens to many points of GRD-F contracts: a year that is drawn, lines of files."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes.perimetre import declare, open_contractuelle, plan_affaire
from sge_sim.domaine.perimetre import CLASSES_C4, NATURES, NatureEvenement
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.apports.mots import MOTS_EVENEMENTS
from sge_sim.referentiel.identites import Tirage, personne
from sge_sim.referentiel.points import get_point
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.perimetre import AffaireContractuelle, contrats_grd_f, lives_of_contract

_AN: Final = 365
_DELAI: Final = 20
"""How many days before its event an affaire is opened at most; two of a point are farther apart."""
_SUITES: Final[Mapping[NatureEvenement, NatureEvenement]] = {"RES": "MES", "COU": "RET"}
_PUISSANCES: Final = (3, 6, 9, 12)
_CALENDRIERS: Final = ("FC000165", "FC000014", "FC000050")


def draw_year(
    session: Session, now: datetime, graine: int, taux: Mapping[NatureEvenement, float]
) -> int:
    """Plan what happens in the 365 days that follow to each point of a GRD-F contract.

    `taux`: how many times a point and year, 1 at most, by nature. A seed draws the same. Returns
    how many affaires were opened.
    """
    fournisseurs = [each.code for each in all_acteurs(session) if each.kind == "fournisseur"]
    today, count = legal_date(now), 0
    for contrat in contrats_grd_f(session):
        for vie in lives_of_contract(session, contrat):
            situation = vie.au(today)
            if situation is None or situation.resiliee:
                continue
            tirage = Tirage(vie.point.graine ^ graine)
            others = [code for code in fournisseurs if code != contrat.acteur_code]
            former: NatureEvenement | None = None
            for jour, nature in _drawn(tirage, taux, today):
                if (nature == "CFNE" and not others) or former == "CFNE":
                    continue
                if (grand := vie.point.segment == "C4") and nature == "MDPRM":
                    continue
                valeurs = _values(tirage, nature, others)
                if grand and nature == "MCT":
                    power = 48 + 12 * tirage.below(8)  # less than what any is connected for
                    valeurs = {"denivele_puissances": dict.fromkeys(CLASSES_C4, power)}
                    valeurs["puissance_souscrite"] = power
                opened = start_of_day(jour - timedelta(1 + tirage.below(_DELAI - 1)))
                opened += timedelta(hours=8, seconds=tirage.below(36_000))
                asked = (session, vie.point, nature, valeurs, jour, opened)
                affaire = open_contractuelle(*asked, enedis=nature == "MDPRM")
                if affaire is None:
                    continue  # its contract isn't followed yet
                if former == "RES":
                    affaire.contrat_receveur = None
                plan_affaire(session, vie.point, affaire, start_of_day(jour))
                former, count = nature, count + 1
    return count


def _drawn(
    tirage: Tirage, taux: Mapping[NatureEvenement, float], today: date
) -> list[tuple[date, NatureEvenement]]:
    """Draw the days of a year and their natures: what has ended begins again."""
    drawn: list[tuple[date, NatureEvenement]] = []
    fin = today + timedelta(_AN)
    for nature, rate in taux.items():
        if tirage.below(10**6) < rate * 10**6:
            drawn.append((tirage.day(today + timedelta(_DELAI + 1), fin), nature))
    found: list[tuple[date, NatureEvenement]] = []
    for jour, nature in sorted(drawn):
        after = found[-1][0] + timedelta(_DELAI + 1) if found else jour
        found.append((max(jour, after), nature))
        if nature in _SUITES:
            found.append((found[-1][0] + timedelta(_DELAI + 1), _SUITES[nature]))
    return [each for each in found if each[0] <= fin]


def _values(tirage: Tirage, nature: NatureEvenement, others: list[str]) -> dict[str, Any]:
    """Draw what an event changes of a point, by column."""
    match nature:
        case "CFNE":
            return {"fournisseur_titulaire": tirage.one_of(others)}
        case "MES" | "MDACT":
            return {"nom_client_final": personne(tirage)}
        case "MCT":
            return {"puissance_souscrite": tirage.one_of(_PUISSANCES)}
        case "MCF":
            return {"calendrier_fournisseur": tirage.one_of(_CALENDRIERS)}
        case "CMAT":
            return {"matricule": tirage.digits(14)}
    return {}


def declare_line(session: Session, cells: Mapping[str, Any]) -> AffaireContractuelle:
    """Open the affaire that a line of a file asks for; raises `UsageError` as `declare` does, and
    for a cell that can't be read."""
    try:
        said = {mot: MOTS_EVENEMENTS[mot](cell) for mot, cell in cells.items()}
        prm, nature, jour = (said.pop(mot) for mot in ("prm", "nature", "jour"))
    except ValueError as error:
        raise UsageError(str(error)) from None
    except KeyError as error:
        raise UsageError(f"{error.args[0]} : à donner") from None
    if nature not in NATURES:
        raise UsageError(f"« {nature[:40]} » n'est pas une nature : {', '.join(NATURES)}")
    return declare(session, get_point(session, prm), nature, instant_within(session), jour, **said)
