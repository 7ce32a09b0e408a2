"""Files in bulk, without orders: of any points, over any days, by several processes or machines.

A part is a flux and a thousand points that follow each other, over a month of days at most: what
it makes depends on nothing else, so that the files are the same to the byte however the parts are
shared out, and made again. Every curve counts as collected. Nothing is recorded, nothing is
delivered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PREMIER_JOUR
from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Envoi, Fichier, PointPublie, batches
from sge_sim.flux.flux import Flux, ParAbonnement, ParServiceAcces
from sge_sim.flux.lots import LotDiffusion
from sge_sim.flux.packaging import zipped_archive
from sge_sim.flux.parallele import Equipe
from sge_sim.flux.periodes import Frequence, Periode
from sge_sim.flux.points_lus import Facette, read_mesures
from sge_sim.flux.r6x.mesures import write_points
from sge_sim.flux.r6x.recurrent import describe, diffused_archives, envoi_of_diffusion
from sge_sim.flux.registry import FLUX
from sge_sim.machine.files import PRIVATE, make_private_folder, write_atomically
from sge_sim.masse.grappe import Grappe
from sge_sim.masse.parquet import parquet_of
from sge_sim.mesures import PeriodeCollecte, PointMesure
from sge_sim.tables.diffusions import Diffusion, PointDiffuse

POINTS_PAR_PARTIE: Final = 1000
JOURS_PAR_PARTIE: Final = 31
"""What a part returns is kept in memory until it is written."""
_JOUR: Final = timedelta(1)
_TOUJOURS: Final = (PeriodeCollecte(PREMIER_JOUR, None),)
FLUX_EN_MASSE: Final[Mapping[str, Flux[Any]]] = {
    flux.code: flux
    for flux in FLUX
    if isinstance(flux.cause, ParAbonnement | ParServiceAcces) and flux.cause.petits
}
"""Those of C5 points, in the order in which they are made."""


@dataclass(frozen=True)
class Partie:
    """Part `rang` of `parts` of a flux, over the legal days [debut, fin), of a contract: those of
    all parts begin on `premier`. `parquet`: the values are wanted as a table too."""

    flux: Flux[Any]
    rang: int
    parts: int
    prms: tuple[str, ...]
    premier: date
    debut: date
    fin: date
    contrat_id: str
    parquet: bool = False


def cut_in_parts(
    prms: Sequence[str],
    flux: Collection[str],
    debut: date,
    fin: date,
    contrat_id: str,
    *,
    parquet: bool = False,
) -> list[Partie]:
    """Cut what is asked for into parts, flux by flux."""
    groups = [tuple(group) for group in batches(prms, POINTS_PAR_PARTIE)]
    days = [debut + rang * _JOUR for rang in range(0, (fin - debut).days, JOURS_PAR_PARTIE)]
    return [
        Partie(each, rang, len(groups), group, debut, first, last, contrat_id, parquet)
        for code, each in FLUX_EN_MASSE.items()
        if code in flux
        for rang, group in enumerate(groups, 1)
        for first, last in pairwise([*days, fin])
    ]


def make_parts(
    session: Session, parts: Sequence[Partie], repartiteur: Equipe | Grappe, folder: Path
) -> Iterator[tuple[int, int]]:
    """Have each part made, write its files into a folder, each whole or not at all, and yield how
    many they are and their bytes."""
    for files in repartiteur.share(session, make_part, ((part,) for part in parts)):
        for nom, content in files.items():
            path = folder / nom
            make_private_folder(path.parent)
            write_atomically(path, content, PRIVATE)
        yield len(files), sum(map(len, files.values()))


def make_part(session: Session, partie: Partie) -> dict[str, bytes]:
    """Return the files of a part by name, always the same; where they are wanted, its values as a
    table."""
    files = {fichier.nom: b"".join(fichier.morceaux) for fichier in _files(session, partie)}
    if partie.parquet and files:
        nom = f"{partie.flux.code}.parquet/{partie.rang:05d}_{partie.debut}.parquet"
        files[nom] = parquet_of(files.values())
    return files


def _files(session: Session, partie: Partie) -> Iterator[Fichier]:
    flux = partie.flux
    if not isinstance(flux.cause, ParServiceAcces):
        yield from _series(session, partie)
        return
    diffuses = tuple(
        PointDiffuse(prm, "SOUTIRAGE", partie.debut, partie.fin) for prm in partie.prms
    )
    diffusion = Diffusion(partie.contrat_id, flux.code, "P1D", None)
    for jour in _jours(partie):
        # What was measured on a day is stored on the next.
        periode = _daily(flux, jour + _JOUR)
        lot = LotDiffusion.of(flux, diffusion, periode, diffuses)
        envoi = envoi_of_diffusion(lot, partie.contrat_id, Defauts())
        points = [
            replace(point, mesure=_collected(point.mesure))
            for point in describe(session, lot, envoi, late=False)
        ]
        written = write_points(flux.code, points, envoi.defauts)
        yield from diffused_archives(written, envoi, partie.rang, Atelier())


def _series(session: Session, partie: Partie) -> Iterator[Fichier]:
    """Yield the files of R50 or R151, day by day, but those without a measure."""
    mesures = list(_mesures(session, partie.prms))
    for jour in _jours(partie):
        creation = _daily(partie.flux, jour).publication
        envoi = Envoi(
            destinataire=partie.contrat_id,
            kind="tiers",
            contrat_id=partie.contrat_id,
            numero="0000000",
            sequence=(jour - partie.premier).days + 1,
            frequence=Frequence.QUOTIDIENNE,
            creation=creation,
        )
        points = (PointPublie(prm, mesure, jour, jour + _JOUR, "", "") for prm, mesure in mesures)
        archive = partie.flux.writer().archive(envoi, points, partie.rang, partie.parts)
        if archive.prms:
            content = zipped_archive(archive, creation)
            yield Fichier(archive.nom, (content,), archive.prms)


def _daily(flux: Flux[Any], jour: date) -> Periode:
    """Return the daily publication that covers a day."""
    periode: Periode = flux.cause.calendrier.periode(Frequence.QUOTIDIENNE, jour)
    return periode


def _mesures(session: Session, prms: Sequence[str]) -> Iterator[tuple[str, PointMesure]]:
    facettes = (Facette(prm, "SOUTIRAGE") for prm in prms)
    for prm, mesure in zip(prms, read_mesures(session, facettes), strict=True):
        if mesure is not None:
            yield prm, _collected(mesure)


def _collected(mesure: PointMesure) -> PointMesure:
    """Return a point whose curve was collected on all days."""
    return replace(mesure, collectes=_TOUJOURS)


def _jours(partie: Partie) -> Iterator[date]:
    for rang in range((partie.fin - partie.debut).days):
        yield partie.debut + rang * _JOUR
