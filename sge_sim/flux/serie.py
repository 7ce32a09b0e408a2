"""What R50 and R151 have in common: an XML per file, in which each point has one block."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, TypeVar
from xml.sax.saxutils import escape

from sge_sim.flux.envoi import Archive, Envoi, PointPublie, batches, par_point
from sge_sim.flux.horodates import legal
from sge_sim.flux.packaging import RACINE, on_lines
from sge_sim.flux.points_lus import read_by_day
from sge_sim.mesures import PointMesure

T = TypeVar("T")

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
"""Declared on the roots, and not used (observed 2022)."""
_POINTS_ENSEMBLE: Final = 500
"""How many points are computed together: enough to share the calls, few enough for the caches."""


def serial_archive(
    flux: str,
    write: Callable[[Envoi, Iterable[PointPublie]], bytes],
    envoi: Envoi,
    publies: Iterable[PointPublie],
    rang: int,
    fichiers: int,
) -> Archive:
    """Write file `rang` of `fichiers` of a publication, alone in its archive."""
    points = list(publies)
    nom = serial_name(flux, envoi, rang, fichiers)
    prms = tuple(dict.fromkeys(publie.prm for publie in points))
    return Archive(f"{nom}.zip", ((f"{nom}.xml", write(envoi, points)),), prms)


def serial_name(flux: str, envoi: Envoi, rang: int, nombre: int) -> str:
    """Return the name, without extension, of file `rang` of `nombre` of a publication.

    The sequence number grows by one at each publication of the subscription, and starts again
    after 99 999 (assumed).
    """
    return (
        f"ERDF_{flux}_{envoi.destinataire}_{envoi.contrat_id}_{envoi.numero}_"
        f"{(envoi.sequence - 1) % 99_999 + 1:05d}_{envoi.frequence.value}_"
        f"{rang:05d}_{nombre:05d}_{envoi.tampon}"
    )


def serial_xml(
    flux: str,
    libelle: str,
    version: str,
    envoi: Envoi,
    more: Iterable[str],
    lines: Iterable[str],
) -> bytes:
    """Return the XML of one file, UTF-8: its head, which ends with `more`, then the lines."""
    whole = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{flux} xmlns:xsi="{_XSI}">',
        "<En_Tete_Flux>",
        f"<Identifiant_Flux>{flux}</Identifiant_Flux>",
        f"<Libelle_Flux>{libelle}</Libelle_Flux>",
        f"<Version_XSD>{version}</Version_XSD>",
        "<Identifiant_Emetteur>ERDF</Identifiant_Emetteur>",
        f"<Identifiant_Destinataire>{escape(envoi.destinataire)}</Identifiant_Destinataire>",
        f"<Date_Creation>{legal(envoi.creation)}</Date_Creation>",
        f"<Identifiant_Contrat>{escape(envoi.contrat_id)}</Identifiant_Contrat>",
        f"<Numero_Abonnement>{envoi.numero}</Numero_Abonnement>",
        *more,
        "</En_Tete_Flux>",
        *lines,
        f"</{flux}>",
        "",
    ]
    return "\n".join(whole).encode()


def serial_blocks(
    publies: Iterable[PointPublie],
    read: Callable[[list[PointMesure], date], list[T | None]],
    one_day: Callable[[PointPublie, T], str],
    any_days: Callable[[PointPublie], Iterator[str]],
) -> Iterator[str]:
    """Yield the lines of the block of each point.

    Of those that have one day in the file `read` finds what was measured, together, and `one_day`
    writes it; the others, and those of which it finds nothing, are written by `any_days`.
    """
    for part in batches(par_point(publies), _POINTS_ENSEMBLE):
        jours = [
            etendues[0].debut if len(etendues) == 1 and etendues[0].is_one_day else None
            for etendues in part
        ]
        lus = read_by_day([etendues[0].point for etendues in part], jours, read)
        for etendues, found in zip(part, lus, strict=True):
            yield "<PRM>"
            yield f"<Id_PRM>{etendues[0].prm}</Id_PRM>"
            if found is None:
                for etendue in etendues:
                    yield from any_days(etendue)
            else:
                (publie,) = etendues
                yield one_day(publie, found)
            yield "</PRM>"


def laid_out_as_real(content: bytes) -> bytes:
    """Return an XML file of ours on the lines of the real ones (observed 2022)."""
    return on_lines(
        content,
        RACINE,
        (b"<PRM>\n<Id_PRM>", b"<PRM><Id_PRM>"),
        (b" xmlns:xsi=", b" xmlns:xsi ="),
    )
