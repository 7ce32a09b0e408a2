"""What the files of a GRD-F contract share: their names, heads, sequences, and how they are cut.

A sequence belongs to what stands before it in a name: it counts the files that were made of it, so
that a day without any leaves no gap, and begins anew after 99999.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple
from zlib import compress, decompress

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date
from sge_sim.facturation.arbres import enedis, filled, plans
from sge_sim.facturation.grammaire import write_around
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Fichier, batches, tampon
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.parallele import work_here
from sge_sim.machine.documents import member_info, zipped
from sge_sim.machine.once import computed_once
from sge_sim.tables.contrats_publies import count_named
from sge_sim.tables.perimetre import ContratGrdF

POINTS_PAR_FICHIER: Final = 3000
"""How many blocks a member holds at most (assumed, as R151)."""
_POINTS_AT_ONCE: Final = 250
_SEQUENCES: Final = 99_999


class BlocDuFichier(NamedTuple):
    """A block of a file, as it is written, packed once it is made; `suite`: the part of its name
    before the sequence that tells files apart (`0322`, `0322_C_M_1`); `plus`: what the flux needs
    of it besides."""

    suite: str
    prm: str
    content: bytes
    plus: Any = None


SelectAsked = Callable[[Session, ContratGrdF, str, date], Iterable[Any]]
Head = tuple[str, Mapping[str, Any]]
Member = tuple[str, bytes]
WriteBlocks = Callable[[Session, LotContrat, Sequence[Any]], list[BlocDuFichier]]


@computed_once()
def _instances() -> Mapping[str, str]:
    listed = enedis()["instances"].items()
    return {f"{each:0>2}": instance for instance, mine in listed for each in mine}


def instance_of(code_insee: str) -> str:
    """Return the instance of Enedis (DIR) of a commune, by its department."""
    return _instances().get(code_insee[:2], next(iter(enedis()["instances"])))


def version_of(flux: str, jour: date) -> tuple[str, str]:
    """Return how the version of a flux is called on a day, and the grammar that it has."""
    versions = enedis()["versions"]["X12" if flux == "X13" else flux]
    libelle, grammar = versions[max(depuis for depuis in versions if depuis <= jour)]
    return str(libelle), str(grammar)


def grammar_of(lot: LotContrat) -> str:
    """Return the version of the grammar by which the files of a day are written."""
    return version_of(lot.flux.code, legal_date(lot.instant))[1]


def head_of(lot: LotContrat) -> dict[str, Any]:
    """Return the facts that head the files of a day."""
    creation, code = lot.instant.astimezone(PARIS), lot.flux.code
    return {
        "flux": code,
        "version": version_of(code, creation.date())[0],
        "emetteur": enedis()["emetteur"],
        "contrat": lot.contrat,
        "mode": "COMPLET" if lot.periode.debut == lot.contrat.debut else "DELTA",
        "creation": creation,
        "creation_utc": f"{lot.instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "creation_sans_decalage": f"{creation:%Y-%m-%dT%H:%M:%S}",
        "libelle": enedis()["suivis"].get(code),
    }


def blocks_by_suite(
    session: Session, lot: LotContrat, atelier: Atelier, select: SelectAsked, write: WriteBlocks
) -> Iterator[tuple[str, list[BlocDuFichier]]]:
    """Yield the blocks of each sequence, in the order of what `select` finds, that `write` makes of
    some hundreds at once; several processes do where there are many."""
    asked = select(session, lot.contrat, lot.flux.cause.segment, lot.periode.debut)
    jobs = [(lot, part) for part in batches(asked, _POINTS_AT_ONCE)]
    alone = atelier.equipe is None or len(jobs) < 2
    share = work_here if alone or atelier.equipe is None else atelier.equipe.share
    made = (each for part in share(session, write, jobs) for each in part)
    blocs = [each._replace(content=compress(each.content, 1)) for each in made]
    for suite, mine in groupby(sorted(blocs, key=attrgetter("suite")), attrgetter("suite")):
        yield suite, list(mine)


def numbered(session: Session, lot: LotContrat, suite: str, plus: str = "") -> str:
    """Return the name of the file that is made now of a sequence, until its number, included."""
    about = {"contrat": lot.contrat, "flux": lot.flux.code, "suite": suite}
    begins = enedis()["noms"][lot.flux.code].format(emetteur=enedis()["emetteur"], **about)
    made = count_named(session, lot.contrat_id, begins)
    return f"{begins}{plus}{made % _SEQUENCES + 1:05d}"


def archive_of(
    lot: LotContrat, nom: str, inner: str, blocs: Sequence[BlocDuFichier], head: Head, *more: Member
) -> Fichier:
    """Return the zip of `more` members and of those that hold so many blocks each, called `inner`
    and their ranks, under what heads them: a plan and its facts."""
    parts, grammar = list(batches(blocs, POINTS_PAR_FICHIER)), grammar_of(lot)

    def membres() -> Iterator[Member]:
        yield from more
        for rang, part in enumerate(parts, start=1):
            ht = sum((each.plus[1].ht for each in part if each.plus), Decimal(0))
            about = {"nombre": len(part), "rang": rang, "fichiers": len(parts), "ht": ht}
            tree = filled(plans()[head[0]], {**head[1], **about})
            contents = (decompress(each.content) for each in part)
            content = write_around(head[0], grammar, tree, contents)
            yield f"{inner}_{rang:05d}_{len(parts):05d}.xml", content

    prms, legal = tuple(dict.fromkeys(each.prm for each in blocs)), lot.instant.astimezone(PARIS)
    content = zipped((member_info(name, legal), each) for name, each in membres())
    return Fichier(f"{nom}_{tampon(lot.instant)}.zip", (content,), prms)
