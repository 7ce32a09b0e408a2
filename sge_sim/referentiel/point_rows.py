"""Makes the rows of a point: what its profile says, and the rest drawn."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE
from sge_sim.referentiel import identites
from sge_sim.referentiel.dataset import Dataset, Profil
from sge_sim.referentiel.entries import CommuneEntry
from sge_sim.referentiel.tirage import Tirage
from sge_sim.tables.points import SEARCH_COLUMNS, Compteur, Point

Rows = tuple[dict[str, Any], dict[str, Any] | None]
"""The columns of a point, and those of its meter if it has one."""

EMPTY_POINT: Final[Mapping[str, None]] = dict.fromkeys(
    column.name for column in Point.__table__.columns if column.name not in SEARCH_COLUMNS.values()
)
EMPTY_COMPTEUR: Final[Mapping[str, None]] = dict.fromkeys(
    column.name for column in Compteur.__table__.columns if column.name not in ("id", "prm")
)


def measure_seed(prm: str, seed: int) -> int:
    """Return the 63-bit seed of the measures of a point, in a data set of seed `seed`."""
    digest = blake2b(f"{seed}/{prm}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def named_rows(dataset: Dataset, seed: int) -> Iterator[Rows]:
    """Yield the rows of the named points; what they leave out is drawn from their PRM."""
    communes = [commune for commune in dataset.communes.values() if commune.heures_creuses]
    for named in dataset.points:
        tirage = Tirage(measure_seed(named.prm, seed))
        yield make_rows(
            named.prm,
            named.profil | Profil({"pourquoi": named.pourquoi}, {}),
            named.commune or tirage.one_of(communes),
            fournisseurs=dataset.population.fournisseurs,
            seed=seed,
            tirage=tirage,
        )


def make_rows(
    prm: str,
    profil: Profil,
    commune: CommuneEntry,
    *,
    fournisseurs: Mapping[str, int],
    seed: int,
    tirage: Tirage,
) -> Rows:
    """Return the rows of a point; what `profil` leaves out is drawn or left empty.

    `fournisseurs` gives the weight of each supplier among the points in service.
    """
    graine = measure_seed(prm, seed)
    point: dict[str, Any] = {
        **EMPTY_POINT,
        **_identity(profil.point, tirage),
        **profil.point,
        "prm": prm,
        "code_postal": commune.code_postal,
        "code_insee": commune.code_insee,
        "commune": commune.libelle,
        "graine": graine,
    }
    titulaire = tirage.weighted(fournisseurs)
    if (
        "fournisseur_titulaire" not in profil.point
        and point["etat_contractuel"] in ETATS_EN_SERVICE
    ):
        point["fournisseur_titulaire"] = titulaire
    if profil.compteur is None:
        return point, None
    number = f"{graine % 10**12:012d}"
    compteur = {
        **EMPTY_COMPTEUR,
        "matricule": number,
        "numero_serie": None if point["domaine_tension"] == "BTINF" else number,
        **profil.compteur,
    }
    return point, compteur


def _identity(attributs: Mapping[str, Any], tirage: Tirage) -> dict[str, str]:
    """Draw an address and a client that suit the point."""
    identity = {"numero_et_nom_voie": identites.voie(tirage)}
    if attributs["domaine_tension"] in ("HTA", "HTB"):
        identity["lieu_dit"] = identites.zone(tirage)
    elif tirage.happens(25):
        identity["batiment"] = identites.batiment(tirage)
        identity["escalier_etage_appartement"] = identites.appartement(tirage)
    if attributs.get("categorie_client_final") == "PRO":
        identity["nom_client_final"] = identites.societe(tirage)
        identity["siret"] = identites.siret(tirage)
    else:
        identity["nom_client_final"] = identites.personne(tirage)
    return identity
