"""Which points an application may read, what is known of them, and who holds one.

What SGE doesn't know of a holder is invented from the name: numbers of telephone are of the ranges
kept for fiction, addresses of e-mail of `example.org`.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from sge_sim.dataconnect import sandbox
from sge_sim.dataconnect.exchange import RestExchange
from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import MotifFin
from sge_sim.facts.lecture import read_dossier
from sge_sim.refus import Refus
from sge_sim.tables.clients import titulaire_de
from sge_sim.tables.dataconnect import read_consentements
from sge_sim.tables.point_facts import Dossier, PointFacts

DEPARTS: Final[frozenset[MotifFin]] = frozenset({"changement_titulaire", "resiliation"})
"""Why a consent ended whose giver holds the point no more."""


@dataclass(frozen=True)
class Refusals:
    """The reasons of one interface: the giver has left, no consent holds, SGE knows no point."""

    parti: RestRule
    sans_consentement: RestRule
    inconnu: RestRule


def read_point(exchange: RestExchange, prm: str, refusals: Refusals) -> Dossier:
    """Return what is known of a point that the application may read; raises `Refus`.

    In sandbox mode consent counts as given (FAQ), but for the customer who took it back at once.
    """
    exchange.prm = prm
    application = exchange.client
    if application.en_bac_a_sable:
        fictif = sandbox.POINTS.get(prm)
        if fictif is not None and fictif.retire:
            raise Refus(refusals.sans_consentement)
        dossier = sandbox.dossier_of(prm, exchange.now) or exchange.vue.ask(read_dossier, prm)
        if dossier is None:
            raise Refus(refusals.inconnu)
        return dossier
    given, dossier = exchange.vue.read(
        (read_consentements, application.client_id, prm), (read_dossier, prm)
    )
    now = exchange.now
    if not any(each.court and each.debut <= now < each.fin for each in given):
        left = bool(given) and given[-1].motif_fin in DEPARTS
        raise Refus(refusals.parti if left else refusals.sans_consentement)
    found: Dossier | None = dossier
    assert found is not None, "a foreign key holds it"
    return found


@dataclass(frozen=True)
class Titulaire:
    """The holder of a point: a natural person where `siret` is None.

    `civilite` has no full stop (seen in public fixtures).
    """

    numero: str
    nom: str
    prenom: str
    civilite: str
    siret: str | None
    email: str
    fixe: str
    mobile: str

    @property
    def line1(self) -> str:
        """The first line of an address: a person's begins with the title (same fixtures)."""
        if self.siret is not None:
            return self.nom
        return " ".join(filter(None, (self.civilite, self.nom, self.prenom)))


def titulaire_of(point: PointFacts) -> Titulaire:
    """Return the holder of a point."""
    entier = point.nom_client_final or "CLIENT INCONNU"
    digest = int.from_bytes(
        blake2b(titulaire_de(entier, point.code_insee).encode(), digest_size=8).digest()
    )
    nom, _, prenom = entier.partition(" ")
    morale = point.siret is not None
    words = normalise(entier).lower().encode("ascii", "ignore").decode().split()
    return Titulaire(
        numero=f"{1_000_000_000 + digest % 9_000_000_000}",
        nom=entier if morale else nom,
        prenom="" if morale else prenom,
        civilite="Mme" if digest % 2 else "M",
        siret=point.siret,
        email=f"{'.'.join(words) or 'client'}@example.org",
        fixe=f"019900{digest % 10_000:04d}",
        mobile=f"063998{digest // 10_000 % 10_000:04d}",
    )
