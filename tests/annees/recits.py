"""What is told while years are lived: what was asked and answered, what ended, what was seen.

| `sorte` | `demande` | `reponse` |
|---|---|---|
| the name of a service of SGE | the tree that was sent | what `read_answer` reads of it |
| `rattrapage` | | `instant`: the back office has done all that was due by then |
| `rangement` | | the journal was drained |
| `horloge` | `vers`: where the clock is asked to go | `numero` of the setting, `instant` |
| `fin` | | `couture`: the process ended there |
| `ouverture` | | the folder was opened again |
| `livraison` | | `nom`, `sha256`, `contrat`: a file arrived under its name |
| `consentement` | `client_id`, `titulaire`, `prms` (one), `fin` (a day) | `id`, `autorisation_id` |
| `revocation` | `consentement` | |
| `jeton` | `client_id` | `access_token`, `expires_in` |
| `jeton_revoque` | `access_token` | |
| `data_connect` | `chemin`, and more, see `rest_call` | `statut`, `corps` |
| `points_apportes`, `points_retires` | `prms` | |
| `point_change` | `prm`, what was set | |
| `panne` | what was planned | `numero` |
| `panne_retiree` | `numero`, or none for all | |
| `panne_vue` | `service`, `prm`, `acteur` | `numero`: an exchange or a file was struck |
| `campagne`, `campagne_fermee` | `acteur`, `release` | `id` |
| `instantane`, `retour` | `nom` | the state was kept, or brought back |
| `page` | `chemin` | `statut` |
| `ressources` | | `octets` (of memory), `fichiers` (open), `processus` |
| `defaut` | what the world did: `ENOSPC`, `EROFS`, `commit`, `canal` | |
| `canal` | `contrat`: its files go by FTP | |
| `contrat_grd` | `contrat`, `fournisseur` | a GRD-F contract is followed |
| `evenement` | `prm`, `nature`, `jour` | `corps`: the affaire that was opened |
| `entreprise` | `chemin`, `attendu` where it is to be refused | `statut`, `corps` |
| `dossier` | the same, `prms`, `contrat` | `corps`: the number of what is ordered |
| `casse` | `trace`, `defaut`: something raised, because the world failed or not | |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

COLLECTE: Final = "CommandeCollectePublicationMesures"
ACCES: Final = ("CommandeServicesAccesDonnees", "CommanderAccesDonneesMesures")
ARRETS: Final = ("CommandeArretServiceSouscritMesures", "CommandeArretServicesAccesDonnees")
RENOUVELLEMENT: Final = "CommandeRenouvellementServicesAccesDonnees"
OPTIONS: Final = "CommandeModificationOptionsServicesAccesDonnees"
FICHIERS: Final = ("CommandeTransmissionHistoriqueMesures", "CommandeTransmissionDonneesInfraJ")
M023: Final = (
    "CommandeHistoriqueDonneesMesuresFines",
    "CommandeHistoriqueDonneesMesuresFacturantes",
    "CommandeInformationsTechniquesEtContractuelles",
)
ORDRES: Final = (COLLECTE, *ACCES, *ARRETS, RENOUVELLEMENT, OPTIONS, *FICHIERS, *M023)
EXCUSEES: Final = (
    *("un refus se comprend", "une page répond", "rien n'échoue"),
    "une entreprise qui se trompe est refusée",
)
"""What may not hold in a step in which the world fails, or the process ends, where it may have."""
ILLISIBLES: Final = ("None", "", "SGT500", "500")
SANS_AFFAIRE: Final = (OPTIONS, ARRETS[0])
JETON: Final = timedelta(hours=3, minutes=30)
"""How long a token lives (docs/data-connect.md)."""
RECHERCHES: Final = ("RechercheServicesSouscritsMesures", "RechercheServicesAccesDonnees")
DETAILLEES: Final = "ConsultationMesuresDetaillees"

SUJETS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(ORDRES, ("commandes",)),
    **dict.fromkeys(M023, ("commandes", "m023")),
    **dict.fromkeys(RECHERCHES, ("commandes",)),
    "rattrapage": ("commandes", "flux", "m023", "horloge", "grd"),
    "rangement": ("journal", "pannes", "campagnes"),
    "horloge": ("horloge",),
    "fin": ("dossier", "journal"),
    "ouverture": ("dossier", "commandes", "flux", "journal"),
    "livraison": ("flux",),
    "consentement": ("data_connect",),
    "revocation": ("data_connect", "commandes"),
    "jeton": ("data_connect",),
    "data_connect": ("data_connect", "mesures"),
    "points_apportes": ("points",),
    "points_retires": ("points", "commandes"),
    "point_change": ("points", "commandes"),
    "panne": ("pannes",),
    "panne_retiree": ("pannes",),
    "campagne": ("campagnes",),
    "campagne_fermee": ("campagnes",),
    "instantane": ("instantanes",),
    "retour": ("instantanes", "commandes", "flux", "journal", "horloge"),
    "ressources": ("ressources",),
    DETAILLEES: ("mesures",),
    "entreprise": ("mesures",),
    "dossier": ("commandes", "m023", "mesures"),
    "contrat_grd": ("grd",),
    "evenement": ("grd",),
}
"""What a thing that is told touches."""
TOUJOURS: Final = frozenset({"reponses"})


@dataclass(frozen=True, slots=True)
class Recit:
    """What was told at a step.

    A call is told twice: when it leaves, with neither `reponse` nor `refus`, and when its answer is
    there; one whose process ended meanwhile, once. `instant` is the simulated clock's then (aware),
    `nom` the name of the call, unique in a life of years, which its exchange bears as User-Agent;
    empty for what is no call. `refus` is the code, or the HTTP status of what has none.
    """

    pas: int
    instant: datetime
    sorte: str
    nom: str = ""
    demande: Mapping[str, Any] = field(default_factory=dict)
    reponse: Any = None
    refus: str | None = None

    @property
    def answered(self) -> bool:
        """Whether this is an answer, or something that happened: no call that leaves."""
        return not self.nom or self.reponse is not None or self.refus is not None


def dicts_with(tree: Any, *names: str) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a tree that have these members."""
    if isinstance(tree, Mapping):
        if all(name in tree for name in names):
            yield tree
        for each in tree.values():
            yield from dicts_with(each, *names)
    elif isinstance(tree, list):
        for each in tree:
            yield from dicts_with(each, *names)


def first_of(tree: Any, name: str) -> Any:
    """Return the first member of that name of a tree."""
    return next((part[name] for part in dicts_with(tree, name)), None)


def affaires_in(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield the cases that an answer names, each with its service, empty without one."""
    for name in ("affaireId", "demandeId", "texte"):
        for part in dicts_with(tree, name):
            yield part[name], first_of(part, "serviceSouscritId") or ""


def instant_of(text: Any) -> datetime | None:
    """Return an instant that may be told as text, or not at all."""
    return datetime.fromisoformat(text) if isinstance(text, str) else text
