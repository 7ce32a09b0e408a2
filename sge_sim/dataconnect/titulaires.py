"""Who holds a point, as Data Connect tells it: what SGE doesn't know is invented from the name.

Numbers of telephone are of the ranges kept for fiction, addresses of e-mail of `example.org`.
"""

from dataclasses import dataclass
from hashlib import blake2b

from sge_sim.domaine.francais import normalise
from sge_sim.tables.clients import titulaire_de
from sge_sim.tables.point_facts import PointFacts


@dataclass(frozen=True)
class Titulaire:
    """The holder of a point: a natural person where `siret` is None.

    `civilite` is told without a full stop (seen in public fixtures).
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
    local = normalise(entier).lower().replace(" ", ".")
    return Titulaire(
        numero=f"{1_000_000_000 + digest % 9_000_000_000}",
        nom=entier if morale else nom,
        prenom="" if morale else prenom,
        civilite="Mme" if digest % 2 else "M",
        siret=point.siret,
        email=f"{local}@example.org",
        fixe=f"019900{digest % 10_000:04d}",
        mobile=f"063998{digest // 10_000 % 10_000:04d}",
    )
