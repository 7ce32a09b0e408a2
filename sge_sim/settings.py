"""Every setting of the simulator: its name, its default and why one would change it.

The options of `sge-sim serve` and the variables `SGE_SIM_<NAME>` are made from this class, and
the settings in force are printed at start.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_data_path


class Environment(StrEnum):
    """Which of the two platforms is played."""

    HOMOLOGATION = "homologation"
    PRODUCTION = "production"


class Profile(StrEnum):
    """How closely the defects of the real homologation platform are reproduced."""

    NOMINAL = "nominal"
    FIDELE = "fidele"


def setting(default: Any, why: str) -> Any:
    """Declare a setting; `why` is the French help text of its option."""
    return field(default=default, metadata={"why": why})


def default_data_dir() -> Path:
    """Return the folder where a simulator keeps its state when none is named."""
    return user_data_path("sge-sim", appauthor=False)


@dataclass(frozen=True)
class Settings:
    """The settings of one simulator."""

    data_dir: Path = field(
        default_factory=default_data_dir,
        metadata={"why": "Dossier de l'état : base, certificats, flux."},
    )
    environment: Environment = setting(
        Environment.HOMOLOGATION, "Plateforme jouée : certificats admis, flux émis ou non."
    )
    host: str = setting("127.0.0.1", "Adresse d'écoute des web services (TLS mutuel).")
    port: int = setting(8443, "Port des web services ; 0 choisit un port libre.")
    admin_port: int = setting(
        8080, "Port de l'administration, toujours sur l'adresse de bouclage ; 0 choisit."
    )
    database_url: str | None = setting(
        None, "Base SQLAlchemy ; par défaut un fichier SQLite dans le dossier de l'état."
    )
    workers: int = setting(1, "Processus qui servent les web services.")
    threads: int = setting(16, "Fils d'exécution par processus.")
    wsdl_dir: Path | None = setting(
        None, "Dossier du kit officiel : ses WSDL sont publiés et validés à la place des nôtres."
    )
    now: datetime | None = setting(
        None, "Instant ISO où commence l'horloge simulée (heure légale) ; elle avance ensuite."
    )
    profile: Profile = setting(
        Profile.NOMINAL,
        "nominal : ce que disent les guides ; fidele : les défauts constatés en homologation.",
    )
    ready_file: Path | None = setting(
        None, "Fichier JSON écrit dès que les deux points d'écoute acceptent."
    )
    population_size: int = setting(
        3000, "Nombre de points synthétiques ajoutés à ceux du catalogue au premier démarrage."
    )
    population_seed: int = setting(2021, "Graine de la population synthétique et des mesures.")
    journal_max_records: int = setting(10_000, "Échanges gardés dans le journal.")
    journal_max_bytes: int = setting(
        256 * 2**20, "Octets de requêtes et de réponses gardés dans le journal."
    )
    max_body_bytes: int = setting(
        2**20, "Taille maximale d'une requête ; une requête SGE tient en 10 ko."
    )
    max_connections: int = setting(512, "Connexions simultanées par processus.")
    strict: bool = setting(
        False, "Valider aussi chaque réponse contre le contrat ; une réponse fausse devient SGT500."
    )
    disabled_rules: tuple[str, ...] = setting(
        (), "Règles à ne pas appliquer, par nom : pour éprouver un banc de tests."
    )

    @property
    def database(self) -> str:
        """The URL of the database in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'sge-sim.db'}"

    def described(self) -> list[tuple[str, str, str]]:
        """Return name, value in force and reason of each setting, in their order."""
        return [
            (one.name, _text(getattr(self, one.name)), one.metadata["why"]) for one in fields(self)
        ]


def _text(value: Any) -> str:
    if value is None or value == ():
        return "-"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
