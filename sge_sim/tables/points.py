"""Points, their meters and the communes they stand in.

Points that a user brings in are written in slices, under an `Apport` that isn't published: nobody
sees them. One statement publishes it, and makes all of it seen at once; what isn't published is
removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    exists,
    select,
    text,
)
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
    relationship,
    validates,
)

from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import (
    CategorieClientFinal,
    DomaineTension,
    EtatAlimentation,
    EtatContractuel,
    OperationEnCours,
    PuissanceUnite,
    Segment,
)
from sge_sim.tables.base import Base, Payload, RowId
from sge_sim.tables.ecritures import insert_rows
from sge_sim.tables.point_facts import (
    ParametresTeleAcces,
    Situation,
    TransformateurCourant,
    TransformateurTension,
)
from sge_sim.tables.prepared import Prepared, Query


class Apport(Base):
    """Points brought in together."""

    __tablename__ = "apport"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    publie: Mapped[bool] = mapped_column(default=False)


def is_seen(apport_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Return the condition that a row was brought in by nobody, or by what is published.

    Written so that no index serves it: a search goes by what it looks for.
    """
    return ~exists().where(Apport.id == apport_id, ~Apport.publie)


read_hidden: Final[Query[bool]] = Query(
    (Prepared(select(Apport.id).where(~Apport.publie).limit(1)),), (), bool
)
"""Whether something was brought in that nobody sees."""


_AFNOR_LINE = String(38)
_ASKED_AT_ONCE: Final = 500
_CODE = String(15)
_CHUNK = 1000

# What is searched, and the column that holds it as searches compare it.
SEARCH_COLUMNS: Final[Mapping[str, str]] = {
    "escalier_etage_appartement": "recherche_escalier",
    "batiment": "recherche_batiment",
    "numero_et_nom_voie": "recherche_voie",
    "lieu_dit": "recherche_lieu_dit",
    "nom_client_final": "recherche_nom",
}


class Commune(Base):
    """A commune as SGE knows it: the pair of a postal code and an INSEE code."""

    __tablename__ = "commune"

    code_postal: Mapped[str] = mapped_column(String(5), primary_key=True)
    code_insee: Mapped[str] = mapped_column(String(5), primary_key=True)
    libelle: Mapped[str]
    apport_id: Mapped[int | None] = mapped_column(ForeignKey("apport.id"), index=True)


class Point(Situation, Base):
    """A point of delivery, as it is today; what it was before is in `AncienEtat`.

    Powers are whole numbers in the unit named beside them. Dates are legal dates.
    """

    __tablename__ = "point"

    prm: Mapped[str] = mapped_column(String(14), primary_key=True)
    segment: Mapped[Segment] = mapped_column(String(2))
    etat_contractuel: Mapped[EtatContractuel] = mapped_column(String(6))
    etat_alimentation: Mapped[EtatAlimentation] = mapped_column(String(4))
    # 0, 1 or 2; C5 and P4 only (GUI 0464 v1.4.0). Measures need 2.
    niveau_ouverture_services: Mapped[int | None]

    # Address of the installation.
    escalier_etage_appartement: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    batiment: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    numero_et_nom_voie: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    lieu_dit: Mapped[str | None] = mapped_column(_AFNOR_LINE)
    code_postal: Mapped[str] = mapped_column(String(5))
    code_insee: Mapped[str] = mapped_column(String(5))
    commune: Mapped[str]

    # Final client: a person's name or a company's, and its main establishment.
    nom_client_final: Mapped[str | None]
    categorie_client_final: Mapped[CategorieClientFinal | None] = mapped_column(String(3))
    siret: Mapped[str | None] = mapped_column(String(14), index=True)
    fournisseur_titulaire: Mapped[str | None] = mapped_column(ForeignKey("acteur.code"))

    # Supply.
    domaine_tension: Mapped[DomaineTension] = mapped_column(String(5))
    tension_livraison: Mapped[str | None] = mapped_column(_CODE)
    mode_apres_compteur: Mapped[str | None] = mapped_column(_CODE)
    puissance_raccordement: Mapped[int | None]
    puissance_raccordement_unite: Mapped[PuissanceUnite | None] = mapped_column(String(4))

    # Tariff. `denivele_puissances` gives the subscribed power of each time class (C1-C4).
    fta: Mapped[str | None] = mapped_column(_CODE)
    puissance_souscrite: Mapped[int | None]
    puissance_souscrite_unite: Mapped[PuissanceUnite | None] = mapped_column(String(4))
    denivele_puissances: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    longue_utilisation_contexte: Mapped[str | None] = mapped_column(_CODE)
    longue_utilisation_forfait_h: Mapped[int | None]
    calendrier_fournisseur: Mapped[str | None] = mapped_column(_CODE)

    # `date_mise_en_service` is the last one: nothing is shown of what precedes it.
    date_mise_en_service: Mapped[date | None] = mapped_column(Date)
    date_resiliation: Mapped[date | None] = mapped_column(Date)
    date_modification_fta: Mapped[date | None] = mapped_column(Date)
    date_augmentation_puissance: Mapped[date | None] = mapped_column(Date)
    date_diminution_puissance: Mapped[date | None] = mapped_column(Date)

    # Metering. Off-peak hours: labels of the high season, and of the low one where it has its own.
    # `futures_programmations`: FTA → time post → periods.
    type_comptage: Mapped[str | None] = mapped_column(_CODE)
    disjoncteur_calibre: Mapped[str | None] = mapped_column(_CODE)
    heures_creuses_libelle: Mapped[str | None]
    heures_creuses_saison_basse: Mapped[str | None]
    futures_heures_creuses_id: Mapped[str | None] = mapped_column(_CODE)
    futures_heures_creuses_libelle: Mapped[str | None]
    futures_heures_creuses_saison_basse: Mapped[str | None]
    futures_programmations: Mapped[dict[str, dict[str, str]] | None] = mapped_column(
        JSON(none_as_null=True)
    )
    transformateur_courant: Mapped[TransformateurCourant | None] = mapped_column(
        Payload(TransformateurCourant)
    )
    transformateur_tension: Mapped[TransformateurTension | None] = mapped_column(
        Payload(TransformateurTension)
    )

    # Reading.
    mode_traitement: Mapped[str | None] = mapped_column(_CODE)
    periodicite: Mapped[str | None] = mapped_column(_CODE)
    plage_releve: Mapped[str | None] = mapped_column(_CODE)
    mode_releve: Mapped[str | None] = mapped_column(_CODE)
    media_releve: Mapped[str | None] = mapped_column(_CODE)
    # Minutes of the step of R4x since March 2023, 10 where nothing is said.
    r4x_pas: Mapped[Literal[5, 10] | None] = mapped_column(SmallInteger)

    # What lets or stops an order.
    teleoperable: Mapped[bool]
    contrat_soutirage: Mapped[bool]
    contrat_injection: Mapped[bool]
    provisoire: Mapped[bool]
    groupement_turpe: Mapped[bool]
    opposition_courbe: Mapped[bool]
    operation_en_cours: Mapped[OperationEnCours | None] = mapped_column(String(3))

    # The simulator's own: the seed of the measures, whether the real homologation platform has
    # numbers that count instead, and why a named point is in the data set.
    graine: Mapped[int] = mapped_column(BigInteger)
    mesures_factices: Mapped[bool | None]
    pourquoi: Mapped[str | None] = mapped_column(Text)
    # That of a point of one's own: it is there once that is published.
    apport_id: Mapped[int | None] = mapped_column(ForeignKey("apport.id"))

    recherche_escalier: Mapped[str | None]
    recherche_batiment: Mapped[str | None]
    recherche_voie: Mapped[str | None]
    recherche_lieu_dit: Mapped[str | None]
    recherche_nom: Mapped[str | None]

    compteurs: Mapped[list["Compteur"]] = relationship(order_by="Compteur.id")

    __table_args__ = (
        ForeignKeyConstraint(
            ["code_postal", "code_insee"], ["commune.code_postal", "commune.code_insee"]
        ),
        # A search names a commune, with or without a street, with or without a name: one index for
        # each. The first leads with the street, lest it be taken where none is named; the second
        # holds all that the other criteria compare. In the third a part of a name is looked for
        # among those of a commune: it is as narrow as can be, since all of them are read, and has
        # the PRM, so that nothing else is.
        Index("ix_point_voie", "recherche_voie", "code_insee", "code_postal"),
        Index(
            "ix_point_criteres",
            "code_insee",
            "code_postal",
            "domaine_tension",
            "categorie_client_final",
            "etat_contractuel",
        ),
        Index("ix_point_nom_commune", "code_insee", "code_postal", "recherche_nom", "prm"),
        Index("ix_point_apport", "apport_id", "prm"),
        # The page of points looks for names by their beginning, as bytes follow one another.
        Index(
            "ix_point_nom",
            "recherche_nom",
            postgresql_ops={"recherche_nom": "varchar_pattern_ops"},
        ),
        Index(
            "ix_point_pourquoi",
            "prm",
            sqlite_where=text("pourquoi IS NOT NULL"),
            postgresql_where=text("pourquoi IS NOT NULL"),
        ),
    )

    @validates(*SEARCH_COLUMNS)
    def _keep_search_text(self, name: str, value: str | None) -> str | None:
        setattr(self, SEARCH_COLUMNS[name], _search_text(value))
        return value


class Compteur(Base):
    """A meter of a point; `date_depose` is empty while it is in place.

    `programmation_horaire` gives the periods of each time post (C1-C4).
    """

    __tablename__ = "compteur"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    matricule: Mapped[str | None] = mapped_column(index=True)
    numero_serie: Mapped[str | None] = mapped_column(index=True)
    localisation: Mapped[str | None] = mapped_column(_CODE)
    tic_activee: Mapped[bool | None]
    tic_standard: Mapped[bool | None]
    tic_activable: Mapped[bool | None]
    date_pose: Mapped[date | None] = mapped_column(Date)
    date_depose: Mapped[date | None] = mapped_column(Date)
    parametres_tele_acces: Mapped[ParametresTeleAcces | None] = mapped_column(
        Payload(ParametresTeleAcces)
    )
    programmation_horaire: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


POINT_SEEN: Final = is_seen(Point.apport_id)
"""The condition of whoever selects points: none that are still being brought in."""


def find_point(session: Session, prm: str) -> Point | None:
    """Return the point, or nothing when SGE doesn't know it."""
    point = session.get(Point, prm)
    if point is None or point.apport_id is None:
        return point
    return point if session.get_one(Apport, point.apport_id).publie else None


def opposed_points(session: Session) -> list[Point]:
    """Return the points whose client opposes the recording of the curve, by PRM."""
    return list(session.scalars(select(Point).where(Point.opposition_courbe).order_by(Point.prm)))


def known_code_postal(session: Session, code_postal: str) -> bool:
    """Tell whether some commune has that postal code."""
    return _any_commune(session, Commune.code_postal == code_postal)


def known_commune(session: Session, code_postal: str | None, code_insee: str) -> bool:
    """Tell whether the pair is a commune; without a postal code, whether the INSEE code is."""
    if code_postal is None:
        return _any_commune(session, Commune.code_insee == code_insee)
    return _any_commune(
        session, Commune.code_postal == code_postal, Commune.code_insee == code_insee
    )


def _any_commune(session: Session, *conditions: ColumnElement[bool]) -> bool:
    found = select(Commune.code_insee).where(*conditions, is_seen(Commune.apport_id)).limit(1)
    return session.scalar(found) is not None


def insert_points(
    session: Session, rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]
) -> int:
    """Insert points given as mappings of the columns of `Point` and of `Compteur`, in bulk.

    `rows` may be a generator of millions: it is read by chunks. The search columns are filled in
    here. Returns how many points were inserted.
    """
    inserted = 0
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK)):
        points = [{**point, **_search_values(point)} for point, _ in chunk]
        compteurs = [
            {**compteur, "prm": point["prm"]} for point, compteur in chunk if compteur is not None
        ]
        insert_rows(session, Point, points)
        insert_rows(session, Compteur, compteurs)
        inserted += len(chunk)
    return inserted


def _search_text(value: str | None) -> str | None:
    return None if value is None else normalise(value)


def _search_values(point: Mapping[str, Any]) -> dict[str, str | None]:
    return {column: _search_text(point.get(name)) for name, column in SEARCH_COLUMNS.items()}


def first_small_points(session: Session, most: int) -> list[str]:
    """Return the first C5 points by PRM, `most` of them where there are as many."""
    query = select(Point.prm).where(POINT_SEEN, Point.segment == "C5").order_by(Point.prm)
    return list(session.scalars(query.limit(most)))


def small_points_among(session: Session, prms: Sequence[str]) -> set[str]:
    """Return those of these PRM that are C5 points."""
    found: set[str] = set()
    for first in range(0, len(prms), _ASKED_AT_ONCE):
        some = prms[first : first + _ASKED_AT_ONCE]
        wanted = (POINT_SEEN, Point.segment == "C5", Point.prm.in_(some))
        found.update(session.scalars(select(Point.prm).where(*wanted)))
    return found
