"""Demands of M023 on a platform without servers, and what their files hold."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zipfile import ZipFile

from publication_kit import C2, C4, C5, C5_BIS, CONTRAT, P4, TIERS, Platform, new_point
from r6x_trees import strict_mistakes
from sqlalchemy.orm import Session
from state_kit import grant_acces, numeros_within

from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.flux.lecteur import form_of
from sge_sim.flux.ouverture import read_documents
from sge_sim.mesures import PointMesure
from sge_sim.mesures.releves import read_contextes
from sge_sim.mesures.series import read_series
from sge_sim.services.consultation_mesures_detaillees.answer import index_response, response_v3
from sge_sim.services.consultation_mesures_detaillees.demande import Cadre, DemandeDetaillees
from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.acteurs import find_contrat
from sge_sim.tables.m023 import find_demande_m023
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import Compteur, find_point

SENS: dict[str, Any] = {C5: "SOUTIRAGE", C4: "SOUTIRAGE", C2: "SOUTIRAGE", P4: "INJECTION"}
"""A point of each kind, and the direction in which it is measured."""
_NOM = re.compile(
    r"ENEDIS_(?P<flux>R6[3-7][AB]?|C68)(?P<rapport>_CR)?_(?P<mode>[PQHM])_(?P<nature>[A-Za-z]+)"
    r"_(?P<demande>[0-9A-Z]+)(?:(?:_(?P<contrat>[0-9A-Za-z-]+))?_(?P<sequence>\d{5}))?"
    r"_(?P<tampon>\d{14})\.(?P<extension>zip|json|csv)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NomR6X:
    """What the name of a file says; `sequence` is None of a report."""

    flux: str
    rapport: bool
    mode: str
    nature: str
    demande: str
    contrat: str | None
    sequence: int | None
    tampon: str
    extension: str


def parse_nom(nom: str) -> NomR6X:
    """Read the name of an archive or of what is in it."""
    found = _NOM.fullmatch(nom)
    assert found is not None, nom
    part: dict[str, Any] = found.groupdict()
    sequence = None if part["sequence"] is None else int(part["sequence"])
    return NomR6X(**{**part, "rapport": part["rapport"] is not None, "sequence": sequence})


def add_kinds(platform: Platform) -> None:
    """Add a C2 and a producer to a platform, and have the curves of small points collected."""
    with platform.database.transaction() as session:
        session.add(new_point(C2, "C2", 4))
        session.add(new_point(P4, "P4", 5))
        session.flush()
        for prm in (C5, C5_BIS, P4):
            session.add(Collecte(prm=prm, debut=date(2020, 1, 1)))


def replace_compteur(session: Session, prm: str, jour: date) -> None:
    """Put another meter in the place of a point's, as the day begins."""
    point = find_point(session, prm)
    (old,) = point.compteurs
    old.date_depose = jour
    point.compteurs.append(Compteur(date_pose=jour, tic_activable=old.tic_activable))


def publish(
    platform: Platform,
    prm: str,
    type_: Any,
    periodicite: str,
    debut: date,
    corrigees: bool | None = None,
) -> None:
    """Give an access service that publishes from `debut` on."""
    with platform.database.transaction() as session:
        contrat = find_contrat(session, CONTRAT)
        assert contrat.acteur_code == TIERS
        service = grant_acces(session, prm, type_, SENS.get(prm, "SOUTIRAGE"), contrat, debut)
        session.flush()
        session.add(
            OptionPublication(
                service_souscrit_id=service.service_souscrit_id,
                corrigees=corrigees,
                periodicite=periodicite,
                date_debut=debut,
            )
        )


def demand(platform: Platform, flux: Any, prms: Sequence[str], *days: Any, **asked: Any) -> str:
    """Order files as `order` does and have them made; return the number of the case."""
    affaire_id = order(platform, flux, prms, *days, **asked)
    platform.catch_up(days[-1])
    return affaire_id


def order(
    platform: Platform,
    flux: Any,
    prms: Sequence[str],
    debut: date | None,
    fin: date | None,
    now: datetime,
    **asked: Any,
) -> str:
    """Order files over the days [debut, fin) at `now`; return the number of the case."""
    mesures = MesuresDemandees(
        **{
            "flux": flux,
            "format": "JSON",
            "prms": tuple(prms),
            "sens": "SOUTIRAGE",
            "cadre": "ACCORD_CLIENT",
            "debut": debut,
            "fin": fin,
            **asked,
        }
    )
    with platform.database.transaction() as session:
        emetteur = Emetteur(TIERS, CONTRAT, "a@b.fr", None)
        return order_m023(
            session, numeros_within(session), emetteur, mesures, now, AUSSITOT
        ).affaire_id


def archives_of(platform: Platform, number: str) -> dict[str, bytes]:
    """The archives whose name has that number, oldest first."""
    return {nom: content for nom, content in platform.ready().items() if number in nom}


def schema_mistakes(tree: Any) -> list[str]:
    """Where a document differs from the schema of its form."""
    forme = form_of("json", tree)
    assert forme is not None
    return forme.mistakes(tree)


def documents(content: bytes, nom: str = "x.zip") -> Iterator[tuple[str, Any]]:
    """What an archive holds; each document holds to its schema, and a strict reader takes it."""
    for name, tree in read_documents(nom, content):
        thinned = _thinned(tree)
        assert schema_mistakes(thinned) == [], name
        if isinstance(tree, dict) and "header" in tree:
            assert strict_mistakes(thinned) == [], name
        yield name, tree


def _thinned(tree: Any) -> Any:
    """A document with one point of each shape: they alone are many, and a schema is slow."""
    if isinstance(tree, list):
        return [_thinned(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    thin = {name: _thinned(one) for name, one in tree.items() if name != "points"}
    if "points" in tree:
        shapes = {json.dumps(one).translate(_DIGITS): one for one in tree["points"]}
        thin["points"] = list(shapes.values())
    return thin


_DIGITS = str.maketrans("123456789", "000000000")


def data_and_report(platform: Platform, affaire_id: str) -> tuple[list[Any], dict[str, Any]]:
    """The documents of a demand, whose sequence is complete, and its report, which is the last."""
    *data, report = archives_of(platform, affaire_id).items()
    assert parse_nom(report[0]).rapport
    assert [parse_nom(nom).sequence for nom, _ in data] == list(range(1, len(data) + 1))
    ((_, told),) = documents(report[1])
    assert told["fichiersPublies"] == [
        {"nomFichier": nom, "cleFichier": cle} for cle, (nom, _) in enumerate(data, 1)
    ]
    assert told["synthese"]["nbFichiersPublies"] == len(data)
    return [tree for nom, content in data for _, tree in documents(content, nom)], told


def etat_of(platform: Platform, affaire_id: str) -> str:
    with platform.database.sessions() as session:
        return find_demande_m023(session, affaire_id).etat


def raw_member(content: bytes) -> bytes:
    """The only member of an archive."""
    with ZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        return archive.read(name)


def series_of(tree: dict[str, Any], prm: str, grandeur: str) -> list[tuple[str, str]]:
    """Stamps and values of a quantity of a point."""
    return [
        (point["d"], point["v"])
        for mesure in tree["mesures"]
        if mesure["idPrm"] == prm
        for each in mesure["grandeur"]
        if each["grandeurPhysique"] == grandeur
        for point in each["points"]
    ]


def v3_texts(
    point: PointMesure, prm: str, sens: Sens, type: Any, grandeur: str, days: tuple[date, date]
) -> str:
    """What ConsultationMesuresDetaillees v3.0 writes of the same days."""
    asked = DemandeDetaillees(
        type, grandeur, *days, "P1D", prm=prm, sens=(sens,), cadre=Cadre.ACCORD_CLIENT
    )
    if type == "INDEX":
        return str(index_response(asked, read_contextes(point, asked)))
    return str(response_v3(asked, read_series(point, asked), corrigees=False, petit=point.petit))


def billed_of(tree: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Each quantity of an R67 with its context, calendar and class."""
    for mesure in tree["mesures"]:
        for contexte in mesure["contexte"]:
            for grandeur in contexte["grandeur"]:
                if grandeur["grandeurPhysique"] == "EA":
                    for calendrier in grandeur["calendrier"]:
                        for classe in calendrier["classeTemporelle"]:
                            for quantite in classe["quantite"]:
                                yield contexte, calendrier, classe, quantite
