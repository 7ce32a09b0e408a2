"""The rules on a whole line, once its cells are read: valid keys, what can't do without what, and
no contradiction.

The rules are those that every point of the catalogue and of the population holds (assumed); what a
point can't be by the documents is a table of its own (`contradictions`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, GRANDS, PETITS
from sge_sim.referentiel.apports.contradictions import LignePoint, contradictions_of
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.identites import with_luhn_key
from sge_sim.tables.points import Point

CLASSES: Final = frozenset({"PTE", "PM", "HPH", "HCH", "HPE", "HCE"})
_DATES: Final = (
    "dateResiliation",
    "dateDerniereModificationFormuleTarifaireAcheminement",
    "dateDerniereAugmentationPuissanceSouscrite",
    "dateDerniereDiminutionPuissanceSouscrite",
)
_COMMUNE: Final = ("codePostal", "codeInseeCommune", "commune")
_OBLIGATOIRES: Final = sorted(
    (
        mot
        for mot in MOTS.values()
        if mot.partie == "point"
        and mot.nom != "prm"
        and not Point.__table__.c[mot.colonne].nullable
    ),
    key=lambda mot: mot.nom in _COMMUNE,
)
"""The other words that a point can't do without, those of its commune last."""
_FORFAIT_MAX: Final = 8760


@dataclass(frozen=True, slots=True)
class RegleApport:
    """A rule about a whole line: the word that is named when it is broken, and the sentence."""

    mot: str
    phrase: str
    tient: Callable[[Mapping[str, Any], LignePoint], bool]


def is_siret(siret: str) -> bool:
    """Tell whether that is fourteen digits with their key (Luhn).

    Those of La Poste, of which the digits add up to a multiple of five instead, are accepted.
    """
    if len(siret) != 14 or not (siret.isascii() and siret.isdigit()):
        return False
    of_la_poste = siret.startswith("356000000") and sum(map(int, siret)) % 5 == 0
    return with_luhn_key(siret[:-1]) == siret or of_la_poste


def _before(first: date | None, then: date | None) -> bool:
    return first is None or then is None or first <= then


def _ordered(periods: Any) -> bool:
    return all(period.fin is None or period.debut < period.fin for period in periods or ())


REGLES: Final = (
    RegleApport(
        "niveauOuvertureServices",
        "écrire 0, 1 ou 2",
        lambda p, _: p["niveau_ouverture_services"] in (None, 0, 1, 2),
    ),
    RegleApport(
        "codePostal",
        "il faut cinq chiffres",
        lambda p, _: len(p["code_postal"]) == 5 and p["code_postal"].isdecimal(),
    ),
    RegleApport(
        "codeInseeCommune",
        "il faut cinq chiffres, ou 2A et 2B en Corse",
        lambda p, _: (
            len(p["code_insee"]) == 5
            and p["code_insee"].replace("2A", "20").replace("2B", "20").isdecimal()
        ),
    ),
    RegleApport("commune", "le nom dépasse 32 caractères", lambda p, _: len(p["commune"]) <= 32),
    RegleApport(
        "numSiret",
        "ce n'est pas un SIRET : 14 chiffres dont la clé",
        lambda p, _: p["siret"] is None or is_siret(p["siret"]),
    ),
    RegleApport(
        "fournisseurTitulaire",
        "un point en service en a un",
        lambda p, _: (
            p["fournisseur_titulaire"] is not None or p["etat_contractuel"] not in ETATS_EN_SERVICE
        ),
    ),
    RegleApport(
        "dateMiseEnService",
        "un point en service ou résilié a été mis en service",
        lambda p, _: (
            p["date_mise_en_service"] is not None
            or p["etat_contractuel"] not in (*ETATS_EN_SERVICE, "RESIL")
        ),
    ),
    RegleApport(
        "dateMiseEnService",
        "un point en cours de raccordement (ECRAC) n'a pas été mis en service",
        lambda p, _: p["date_mise_en_service"] is None or p["etat_contractuel"] != "ECRAC",
    ),
    RegleApport(
        "dateResiliation",
        "elle va avec l'état RESIL, et lui avec elle",
        lambda p, _: (p["date_resiliation"] is not None) == (p["etat_contractuel"] == "RESIL"),
    ),
    RegleApport(
        "etatAlimentation",
        "un point en cours de raccordement (ECRAC) n'est pas raccordé (NRAC)",
        lambda p, _: p["etat_contractuel"] != "ECRAC" or p["etat_alimentation"] == "NRAC",
    ),
    *(
        RegleApport(
            mot,
            "elle précède la mise en service",
            lambda p, _, colonne=MOTS[mot].colonne: _before(p["date_mise_en_service"], p[colonne]),  # type: ignore[misc]
        )
        for mot in _DATES
    ),
    RegleApport(
        "puissanceSouscrite",
        "elle dépasse la puissance de raccordement",
        lambda p, _: (
            p["puissance_souscrite"] is None
            or p["puissance_raccordement"] is None
            or p["puissance_souscrite"] <= p["puissance_raccordement"]
        ),
    ),
    RegleApport(
        "puissanceSouscrite",
        "un nombre plus grand que zéro est attendu",
        lambda p, _: p["puissance_souscrite"] != 0,
    ),
    RegleApport(
        "puissanceSouscrite",
        "une formule tarifaire ne va pas sans elle",
        lambda p, _: p["fta"] is None or p["puissance_souscrite"] is not None,
    ),
    RegleApport(
        "denivelePuissances",
        "seuls les C1 à C4 en ont",
        lambda p, _: not p["denivele_puissances"] or p["segment"] in ("C1", "C2", "C3", "C4"),
    ),
    RegleApport(
        "denivelePuissances",
        f"une classe n'en est pas une : {', '.join(sorted(CLASSES))}",
        lambda p, _: CLASSES.issuperset(p["denivele_puissances"] or ()),
    ),
    RegleApport(
        "forfaitLongueUtilisation",
        "une année tient en 8760 heures",
        lambda p, _: (p["longue_utilisation_forfait_h"] or 0) <= _FORFAIT_MAX,
    ),
    RegleApport(
        "r4xPas",
        "seul un point de plus de 36 kVA en a un : 5 ou 10",
        lambda p, _: p["r4x_pas"] is None or (p["r4x_pas"] in (5, 10) and p["segment"] in GRANDS),
    ),
    RegleApport(
        "typeComptage",
        "un compteur en a un",
        lambda p, ligne: p["type_comptage"] is not None or not ligne.compteur,
    ),
    RegleApport(
        "datePose",
        "un compteur en a une",
        lambda _, ligne: not ligne.compteur or "date_pose" in ligne.compteur,
    ),
    RegleApport(
        "matricule",
        "deux compteurs ne portent pas de matricule ni de numéro de série vide",
        lambda _, ligne: (
            not ligne.compteur or "matricule" in ligne.compteur or "numero_serie" in ligne.compteur
        ),
    ),
    RegleApport(
        "ticActivable",
        "seul le compteur d'un C5 ou d'un P4 a une TIC à activer",
        lambda p, ligne: "tic_activable" not in ligne.compteur or p["segment"] in PETITS,
    ),
    RegleApport(
        "ancienCompteurPose",
        "il a été posé avant le compteur en place",
        lambda _, ligne: (
            "ancien_compteur_pose" not in ligne.mesures
            or (
                "date_pose" in ligne.compteur
                and ligne.mesures["ancien_compteur_pose"] < ligne.compteur["date_pose"]
            )
        ),
    ),
    RegleApport(
        "avant",
        "une puissance est plus grande que zéro",
        lambda _, ligne: all(
            valeurs.get("puissance_souscrite") != 0 for _, valeurs in ligne.mesures.get("avant", ())
        ),
    ),
    RegleApport(
        "avant",
        "un SIRET d'avant n'en est pas un : 14 chiffres dont la clé",
        lambda _, ligne: all(
            is_siret(siret)
            for _, valeurs in ligne.mesures.get("avant", ())
            if (siret := valeurs.get("siret")) is not None
        ),
    ),
    RegleApport(
        "collectes",
        "une période finit après son début",
        lambda _, ligne: _ordered(ligne.mesures.get("collectes")),
    ),
    RegleApport(
        "collectes",
        "seule la courbe d'un C5, d'un P4 ou d'un point traité en index se collecte à la demande",
        lambda p, ligne: (
            "collectes" not in ligne.mesures
            or p["segment"] in PETITS
            or p["mode_traitement"] == "INDEX"
        ),
    ),
    RegleApport(
        "trous",
        "un trou finit après son début",
        lambda _, ligne: _ordered(ligne.mesures.get("trous")),
    ),
)


def fautes_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = (), *, sure: Collection[str] = ()
) -> Iterator[tuple[str, str, bool]]:
    """Yield each word that is wrong on a legal day, the sentence, and whether it is a remark.

    What is missing, and the words that are `unread`, hide what follows from them: no more. What
    contradicts the words that are `sure` isn't looked for.
    """
    number = ligne.point.get("prm")
    if "prm" not in unread:
        if number is None:
            yield "prm", "à donner", False
        elif not prm.is_valid(number):
            yield "prm", why_no_prm(number), False
    missing = [mot.nom for mot in _OBLIGATOIRES if ligne.point.get(mot.colonne) is None]
    for nom in missing:
        if nom not in unread:
            yield nom, "à donner", False
    hidden = {*missing, *unread}
    if not hidden:
        for regle in REGLES:
            if not regle.tient(ligne.point, ligne):
                yield regle.mot, regle.phrase, False
    for contradiction, phrase in contradictions_of(ligne, jour, unread={*hidden, *sure}):
        yield contradiction.mots[0], phrase, not contradiction.refused


def why_no_prm(number: str) -> str:
    """Return what is wrong with a PRM that isn't one."""
    if len(number) == 14 and number.isascii() and number.isdigit():
        return f"la clé de {number} est fausse, elle devrait être {prm.key(number[3:12])}"
    return f"« {number[:20]} » n'est pas un PRM : 14 chiffres dont la clé"
