"""The files of a demand of M023: those of the data as they are ready, then the report."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.facts.lecture import read_dossier
from sge_sim.flux.atelier import Atelier, Limites
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import LotM023
from sge_sim.flux.parallele import POINT_DAYS_AT_ONCE, Equipe, groups_of
from sge_sim.flux.r6x.archives import ArchiveEcrite, PointEcrit, write_archives
from sge_sim.flux.r6x.entete import EnvoiEntreprise, EnvoiR6X
from sge_sim.flux.r6x.facturation import write_billed
from sge_sim.flux.r6x.mesures import dumps, write_points, written
from sge_sim.flux.r6x.recevabilite import (
    ITCE,
    Suivi023,
    admit,
    describe_demanded,
    rapport_tree,
)
from sge_sim.flux.r6x.situation import situation_tree, visibilite_of
from sge_sim.machine import monde
from sge_sim.machine.documents import member_info, zipped
from sge_sim.referentiel.fiche_rest import data_of_holder
from sge_sim.tables.acteurs import find_acteur
from sge_sim.tables.entreprises import DE_CONTRAT
from sge_sim.tables.m023 import find_demande_m023
from sge_sim.tables.prepared import Driver, read_at_once

SANS_MESURE: Final = "C68"
_LUS_ENSEMBLE: Final = 100
_JOURS_SUPPOSES: Final = 100
"""How much a point is taken for, when points are shared out."""


def fichiers(
    session: Session, lot: LotM023, destination: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the archives of a demand, whose sequence is complete, then its report, also alone.

    The points are written by several processes where there are many.
    """
    demande, demandeur = lot.demande, Demandeur(destination.acteur, destination.kind)
    of_company = demande.sirens is not None
    envoi = (partial(EnvoiEntreprise, nom=atelier.nom_dossiers) if of_company else EnvoiR6X)(
        demande.flux,
        demande.affaire_id,
        demande.contrat_id,
        destination.acteur if of_company else destination.destinataire,
        lot.instant,
        defauts=atelier.defauts,
    )
    nom_archive = envoi.archive
    suivi = Suivi023(demande, demandeur, demande.prms.split())
    points = _shared(session, envoi, suivi, atelier.equipe)
    itc = demande.flux in (SANS_MESURE, ITCE)
    archives = write_archives(
        points,
        head=b"[" if itc else dumps({"header": envoi.header})[:-1].encode() + b',"mesures":[',
        tail=b"]" if itc else b"]}",
        member=envoi.member.format,
        creation=envoi.creation,
        folder=atelier.folder,
        # A company has one archive (guide of 11/2023).
        limites=Limites(2**60, 2**60) if of_company else atelier.limites,
    )
    if demande.flux == SANS_MESURE:
        archives = _gathered(archives, envoi, atelier.folder)
    if of_company:
        yield from (
            _of_company(each, nom_archive, bare=demande.format == "JSON") for each in archives
        )
        return
    for archive in archives:
        fichier = Fichier(nom_archive.format(archive.sequence), archive.morceaux(), archive.prms)
        suivi.fichiers[fichier.nom] = fichier.prms
        yield fichier
    content = dumps(rapport_tree(suivi)).encode()
    nom_rapport = envoi.rapport
    rapport = member_info(f"{nom_rapport}.json", envoi.creation.astimezone(PARIS))
    archived = zipped([(rapport, content)])
    yield Fichier(f"{nom_rapport}.zip", (archived,), tuple(dict.fromkeys(suivi.prms)))


def _of_company(archive: ArchiveEcrite, nom: str, *, bare: bool) -> Fichier:
    """Return the only file of a demand of a company: the archive, or what is in it (`bare`)."""
    if not bare:
        return Fichier(nom, archive.morceaux(), archive.prms)
    with archive.file, ZipFile(archive.file) as zipfile:
        content = zipfile.read(zipfile.namelist()[0])
    return Fichier(f"{nom.removesuffix('.zip')}.json", (content,), archive.prms)


def _shared(
    session: Session, envoi: EnvoiR6X, suivi: Suivi023, equipe: Equipe | None
) -> Iterator[PointEcrit]:
    prms = tuple(dict.fromkeys(suivi.prms))
    if equipe is None or len(prms) * _JOURS_SUPPOSES <= POINT_DAYS_AT_ONCE:
        yield from _points(session, envoi, suivi, prms)
        return
    groups = groups_of(prms, _JOURS_SUPPOSES)
    jobs = ((suivi.demande.affaire_id, envoi, suivi.demandeur, group) for group in groups)
    for texts in equipe.share(session, _texts, jobs):
        for prm, text in texts:
            if text is not None:
                yield PointEcrit(prm, (text,))
            else:  # refused, here noted why, or without data
                yield from _points(session, envoi, suivi, (prm,))


def _texts(
    session: Session, affaire_id: str, envoi: EnvoiR6X, demandeur: Demandeur, prms: Sequence[str]
) -> list[tuple[str, bytes | None]]:
    """Return the text of each of some points, None of those that have none."""
    demande = find_demande_m023(session, affaire_id)
    assert demande is not None, "it is being published"
    points = _points(session, envoi, Suivi023(demande, demandeur, prms), prms)
    texts = {point.prm: b"".join(point.morceaux) for point in points}
    return [(prm, texts.get(prm)) for prm in prms]


def _points(
    session: Session, envoi: EnvoiR6X, suivi: Suivi023, prms: Sequence[str]
) -> Iterator[PointEcrit]:
    """Yield the points that have something to publish, and note why others are refused.

    A hundred are read, checked and described together.
    """
    demande, demandeur = suivi.demande, suivi.demandeur
    for first in range(0, len(prms), _LUS_ENSEMBLE):
        some = prms[first : first + _LUS_ENSEMBLE]
        read = read_at_once(Driver.under(session), [(read_dossier, prm) for prm in some])
        points = admit(suivi, dict(zip(some, read, strict=True)))
        if demande.flux == SANS_MESURE:
            for point in (each.dossier.point for each in points):
                seen = visibilite_of(point, demandeur.code, demandeur.kind, demande.cadre)
                yield PointEcrit(point.prm, (dumps(situation_tree(point, seen)).encode(),))
            continue
        if demande.flux == ITCE:
            for each in points:
                point = each.dossier.point
                acteur = find_acteur(session, point.fournisseur_titulaire or "")
                nom = None if acteur is None else acteur.nom
                # What is sent bare is as descriptions have it.
                described = demande.format == "JSON"
                said = data_of_holder(DE_CONTRAT[demande.titre], point, nom, described=described)
                contracts = said if isinstance(said, list) else [said]
                texts = (dumps({"usage_point_id": point.prm, **each}) for each in contracts)
                yield PointEcrit(point.prm, (",".join(texts).encode(),))
            continue
        decrits = describe_demanded(points, pertes=envoi.defauts.pertes)
        if demande.flux == "R67":
            yield from written(decrits, envoi.defauts, partial(write_billed, now=envoi.creation))
        else:
            yield from write_points(demande.flux, decrits, envoi.defauts)


def _gathered(
    archives: Iterator[ArchiveEcrite], envoi: EnvoiR6X, folder: Path | None
) -> Iterator[ArchiveEcrite]:
    """Yield the one archive of a C68, which holds the others (GUI 0504 §2)."""
    prms: list[str] = []
    file = monde.nameless_file(folder)  # closed by who reads it
    with ZipFile(file, "w", ZIP_STORED) as primary:
        for archive in archives:
            prms += archive.prms
            # It is compressed already.
            legal = envoi.creation.astimezone(PARIS)
            info = member_info(envoi.archive.format(archive.sequence), legal, stored=True)
            with primary.open(info, "w") as out:
                for piece in archive.morceaux():
                    out.write(piece)
    if prms:
        yield ArchiveEcrite(1, file, tuple(prms))
    else:
        file.close()
