"""What clients were told, and what they may hold the simulator to.

Written from the documentation, without the code: a call that was answered counts, one that was not
may have been done or not. What a state kept aside brings back (`Etat`) goes back with it; what the
journal, the files and the machine saw doesn't.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from modele_clients import note_asked, told
from modele_etat import Appel, Etat, Ordre
from modele_mesures import listed
from modele_vue import Vue
from recits import (
    ACCES,
    ARRETS,
    COLLECTE,
    EXCUSEES,
    ILLISIBLES,
    JETON,
    ORDRES,
    RECHERCHES,
    SANS_AFFAIRE,
    SUJETS,
    Recit,
    affaires_in,
    dicts_with,
    first_of,
    instant_of,
)

Garde = tuple[Etat, set[str]]
"""A state that was kept aside, and the calls that were answered by then."""
_AUTOUR: Final = timedelta(days=1)
_RECUL: Final = timedelta(minutes=2)  # by which the machine's own clock may be set back


class Modele:
    """What was told until now."""

    def __init__(self) -> None:
        self.etat = Etat()
        self.depart: dict[str, int] = {}
        self.appels: dict[str, Appel] = {}
        self.gardes: dict[str, list[Garde]] = {}
        """What each state that was kept aside may be, the likeliest first."""
        self.choix: list[Etat] = []
        """What else the state may be, where nobody knows whether another one has come back."""
        self.partants: dict[str, list[tuple[Garde | None, Mapping[str, Any]]]] = {}
        """What the administration was asked and hasn't answered: the state that is kept, if so, and
        what was asked."""
        self.jetons: dict[str, tuple[str, datetime]] = {}
        self.repondus: list[tuple[str, str, datetime, int, Mapping[str, Any]]] = []
        """Of Data Connect since the last check: the name, the path, when, the status, the rest."""
        self.fins = self.defauts = self.retours = self.rondes = 0
        self.couture, self.mort, self.ouvert = "", False, False
        self.rang = self.avant = self.range = self.range_avant = 0
        self.pas = self.pas_rendu = self.recul = 0
        """How many things were told: until now, before this step, when the journal was last drained
        (and before this step); this step, the last when state or clock went back or failed."""
        self.debut: datetime | None = None
        self.dernier = self.debut  # the simulated instants of this step: its first, its last
        self.reglages: set[int] = set()  # the numbers of those of the clock
        self.comptes: Counter[tuple[str, str, int]] = Counter()
        """How many answers of Data Connect an actor had in an hour of the simulated clock."""
        self.ressources: list[Mapping[str, int]] = []
        self.noms: set[str] = set()  # of files that were ever recorded
        self.laisse: bytes | None = None  # the state that an end left
        self.revenu: str | None = None
        """The name of a state that has come back since the last check, and nothing else since."""
        self.arret: date | None = None
        """The day from which on the flux of the former orders aren't emitted any more."""
        self.fichiers: dict[str, tuple[int, int]] = {}  # when, and how large, those seen were
        self.contenus: dict[str, str] = {}
        self.livraisons: dict[str, tuple[int, int, int]] = {}
        """When each file last arrived: after how many ends, failures, returns."""
        self.revenus: list[str] = []  # those that arrived again since the last check without any
        self.fautes: list[tuple[str, str]] = []
        """What was wrong in what was told, by itself: the name of what must hold, and a detail."""
        self.memoire: dict[str, Any] = {}
        """What checks keep from one to the next."""
        self._touched, self.prms = set[str](), set[str]()

    def commence(self, dossier: Path, arret: date | None = None) -> None:
        """Note what the folder holds that nobody ordered; from `arret` on no R50 or R171 leaves."""
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
        if recit.pas != self.pas:
            self.pas, self.avant, self.range_avant = recit.pas, self.rang, self.range
            self.debut = min(self.dernier or recit.instant, recit.instant)
            if self.dernier is not None and recit.instant < self.dernier:
                self.recul = self.pas
                if self.etat.rattrape is not None:  # what happens now is dated before it
                    self.etat.rattrape = min(self.etat.rattrape, recit.instant)
            self.dernier = recit.instant
        self.dernier = max(self.dernier or recit.instant, recit.instant)
        self.rang += 1
        self.revenu = None
        if recit.nom:
            self._note_call(recit)
        elif recit.sorte == "depart":
            self._leave(recit.demande["sorte"], recit.demande["demande"])
        if not recit.answered:
            return
        left = self.partants.get(recit.sorte) if not recit.nom else None
        told(self, recit)
        if recit.refus is None:
            read: Callable[[Recit], None] | None = getattr(self, f"_on_{recit.sorte}", None)
            if read is not None:
                read(recit)
            elif recit.sorte in ORDRES:
                self._acknowledge(recit)
            elif recit.sorte in RECHERCHES:
                self._find(recit)
        elif recit.refus.isdigit() and int(recit.refus) >= 500 and left:
            self._lose(recit.sorte, *left[0])
        if left:
            left.pop(0)
        # Of Data Connect, a demand outside the swagger of v2 alone is a 500 that says so.
        said = first_of(recit.reponse, "corps") and "/v5/" not in recit.demande.get("chemin", "")
        if recit.refus in ILLISIBLES and not said and not self.struck(recit):
            self.wrong("un refus se comprend", f"{recit.nom} {recit.sorte} : {recit.refus}")

    def _leave(self, sorte: str, demande: Mapping[str, Any]) -> None:
        """Note that the administration is asked something, which may be done from now on."""
        state = self._now() if sorte == "instantane" else None
        self.partants.setdefault(sorte, []).append((state, demande))
        note_asked(self, sorte, demande)
        if sorte == "points_retires":
            self.etat.partis.update(demande["prms"])
            self.etat.apportes.difference_update(demande["prms"])
        elif sorte == "point_change":
            self.etat.changes = True

    def _lose(self, sorte: str, state: Garde | None, demande: Mapping[str, Any]) -> None:
        """Note that nobody knows whether what was asked was done."""
        nom = demande.get("nom", "")
        if sorte == "panne":
            self.etat.pannes_incertaines += 1
        elif sorte == "panne_retiree":
            for each in (
                [*self.etat.pannes] if (number := demande.get("numero")) is None else [number]
            ):
                self.etat.pannes.pop(each, None)
            self.etat.pannes_incertaines += 1
        elif state is not None:
            self.gardes[nom] = [state, *self.gardes.get(nom, [])]
        elif sorte == "retour" and nom in self.gardes:
            self.choix = [*self._kept(nom), self.etat, *self.choix]
            self.etat = self.choix.pop(0)
            self._forgotten()
        elif sorte == "points_apportes":
            self.etat.retires.difference_update(demande["prms"])

    def _now(self) -> Garde:
        # The exchange of a call that isn't answered may be stored after a state kept meanwhile.
        return self.etat.copied(), {nom for nom, of in self.appels.items() if of.answered}

    def _kept(self, nom: str) -> list[Etat]:
        """Return what a state that comes back may be; calls made since are in doubt."""
        found = []
        for kept, known in self.gardes[nom]:
            etat = kept.copied()
            etat.uncertain(self.etat)
            found.append(etat)
            for name, appel in self.appels.items():
                if name not in known:
                    self.appels[name] = replace(appel, oublie=True)
        return found

    def _forgotten(self) -> None:
        """Forget what checks keep: another state is there."""
        self.retours, self.pas_rendu = self.retours + 1, self.pas
        self.memoire.clear()

    @property
    def rendu(self) -> bool:
        """Whether a state came back in this step."""
        return self.pas == self.pas_rendu > 0

    def checked(self, vue: Vue) -> None:
        """Note up to where a folder was checked."""
        self.prms.clear()
        self.repondus.clear()
        self.revenus.clear()
        self.ouvert, self.revenu = False, None
        self.etat.vus = {
            table: vue.rows(f"SELECT coalesce(max(id), 0) FROM main.{table}")[0][0]
            for table in ("publication", "fichier_flux")
        }

    def wrong(self, nom: str, detail: str) -> None:
        self.fautes.append((nom, detail))

    def struck(self, recit: Recit) -> bool:
        """Tell whether a panne may have struck between a call and its answer, or about then."""
        appel = self.appels.get(recit.nom)
        first, last = recit.instant if appel is None else appel.instant, recit.instant
        return self.etat.pannes_incertaines > 0 or any(
            (plan["debut"] or first) - _AUTOUR <= last and first <= (plan["fin"] or last) + _AUTOUR
            for plan in self.etat.pannes.values()
        )

    def _note_call(self, recit: Recit) -> None:
        prm = first_of(recit.demande, "pointId")
        if isinstance(prm, str):
            self.prms.add(prm)
        else:
            prm = None  # a list of them, or none
        known = self.appels.get(recit.nom)
        if known is not None and known.answered:
            self.wrong("un appel a une réponse", f"{recit.nom} en a deux")
        depart, instant = (
            (self.rang, recit.instant) if known is None else (known.depart, known.instant)
        )
        self.appels[recit.nom] = Appel(
            *(recit.sorte, depart, self.rang, prm, instant, recit.answered, recit.refus),
            oublie=0 < self.recul == recit.pas,  # the journal may have had no room for it
        )
        if recit.sorte in (*ORDRES, "dossier"):
            if recit.answered and (recit.refus or "SGT").startswith(("SGT", "4")):
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
        if not found and sorte not in SANS_AFFAIRE:
            self.wrong("une commande acquittée a son affaire", f"{recit.nom} {sorte}")
        if sorte in ARRETS:
            self.etat.arrets.update(map(str, listed(first_of(demande, "serviceSouscritId"))))
        for affaire, service in found:
            if affaire in known:
                self.wrong("un numéro d'affaire sert une fois", f"{recit.nom} : {affaire}")
            opened = "" if sorte in ARRETS else service
            self.etat.ordres.append(Ordre(sorte, affaire, opened, prm, contrat))
            seen = self.memoire.setdefault("services ouverts", set())
            if sorte in (COLLECTE, ACCES[0]) and service in seen:
                self.wrong("un numéro de service sert à une commande", f"{recit.nom} {service}")
            seen.add(service)

    def _find(self, recit: Recit) -> None:
        left = self.appels[recit.nom].depart
        for service in dicts_with(recit.reponse, "serviceSouscritId"):
            number, etat = service["serviceSouscritId"], service.get("etatCode")
            if etat == "TERMINE":
                said = service.get("dateFin", ""), self.rang
                self.etat.termines.setdefault(number, said)
            elif number in self.etat.termines and self.etat.termines[number][1] < left:
                self.wrong("un service dit terminé le reste", f"{recit.nom} {number} : {etat}")

    def _on_ConsultationMesuresDetaillees(self, recit: Recit) -> None:
        self.etat.mesures.consult(recit.demande, recit.reponse, recit.nom)

    def _on_jeton(self, recit: Recit) -> None:
        reponse = recit.reponse
        self.jetons[reponse["access_token"]] = recit.demande["client_id"], recit.instant
        if reponse.get("expires_in") != JETON.total_seconds():
            self.wrong("un jeton vit trois heures et demie", f"{reponse.get('expires_in')} s")

    def _on_jeton_revoque(self, recit: Recit) -> None:
        self.etat.jetons_revoques[recit.demande["access_token"]] = recit.nom

    def _on_consentement(self, recit: Recit) -> None:
        asked, number = recit.demande, recit.reponse["autorisation_id"]
        (prm,) = asked["prms"]
        self.prms.add(prm)
        whose = asked["client_id"], asked.get("titulaire", prm)
        if self.etat.partages.setdefault(whose, number) == number or "titulaire" not in asked:
            self.etat.consentements.append((number, asked["client_id"], prm, str(asked["fin"])))
        else:
            self.wrong("un partage garde son numéro", f"{whose} : {number}")

    def _on_revocation(self, recit: Recit) -> None:
        self.etat.revoques.add(recit.demande["consentement"])
        self.prms.update(prm for _, _, prm, _ in self.etat.consentements)

    def _on_data_connect(self, recit: Recit) -> None:
        asked, reponse = recit.demande, recit.reponse
        self.repondus.append(
            (recit.nom, asked["chemin"], recit.instant, reponse["statut"], {**reponse, **asked})
        )
        if reponse["statut"] == 200:
            api = "v5" if "/v5/" in asked["chemin"] else asked["chemin"].split("/")[1]
            hour = int(recit.instant.timestamp()) // 3600
            self.comptes[asked.get("acteur", ""), api, hour] += 1
        if reponse["statut"] == 200 and not self.struck(recit):
            self.etat.mesures.data_connect(asked, reponse["corps"], recit.nom)

    def _on_horloge(self, recit: Recit) -> None:
        number, reponse = recit.reponse["numero"], recit.reponse["instant"]
        known = self.etat.horloge
        if number in self.reglages:
            self.wrong("un réglage a un numéro plus grand", f"{number} sert deux fois")
        self.reglages.add(number)
        if known is None or number > known[0]:
            if known is not None and reponse < known[1] - _RECUL and not self.rendu:
                self.wrong("l'horloge avance", f"{reponse} après {known[1]}")
            self.etat.horloge = number, reponse

    def _on_rangement(self, recit: Recit) -> None:
        if not self.rendu and self.recul < self.pas:  # where the world fails, it may have failed
            self.range = self.avant  # what is told meanwhile may come after it

    def _on_rattrapage(self, recit: Recit) -> None:
        self.rondes += 1
        if not self.rendu and self.debut is not None:  # what is due before may be written after
            self.etat.rattrape = min(recit.reponse["instant"], self.debut)

    def _on_points_apportes(self, recit: Recit) -> None:
        arrives = self.etat.fichiers.arrives
        arrives |= dict.fromkeys(arrives.keys() & recit.demande["prms"], recit.instant.date())
        self.prms.update(recit.demande["prms"])
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
        if number in self.etat.pannes or number in self.etat.retirees:
            self.wrong("une panne a un numéro neuf", str(number))
        window = {name: instant_of(recit.demande.get(name)) for name in ("debut", "fin")}
        self.etat.pannes[number] = {**recit.demande, **window}

    def _on_panne_retiree(self, recit: Recit) -> None:
        number = recit.demande.get("numero")
        for each in [*self.etat.pannes] if number is None else [number]:
            self.etat.retirees[each] = recit.instant

    def _on_campagne(self, recit: Recit) -> None:
        reponse = {"acteur": recit.reponse.get("acteur"), **recit.demande, "fermee": False}
        self.etat.campagnes[recit.reponse["id"]] = reponse

    def _on_campagne_fermee(self, recit: Recit) -> None:
        self.etat.campagnes.setdefault(recit.reponse["id"], {"acteur": None})["fermee"] = True

    def _on_instantane(self, recit: Recit) -> None:
        state, asked = (self.partants.get("instantane") or [(None, recit.demande)])[0]
        self.gardes[asked.get("nom", "")] = [state or self._now()]

    def _on_retour(self, recit: Recit) -> None:
        self.revenu = recit.demande.get("nom", "")
        self.etat, *self.choix = self._kept(self.revenu)
        self._forgotten()

    def _on_page(self, recit: Recit) -> None:
        if recit.reponse["statut"] >= 500:
            self.wrong("une page répond", f"{recit.demande['chemin']} : {recit.reponse['statut']}")

    def _on_fin(self, recit: Recit) -> None:
        self.fins, self.mort, self.ouvert = self.fins + 1, True, False
        self.couture = recit.reponse["couture"] if recit.reponse else ""
        self.fautes = [each for each in self.fautes if each[0] not in EXCUSEES]
        for sorte, many in self.partants.items():
            for left in many:
                self._lose(sorte, *left)
        self.partants.clear()

    def _on_ouverture(self, recit: Recit) -> None:
        self.mort, self.ouvert, self.ressources = False, True, []  # a fork grows with its parent

    def _on_livraison(self, recit: Recit) -> None:
        nom, digest = recit.reponse["nom"], recit.reponse["sha256"]
        if self.contenus.setdefault(nom, digest) != digest and not self.etat.pannes:
            self.wrong("un nom livré a un contenu", nom)
        now = self.fins, self.defauts, self.retours
        if self.livraisons.get(nom) == now:
            self.revenus.append(nom)
        self.livraisons[nom] = now

    def _on_ressources(self, recit: Recit) -> None:
        self.ressources.append(recit.reponse)

    def _on_defaut(self, recit: Recit) -> None:
        if recit.demande.get("sorte") == "canal":  # a server failed: nobody but files meet it
            self.defauts += 1
            return
        self.defauts, self.recul = self.defauts + 1, self.pas
        self.fautes = [each for each in self.fautes if each[0] not in EXCUSEES]
        self.range = min(self.range, self.range_avant)  # what was to be stored may not be
        for nom, appel in self.appels.items():
            if appel.rang > self.avant:  # the journal may have had no room for it
                self.appels[nom] = replace(appel, oublie=True)

    def _on_casse(self, recit: Recit) -> None:
        if not recit.demande.get("defaut"):
            self.wrong("rien n'échoue", str(recit.demande.get("trace"))[-300:])
