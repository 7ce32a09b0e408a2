"""What a service declares of itself to those who don't serve it: the catalogue, the kit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.ecarts_plateforme import rank_of_release
from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.domaine.plateformes import Existence


@dataclass(frozen=True, kw_only=True)
class DeclaredService:
    """A service in one version.

    `package` is what it is homologated with. `depuis` and `jusqu_a` are the first and the last
    release of SGE whose test cases may call it, None where no release is known to bound it;
    `existence` says when the platform served it, None where it always has.

    `mesures` are the types of measures that it serves or takes orders of, as its messages name
    them; `flux` the files that its orders bring about; `prestations` the lines of Enedis' catalogue
    of services that its answers name.

    `libelles` are the labels of those of its return codes that the annex doesn't list.

    `needs_header` tells a service whose client has to send the header of the contract: where it is
    facultative, clients send none.
    """

    nom: str
    version: str
    package: str
    mesures: tuple[str, ...] = ()
    flux: tuple[CodeFlux, ...] = ()
    prestations: tuple[Prestation, ...] = ()
    existence: Existence | None = None
    needs_header: bool = False
    depuis: str | None = None
    jusqu_a: str | None = None
    libelles: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path of its endpoint."""
        return f"/{self.nom}/v{self.version}"

    @property
    def fiches(self) -> tuple[str, ...]:
        """The codes of its prestations, or of their options."""
        return tuple(
            dict.fromkeys(prestation.option or prestation.fiche for prestation in self.prestations)
        )

    def is_listed_in(self, release: str) -> bool:
        """Tell whether test cases of the release of that number (`23.2`) may call it."""
        first, last = self.depuis or release, self.jusqu_a or release
        return rank_of_release(first) <= rank_of_release(release) <= rank_of_release(last)
