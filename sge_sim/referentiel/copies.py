"""A point of one's own: like one that exists, but for what matters to a test."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.domaine.prm import generate_all, is_valid
from sge_sim.errors import UsageError
from sge_sim.referentiel.acteurs import get_acteur
from sge_sim.referentiel.entries import check_attributes
from sge_sim.referentiel.point_rows import measure_seed
from sge_sim.referentiel.points import get_point
from sge_sim.tables.copies import insert_copy
from sge_sim.tables.points import Compteur, Point, find_point

_WHERE = Path("le point")


def copy_point(
    session: Session,
    comme: str,
    prm: str | None = None,
    point: Mapping[str, Any] | None = None,
    compteur: Mapping[str, Any] | None = None,
) -> str:
    """Make a point like `comme` with other attributes; return its PRM, drawn unless it is given.

    `point` and `compteur` hold attributes by the names that the data set uses. Its measures are
    its own. Raises `UsageError` for a model that isn't there, a PRM that is taken or has a wrong
    key, and an attribute that is unknown or wrong.
    """
    model = get_point(session, comme)
    changes = check_attributes(_WHERE, "point", Point, point or {})
    if (supplier := changes.get("fournisseur_titulaire")) is not None:
        get_acteur(session, supplier)
    meter = check_attributes(_WHERE, "compteur", Compteur, compteur or {})
    if prm is None:
        prm = next(
            each
            for each in generate_all(comme[:3], model.graine)
            if find_point(session, each) is None
        )
    elif not is_valid(prm):
        raise UsageError(f"« {prm} » n'est pas un PRM : 14 chiffres dont la clé (sge-sim prm).")
    elif find_point(session, prm) is not None:
        raise UsageError(f"Le point {prm} existe déjà : donner un autre PRM, ou n'en pas donner.")
    insert_copy(session, model, prm, measure_seed(prm, model.graine), changes, meter)
    return prm
