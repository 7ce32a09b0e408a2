"""What is personal of points of one's own, found among words that somebody wrote."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sge_sim.tables.normalise import normalise
from sge_sim.tables.points import Point

_AT_ONCE: Final = 400
_PERSONAL: Final = (
    Point.prm,
    Point.siret,
    Point.nom_client_final,
    Point.numero_et_nom_voie,
    Point.lieu_dit,
    Point.batiment,
    Point.escalier_etage_appartement,
)


def personal_among(session: Session, words: Collection[str]) -> set[str]:
    """Return what is personal of the own points that these words name, and the words that are.

    A point is named by its PRM, its SIRET, its name or its street, however they are spelled; what
    is personal of it is that, and the rest of its address. What two points share is found by each.
    """
    if session.scalar(select(Point.prm).where(Point.apport_id.is_not(None)).limit(1)) is None:
        return set()
    by_form: dict[str, set[str]] = {}
    for word in words:
        by_form.setdefault(normalise(word), set()).add(word)
    by_form.pop("", None)
    personal: set[str] = set()
    forms = iter(by_form)
    while part := list(islice(forms, _AT_ONCE)):
        for condition in (
            or_(Point.prm.in_(part), Point.siret.in_(part)),
            Point.recherche_nom.in_(part),
            Point.recherche_voie.in_(part),
        ):
            # Which of them are one's own is asked of the rows: an index of it would be taken.
            rows = session.execute(select(Point.apport_id, *_PERSONAL).where(condition))
            for apport_id, *values in rows:
                if apport_id is not None:
                    personal.update(_spelled(values, by_form))
    return personal


def _spelled(values: Sequence[str | None], by_form: dict[str, set[str]]) -> Iterable[str]:
    for value in values:
        if value:
            yield value
            yield from by_form.get(normalise(value), ())
