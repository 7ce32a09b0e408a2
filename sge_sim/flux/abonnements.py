"""Makes the files of a subscription, by several processes where it has many points.

What a file tells was decided by the instant of the publication, so that each process may read its
own points.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.chiffrement import Chiffrement, encrypt
from sge_sim.flux.envoi import Archive, Envoi, Fichier, PointPublie
from sge_sim.flux.flux import Flux, ParAbonnement
from sge_sim.flux.lots import LotAbonnement
from sge_sim.flux.packaging import zipped_archive
from sge_sim.flux.parallele import Equipe, work_here
from sge_sim.flux.periodes import FREQUENCES, Frequence
from sge_sim.flux.retards import rattrapes, retard
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts_of
from sge_sim.tables.transmissions import Bornes, Transmission, bounds_of_parts, measured_points

PARTS_FOR_EQUIPE: Final = 4
"""Parts from which a publication is made by several processes."""
_POINTS_OF_A_PART: Final = 50
_PARTS_AHEAD: Final = 40
"""Most files (0.4 MB each) of a publication that are made with those of the one before."""

T = TypeVar("T")


@dataclass(frozen=True)
class Fabrique:
    """What a file of a subscription is made of, but for its points: given to processes. `late`:
    some days of C5 points come late. `defauts`: those of the real files."""

    flux: Flux[ParAbonnement]
    envoi: Envoi
    transmission: Transmission
    secret: Chiffrement
    late: bool
    defauts: Defauts

    def fichier(self, archive: Archive) -> Fichier:
        """Lay a file out, zip and encrypt it."""
        if self.defauts.mise_en_page:
            lay_out = self.flux.writer().laid_out_as_real
            membres = tuple((nom, lay_out(xml)) for nom, xml in archive.membres)
            archive = replace(archive, membres=membres)
        contenu = zipped_archive(archive, self.transmission.instant)
        return Fichier(archive.nom, (encrypt(self.secret, contenu, archive.nom),), archive.prms)


def subscribed_files(
    session: Session, lot: LotAbonnement, envoi: Envoi, atelier: Atelier, secret: Chiffrement
) -> Iterator[Fichier]:
    """Yield the files of a period of a subscription, encrypted; with them are made those that come
    next of the same points: what was found of a point is kept for some thousands."""
    fabrique, parts = _cut(session, lot, envoi, atelier, secret)
    if lot.flux.cause.points_par_fichier is None:
        membres = chain.from_iterable(_shared(session, fabrique, atelier.equipe, _membres, parts))
        yield from map(fabrique.fichier, lot.flux.writer().archives(fabrique.envoi, membres))
        return
    if made := [files for same, files in atelier.avance if same == fabrique]:
        yield from made[0]
        return
    suite = [
        _cut(session, autre, replace(envoi, sequence=sequence), atelier, secret)
        for autre in atelier.ensuite
        if isinstance(autre, LotAbonnement) and autre.contrat_id == lot.contrat_id
        if autre.flux.cause.points_par_fichier and 1 < len(parts) <= _PARTS_AHEAD
        for sequence in (autre.record(session)["sequence"],)
    ]
    ahead: list[tuple[Fabrique, list[Any]]] = [(each, []) for each, cut in suite if cut == parts]
    fabriques = (fabrique, *(each for each, _ in ahead))
    for fichier, *others in _shared(session, fabriques, atelier.equipe, _serial_files, parts):
        for (_, files), other in zip(ahead, others, strict=True):
            files.append(other)
        yield fichier
    atelier.avance.extend(ahead)


def _cut(
    session: Session, lot: LotAbonnement, envoi: Envoi, atelier: Atelier, secret: Chiffrement
) -> tuple[Fabrique, list[Bornes]]:
    """Return what makes the files of a period, and the bounds of the points of its parts."""
    cause, abonnement = lot.flux.cause, lot.abonnement
    frequence = FREQUENCES[abonnement.periodicite]
    injection = abonnement.sens == "INJECTION"
    envoi = replace(envoi, numero=lot.numero, frequence=frequence, injection=injection)
    late = atelier.late and frequence is Frequence.QUOTIDIENNE
    most = (cause.points_par_fichier or {}).get(frequence, _POINTS_OF_A_PART)
    fabrique = Fabrique(lot.flux, envoi, lot.transmission, secret, late, atelier.defauts)
    return fabrique, bounds_of_parts(session, lot.transmission, most)


def _shared(
    session: Session, whose: Any, equipe: Equipe | None, work: Callable[..., T], parts: list[Bornes]
) -> Iterator[T]:
    """Yield what `work` makes of the parts of a publication."""
    jobs = [(whose, bornes, rang, len(parts)) for rang, bornes in enumerate(parts, start=1)]
    if equipe is None or len(jobs) < PARTS_FOR_EQUIPE:
        yield from work_here(session, work, jobs)
    else:
        yield from equipe.share(session, work, jobs)


def _membres(
    session: Session, fabrique: Fabrique, bornes: Bornes, _rang: int, _parts: int
) -> list[Any]:
    points = _points(session, fabrique, bornes)
    return list(fabrique.flux.writer().membres(fabrique.envoi, points))


def _serial_files(
    session: Session, fabriques: Sequence[Fabrique], bornes: Bornes, rang: int, fichiers: int
) -> list[Fichier]:
    return [
        fabrique.fichier(fabrique.flux.writer().archive(fabrique.envoi, points, rang, fichiers))
        for fabrique in fabriques
        for points in (_points(session, fabrique, bornes),)
    ]


def _points(session: Session, fabrique: Fabrique, bornes: Bornes) -> Iterator[PointPublie]:
    """Yield the points of a publication that have measures, each over its own days of it.

    Read some hundreds at once, so that memory doesn't grow with their number.
    """
    may_be_late = fabrique.late and fabrique.flux.cause.petits
    jour = fabrique.transmission.debut
    for part in measured_points(session, fabrique.transmission, bornes):
        mesures_of = read_mesures_facts_of(session, [services[0].prm for services in part])
        avant = fabrique.transmission.publie_avant_arret
        for service in chain.from_iterable(part):
            point = point_mesure(
                service.point,
                mesures_of[service.prm],
                service.sens or "SOUTIRAGE",
                (service.date_debut, service.date_fin) if avant else None,
                pertes=fabrique.defauts.pertes,
            )
            if point is None:
                continue
            debut, fin = service.jours
            yield PointPublie(
                prm=service.prm,
                point=point,
                debut=max(debut, jour),
                fin=min(fin, fabrique.transmission.fin),
                affaire_id=service.affaire_id or "",
                service_souscrit_id=service.service_souscrit_id,
                corrigees=bool(service.corrigees),
                r4x_pas=service.r4x_pas or 10,
                absents=frozenset({jour} if may_be_late and retard(point, jour) else ()),
                rattrapes=rattrapes(point, debut, jour) if may_be_late else (),
            )
