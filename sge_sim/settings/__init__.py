"""Every setting of the simulator: its name, its default and why one would change it.

The options of `sge-sim serve`, the variables `SGE_SIM_<NAME>` and the names of `sge-sim.toml` are
made from this class; the settings that aren't at their default are printed at start.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from sge_sim.domaine.ecarts_plateforme import NOMINALE, Plateforme, plateforme_at
from sge_sim.domaine.jours_ouvres import AUSSITOT, Delai
from sge_sim.domaine.nomenclatures import Environment
from sge_sim.domaine.plateformes import FormeEntreprises, Generation, ReponseArret
from sge_sim.errors import UsageError
from sge_sim.machine.own_folder import default_data_dir
from sge_sim.settings.database_url import without_password


class Profile(StrEnum):
    """How closely the defects of the real homologation platform are reproduced."""

    NOMINAL = "nominal"
    FIDELE = "fidele"


class Log(StrEnum):
    """How `sge-sim serve` writes calls on its standard output."""

    TEXT = "text"
    JSON = "json"
    NONE = "none"


class SansDonnee(StrEnum):
    """What ConsultationMesuresDetaillees answers when it has no measure to give."""

    REPONSE_VIDE = "reponse_vide"
    SGT4G3 = "sgt4g3"


class Pertes(StrEnum):
    """Which measures are lost between a meter and who reads them."""

    AUCUNE = "aucune"
    CONSTATEES = "constatees"


class VerifieEku(StrEnum):
    """How the door looks at the extended key use of a certificate."""

    AUTO = "auto"
    STRICT = "strict"
    TOLERANT = "tolerant"


class ReformeHc(StrEnum):
    """Whether the off-peak hours of the population change, as TURPE 7 has it."""

    JAMAIS = "jamais"
    CALENDRIER = "calendrier"


class Communes(StrEnum):
    """Where the points of the population are."""

    JEU = "jeu"
    TOUTES = "toutes"


def setting(default: Any, why: str, least: int | None = None) -> Any:
    """Declare a setting; `why` is the French help text of its option, `least` its lower bound."""
    return field(default=default, metadata={"why": why, "least": least})


def variable_of(name: str) -> str:
    """Return the environment variable that gives the setting `name`."""
    return f"SGE_SIM_{name.upper()}"


@dataclass(frozen=True)
class Settings:
    """The settings of one simulator."""

    data_dir: Path = field(
        default_factory=default_data_dir,
        metadata={"why": "Dossier de l'état : base, certificats, flux."},
    )
    environment: Environment = setting(
        "homologation", "Plateforme jouée : certificats admis, flux émis ou non."
    )
    host: str = setting("127.0.0.1", "Adresse d'écoute des web services (TLS mutuel).")
    port: int = setting(8443, "Port des web services ; 0 choisit un port libre.")
    admin_port: int = setting(
        8080, "Port de l'administration, sur l'adresse de bouclage ; 0 choisit un port libre."
    )
    admin_host: str | None = setting(
        None,
        "Adresse d'où joindre aussi l'administration, sur --admin-port : en TLS et avec le jeton "
        "que montre le premier démarrage (sge-sim token en donne un autre). L'adresse de bouclage "
        "prend alors un port libre, que connaissent les commandes.",
    )
    server_name: tuple[str, ...] = setting(
        (),
        "Nom ou adresse sous lequel d'autres machines appellent, en plus de localhost : il entre "
        "dans le certificat du serveur, et l'administration l'admet (à répéter).",
    )
    log: Log | None = setting(
        None,
        "Appels sur la sortie standard : une ligne de texte ou un objet JSON chacun, ou rien ; par "
        "défaut text dans un terminal et dans un conteneur, sinon none.",
    )
    database_url: str | None = setting(
        None,
        "Base SQLAlchemy ; par défaut un fichier SQLite dans le dossier de l'état. Donnée par sa "
        "variable ou par sge-sim.toml, elle vaut pour toutes les commandes.",
    )
    cle_plateforme: Path | None = setting(
        None,
        "Fichier (0600) de la clé qui chiffre les clés privées dans une base PostgreSQL que "
        "plusieurs machines partagent : plateforme.cle, dans le dossier de l'état du premier "
        "simulateur. La variable SGE_SIM_CLE donne la clé elle-même.",
    )
    workers: int = setting(1, "Processus qui servent les web services.", least=1)
    publication_workers: int | None = setting(
        None,
        "Processus qui fabriquent ensemble les fichiers d'une publication ; par défaut un par cœur "
        "de la machine. Chacun prend une centaine de Mo.",
        least=1,
    )
    threads: int = setting(
        16,
        "Fils d'exécution par processus, au plus : un travaille, d'autres si un appel attend.",
        least=1,
    )
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
    delai_activation: Delai = setting(
        AUSSITOT,
        "Temps simulé entre une commande et son exécution : 3jo, trois jours ouvrés, est le délai "
        "standard ; 36h, 10d. Un infra-journalier ou un historique prend moins.",
    )
    ready_file: Path | None = setting(
        None,
        "Fichier JSON écrit dès que les deux points d'écoute acceptent, ôté au démarrage et à "
        "l'arrêt.",
    )
    population_size: int = setting(
        3000,
        "Nombre de points synthétiques ajoutés à ceux du catalogue au premier démarrage : au moins "
        "947, pour ses recherches, ou 0.",
        least=0,
    )
    population_seed: int = setting(2021, "Graine de la population synthétique et des mesures.")
    communes: Communes = setting(
        Communes.JEU,
        "Communes de la population, décidées au premier démarrage : jeu, celles du jeu de "
        "données ; toutes, celles de la France, hors ce que les cas du catalogue cherchent.",
    )
    reforme_hc: ReformeHc = setting(
        ReformeHc.CALENDRIER,
        "Réforme des heures creuses (TURPE 7, phase 2) de la population, décidée au premier "
        "démarrage : calendrier, du 6 octobre 2026 au 31 octobre 2027 de l'horloge simulée ; "
        "jamais. Les points du catalogue n'en sont pas.",
    )
    dataset: Path | None = setting(
        None,
        "Dossier de points à soi, importés au démarrage : les .csv et .jsonl que donne "
        "sge-sim points modele ; ceux qui y sont déjà tels quels restent.",
    )
    grille: Path | None = setting(
        None, "YAML de prix datés et de règles, des F15 publiés et de ce qui les explique."
    )
    journal_max_records: int = setting(
        10_000,
        "Échanges de chaque sorte (SOAP, HTTP, négociation, fichier) gardés dans le journal.",
        least=1,
    )
    journal_max_bytes: int = setting(
        256 * 2**20,
        "Octets gardés dans le journal, messages compressés : 13/16 pour les appels SOAP, 1/16 "
        "pour chaque autre sorte.",
        least=1,
    )
    max_body_bytes: int = setting(
        2**20, "Taille maximale d'une requête ; une requête SGE tient en 10 ko.", least=1
    )
    max_connections: int = setting(512, "Connexions simultanées par processus.", least=1)
    strict: bool = setting(
        False, "Valider aussi chaque réponse contre le contrat ; une réponse fausse devient SGT500."
    )
    authorities_file: Path | None = setting(
        None, "Liste YAML d'autorités admises à la place de certs/authorities.yaml."
    )
    authorities_dir: Path | None = setting(
        None,
        "Dossier PEM d'autorités en plus des publiques : une racine que plus personne n'embarque.",
    )
    www_counts_as_same: bool = setting(
        False, "Admettre un certificat pour exemple.fr et www.exemple.fr ; refusé d'ordinaire."
    )
    verifie_eku: VerifieEku = setting(
        VerifieEku.AUTO,
        "Ce que la porte veut de l'usage étendu de clé : strict, clientAuth ; tolerant, n'importe "
        "lequel ; auto, clientAuth sauf d'une autorité qui n'en délivre plus, puis strict à partir "
        "du 15/03/2027 (heure de la machine) pour celles du programme de Chrome.",
    )
    basic_auth: bool = setting(
        False,
        "Exiger aussi un login et un mot de passe HTTP Basic (sge-sim acteurs mot-de-passe).",
    )
    hours: bool = setting(
        False, "Fermer la plateforme d'homologation hors de ses heures : HTTP 503."
    )
    rate_refused: bool = setting(
        False,
        "Refuser par HTTP 429 plus d'un appel par seconde, par service et par acteur ; "
        "l'excès est noté au journal de toute façon.",
    )
    plafonds_refused: bool = setting(
        False,
        "Refuser (SGT506, code supposé) ce qui dépasse le plafond par seconde qu'un guide donne à "
        "son service, tous acteurs ensemble : 10 CommanderAccesDonneesMesures, 40 "
        "ConsultationMesuresDetaillees v3.0, 5 par service M023 ; noté au journal de toute façon.",
    )
    profondeur_historique_mois: int = setting(
        36,
        "Mois d'historique de ConsultationMesures : 36 selon son guide et constatés en 2022 ; 12 "
        "avant septembre 2021.",
        least=1,
    )
    historique_refused: bool = setting(
        False,
        "Refuser un historique qui commence avant la dernière mise en service (SGT4N1) ou dont la "
        "courbe n'a pas été collectée (SGT4L9) ; d'ordinaire le fichier est coupé (constaté en "
        "2022), ou vide (FAQ).",
    )
    entete_historique_required: bool = setting(
        True,
        "Refuser (SGT562) une commande d'historique sans son en-tête enteteP, que quatre clients "
        "publics envoient toujours ; son guide le dit facultatif, et une suite de mars 2022 s'en "
        "passe. Le profil fidele le refuse toujours.",
    )
    periode_acces_required: bool = setting(
        False,
        "Exiger en homologation aussi que le service d'accès couvre toute la période que "
        "ConsultationMesuresDetaillees v3.0 lit par SERVICE_ACCES (GUI 0497) ; d'ordinaire les "
        "jours d'avant le service y sont servis, comme des clients de 26.1 l'ont constaté "
        "(CMD3-R6). La production l'exige toujours.",
    )
    sans_donnee: SansDonnee | None = setting(
        None,
        "Réponse de ConsultationMesuresDetaillees sans aucune mesure ; par défaut vide (ses "
        "guides), sauf en v3.0 du profil fidele depuis 2023 : SGT4G3 (constaté en 23.2).",
    )
    pertes: Pertes | None = setting(
        None,
        "Mesures perdues : aucune, ou celles qui ont été constatées (0,1 % des demi-heures d'un "
        "C5, 2 % des pas d'un C4, un maximum illisible tous les deux ans) ; par défaut aucune, "
        "sauf du profil fidele.",
    )
    data_connect: bool = setting(
        False, "Servir aussi Data Connect (OAuth2, REST), sur un point d'écoute à lui."
    )
    data_connect_port: int = setting(8444, "Port de Data Connect ; 0 choisit un port libre.")
    data_connect_v5: bool = setting(
        True, "Servir aussi les API v5 de Data Connect, qu'Enedis arrête en octobre 2026."
    )
    data_connect_json: bool = setting(
        False,
        "Annoncer application/json dans les réponses GET de Data Connect 2026 ; d'ordinaire "
        "application/octet-stream (constaté en août 2026).",
    )
    quotas: bool = setting(
        True, "Refuser par HTTP 429 ce qui dépasse les quotas de Data Connect, des entreprises."
    )
    forme_entreprises: FormeEntreprises = setting(
        "observee",
        "Forme de ce qu'ont les entreprises où les descriptions en disent une autre : observee "
        "ou decrite (liste du périmètre, organization, libellés, dates, quota, fichiers).",
    )
    hote_sans_port: bool = setting(
        False, "Refuser aux entreprises, par un 404, un en-tête Host qui porte un port."
    )
    delai_dossiers: Delai = setting(Delai.parse("1h"), "Temps d'un ordre d'entreprise au fichier.")
    nom_dossiers: str = setting(
        "Enedis_%flux%_P_%nature%_%dossier%_%siren%_%date%",
        "Nom, sans extension, d'un fichier commandé par une entreprise.",
    )
    publie_avant_arret: bool = setting(
        False,
        "Publier aussi, après l'arrêt d'un service ou l'arrivée d'un nouveau titulaire, les jours "
        "mesurés avant et pas encore publiés ; d'ordinaire plus rien n'est publié (supposé).",
    )
    dates_zonees: bool = setting(
        False,
        "Donner le décalage légal dans les dates des réponses qui ont un acquittement "
        "(2023-10-01+02:00) : toujours selon GUI 0466, et un client l'enlève ; les réponses "
        "enregistrées en 2022 et 2023 n'en ont pas.",
    )
    releves_rhf: bool = setting(
        False,
        "Donner aussi, dans les index de ConsultationMesuresDetaillees v3.0, les relevés à heure "
        "fixe (RHF/LC) des C1-C4 et P1-P3 : annoncés par son guide, à une date qu'il ne dit pas.",
    )
    generation: Generation = setting(
        "toutes",
        "Services qui répondent, et fichiers de leur planning : ceux de toutes les générations, "
        "auto (ceux de la plateforme à la date simulée : sge-sim generations), 1 ou 2.",
    )
    reponse_arret: ReponseArret = setting(
        "404",
        "Réponse d'un service que sa génération ne sert pas : 404 sans SOAP, ou le refus SGT506 ; "
        "aucune n'est publiée, les deux sont supposées.",
    )
    m023_code_vide: bool = setting(
        False,
        "Répondre aux refus de M023 par la faute vue en 23.4 : éléments préfixés, ni code ni "
        "libellé. Le profil fidele le fait à une date de cette version.",
    )
    variantes: int | None = setting(
        None,
        "Graine : donner à chaque réponse une autre forme que son contrat permet (éléments "
        "facultatifs, valeurs, préfixes, dates…), qu'un client doit savoir lire ; d'ordinaire la "
        "forme est toujours la même.",
    )
    demarrage_secondes: int = setting(
        60, "Secondes laissées au simulateur que homologate ou pytest démarre.", least=1
    )
    disabled_rules: tuple[str, ...] = setting(
        (), "Règles à ne pas appliquer, par leur nom Service/nom : pour éprouver un banc de tests."
    )

    def __post_init__(self) -> None:
        for entry in fields(self):
            least = entry.metadata.get("least")
            value = getattr(self, entry.name)
            if least is not None and value is not None and value < least:
                option = entry.name.replace("_", "-")
                raise UsageError(f"--{option} {value} : donner un nombre à partir de {least}.")
        if self.hours and self.environment == "production":
            raise UsageError(
                "--hours ne vaut qu'en homologation, dont les heures sont publiées : "
                "l'omettre en production."
            )

    @property
    def database(self) -> str:
        """The URL of the database in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'sge-sim.db'}"

    @cached_property
    def plays_real_homologation(self) -> bool:
        """Whether the defects of the homologation platform are reproduced."""
        return self.profile is Profile.FIDELE and self.environment == "homologation"

    @cached_property
    def perd_des_mesures(self) -> bool:
        """Whether measures are lost as was seen."""
        usual = Pertes.CONSTATEES if self.profile is Profile.FIDELE else Pertes.AUCUNE
        return (self.pertes or usual) is Pertes.CONSTATEES

    def plateforme(self, jour: date) -> Plateforme:
        """Return the platform that is played on a legal date."""
        return plateforme_at(jour) if self.plays_real_homologation else NOMINALE

    @property
    def changed(self) -> list[tuple[str, str]]:
        """Name and value in force of each setting that isn't at its default."""
        entries = [each for each in fields(self) if each.name != "data_dir"]
        changed = [each.name for each in entries if getattr(self, each.name) != each.default]
        return [(name, self._shown(name)) for name in changed]

    def described(self) -> list[tuple[str, str, str]]:
        """Return name, value in force, passwords masked, and reason of each setting, in order."""
        return [(each.name, self._shown(each.name), each.metadata["why"]) for each in fields(self)]

    def _shown(self, name: str) -> str:
        text = _text(getattr(self, name))
        return without_password(text) if name == "database_url" else text


def _text(value: Any) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
