"""Points, consignments and readers for the tests of the files."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import KindActeur
from sge_sim.flux.envoi import Envoi, PointPublie
from sge_sim.flux.periodes import Frequence
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    HeuresCreuses,
    PeriodeCollecte,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    parse_plages,
)

POSE = date(2017, 3, 8)
JOUR = timedelta(1)
PRINTEMPS, AUTOMNE = date(2024, 3, 31), date(2024, 10, 27)
"""The days of 23 and 25 hours of 2024."""
ORDINAIRE = date(2024, 7, 1)


def linky(
    graine: int = 7,
    *,
    mise_en_service: date = POSE,
    collecte: date = POSE,
    pose: date = POSE,
    trous: tuple[TrouDeCourbe, ...] = (),
    distributeur: tuple[Grille, ...] = (Grille(POSE, "DI000003", Structure.SAISONS_C5),),
    fournisseur: tuple[Grille, ...] = (Grille(POSE, "FC000050", Structure.SIX_CADRANS),),
) -> PointMesure:
    """A C5 point with a Linky."""
    return PointMesure(
        graine=graine,
        segment="C5",
        puissances=(PuissanceSouscrite(POSE, 9),),
        mise_en_service=mise_en_service,
        compteurs=(CompteurPose(pose),),
        grille_distributeur=distributeur,
        grille_fournisseur=fournisseur,
        heures_creuses=(HeuresCreuses(POSE, parse_plages("22H56-6H56")),),
        collectes=(PeriodeCollecte(collecte),),
        trous=trous,
    )


def grand(
    graine: int = 7, *, segment: str = "C4", trous: tuple[TrouDeCourbe, ...] = ()
) -> PointMesure:
    """A large point."""
    return PointMesure(
        graine=graine,
        segment=segment,
        puissances=(PuissanceSouscrite(POSE, 120),),
        mise_en_service=POSE,
        compteurs=(CompteurPose(POSE),),
        grille_distributeur=(Grille(POSE, "D", Structure.SAISONS),),
        trous=trous,
    )


def envoi(
    *,
    frequence: Frequence = Frequence.QUOTIDIENNE,
    sequence: int = 12,
    kind: KindActeur = "tiers",
    creation: datetime = datetime(2024, 7, 3, 3, tzinfo=PARIS),
) -> Envoi:
    return Envoi("1100256", kind, "1100256", "3182901", sequence, frequence, creation)


def publie(
    point: PointMesure, debut: date = ORDINAIRE, fin: date | None = None, **autres: Any
) -> PointPublie:
    """A point over the days [debut, fin), one by default."""
    return PointPublie(
        **{
            "prm": "09111642617347",
            "point": point,
            "debut": debut,
            "fin": fin or debut + JOUR,
            "affaire_id": "M02SXITK",
            "service_souscrit_id": "64697659",
            **autres,
        }
    )


def perdu(jour: date, heures: tuple[int, int] | None = None) -> TrouDeCourbe:
    """What is lost of a day: between two hours, or all of it."""
    if heures is None:
        return TrouDeCourbe(minuit(jour), minuit(jour + JOUR))
    debut, fin = (minuit(jour) + timedelta(hours=heure) for heure in heures)
    return TrouDeCourbe(debut, fin)


def minuit(jour: date) -> datetime:
    return datetime(jour.year, jour.month, jour.day, tzinfo=PARIS)


def tree(content: bytes) -> Any:
    return etree.fromstring(content)


def canonical(content: bytes) -> bytes:
    """The tree of a file, whatever its lines."""
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(content, parser), method="c14n")


def releves(xml: Any) -> list[Any]:
    """The days of the points of an R50 or an R151."""
    return list(xml.iter("Donnees_Releve"))


def texts(elements: Iterable[Any]) -> list[str]:
    return [element.text for element in elements]


def examples(nombre: int) -> settings:
    """So many examples, without deadline: the first one builds the tables."""
    return settings(max_examples=nombre, deadline=None)


graines = st.integers(0, 2**63)
jours = st.dates(date(2021, 1, 1), date(2025, 12, 31)) | st.sampled_from(
    [PRINTEMPS - JOUR, PRINTEMPS, AUTOMNE - JOUR, AUTOMNE]
)
