"""What the clients of a life know: what they were told, and so may ask about."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from connu_clients import Clients
from recits import Recit, dicts_with


@dataclass(frozen=True)
class Souscrit:
    """A service that an order opened: its point, whether by the access services, its days."""

    prm: str
    acces: bool
    fin: date
    quotidien: bool


@dataclass
class Connu:
    """What clients know, and what the life was given."""

    instant: datetime
    prms: tuple[tuple[str, str], ...]
    """The points, each with its segment."""
    acteurs: dict[str, tuple[str, str]]
    """The login and the contract of each default actor, by its kind."""
    quotidiens_max: int
    """How many points may have daily files at once."""
    quotidiens_jours: int
    """For how many days an order may ask for them."""
    souscrits: dict[str, Souscrit] = field(default_factory=dict)
    demandes: dict[str, list[str]] = field(default_factory=dict)
    application: dict[str, str] = field(default_factory=dict)
    jetons: list[str] = field(default_factory=list)
    consentements: list[tuple[int, int, str]] = field(default_factory=list)
    pannes: list[int] = field(default_factory=list)
    campagnes: list[int] = field(default_factory=list)
    apportes: list[str] = field(default_factory=list)
    instantane: datetime | None = None
    appels: int = 0
    numero: int = 0
    refus: dict[str, int] = field(default_factory=dict)
    rendus: dict[str, int] = field(default_factory=dict)
    commandes: int = 0
    clients: Clients = field(default_factory=Clients)

    @property
    def jour(self) -> date:
        """The simulated day, legal."""
        return self.instant.date()

    @property
    def quotidiens(self) -> int:
        """How many services have daily files now, as far as is known."""
        return sum(each.quotidien and each.fin >= self.jour for each in self.souscrits.values())

    def note(self, recit: Recit) -> None:
        """Learn what a client was told."""
        if recit.sorte == "ouverture":  # a state may have come back without a word
            self.instant = recit.instant
        self.instant = max(self.instant, recit.instant)
        if recit.sorte == "depart" or (recit.nom and not recit.answered):
            self.appels += 1
            return
        if recit.nom or recit.reponse is not None:
            kept = self.rendus if recit.refus is None else self.refus
            kept[recit.sorte] = kept.get(recit.sorte, 0) + 1
        if recit.refus is None:
            self.clients.note(recit)
            getattr(self, f"_{recit.sorte.lower()}", self._autre)(recit)

    def _autre(self, recit: Recit) -> None:
        if recit.sorte.startswith("Command") and recit.nom:
            self.commandes += 1
            asked = recit.demande["demande"]
            general = asked.get("donneesGenerales", {})
            for numero in _numeros(recit.reponse):
                acces = recit.sorte == "CommandeServicesAccesDonnees"
                wanted = asked.get("accesMesures", asked.get("accesDonnees", general))
                fin = wanted.get("dateFin", self.jour + timedelta(1))
                self.souscrits[numero] = Souscrit(
                    general.get("pointId", ""), acces, fin, "P1D" in str(asked)
                )

    def _commandearretservicesouscritmesures(self, recit: Recit) -> None:
        self.commandes += 1
        self.souscrits.pop(str(_values(recit.demande, "serviceSouscritId")[0]), None)

    def _commandearretservicesaccesdonnees(self, recit: Recit) -> None:
        self.commandes += 1
        for numero in _values(recit.demande, "serviceSouscritId"):
            self.souscrits.pop(str(numero), None)

    def _application(self, recit: Recit) -> None:
        self.application = recit.reponse["corps"]

    def _jeton(self, recit: Recit) -> None:
        self.jetons = [*self.jetons, recit.reponse["access_token"]][-5:]

    def _jeton_revoque(self, recit: Recit) -> None:
        self.jetons = [each for each in self.jetons if each != recit.demande["access_token"]]

    def _consentement(self, recit: Recit) -> None:
        rendu = recit.reponse["autorisation_id"], recit.reponse["id"]
        self.consentements = [
            *self.consentements,
            *((*rendu, prm) for prm in recit.demande["prms"]),
        ][-40:]

    def _panne(self, recit: Recit) -> None:
        self.pannes.append(recit.reponse["numero"])

    def _panne_retiree(self, recit: Recit) -> None:
        gone = recit.demande.get("numero")
        self.pannes = [each for each in self.pannes if gone is not None and each != gone]

    def _campagne(self, recit: Recit) -> None:
        self.campagnes.append(recit.reponse["id"])

    def _campagne_fermee(self, recit: Recit) -> None:
        self.campagnes = [each for each in self.campagnes if each != recit.demande["id"]]

    def _points_apportes(self, recit: Recit) -> None:
        self.apportes += recit.demande["prms"]

    def _points_retires(self, recit: Recit) -> None:
        self.apportes = [each for each in self.apportes if each not in recit.demande["prms"]]

    def _instantane(self, recit: Recit) -> None:
        self.instantane = recit.instant

    def _retour(self, recit: Recit) -> None:
        """What was known may not be: clients forget nothing, and ask about what is gone."""
        self.instant = recit.instant
        self.pannes = []


def _values(tree: Any, name: str) -> list[Any]:
    """Return all that is called `name` in a tree."""
    found = [part[name] for part in dicts_with(tree, name)]
    return [value for each in found for value in (each if isinstance(each, list) else [each])]


def _numeros(answer: Any) -> list[str]:
    """Return the numbers of the services that an answer names."""
    return [str(each) for each in _values(answer, "serviceSouscritId") if each]
