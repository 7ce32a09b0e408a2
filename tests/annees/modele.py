"""What clients were told, and what they may hold the simulator to.

Written from the documentation, without the code: a call that was answered counts, one that was not
may have been done or not. What a state kept aside brings back (`Etat`) goes back with it; what the
journal, the files and the machine saw doesn't.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from modele_mesures import Mesures, listed
from modele_vue import Vue
from recits import (
    ACCES,
    ARRETS,
    COLLECTE,
    OPTIONS,
    ORDRES,
    RECHERCHES,
    SUJETS,
    Recit,
    affaires_in,
    dicts_with,
    first_of,
)

JETON: Final = timedelta(hours=3, minutes=30)
"""How long a token lives (docs/data-connect.md)."""


@dataclass(frozen=True, slots=True)
class Appel:
    """A call, and the rank of what was last told of it; the journal may have to forget it."""

    sorte: str
    rang: int
    prm: str | None
    instant: datetime
    answered: bool = False
    refus: str | None = None
    oublie: bool = False


@dataclass(frozen=True, slots=True)
class Ordre:
    """What was acknowledged of an order: the service is empty where it opens none."""

    sorte: str
    affaire: str
    service: str
    prm: str
    contrat: str


@dataclass
class Etat:
    """What goes back with a state that was kept aside."""

    ordres: list[Ordre] = field(default_factory=list)
    silences: dict[str, int] = field(default_factory=dict)
    """Orders that nobody heard the answer of, by their names: how many cases they may open."""
    arrets: set[str] = field(default_factory=set)
    termines: dict[str, str] = field(default_factory=dict)
    """Services that were shown as ended, and the day that was said."""
    consentements: dict[int, dict[str, Any]] = field(default_factory=dict)
    partages: dict[tuple[str, str], int] = field(default_factory=dict)
    revoques: set[int] = field(default_factory=set)
    jetons_revoques: dict[str, str] = field(default_factory=dict)
    pannes: dict[int, dict[str, Any]] = field(default_factory=dict)
    retirees: dict[int, datetime] = field(default_factory=dict)
    campagnes: dict[int, dict[str, Any]] = field(default_factory=dict)
    apportes: set[str] = field(default_factory=set)
    retires: set[str] = field(default_factory=set)
    partis: set[str] = field(default_factory=set)
    """Points that were ever removed: what had been told of them went with them."""
    changes: bool = False
    """Whether a point was changed by hand, which may open and take away services."""
    mesures: Mesures = field(default_factory=Mesures)
    horloge: datetime | None = None
    rattrape: datetime | None = None


class Modele:
    """What was told until now."""

    def __init__(self) -> None:
        self.etat = Etat()
        self.depart: dict[str, int] = {}
        self.appels: dict[str, Appel] = {}
        self.gardes: dict[str, bytes] = {}
        self.jetons: dict[str, tuple[str, datetime]] = {}
        self.repondus: list[tuple[str, str, datetime, int, Mapping[str, Any]]] = []
        """Of Data Connect since the last check: the name, the path, when, the status, the rest."""
        self.fins = self.defauts = self.retours = 0
        self.couture, self.mort, self.ouvert = "", False, False
        self.rang = self.range = self.reglage = 0
        """How many things were told: until now, and when the journal was last drained; the number
        of the last setting of the clock that was seen."""
        self.comptes: Counter[tuple[str, str, int]] = Counter()
        """How many answers of Data Connect an actor had in an hour of the simulated clock."""
        self.ressources: list[Mapping[str, int]] = []
        self.livraisons: Counter[str] = Counter()
        self.noms: set[str] = set()
        """The names of files that were ever recorded."""
        self.lus = 0
        """The last file that was opened."""
        self.laisse: str | None = None
        """The digest of the state that an end left."""
        self.revenu: str | None = None
        """The name of a state that has come back since the last check, and nothing else since."""
        self.arret: date | None = None
        """The day from which on the flux of the former orders aren't emitted any more."""
        self.contenus: dict[str, str] = {}
        self.fautes: list[tuple[str, str]] = []
        """What was wrong in what was told, by itself: the name of what must hold, and a detail."""
        self.memoire: dict[str, Any] = {}
        """What checks keep from one to the next."""
        self._touched: set[str] = set()
        self.prms: set[str] = set()
        self._read: dict[str, Callable[[Recit], None]] = {
            name.removeprefix("_on_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_on_")
        }

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_read"}

    def commence(self, dossier: Path, arret: date | None = None) -> None:
        """Note what the folder holds that nobody ordered, before the first call.

        From the day `arret` on, R50, R151, R4x and R171 aren't emitted (`--generation auto`).
        """
        self.arret = arret
        with Vue(dossier) as vue:
            for table in ("affaire", "service_souscrit", "autorisation_client", "consentement"):
                ((self.depart[table],),) = vue.rows(f"SELECT count(*) FROM main.{table}")
            self.depart |= dict(vue.rows("SELECT 'n ' || sorte, dernier FROM numero"))

    def touched(self) -> set[str]:
        """Return what was touched since this was last asked."""
        touched, self._touched = self._touched, set()
        return touched

    def note(self, recit: Recit) -> None:
        """Keep what was told."""
        self._touched.update(SUJETS.get(recit.sorte, ()))
        self.rang += 1
        self.revenu = None
        if recit.nom:
            self._note_call(recit)
        if not recit.answered:
            return
        if recit.refus is None or not recit.nom:
            read = self._read.get(recit.sorte)
            if read is not None:
                read(recit)
            elif recit.sorte in ORDRES:
                self._acknowledge(recit)
            elif recit.sorte in RECHERCHES:
                self._find(recit)
        elif recit.refus in ("None", "", "SGT500", "500") and not (self.defauts or self._struck):
            self.wrong("un refus se comprend", f"{recit.nom} {recit.sorte} : {recit.refus}")

    def checked(self, vue: Vue) -> None:
        """Note up to where a folder was checked."""
        self.prms.clear()
        self.repondus.clear()
        self.ouvert, self.revenu = False, None
        self.memoire["vus"] = {
            table: vue.rows(f"SELECT coalesce(max(id), 0) FROM main.{table}")[0][0]
            for table in ("publication", "fichier_flux")
        }

    def wrong(self, nom: str, detail: str) -> None:
        """Keep that what was told is wrong by itself."""
        self.fautes.append((nom, detail))

    @property
    def _struck(self) -> bool:
        return bool(self.etat.pannes)

    def _note_call(self, recit: Recit) -> None:
        prm = first_of(recit.demande, "pointId")
        if prm is not None:
            self.prms.add(str(prm))
        known = self.appels.get(recit.nom)
        if known is not None and known.answered:
            self.wrong("un appel a une réponse", f"{recit.nom} en a deux")
        self.appels[recit.nom] = Appel(
            *(recit.sorte, self.rang, prm, recit.instant, recit.answered, recit.refus)
        )
        if recit.sorte in ORDRES:
            if recit.answered:
                self.etat.silences.pop(recit.nom, None)
            else:
                asked = [*dicts_with(recit.demande, "servicesSouscrits")]
                numbers = listed(first_of(asked, "serviceSouscritId"))
                services = listed(first_of(asked, "serviceSouscrit"))
                self.etat.silences[recit.nom] = max(len(numbers), len(services), 1)

    # Of web services.

    def _acknowledge(self, recit: Recit) -> None:
        demande, sorte = recit.demande, recit.sorte
        prm, contrat = self.appels[recit.nom].prm or "", first_of(demande, "contratId") or ""
        known = {ordre.affaire for ordre in self.etat.ordres}
        found = [*affaires_in(recit.reponse)]
        if not found and sorte != OPTIONS:
            self.wrong("une commande acquittée a son affaire", f"{recit.nom} {sorte}")
        for affaire, service in found:
            if affaire in known:
                self.wrong("un numéro d'affaire sert une fois", f"{recit.nom} : {affaire}")
            if sorte in ARRETS:
                self.etat.arrets.add(service or str(first_of(demande, "serviceSouscritId")))
                service = ""
            self.etat.ordres.append(Ordre(sorte, affaire, service, prm, contrat))
        opened = [service for _, service in found if service]
        if sorte in (COLLECTE, ACCES[0]):
            seen = self.memoire.setdefault("services ouverts", set())
            for service in opened:
                if service in seen and sorte == ACCES[0]:
                    self.wrong("un numéro de service sert à une commande", f"{recit.nom} {service}")
                seen.add(service)

    def _find(self, recit: Recit) -> None:
        for service in dicts_with(recit.reponse, "serviceSouscritId"):
            number, etat = service["serviceSouscritId"], service.get("etatCode")
            if etat == "TERMINE":
                self.etat.termines[number] = service.get("dateFin", "")
            elif number in self.etat.termines:
                self.wrong("un service dit terminé le reste", f"{recit.nom} {number} : {etat}")

    def _on_ConsultationMesuresDetaillees(self, recit: Recit) -> None:
        self.etat.mesures.consult(recit.demande, recit.reponse, recit.nom)

    # Of Data Connect.

    def _on_jeton(self, recit: Recit) -> None:
        told = recit.reponse
        self.jetons[told["access_token"]] = recit.demande["client_id"], recit.instant
        if told.get("expires_in") != JETON.total_seconds():
            self.wrong("un jeton vit trois heures et demie", f"{told.get('expires_in')} s")

    def _on_jeton_revoque(self, recit: Recit) -> None:
        self.etat.jetons_revoques[recit.demande["access_token"]] = recit.nom

    def _on_consentement(self, recit: Recit) -> None:
        asked, told = recit.demande, recit.reponse
        number = told["autorisation_id"]
        self.etat.consentements[told["id"]] = {**asked, **told, "debut": recit.instant}
        whose = asked["client_id"], asked.get("titulaire", ",".join(sorted(asked["prms"])))
        if self.etat.partages.setdefault(whose, number) != number:
            self.wrong("un partage garde son numéro", f"{whose} : {number}")

    def _on_revocation(self, recit: Recit) -> None:
        self.etat.revoques.add(recit.demande["consentement"])

    def _on_data_connect(self, recit: Recit) -> None:
        asked, told = recit.demande, recit.reponse
        self.repondus.append(
            (recit.nom, asked["chemin"], recit.instant, told["statut"], {**asked, **told})
        )
        if told["statut"] == 200:
            api = "v5" if "/v5/" in asked["chemin"] else asked["chemin"].split("/")[1]
            hour = int(recit.instant.timestamp()) // 3600
            self.comptes[asked.get("acteur", ""), api, hour] += 1
        if told["statut"] == 200 and not self._struck:
            self.etat.mesures.data_connect(asked, told["corps"], recit.nom)
        if told["statut"] >= 500 and not (self.defauts or self._struck):
            self.wrong("un refus se comprend", f"{recit.nom} {asked['chemin']} : {told['statut']}")

    # Of the administration.

    def _on_horloge(self, recit: Recit) -> None:
        told = recit.reponse["instant"]
        if self.etat.horloge is not None and told < self.etat.horloge:
            self.wrong("l'horloge avance", f"{told} après {self.etat.horloge}")
        self.etat.horloge = told

    def _on_rangement(self, recit: Recit) -> None:
        self.range = self.rang

    def _on_rattrapage(self, recit: Recit) -> None:
        self.etat.rattrape = recit.reponse["instant"]

    def _on_points_apportes(self, recit: Recit) -> None:
        self.etat.apportes.update(recit.demande["prms"])
        self.etat.retires.difference_update(recit.demande["prms"])

    def _on_points_retires(self, recit: Recit) -> None:
        self.etat.apportes.difference_update(recit.demande["prms"])
        self.etat.retires.update(recit.demande["prms"])
        self.etat.partis.update(recit.demande["prms"])
        self.etat.mesures.forget(recit.demande["prms"])

    def _on_point_change(self, recit: Recit) -> None:
        self.prms.add(recit.demande["prm"])
        self.etat.changes = True
        if recit.demande.get("compteur"):
            self.etat.mesures.forget([recit.demande["prm"]])

    def _on_panne(self, recit: Recit) -> None:
        number = recit.reponse["numero"]
        if number <= max([0, *self.etat.pannes, *self.etat.retirees]):
            self.wrong("une panne a un numéro neuf", str(number))
        self.etat.pannes[number] = dict(recit.demande)

    def _on_panne_retiree(self, recit: Recit) -> None:
        number = recit.demande.get("numero")
        for each in [*self.etat.pannes] if number is None else [number]:
            self.etat.retirees[each] = recit.instant

    def _on_campagne(self, recit: Recit) -> None:
        self.etat.campagnes[recit.reponse["id"]] = {**recit.demande, "fermee": False}

    def _on_campagne_fermee(self, recit: Recit) -> None:
        self.etat.campagnes[recit.reponse["id"]]["fermee"] = True

    def _on_instantane(self, recit: Recit) -> None:
        self.gardes[recit.demande["nom"]] = pickle.dumps((self.etat, {*self.appels}))

    def _on_retour(self, recit: Recit) -> None:
        silences = self.etat.silences
        self.etat, kept = pickle.loads(self.gardes[recit.demande["nom"]])
        self.etat.silences = {nom: most for nom, most in silences.items() if nom in kept}
        self.retours, self.lus = self.retours + 1, 0
        self.revenu = recit.demande["nom"]
        for nom, appel in self.appels.items():
            if nom not in kept:
                self.appels[nom] = Appel(*_values(appel)[:-1], oublie=True)
        self.memoire.clear()

    def _on_page(self, recit: Recit) -> None:
        if recit.reponse["statut"] >= 500 and not self.defauts:
            self.wrong("une page répond", f"{recit.demande['chemin']} : {recit.reponse['statut']}")

    # Of the machine.

    def _on_fin(self, recit: Recit) -> None:
        self.fins, self.mort, self.ouvert = self.fins + 1, True, False
        self.couture = recit.reponse["couture"] if recit.reponse else ""

    def _on_ouverture(self, recit: Recit) -> None:
        self.mort, self.ouvert = False, True

    def _on_livraison(self, recit: Recit) -> None:
        nom, digest = recit.reponse["nom"], recit.reponse["sha256"]
        if self.contenus.setdefault(nom, digest) != digest:
            self.wrong("un nom livré a un contenu", nom)
        self.livraisons[nom] += 1
        last = self.memoire.setdefault("livraisons", {})
        if nom in last and last[nom] == (self.fins, self.defauts, self.retours):
            self.wrong("un fichier revient si une fin le veut", nom)
        last[nom] = (self.fins, self.defauts, self.retours)

    def _on_ressources(self, recit: Recit) -> None:
        self.ressources.append(recit.reponse)

    def _on_defaut(self, recit: Recit) -> None:
        self.defauts += 1

    def _on_casse(self, recit: Recit) -> None:
        if not (self.defauts or recit.demande.get("defaut")):
            self.wrong("rien n'échoue", str(recit.demande.get("trace"))[-300:])


def _values(appel: Appel) -> list[Any]:
    return [getattr(appel, name) for name in Appel.__slots__]
