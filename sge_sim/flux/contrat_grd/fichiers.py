"""The files of a day of a GRD-F contract: their names, heads and sequences, and how they are cut.

A sequence belongs to what stands before it in a name: it counts the files that were made of it, so
that a day without any leaves no gap, and begins anew after 99999.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any, Final
from zlib import compress, decompress

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, start_of_day
from sge_sim.domaine.francais import counted
from sge_sim.facturation.arbres import enedis, filled, version_of
from sge_sim.facturation.calcul import Facturation
from sge_sim.facturation.ecriture import general_trees
from sge_sim.facturation.grammaire import write_around, write_block
from sge_sim.facturation.lignes import FactureFournisseur
from sge_sim.facturation.prix import given_grilles
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.contrat_grd import ecriture
from sge_sim.flux.contrat_grd.f15 import number_of, write_invoices
from sge_sim.flux.contrat_grd.journee import BlocDit, JourDit
from sge_sim.flux.contrat_grd.releves import read_points_of
from sge_sim.flux.envoi import Envoi, Fichier, batches, tampon
from sge_sim.flux.lots import LotContrat
from sge_sim.flux.parallele import work_here
from sge_sim.machine.documents import member_info, zipped
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.contrats_publies import count_named, prms_of_events, prms_to_read
from sge_sim.tables.perimetre import ContratGrdF, affaires_moved

_POINTS_PAR_FICHIER: Final = 3000
"""How many blocks a member holds at most (assumed, as R151)."""
_POINTS_AT_ONCE: Final = 250
_SEQUENCES: Final = 99_999


@dataclass
class Suite:
    """The blocks of a sequence as they are written: their points, sizes and amounts, packed some
    hundreds at once, and what they come to; `raison`: why they aren't invoiced."""

    prms: list[str] = field(default_factory=list)
    tailles: list[int] = field(default_factory=list)
    montants: list[Decimal] = field(default_factory=list)
    morceaux: list[bytes] = field(default_factory=list)
    facture: FactureFournisseur = field(default_factory=FactureFournisseur)
    raison: str = ""

    def add(self, other: "Suite") -> None:
        """Add those that come next."""
        for nom in ("prms", "tailles", "montants", "morceaux"):
            getattr(self, nom).extend(getattr(other, nom))
        self.facture = self.facture.plus([other.facture])
        self.raison = self.raison or other.raison

    def blocs(self) -> Iterator[bytes]:
        """Yield each."""
        tailles = iter(self.tailles)
        for content in map(decompress, self.morceaux):
            start = 0
            while start < len(content):
                yield content[start : (start := start + next(tailles))]


def _moved(
    session: Session, contrat: ContratGrdF, _segment: str, jour: date, *, recues: bool
) -> list[Any]:
    days = start_of_day(jour), start_of_day(jour + timedelta(1))
    return affaires_moved(session, contrat.contrat_id, *days, recues=recues)


_SELECT: Final[Mapping[str, Callable[..., Iterable[Any]]]] = {
    **{"evenements": prms_of_events, "releves": prms_to_read},
    **{"affaires": partial(_moved, recues=False), "affaires_recues": partial(_moved, recues=True)},
}
"""What is told of, by the cause of a flux."""
_FLUX: Final[Mapping[str, tuple[str, str, Callable[[JourDit], Iterable[BlocDit]]]]] = {
    "C15": ("C15", "PRM", ecriture.write_events),
    "R15": ("R15", "PRM", ecriture.write_readings),
    "F15": ("F15_FL", "Donnees_Valorisation", write_invoices),
    "C12": ("C12", "PRM", ecriture.write_situations),
    "R17": ("R17", "Corps_PRM", ecriture.write_measures),
    "F12": ("F12_FL", "Sous_Lot", write_invoices),
    "X12": ("X12", "affaire", ecriture.write_affaires),
    "X13": ("X12", "affaire", ecriture.write_affaires),
}
"""The document of a flux, what is repeated in it, and what writes that."""


def fichiers(
    session: Session, lot: LotContrat, _envoi: Envoi, atelier: Atelier
) -> Iterator[Fichier]:
    """Yield the files of a day: an archive of each sequence."""
    for suite, made in sorted(_made(session, lot, atelier).items()):
        if made.raison:
            whose = f"{counted(len(made.prms), 'point')} ({made.prms[0]}…)"
            atelier.raisons.append(f"pas de facture de {whose}. {made.raison}")
        else:
            yield _archive(session, lot, suite, made)


def _made(session: Session, lot: LotContrat, atelier: Atelier) -> dict[str, Suite]:
    """Return what a day has to tell, by sequence; with it is made what another flux tells of the
    same points at the same instant. Several processes do where there are many."""
    for rang, (place, _) in enumerate(atelier.avance):
        if place == lot.place:
            return dict(atelier.avance.pop(rang)[1])
    cause, about = lot.flux.cause, (lot.flux.cause, lot.instant, lot.contrat_id)
    others = (each for each in atelier.ensuite if isinstance(each, LotContrat))
    lots = [lot, *(x for x in others if (x.flux.cause, x.instant, x.contrat_id) == about)]
    asked = _SELECT[cause.quoi](session, lot.contrat, cause.segment, lot.periode.debut)
    facturation = Facturation(*given_grilles(atelier.grille))
    jobs = [(lots, part, facturation) for part in batches(asked, _POINTS_AT_ONCE)]
    equipe = atelier.equipe if len(jobs) > 1 else None
    share = work_here if equipe is None else equipe.share
    found: list[dict[str, Suite]] = [defaultdict(Suite) for _ in lots]
    for made in share(session, _write_lots, jobs):
        for suites, more in zip(found, made, strict=True):
            for suite, blocs in more.items():
                suites[suite].add(blocs)
    atelier.avance.extend([(x.place, each) for x, each in zip(lots, found, strict=True)][1:])
    return found[0]


def _write_lots(
    session: Session, lots: Sequence[LotContrat], asked: Sequence[Any], facturation: Facturation
) -> list[dict[str, Suite]]:
    """Return what each flux tells of some points, or of some affaires, by sequence."""
    contrat, jour = lots[0].contrat, lots[0].periode.debut
    points = [*read_points_of(session, contrat, asked, jour)] if isinstance(asked[0], str) else []
    return [_packed(JourDit(session, lot, asked, points, facturation)) for lot in lots]


def _packed(journee: JourDit) -> dict[str, Suite]:
    (document, nom, write), grammar = _FLUX[journee.lot.flux.code], journee.grammar
    by_suite: dict[str, list[BlocDit]] = {}
    for dit in write(journee):
        by_suite.setdefault(dit.suite, []).append(dit)
    found = {}
    for suite, dits in by_suite.items():
        contents = [write_block(document, grammar, nom, each.tree) for each in dits if each.tree]
        factures = [each.facture for each in dits if each.facture]
        found[suite] = Suite(
            [each.prm for each in dits],
            [*map(len, contents)],
            [each.ht for each in factures if document == "F12_FL"],
            [compress(b"".join(contents), 1)],
            FactureFournisseur().plus(factures),
            dits[0].raison,
        )
    return found


def _archive(session: Session, lot: LotContrat, suite: str, made: Suite) -> Fichier:
    """Return the zip of the blocks of a sequence, so many in each member, under what heads them,
    and of the general files of an invoice."""
    code, creation = lot.flux.code, lot.instant.astimezone(PARIS)
    document, jour = _FLUX[code][0], creation.date()
    about = {**enedis(), "contrat": lot.contrat, "flux": code, "suite": suite}
    begins = enedis()["noms"][code].format(**about)
    nom = f"{begins}{count_named(session, lot.contrat_id, begins) % _SEQUENCES + 1:05d}"
    version, grammar = version_of(code, jour)
    inner = f"{nom}_{tampon(lot.instant)}" if code.startswith("X") else nom
    if invoices := document.endswith("_FL"):
        nom += "_D_30" * (code == "F12")
        inner = f"{nom}_FL"
    instance, type_, frequence, client = (*suite.split("_"), *"CM9")[:4]
    sizes = [*map(len, batches(made.prms, _POINTS_PAR_FICHIER))]
    amounts = iter(made.montants)
    details: list[dict[str, Any]] = [
        {"rang": rang, "nombre": nombre, "ht": sum(islice(amounts, nombre), Decimal(0))}
        for rang, nombre in enumerate(sizes, start=1)
    ]
    facts = {
        **about,
        **{"version": version, "grammaire": grammar},
        "mode": "COMPLET" if lot.periode.debut == lot.contrat.debut else "DELTA",
        "creation": creation,
        "creation_utc": f"{lot.instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "creation_sans_decalage": f"{creation:%Y-%m-%dT%H:%M:%S}",
        **{"libelle": enedis()["suivis"].get(code), "instance": instance},
        "nom": get_acteur(session, lot.contrat.acteur_code).nom[: 40 if code == "F12" else 80],
        "facture": replace(made.facture, numero=number_of(suite, jour), jour=jour, type=type_),
        **{"frequence": frequence, "client": client, "details": details, "fichiers": len(sizes)},
    }

    def membres() -> Iterator[tuple[str, Iterator[bytes]]]:
        for part, tree in general_trees(facts).items() if invoices else ():
            yield f"{nom}_{part}.xml", write_around(f"{code}_{part}", grammar, tree, ())
        blocs = made.blocs()
        for detail in details:
            tree, mine = filled(document, facts | detail), islice(blocs, detail["nombre"])
            name = f"{inner}_{detail['rang']:05d}_{len(details):05d}.xml"
            yield name, write_around(document, grammar, tree, mine)

    content = zipped((member_info(name, creation), each) for name, each in membres())
    prms = tuple(dict.fromkeys(made.prms))
    return Fichier(f"{nom}_{tampon(lot.instant)}.zip", (content,), prms)
