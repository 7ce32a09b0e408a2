"""What an answer must repeat of the request: the point, the period, the services, the commune."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sge_sim.homologation.jugement.controle import Verification, controle
from sge_sim.homologation.jugement.reponse import ReponseJugee, text_of, texts_of
from sge_sim.homologation.jugement.services import (
    ADP,
    ASAD,
    CMD2,
    CMD3,
    DETAILLEES,
    LISTES,
    RECHERCHE_POINT,
    RSAD,
    SAD,
    SUR_SERVICES,
)

_LARGE: Final = " CEDEX"
_SERVICES: Final = {
    ASAD: "servicesResilies/serviceResilie/serviceSouscritId",
    RSAD: "servicesRenouveles/serviceRenouvele/serviceSouscritId",
}
_MODIFIES: Final = "servicesModifies/serviceSouscritId/serviceSouscritId"


@controle(
    "la réponse est celle du point demandé",
    source="GUI 0464 §4, GUI 0488 §5.2, GUI 0497 §3.2, GUI 0475 §4, GUI 0537",
    services={ADP, *DETAILLEES, *LISTES},
)
def point_demande(reponse: ReponseJugee) -> Iterator[str]:
    """Every point that the body names is the one that was asked about."""
    corps = reponse.corps
    answered = [each.get("id", "") for each in corps.iterfind("point")]
    answered += texts_of(corps, "pointId") + texts_of(corps, "*/*/pointId")
    for prm in answered:
        if prm not in reponse.prms:
            yield f"la réponse porte sur le point {prm}"


@controle(
    "la réponse dit son point et sa période, qui sont ceux de la demande",
    source="GUI 0488 §5.2, GUI 0497 §3.2 ; réponses enregistrées",
    services=DETAILLEES,
)
def periode_demandee(reponse: ReponseJugee) -> Iterator[str]:
    """The period is that of the request; an empty answer has none."""
    corps = reponse.corps
    if len(corps) == 0:
        return
    for name in ("pointId", "periode"):
        if corps.find(name) is None:
            yield f"{name} est absent"
    for name in ("dateDebut", "dateFin"):
        found, asked = text_of(corps, f"periode/{name}"), reponse.demande_une(name)
        if found is not None and found[:10] != (asked or "")[:10]:
            yield f"{name} vaut {found}, demandé {asked}"


@controle(
    "les services de la réponse sont ceux de la demande",
    source="GUI 0531 §1.3 : tout ou rien",
    services=SUR_SERVICES,
)
def services_demandes(reponse: ReponseJugee) -> Iterator[str]:
    """An order on services answers those that it was sent, each once."""
    path = _SERVICES.get(reponse.contrat.path, _MODIFIES)
    answered = Counter(texts_of(reponse.corps, path))
    asked = Counter(dict.fromkeys(reponse.demandes("serviceSouscritId"), 1))
    for service, times in answered.items():
        if service not in asked:
            yield f"service {service}, qui n'était pas demandé"
        elif times > 1:
            yield f"service {service} rendu {times} fois"
    for service in asked - answered:
        yield f"service {service} demandé, absent de la réponse"


@controle(
    "il y a une affaire par type de données demandé",
    source="GUI 0531 §2.3.4",
    services={SAD},
)
def types_commandes(reponse: ReponseJugee) -> Iterator[str]:
    """An order of access services answers an affaire for each, with its type."""
    path = "affaires/affaire/serviceSouscritMesures/mesuresTypeCode"
    answered, asked = (
        Counter(texts_of(reponse.corps, path)),
        Counter(reponse.demandes("typeDonnees")),
    )
    for kind in answered - asked:
        yield f"une affaire pour {kind} de trop"
    for kind in asked - answered:
        yield f"aucune affaire pour {kind}"


@controle(
    "les services listés sont ceux du contrat demandé",
    source="GUI 0475 §1, GUI 0537 §1 : les services du demandeur",
    services=LISTES,
)
def contrat_demande(reponse: ReponseJugee) -> Iterator[str]:
    """The contract of a listed service is the one asked about."""
    asked = reponse.demandes("contratId")
    for contrat in texts_of(reponse.corps, "*/*/contratId"):
        if contrat not in asked:
            yield f"service du contrat {contrat}"


@controle(
    "les points trouvés sont de la commune demandée",
    source="GUI 0427 §3 ; AFNOR XP Z10-011 (ligne 6)",
    services={RECHERCHE_POINT},
)
def commune_demandee(reponse: ReponseJugee) -> Iterator[str]:
    """The sixth line begins with the postal code that was asked for; CEDEX has one of its own."""
    asked = reponse.demande_une("codePostal")
    if asked is None:
        return
    for line in texts_of(reponse.corps, "points/point/adresseInstallationNormalisee/ligne6"):
        same = line.startswith(f"{asked} ") or (_LARGE in line and line[:2] == asked[:2])
        if not same:
            yield f"« {line} » pour le code postal {asked}"


@controle(
    "les points trouvés sont d'une seule commune",
    source="GUI 0427 §2.1 : le code postal et le code INSEE désignent une commune",
    services={RECHERCHE_POINT},
)
def une_seule_commune(reponse: ReponseJugee) -> Iterator[str]:
    """Of one postal code and one INSEE code all the points have the same town."""
    if reponse.demande_une("codeInseeCommune") is None:
        return
    path = "points/point/adresseInstallationNormalisee/ligne6"
    towns = Counter(each for each in texts_of(reponse.corps, path) if _LARGE not in each)
    for town in list(towns)[1:]:
        yield f"« {town} » à côté de « {next(iter(towns))} »"


@controle(
    "hors périmètre, les points trouvés sont à l'adresse exacte",
    source="GUI 0427 §3.2",
    services={RECHERCHE_POINT},
)
def adresse_exacte(reponse: ReponseJugee) -> Iterator[str]:
    """Outside the perimeter the street is the one that was asked for."""
    asked = reponse.demande_une("numeroEtNomVoie")
    if asked is None or reponse.demande_une("rechercheHorsPerimetre") not in ("true", "1"):
        return
    lines = reponse.corps.iterfind("points/point/adresseInstallationNormalisee")
    for line in (text_of(each, "ligne4") or "" for each in lines):
        if " ".join(line.upper().split()) != " ".join(asked.upper().split()):
            yield f"« {line} » pour « {asked} »"


@controle(
    "une recherche rend 200 points au plus",
    source="GUI 0427 §4",
    services={RECHERCHE_POINT},
)
def deux_cents_points(reponse: ReponseJugee) -> Iterator[str]:
    """A search answers no more than 200 points, and no empty list."""
    found = reponse.corps.findall("points/point")
    if len(found) > 200:
        yield f"{len(found)} points"


@controle(
    "des mesures sont brutes ou corrigées, comme demandé",
    source="GUI 0488 §5.2, GUI 0497 §3.2",
    services={CMD2, CMD3},
)
def brut_ou_corrige(reponse: ReponseJugee) -> Iterator[str]:
    """Measures are BRUT or BEST as asked; of a small point, always BRUT; an index doesn't tell."""
    corps = reponse.corps
    if len(corps) == 0:
        return
    answered, kind = text_of(corps, "mesuresCorrigees"), reponse.demande_une("mesuresTypeCode")
    if kind == "INDEX":
        if answered is not None:
            yield f"mesuresCorrigees vaut {answered} pour des index"
        return
    asked = reponse.demande_une("mesuresCorrigees") in ("true", "1")
    corrected = asked and kind == "COURBE" and not reponse.petit
    wanted = ["BEST"] if corrected else ["BRUT"]
    if corrected and reponse.demande_une("grandeurPhysique") not in ("PA", "TOUT"):
        wanted = ["BEST", "BRUT"]  # whether others than active curves are corrected isn't said
    if answered not in wanted:
        yield f"mesuresCorrigees vaut {answered or 'rien'}, attendu {' ou '.join(wanted)}"


ECHOS: Final[tuple[Verification, ...]] = (
    point_demande,
    periode_demandee,
    services_demandes,
    types_commandes,
    contrat_demande,
    commune_demandee,
    une_seule_commune,
    adresse_exacte,
    deux_cents_points,
    brut_ou_corrige,
)
