"""The control table of RecherchePoint (GUI 0427 v1.2.0 §3; the order is assumed)."""

from sge_sim.domaine.francais import normalise
from sge_sim.refus import rule
from sge_sim.services.recherche_point.demande import RESULTS_MAX, Recherche
from sge_sim.tables.points import known_commune

NAME_MIN = 3


@rule(
    "SGT4F7",
    source="GUI 0427 v1.2.0 §2 ; OFF RP-NR2 ; code d'une adresse sans commune : supposé",
    provenance="documented",
    remede="la commune (code postal et code INSEE) avec un autre critère que le complément "
    "d'adresse, ou un SIRET ; les deux codes dans toute adresse ; hors périmètre : la commune, "
    "l'adresse exacte et le nom",
)
def criteres_suffisants(recherche: Recherche) -> bool:
    """The criteria are one of the combinations that the guide allows."""
    criteres = recherche.criteres
    if recherche.adresse and not recherche.has_commune:
        return False
    if recherche.hors_perimetre:
        exact = recherche.has_commune and criteres.numero_et_nom_voie is not None
        return exact and criteres.nom_client_final is not None
    if criteres.siret is not None:
        return True
    others = (
        criteres.numero_et_nom_voie,
        criteres.matricule_ou_numero_serie,
        criteres.domaine_tension,
        criteres.nom_client_final,
        criteres.categorie_client_final,
    )
    return recherche.has_commune and any(other is not None for other in others)


@rule(
    "SGT4F10",
    source="GUI 0427 v1.2.0 §3.2 ; AX.0466 v1.5.0",
    provenance="documented",
    remede="un nom d'au moins 3 caractères",
)
def nom_assez_long(recherche: Recherche) -> bool:
    """Outside the perimeter, a partial name has three characters or more."""
    name = recherche.criteres.nom_client_final
    return not recherche.hors_perimetre or name is None or len(normalise(name)) >= NAME_MIN


@rule(
    "SGT432",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un code postal d'une commune du jeu de données",
)
def code_postal_connu(recherche: Recherche) -> bool:
    """The postal code is known."""
    code_postal = recherche.criteres.code_postal
    return code_postal is None or known_commune(recherche.session, code_postal, None)


@rule(
    "SGT4F6",
    source="AX.0466 v1.5.0 ; code INSEE d'une autre commune que le code postal : supposé",
    provenance="documented",
    remede="le code INSEE d'une commune du jeu de données, qui a ce code postal",
)
def commune_connue(recherche: Recherche) -> bool:
    """The INSEE code is that of a commune which has the postal code."""
    code_postal, code_insee = recherche.criteres.code_postal, recherche.criteres.code_insee
    return code_insee is None or known_commune(recherche.session, code_postal, code_insee)


@rule(
    "SGT4F8",
    source="GUI 0427 v1.2.0 §3 ; OFF RP-NR1",
    provenance="documented",
    remede="des critères auxquels 200 points au plus répondent",
    indispensable=True,
)
def nombre_de_resultats_admis(recherche: Recherche) -> bool:
    """At most 200 points agree: beyond, the whole search fails and nothing is cut."""
    return len(recherche.points) <= RESULTS_MAX


RULES = (
    criteres_suffisants,
    nom_assez_long,
    code_postal_connu,
    commune_connue,
    nombre_de_resultats_admis,
)
