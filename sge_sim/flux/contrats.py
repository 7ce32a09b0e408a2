"""What the files of a GRD-F contract share: their names, heads, sequences, and how they are cut.

A sequence belongs to what stands before it in a name: it counts the files that were made of it, so
that a day without any leaves no gap, and begins anew after 99999.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date
from sge_sim.facturation.ecriture import enedis
from sge_sim.facturation.grammaire import write_around
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Archive, Envoi, Fichier, batches, tampon
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.packaging import zipped_archive
from sge_sim.flux.parallele import work_here
from sge_sim.machine.once import computed_once
from sge_sim.tables.flux import count_named

POINTS_PAR_FICHIER: Final = 3000
"""How many blocks a member holds at most (assumed, as R151)."""
_POINTS_AT_ONCE: Final = 250
_SEQUENCES: Final = 99_999


class BlocEcrit(NamedTuple):
    """A block of a file, as it is written; `suite`: the part of its name before the sequence that
    tells files apart (`0322`, `0322_C_M_1`); `plus`: what the flux needs of it besides."""

    suite: str
    prm: str
    content: bytes
    plus: Any = None


Work = Callable[[Session, LotContrat, Sequence[Any]], list[BlocEcrit]]


@computed_once()
def _instances() -> Mapping[str, str]:
    listed = enedis()["instances"].items()
    return {f"{each:0>2}": instance for instance, mine in listed for each in mine}


def instance_of(code_insee: str) -> str:
    """Return the instance of Enedis (DIR) of a commune, by its department."""
    return _instances().get(code_insee[:2], next(iter(enedis()["instances"])))


def version_of(flux: str, jour: date) -> tuple[str, str]:
    """Return how the version of a flux is called on a day, and the grammar that it has."""
    versions = enedis()["versions"][flux.replace("X13", "X12")]
    label, grammar = versions[max(depuis for depuis in versions if depuis <= jour)]
    return str(label), str(grammar)


def grammar_of(lot: LotContrat) -> str:
    """Return the version of the grammar by which the files of a day are written."""
    return version_of(lot.flux.code, legal_date(lot.instant))[1]


def written_blocks(
    session: Session, lot: LotContrat, atelier: Atelier, work: Work, asked: Iterable[Any]
) -> Iterator[BlocEcrit]:
    """Yield what `work` writes of what is asked, some hundreds at once, in its order; several
    processes do where there are many."""
    jobs = [(lot, part) for part in batches(asked, _POINTS_AT_ONCE)]
    if atelier.equipe is None or len(jobs) < 2:
        parts = work_here(session, work, jobs)
    else:
        parts = atelier.equipe.share(session, work, jobs)
    for part in parts:
        yield from part


@dataclass(frozen=True)
class EnvoiContrat:
    """How the files of a day of a contract are headed and named."""

    lot: LotContrat
    envoi: Envoi

    @property
    def entete(self) -> dict[str, Any]:
        """What heads them all, but for their flux and instance."""
        return {
            "Version_XSD": version_of(self.lot.flux.code, self.jour)[0],
            "Identifiant_Emetteur": enedis()["emetteur"],
            "Identifiant_Destinataire": self.lot.contrat.eic,
            "Date_Creation": self.envoi.creation.astimezone(PARIS),
        }

    @property
    def grammaire(self) -> str:
        """The version of the grammar by which they are written."""
        return grammar_of(self.lot)

    @property
    def jour(self) -> date:
        """The legal day on which they leave."""
        return legal_date(self.envoi.creation)

    def beginning(self, suite: str) -> str:
        """Return how the names of a sequence begin."""
        code, contrat = self.lot.flux.code, self.lot.contrat
        if not suite:
            return f"ENEDIS_{code}_{contrat.eic}_"
        return f"{enedis()['emetteur']}_{code}_{contrat.eic}_{contrat.contrat}_{suite}_"

    def next_sequence(self, session: Session, suite: str) -> str:
        """Return the number of the file that is made now, five digits."""
        made = count_named(session, self.lot.contrat_id, self.beginning(suite))
        return f"{made % _SEQUENCES + 1:05d}"

    def archive(
        self, nom: str, membres: Iterable[tuple[str, bytes]], prms: Iterable[str]
    ) -> Fichier:
        """Return a zip of these members."""
        archive = Archive(f"{nom}.zip", tuple(membres), tuple(dict.fromkeys(prms)))
        return Fichier(archive.nom, (zipped_archive(archive, self.envoi.creation),), archive.prms)


def grouped_by_suite(blocs: Iterable[BlocEcrit]) -> dict[str, list[BlocEcrit]]:
    """Return blocks by sequence, these in their order."""
    found: dict[str, list[BlocEcrit]] = {}
    for each in blocs:
        found.setdefault(each.suite, []).append(each)
    return dict(sorted(found.items()))


def contract_files(
    session: Session,
    envoi: EnvoiContrat,
    blocs: Iterable[BlocEcrit],
    head: Callable[[str, int], Mapping[str, Any]],
    document: str = "",
) -> Iterator[Fichier]:
    """Yield an archive of each sequence; its members hold so many blocks each, below what `head`
    returns of their instance and their number."""
    document = document or envoi.lot.flux.code
    for suite, mine in grouped_by_suite(blocs).items():
        numero = envoi.next_sequence(session, suite)
        nom = f"{envoi.beginning(suite)}{numero}"
        stamped = f"{nom}_{tampon(envoi.envoi.creation)}"
        inner = nom if suite else stamped
        parts = list(batches(mine, POINTS_PAR_FICHIER))
        membres = (
            (
                f"{inner}_{rang:05d}_{len(parts):05d}.xml",
                write_around(
                    document,
                    envoi.grammaire,
                    head(suite, len(part)),
                    [each.content for each in part],
                ),
            )
            for rang, part in enumerate(parts, start=1)
        )
        yield envoi.archive(stamped, membres, [each.prm for each in mine])
