"""Declares the channel of a contract, as the annex of the contract does on the real platform."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.domaine.francais import grouped
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, TypeCanal
from sge_sim.errors import UnknownError, UsageError
from sge_sim.flux.canaux import check_canal, masked
from sge_sim.flux.chiffrement import AUCUN, Chiffrement, chiffrement, decrypt
from sge_sim.flux.contenus import content_of, default_folder
from sge_sim.tables.acteurs import find_contrat
from sge_sim.tables.flux import Canal, FichierFlux, find_canal
from sge_sim.tables.pannes import pannes_within
from sge_sim.tables.plateforme import is_shared

_KEPT: Final = "la base de la plateforme (/api/flux/{nom}/contenu)"
"""Where files are delivered that several machines share."""


@dataclass(frozen=True)
class CanalDeclare:
    """What may be shown of a channel: neither key nor password."""

    contrat_id: str
    type: TypeCanal
    url: str
    chiffrement: AlgorithmeFlux


def declare_canal(
    session: Session,
    contrat_id: str,
    *,
    type_canal: TypeCanal,
    url: str | None = None,
    algorithme: AlgorithmeFlux = "aucun",
    cle: str | None = None,
    iv: str | None = None,
) -> None:
    """Declare the channel of a contract in place of the one it had.

    Files that are ready already keep their encryption, and go to the new channel. What was known
    of the former server's key is forgotten. Raises `UsageError` for what doesn't suit.
    """
    _check_contrat(session, contrat_id)
    check_canal(type_canal, url)
    secret = chiffrement(algorithme, cle, iv)
    session.merge(
        Canal(
            contrat_id=contrat_id,
            type=type_canal,
            url=url,
            chiffrement=algorithme,
            cle=secret.cle.hex() or None,
            iv=secret.iv.hex() or None,
            cle_hote=None,
        )
    )


def secret_of(session: Session, contrat_id: str) -> Chiffrement:
    """Return how the files of a contract are encrypted.

    Raises `UsageError` for a contract that doesn't exist.
    """
    _check_contrat(session, contrat_id)
    canal = find_canal(session, contrat_id)
    return AUCUN if canal is None else chiffrement(canal.chiffrement, canal.cle, canal.iv)


def known_secrets(session: Session) -> list[tuple[str, Chiffrement]]:
    """Return whose keys a state knows, in French, and the keys: of its channels, of its pannes."""
    canaux = session.scalars(select(Canal).where(Canal.chiffrement != "aucun"))
    secrets = [
        (f"clé du contrat {canal.contrat_id}", chiffrement(canal.chiffrement, canal.cle, canal.iv))
        for canal in canaux
    ]
    return secrets + [
        (f"clé de la panne n° {panne.numero}", chiffrement("aes256", panne.cle))
        for panne in pannes_within(session)
        if panne.cle and panne.sorte == "cle_nouvelle"
    ]


def clear_content(session: Session, data_dir: Path, fichier: FichierFlux) -> bytes:
    """Return a file that was made, deciphered.

    Raises `UsageError` for one that the keys of today don't open, `FileNotFoundError` for one that
    was taken away.
    """
    content = content_of(session, data_dir, fichier)
    return decrypt(secret_of(session, fichier.contrat_id), content)


def open_clear(session: Session, data_dir: Path, fichier: FichierFlux, most: int) -> IO[bytes]:
    """Return what `clear_content` does, to be read piece by piece; raises `UsageError` for a file
    of more than `most` bytes that would have to be held."""
    if secret_of(session, fichier.contrat_id) == AUCUN and not is_shared(session.get_bind()):
        return (data_dir / fichier.chemin).open("rb")
    if fichier.taille > most:
        raise UsageError(f"Un fichier chiffré de plus de {grouped(most)} octets se télécharge.")
    return BytesIO(clear_content(session, data_dir, fichier))


def describe_canal(session: Session, contrat_id: str, data_dir: Path) -> CanalDeclare:
    """Return the channel of a contract, the default folder where none was declared.

    Raises `UsageError` for a contract that doesn't exist.
    """
    _check_contrat(session, contrat_id)
    canal = find_canal(session, contrat_id)
    folder = str(default_folder(session.get_bind(), data_dir, contrat_id) or _KEPT)
    if canal is None:
        return CanalDeclare(contrat_id, "dossier", folder, "aucun")
    return CanalDeclare(contrat_id, canal.type, masked(canal.url) or folder, canal.chiffrement)


def _check_contrat(session: Session, contrat_id: str) -> None:
    if find_contrat(session, contrat_id) is None:
        raise UnknownError(
            f"Le contrat « {contrat_id} » n'existe pas : sge-sim acteurs list les donne.",
            contrat_id,
        )
