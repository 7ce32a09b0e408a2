"""R63A/B, R64A/B and R66B: what the options of access services publish (GUI 0503 §1.1).

They go by days of *transaction*, on which Enedis stored the data: what was measured on a day is
stored on the next, or later where it came late. What comes late is in the file of the day on which
it came; of what is published twice the last one wins.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Envoi, Fichier, batches
from sge_sim.flux.lots import LotDiffusion
from sge_sim.flux.parallele import Equipe, groups_of
from sge_sim.flux.periodes import FREQUENCES, Frequence, Periode
from sge_sim.flux.points_lus import LUS_ENSEMBLE, Facette, read_mesures
from sge_sim.flux.r6x.archives import PointEcrit, write_archives
from sge_sim.flux.r6x.entete import EnvoiR6X
from sge_sim.flux.r6x.mesures import INSTANT, Jours, PointDecrit, dumps, periode, write_points
from sge_sim.flux.retards import DELAI_MAXIMAL, retard
from sge_sim.mesures import PointMesure
from sge_sim.tables.diffusions import PointDiffuse

_JOUR: Final = timedelta(1)
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def envoi_of_diffusion(lot: LotDiffusion, destinataire: str, defauts: Defauts) -> EnvoiR6X:
    """Return how the files of a period are named and headed."""
    mode = FREQUENCES[lot.diffusion.periodicite]
    daily = mode is Frequence.QUOTIDIENNE
    publication_id = _number(lot.numero)
    through_the_day = {
        "type": "filEau",
        "horodateDebutPublication": f"{lot.instant:{INSTANT}}",
    }
    return EnvoiR6X(
        flux=lot.flux.code,
        # Begins with a letter that no date has: clients look for one in names.
        demande=_base36(_number(f"{publication_id}/{lot.periode.debut}"), 8),
        contrat_id=lot.diffusion.contrat_id,
        destinataire=destinataire,
        creation=lot.instant,
        mode=mode,
        publication_id=f"CTR{publication_id % 10**6:06d}",
        echeances=through_the_day if daily else {"type": "Immediat"},
        defauts=defauts,
    )


def fichiers(
    session: Session, lot: LotDiffusion, destination: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the files of a period, whose points are written by several processes where there are
    many."""
    envoi = envoi_of_diffusion(lot, destination.destinataire, atelier.defauts)
    points = _shared(session, lot, envoi, atelier.late, atelier.equipe)
    return diffused_archives(points, envoi, destination.sequence, atelier)


def diffused_archives(
    points: Iterator[PointEcrit], envoi: EnvoiR6X, sequence: int, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the files of points that are written, numbered from `sequence` on."""
    head = {"header": envoi.header, "echeances": envoi.echeances}
    archives = write_archives(
        points,
        head=dumps(head)[:-1].encode() + b',"mesures":[',
        tail=b"]}",
        member=lambda rang: envoi.member.format(sequence + rang - 1),
        creation=envoi.creation,
        folder=atelier.folder,
        limites=atelier.limites,
    )
    for archive in archives:
        yield Fichier(
            envoi.archive.format(sequence + archive.sequence - 1), archive.morceaux(), archive.prms
        )


def _shared(
    session: Session,
    lot: LotDiffusion,
    envoi: EnvoiR6X,
    late: bool,
    equipe: Equipe | None,
) -> Iterator[PointEcrit]:
    jours = (lot.periode.fin - lot.periode.debut).days
    groups = [replace(lot, points=tuple(group)) for group in groups_of(lot.points, jours)]
    if equipe is None or len(groups) < 2:
        yield from _written(session, lot, envoi, late=late)
    else:
        jobs = ((group, envoi, late) for group in groups)
        for texts in equipe.share(session, _texts, jobs):
            yield from (PointEcrit(prm, (text,)) for prm, text in texts)


def _texts(
    session: Session, lot: LotDiffusion, envoi: EnvoiR6X, late: bool
) -> list[tuple[str, bytes]]:
    written = _written(session, lot, envoi, late=late)
    return [(point.prm, b"".join(point.morceaux)) for point in written]


def _written(
    session: Session, lot: LotDiffusion, envoi: EnvoiR6X, *, late: bool
) -> Iterator[PointEcrit]:
    for diffuses in batches(lot.points, LUS_ENSEMBLE):
        decrits = describe(session, replace(lot, points=tuple(diffuses)), envoi, late=late)
        yield from write_points(lot.flux.code, decrits, envoi.defauts)


def describe(
    session: Session, lot: LotDiffusion, envoi: EnvoiR6X, *, late: bool
) -> list[PointDecrit]:
    """Return what a period tells about each of some hundreds of points that were ever measured."""
    facettes = (
        Facette(
            diffuse.prm,
            diffuse.sens,
            (diffuse.debut, diffuse.fin) if lot.publie_avant_arret else None,
        )
        for diffuse in lot.points
    )
    periode = _periode_written(lot)
    # The index of a day is read at its end, which v3.0 and the files date of the next.
    recul = _JOUR if lot.flux.cause.acces_type == "INDEX" else timedelta()
    decrits = []
    for diffuse, mesure in zip(
        lot.points, read_mesures(session, facettes, pertes=envoi.defauts.pertes), strict=True
    ):
        if mesure is None:
            continue
        jours = days_stored(mesure, diffuse, lot.periode, late=late)
        decrits.append(
            PointDecrit(
                diffuse.prm,
                mesure,
                diffuse.sens,
                periode,
                tuple((debut + recul, fin + recul) for debut, fin in jours),
                corrigees=bool(lot.diffusion.corrigees),
            )
        )
    return decrits


def days_stored(
    mesure: PointMesure, point: PointDiffuse, periode: Periode, *, late: bool
) -> tuple[Jours, ...]:
    """Return the stretches of days measured that were stored in a period, ascending.

    `late`: some days are stored up to 20 days late (`sge_sim.flux.retards`).
    """
    recul = 1 + (DELAI_MAXIMAL if late else 0)
    first = max(point.debut, periode.debut - recul * _JOUR)
    last = min(point.fin, periode.fin - _JOUR)
    jours = [first + rang * _JOUR for rang in range((last - first).days)]
    if late:
        jours = [
            jour
            for jour in jours
            if periode.debut <= jour + (1 + retard(mesure, jour)) * _JOUR < periode.fin
        ]
    if not jours:
        return ()
    cuts = [0, *(n for n, (a, b) in enumerate(pairwise(jours), 1) if b - a > _JOUR), len(jours)]
    return tuple((jours[a], jours[b - 1] + _JOUR) for a, b in pairwise(cuts))


def _periode_written(lot: LotDiffusion) -> dict[str, str]:
    """Return the window of transaction as the file tells it."""
    if FREQUENCES[lot.diffusion.periodicite] is Frequence.QUOTIDIENNE:
        fin = lot.instant.replace(tzinfo=None)
        return periode(fin - _JOUR, fin)
    return periode(lot.periode.debut, lot.periode.fin)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _base36(number: int, width: int) -> str:
    digits = "R"
    while len(digits) < width:
        number, digit = divmod(number, len(_DIGITS))
        digits += _DIGITS[digit]
    return digits
