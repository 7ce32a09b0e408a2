"""Makes the files of a publication: reads its points, writes, zips and encrypts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from sge_sim.flux.abonnements import PARTS_FOR_EQUIPE, subscribed_files
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.chiffrement import AUCUN, chiffrement, encrypted
from sge_sim.flux.envoi import Envoi, Fichier
from sge_sim.flux.lots import Lot, LotAbonnement, LotContrat, LotM023
from sge_sim.flux.periodes import Frequence
from sge_sim.tables.flux import find_receiver

Make = Callable[[int], Iterator[Fichier]]
"""Makes the files of a publication, given its sequence number."""


def make_files(session: Session, lot: Lot, atelier: Atelier, sequence: int) -> Iterator[Fichier]:
    """Yield the files of a publication, always the same bytes, each made once it is asked for and
    read before the next.

    `sequence` is its number in its subscription, or that of the first file of a diffusion.
    """
    contrat_id = lot.contrat_id
    if contrat_id not in atelier.contrats:
        code, kind_acteur, keys = find_receiver(session, contrat_id)
        atelier.contrats[contrat_id] = code, kind_acteur, chiffrement(*keys) if keys else AUCUN
    acteur, kind, secret = atelier.contrats[contrat_id]
    envoi = Envoi(
        # A supplier is named by its EIC code, for which that of the actor stands.
        destinataire=acteur if kind == "fournisseur" else contrat_id,
        kind=kind,
        contrat_id=contrat_id,
        numero="",
        sequence=sequence,
        frequence=Frequence.QUOTIDIENNE,
        creation=lot.instant,
        acteur=acteur,
    )
    if isinstance(lot, LotAbonnement):
        yield from subscribed_files(session, lot, envoi, atelier, secret)
        return
    for fichier in lot.flux.writer().fichiers(session, lot, envoi, atelier):
        if secret is not AUCUN:
            morceaux = encrypted(secret, fichier.morceaux, seed=fichier.nom)
            fichier = replace(fichier, morceaux=morceaux)
        yield fichier


def makers(session: Session, lots: Sequence[Lot], atelier: Atelier) -> Iterator[Make]:
    """Yield the function that makes the files of each publication; none depends on another.

    Where there are many, several processes make them, each a publication; one alone is cut into
    parts, and so is what may be large: a subscription, a demand of M023, a day of a GRD-F contract.
    """
    large = LotAbonnement | LotM023 | LotContrat
    few = len(lots) < max(2, PARTS_FOR_EQUIPE) or isinstance(lots[0], large)
    few |= any(isinstance(lot, LotContrat) for lot in lots)  # it says why, here
    if atelier.equipe is None or few:
        for rang, lot in enumerate(lots, start=1):
            yield partial(make_files, session, lot, replace(atelier, ensuite=lots[rang:]))
        return
    alone = replace(atelier, equipe=None)
    for files in atelier.equipe.share(session, _whole_files, ((lot, alone) for lot in lots)):
        yield partial(_again, files)


def _again(files: list[Fichier], _sequence: int) -> Iterator[Fichier]:
    return iter(files)


def _whole_files(session: Session, lot: Lot, atelier: Atelier) -> list[Fichier]:
    files = make_files(session, lot, atelier, 0)
    return [replace(fichier, morceaux=tuple(fichier.morceaux)) for fichier in files]
