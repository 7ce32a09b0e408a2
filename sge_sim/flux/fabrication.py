"""Makes the files of a publication: reads its points, writes, zips and encrypts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, SENS_OF_SEGMENT, Demandeur, Sens
from sge_sim.flux import hdm, infra_j, nass, r4x, r50, r151, r171
from sge_sim.flux.chiffrement import Chiffrement, encrypt, encrypted
from sge_sim.flux.declaration import secret_of
from sge_sim.flux.envoi import Archive, Envoi, Fichier, PointPublie
from sge_sim.flux.infra_j import OrdreInfraJ
from sge_sim.flux.lots import (
    Lot,
    LotAbonnement,
    LotDiffusion,
    LotFin,
    LotHistorique,
    LotInfraJ,
    LotM023,
)
from sge_sim.flux.packaging import laid_out_as_real, zipped_archive
from sge_sim.flux.parallele import Equipe
from sge_sim.flux.periodes import FREQUENCES, FluxRecurrent, Frequence
from sge_sim.flux.r6x.archives import LIMITES, Limites
from sge_sim.flux.r6x.entete import EnvoiR6X
from sge_sim.flux.r6x.ponctuel import demanded_files
from sge_sim.flux.r6x.recurrent import diffused_files, envoi_of_diffusion
from sge_sim.flux.retards import rattrapes, retard
from sge_sim.mesures import PointMesure
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.acteurs import Acteur, find_contrat
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import read_mesures_facts, read_mesures_facts_of
from sge_sim.tables.points import Point, find_point
from sge_sim.tables.transmissions import (
    Bornes,
    Transmission,
    bounds_of_parts,
    measured_points,
)

_OF_SMALL_POINTS: Mapping[FluxRecurrent, ModuleType] = MappingProxyType({"R50": r50, "R151": r151})
_OF_LARGE_POINTS: Mapping[FluxRecurrent, ModuleType] = MappingProxyType({"R4x": r4x, "R171": r171})

_PARTS_FOR_EQUIPE = 4
"""Parts from which a publication is made by several processes."""
_POINTS_OF_A_PART = 50

T = TypeVar("T")
Make = Callable[[int], Iterator[Fichier]]
"""Makes the files of a publication, given its sequence number."""


@dataclass(frozen=True)
class Atelier:
    """How files are made: `late`, some days of C5 points come late; `defauts`, those of the real
    files; `folder`, where a large file is kept until it was read; `limites`, of an archive;
    `equipe`, by whom many files are made."""

    late: bool = False
    defauts: Defauts = Defauts()  # noqa: RUF009 - it is frozen
    folder: Path | None = None
    limites: Limites = LIMITES
    equipe: Equipe | None = None


@dataclass(frozen=True)
class Fabrique:
    """What a file of a subscription is made of, but for its points: given to processes. `late`:
    some days of C5 points come late. `defauts`: those of the real files."""

    flux: FluxRecurrent
    envoi: Envoi
    transmission: Transmission
    secret: Chiffrement
    late: bool
    defauts: Defauts

    def fichier(self, archive: Archive) -> Fichier:
        """Lay a file out, zip and encrypt it."""
        if self.defauts.mise_en_page:
            membres = ((nom, laid_out_as_real(self.flux, xml)) for nom, xml in archive.membres)
            archive = replace(archive, membres=tuple(membres))
        contenu = zipped_archive(archive, self.transmission.instant)
        return Fichier(
            archive.nom, (encrypt(self.secret, contenu, seed=archive.nom),), archive.prms
        )


def make_files(session: Session, lot: Lot, atelier: Atelier, sequence: int) -> Iterator[Fichier]:
    """Yield the files of a publication, always the same bytes, each made once it is asked for and
    read before the next.

    `sequence` is its number in its subscription, or that of the first file of a diffusion.
    """
    secret = secret_of(session, lot.contrat_id)
    return _MAKERS[type(lot)](session, lot, atelier, secret, sequence)


def makers(session: Session, lots: Sequence[Lot], atelier: Atelier) -> Iterator[Make]:
    """Yield what makes the files of each of some publications that don't depend on each other:
    several processes do, each a publication, where there are many; one alone is cut into parts."""
    if atelier.equipe is None or len(lots) < max(2, _PARTS_FOR_EQUIPE):
        for lot in lots:
            yield partial(make_files, session, lot, atelier)
        return
    alone = replace(atelier, equipe=None)
    for files in atelier.equipe.share(session, _whole_files, ((lot, alone) for lot in lots)):
        yield partial(_again, files)


def _again(files: list[Fichier], _sequence: int) -> Iterator[Fichier]:
    return iter(files)


def _whole_files(session: Session, lot: Lot, atelier: Atelier) -> list[Fichier]:
    files = make_files(session, lot, atelier, 0)
    return [replace(fichier, morceaux=tuple(fichier.morceaux)) for fichier in files]


def _files_of_subscription(
    session: Session, lot: LotAbonnement, atelier: Atelier, secret: Chiffrement, sequence: int
) -> Iterator[Fichier]:
    abonnement = lot.abonnement
    envoi = replace(
        _envoi_of(session, lot),
        numero=f"{abonnement.numero:07d}",
        sequence=sequence,
        frequence=FREQUENCES[abonnement.periodicite],
        injection=abonnement.sens == "INJECTION",
    )
    daily = envoi.frequence is Frequence.QUOTIDIENNE
    late = atelier.late and daily
    fabrique = Fabrique(lot.flux, envoi, lot.transmission, secret, late, atelier.defauts)
    if lot.flux in _OF_SMALL_POINTS:
        yield from _serial_files(session, fabrique, atelier.equipe)
    else:
        membres = chain.from_iterable(_shared(session, fabrique, atelier.equipe, _membres))
        archives = _OF_LARGE_POINTS[lot.flux].archives(envoi, membres)
        yield from map(fabrique.fichier, archives)


def _files_of_m023(
    session: Session, lot: LotM023, atelier: Atelier, _sequence: int
) -> Iterator[Fichier]:
    demande, acteur = lot.demande, _acteur_of(session, lot)
    envoi = EnvoiR6X(
        demande.flux,
        demande.affaire_id,
        demande.contrat_id,
        _destinataire(acteur, demande.contrat_id),
        lot.instant,
        defauts=atelier.defauts,
    )
    return demanded_files(
        session,
        demande,
        envoi,
        Demandeur(acteur.code, acteur.kind),
        folder=atelier.folder,
        limites=atelier.limites,
        equipe=atelier.equipe,
    )


def _files_of_diffusion(
    session: Session, lot: LotDiffusion, atelier: Atelier, sequence: int
) -> Iterator[Fichier]:
    destinataire = _destinataire(_acteur_of(session, lot), lot.contrat_id)
    return diffused_files(
        session,
        lot,
        envoi_of_diffusion(lot, destinataire, atelier.defauts),
        sequence=sequence,
        late=atelier.late,
        folder=atelier.folder,
        limites=atelier.limites,
        equipe=atelier.equipe,
    )


def _files_of_ends(
    _session: Session, lot: LotFin, _atelier: Atelier, _sequence: int
) -> Iterator[Fichier]:
    fins = [_fin_of(service) for service in lot.services]
    made = nass.archive_of_ends(lot.contrat_id, fins, lot.instant)
    yield Fichier(made.nom, (zipped_archive(made, lot.instant),), made.prms)


def _serial_files(session: Session, fabrique: Fabrique, equipe: Equipe | None) -> Iterator[Fichier]:
    """Yield the files of R50 or R151, in their order, by several processes where there are many.

    What a file tells was decided by the instant of the publication, so that each process may read
    its own points.
    """
    most = _OF_SMALL_POINTS[fabrique.flux].POINTS_PAR_FICHIER[fabrique.envoi.frequence]
    yield from _shared(session, fabrique, equipe, _serial_file, most)


def _shared(
    session: Session,
    fabrique: Fabrique,
    equipe: Equipe | None,
    work: Callable[[Session, Fabrique, Bornes, int, int], T],
    most: int = _POINTS_OF_A_PART,
) -> Iterator[T]:
    """Yield what `work` makes of the points of a publication, at most so many at once."""
    parts = bounds_of_parts(session, fabrique.transmission, most)
    jobs = [(fabrique, bornes, rang, len(parts)) for rang, bornes in enumerate(parts, start=1)]
    if equipe is None or len(jobs) < _PARTS_FOR_EQUIPE:
        yield from (work(session, *job) for job in jobs)
    else:
        yield from equipe.share(session, work, jobs)


def _membres(
    session: Session, fabrique: Fabrique, bornes: Bornes, _rang: int, _parts: int
) -> list[Any]:
    points = _points(session, fabrique, bornes)
    return list(_OF_LARGE_POINTS[fabrique.flux].membres(fabrique.envoi, points))


def _serial_file(
    session: Session, fabrique: Fabrique, bornes: Bornes, rang: int, fichiers: int
) -> Fichier:
    points = _points(session, fabrique, bornes)
    archive = _OF_SMALL_POINTS[fabrique.flux].archive(fabrique.envoi, points, rang, fichiers)
    return fabrique.fichier(archive)


def _fin_of(service: ServiceSouscrit) -> nass.FinDeService:
    """Return what is announced of a service that has ended."""
    assert service.date_fin is not None
    assert service.motif_fin is not None
    mesures_type = DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type
    assert mesures_type is not None, "an opposition has no beneficiary"
    return nass.FinDeService(
        service_souscrit_id=service.service_souscrit_id,
        prm=service.prm,
        code=service.type,
        mesures_type=mesures_type,
        sens=service.sens,
        date_debut=service.date_debut,
        date_fin=service.date_fin,
        motif=MOTIFS_FIN[service.motif_fin],
    )


def _acteur_of(session: Session, lot: Lot) -> Acteur:
    contrat = find_contrat(session, lot.contrat_id)
    assert contrat is not None, "a subscription belongs to a contract"
    return contrat.acteur


def _destinataire(acteur: Acteur, contrat_id: str) -> str:
    """Return whom files name: a supplier by its EIC code, for which that of the actor stands."""
    return acteur.code if acteur.kind == "fournisseur" else contrat_id


def _envoi_of(session: Session, lot: Lot) -> Envoi:
    """Return to whom the files of a publication go, as a daily one of no subscription."""
    acteur = _acteur_of(session, lot)
    return Envoi(
        destinataire=_destinataire(acteur, lot.contrat_id),
        kind=acteur.kind,
        contrat_id=lot.contrat_id,
        numero="",
        sequence=0,
        frequence=Frequence.QUOTIDIENNE,
        creation=lot.instant,
        injection=False,
    )


def _points(session: Session, fabrique: Fabrique, bornes: Bornes) -> Iterator[PointPublie]:
    """Yield the points of a publication that have measures, each over its own days of it.

    Read some hundreds at once, so that memory doesn't grow with their number.
    """
    may_be_late = fabrique.late and fabrique.flux in _OF_SMALL_POINTS
    jour = fabrique.transmission.debut
    for part in measured_points(session, fabrique.transmission, bornes):
        mesures_of = read_mesures_facts_of(session, [services[0].prm for services in part])
        services = [service for of_point in part for service in of_point]
        avant = fabrique.transmission.publie_avant_arret
        mesures = [
            point_mesure(
                service.point,
                mesures_of[service.prm],
                service.sens or "SOUTIRAGE",
                (service.date_debut, service.date_fin) if avant else None,
                pertes=fabrique.defauts.pertes,
            )
            for service in services
        ]
        for service, point in zip(services, mesures, strict=True):
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


def _historique(
    session: Session, lot: LotHistorique, atelier: Atelier, _sequence: int
) -> Iterator[Fichier]:
    demande, point = lot.demande, _point_of(session, lot)
    mesure = _mesure(session, point, SENS_OF_SEGMENT[point.segment], atelier)
    if mesure is None:
        return
    asked = (point.prm, mesure, demande.date_debut, demande.date_fin)
    if demande.mesures_type == "CDC":
        content = hdm.write_courbe(*asked, corrigees=demande.corrigees)
    else:
        content = hdm.write_index(*asked)
    yield Fichier(hdm.file_name(demande.affaire_id), (content,), (point.prm,))


def _infra_j(
    session: Session, lot: LotInfraJ, atelier: Atelier, _sequence: int
) -> Iterator[Fichier]:
    demande, point = lot.demande, _point_of(session, lot)
    sens: list[Sens] = ["SOUTIRAGE"] if demande.soutirage else []
    if demande.injection:
        sens.append("INJECTION")
    mesures = (_mesure(session, point, each, atelier) for each in sens)
    asked = OrdreInfraJ(
        demande_id=demande.affaire_id,
        prm=point.prm,
        points=tuple(mesure for mesure in mesures if mesure is not None),
        cdc=demande.cdc,
        idx=demande.idx,
        ptd=demande.ptd,
    )
    archive = infra_j.archive(asked, _envoi_of(session, lot))
    yield Fichier(archive.nom, (zipped_archive(archive, lot.instant),), archive.prms)


def _point_of(session: Session, lot: LotHistorique | LotInfraJ) -> Point:
    point = find_point(session, lot.demande.affaire.prm)
    assert point is not None, "a case is about a point"
    return point


def _mesure(session: Session, point: Point, sens: Sens, atelier: Atelier) -> PointMesure | None:
    return point_mesure(
        point, read_mesures_facts(session, point.prm), sens, pertes=atelier.defauts.pertes
    )


def _encrypted(
    make: Callable[[Session, Any, Atelier, int], Iterator[Fichier]],
    session: Session,
    lot: Any,
    atelier: Atelier,
    secret: Chiffrement,
    sequence: int,
) -> Iterator[Fichier]:
    for fichier in make(session, lot, atelier, sequence):
        yield replace(fichier, morceaux=encrypted(secret, fichier.morceaux, seed=fichier.nom))


_MAKERS: Mapping[type[Lot], Callable[..., Iterator[Fichier]]] = MappingProxyType(
    {
        LotAbonnement: _files_of_subscription,
        LotHistorique: partial(_encrypted, _historique),
        LotInfraJ: partial(_encrypted, _infra_j),
        LotFin: partial(_encrypted, _files_of_ends),
        LotDiffusion: partial(_encrypted, _files_of_diffusion),
        LotM023: partial(_encrypted, _files_of_m023),
    }
)
"""What makes files; those of a subscription are encrypted by the processes that make them."""
