"""What the files of GRD-F contracts say, read one after the other, and where they contradict each
other: sequences, situations, readings, invoices, affaires.

Only what a supplier could read of C15, R15, F15, X12, X13, C12, R17 and F12 counts here; the rules
are those of their guides and of the assumptions of docs/factures.md. Stamps are texts as written.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from lxml import etree

FLUX: Final = ("X12", "X13", "C15", "R15", "F15", "C12", "R17", "F12")
"""In the order in which those of a night are read."""
_NOM: Final = re.compile(r"(?P<suite>.+?)_(?P<rang>\d{5})_(?:[DM]_30_)?\d{14}\.zip")
_PARTIES: Final = re.compile(r"_(\d{5})_(\d{5})\.xml$")
_OUVRENT: Final = ("PMES", "MES", "CFNE")
_FERMENT: Final = ("RES", "CFNS")
_SANS_PRIX: Final = ("PHC", "MDPRM", "MDACT", "MDCTR")
_JOUR: Final = timedelta(1)
_CALENDRIERS: Final = {
    **dict.fromkeys(("BTINFCUST", "BTINFMUST", "BTINFLU"), "DI000001"),
    "BTINFMUDT": "DI000002",
    **dict.fromkeys(("BTINFCU4", "BTINFMU4", "BTINFCU4ACC", "BTINFMU4ACC"), "DI000003"),
}
Cle = tuple[str, ...]
Membres = Sequence[tuple[str, bytes]]


@dataclass
class Releve:
    """A reading of R15, as it was last told."""

    prm: str
    reference: str
    instant: str
    index: dict[str, int]
    energies: dict[str, int]


@dataclass
class Situation:
    """A contractual situation, by what C15 and F15 said of it."""

    ouverte: str = ""
    """The day on which it was opened, empty where the contract began with it."""
    fermee: str = ""
    jours: Decimal = Decimal(0)
    """How many days of the fixed part were invoiced, less those that were taken back."""
    fins: int = 0
    """How many last invoices there were, less those that were annulled."""
    fenetres: list[tuple[str, str]] = field(default_factory=list)
    dernier: str = ""
    prochain: str = ""
    """The day of the last reading, and that of the next cyclic one."""


@dataclass
class Contrats:
    """What was read, and what is still to come."""

    lu: int = 0
    """The number of the last file that was read."""
    suites: dict[str, int] = field(default_factory=dict)
    situations: dict[Cle, Situation] = field(default_factory=lambda: defaultdict(Situation))
    releves: dict[Cle, Releve] = field(default_factory=dict)
    lus: dict[Cle, dict[str, int]] = field(default_factory=dict)
    """The indexes of R15, by the contract, the point and the stamp."""
    affaires: dict[Cle, str] = field(default_factory=dict)
    """Those of X12 and X13, by the contract and their number: when they were first told."""
    natures: dict[Cle, str] = field(default_factory=dict)
    """What each affaire of a C15 led to."""
    passages: dict[Cle, tuple[str, str, dict[str, int]]] = field(default_factory=dict)
    """Who left a point or entered it on a day: the contract, the reference, the indexes."""
    sous_lots: dict[Cle, int] = field(default_factory=dict)
    """The energy of a reading of R17, which F12 invoices."""
    arrives: dict[str, date] = field(default_factory=dict)
    """When points were brought: a night of which R17 had left may have its F12 with them."""
    attendus: list[tuple[datetime, str, Cle, Any]] = field(default_factory=list)
    """What must be known from an instant on: when, by which rule, of what."""
    a_lire: list[tuple[datetime, int, str, str, Membres]] = field(default_factory=list)
    """The files of nights of which others may be to come: what they say goes together."""
    fautes: list[tuple[str, str]] = field(default_factory=list)

    def copied(self) -> "Contrats":
        """Return what stays as it is while this one changes."""
        kept = copy(self)
        for name, value in vars(self).items():
            setattr(kept, name, copy(value))
        kept.situations = deepcopy(self.situations)
        return kept

    def wrong(self, nom: str, detail: str) -> None:
        self.fautes.append((nom, detail))

    def take(self, flux: str, contrat: str, nom: str, held: Membres) -> None:
        """Read a file, of a contract."""
        named = _NOM.fullmatch(nom)
        if named is None:
            self.wrong("un fichier d'un contrat a son nom", nom)
            return
        suite, rang = named["suite"], int(named["rang"])
        if rang != self.suites.get(suite, 0) % 99_999 + 1:
            self.wrong("les fichiers d'un contrat se suivent sans trou", nom)
        self.suites[suite] = rang
        parts = [(int(m[1]), int(m[2])) for n, _ in held if (m := _PARTIES.search(n))]
        if parts != [(n, len(parts)) for n in range(1, len(parts) + 1)]:
            self.wrong("un fichier d'un contrat a toutes ses parties", f"{nom} : {parts}")
        leaves = datetime.strptime(nom[-18:-4], "%Y%m%d%H%M%S")  # noqa: DTZ007 - legal time
        self.a_lire.append((leaves, FLUX.index(flux), contrat, nom, held))

    def _read(self, leaves: datetime, flux: str, contrat: str, nom: str, held: Membres) -> None:
        for inner, content in held:
            if flux != "C12" and (flux not in ("F15", "F12") or "_FL_" in inner):
                getattr(self, f"_{flux.lower()}")(contrat, leaves, etree.fromstring(content))
        if flux in ("F15", "F12"):
            self._totaux(flux, nom, held)

    def due(self, until: datetime, partis: Collection[str]) -> None:
        """Read the nights that are whole, and hold what was to be known by now to what is; not of
        points that were removed."""
        ready = [each for each in self.a_lire if _whole(each[0]) <= until]
        for leaves, rang, *what in sorted(ready, key=lambda each: (each[0].date(), each[1])):
            self._read(leaves, FLUX[rang], *what)
        self.a_lire = [each for each in self.a_lire if _whole(each[0]) > until]
        for instant, nom, key, wanted in self.attendus:
            if (
                instant <= until
                and key[1] not in partis
                and (found := self._found(nom, key)) != (wanted)
            ):
                self.wrong(nom, f"{key} : {found}, attendu {wanted}")
        self.attendus = [each for each in self.attendus if each[0] > until]

    def _found(self, nom: str, key: Cle) -> Any:
        if nom == "un relevé de C15 est dans R15":
            return self.lus.get(key)
        if nom == "une affaire est suivie avant son événement":
            return (key[0], key[2]) in self.affaires
        if nom == "aucun relevé cyclique ne manque":
            situation = self.situations[key[:3]]
            return bool(situation.fermee) or situation.dernier >= key[3]
        if nom == "une fin de contrat a une dernière facture":
            return self.situations[key].fins
        assert nom == "une avance reprise fait les jours écoulés"
        return self.situations[key].jours

    # C15: what happens.

    def _c15(self, contrat: str, leaves: datetime, root: Any) -> None:
        for prm in root.iter("PRM"):
            self._evenement(contrat, leaves, prm)

    def _evenement(self, contrat: str, leaves: datetime, prm: Any) -> None:
        event, situee = prm.find("Evenement_Declencheur"), prm.find("Situation_Contractuelle")
        number, nature = prm.findtext("Id_PRM"), event.findtext("Nature_Evenement")
        instant, ref = (
            event.findtext("Date_Evenement"),
            situee.findtext("Ref_Situation_Contractuelle"),
        )
        key, jour = (contrat, number, ref), instant[:10]
        self._situation(key, nature, jour, situee)
        limite = _whole(leaves)
        releves = [_index(each) for each in event.iterfind("Releves/Donnees_Releve")]
        if releves:
            wanted = (
                limite,
                "un relevé de C15 est dans R15",
                (contrat, number, instant),
                releves[0],
            )
            self.attendus.append(wanted)
        affaire = event.findtext("Id_Affaire")
        if affaire is not None:
            self.natures[contrat, affaire] = nature
            if event.findtext("Ref_Demandeur") is not None:
                told = (contrat, number, affaire)
                self.attendus.append(
                    (limite, "une affaire est suivie avant son événement", told, True)
                )
        if nature in (*_OUVRENT, *_FERMENT) and releves:
            self._passage((number, jour), nature in _FERMENT, (contrat, ref, releves[0]))
        if nature in _FERMENT:
            self.attendus.append((limite, "une fin de contrat a une dernière facture", key, 1))
            if debut := self.situations[key].ouverte:
                days = Decimal((date.fromisoformat(jour) - date.fromisoformat(debut)).days)
                wanted = "une avance reprise fait les jours écoulés"
                self.attendus.append((limite, wanted, key, days))
        self._grille(number, situee)

    def _situation(self, key: Cle, nature: str, jour: str, situee: Any) -> None:
        situation = self.situations[key]
        if nature in _OUVRENT:
            if situation.ouverte or situation.dernier or situee.findtext("Num_Sequence") != "1":
                self.wrong("une situation s'ouvre une fois", f"{key} {nature} {jour}")
            situation.ouverte = jour
        elif situation.fermee and not (nature == "MDPRM" and jour == situation.fermee):
            self.wrong("rien ne suit la fin d'une situation", f"{key} {nature} {jour}")
        ends = nature in _FERMENT
        said = situee.findtext("Etat_Contractuel"), situee.find("Date_Resiliation") is not None
        wanted = ("RESILIE", True) if ends else ("EN SERVICE", False)
        if said != wanted and (ends or not situation.fermee):
            self.wrong("une situation dit son état", f"{key} {nature} : {said}")
        if ends:
            situation.fermee = jour

    def _passage(self, key: Cle, leaves: bool, told: tuple[str, str, dict[str, int]]) -> None:
        """Hold who enters a point on a day to who leaves it."""
        other = self.passages.pop((*key, str(not leaves)), None)
        if other is None:
            self.passages[(*key, str(leaves))] = told
        elif other[1] == told[1] or other[2] != told[2]:
            self.wrong("qui entre trouve ce que laisse qui sort", f"{key} : {other}, puis {told}")

    def _grille(self, number: str, situee: Any) -> None:
        """Hold the distributor's calendar to the tariff."""
        structure = situee.find("Structure_Tarifaire")
        calendar = None if structure is None else structure.findtext("Id_Calendrier_Distributeur")
        if calendar is None:
            return
        fta = structure.findtext("Formule_Tarifaire_Acheminement")
        ranges = structure.find(".//Id_Plage_Heures_Creuses") is not None
        if _CALENDRIERS.get(fta, calendar) != calendar or (calendar != "DI000001" and not ranges):
            self.wrong("une formule a son calendrier", f"{number} : {fta} {calendar} {ranges}")

    # R15, R17: what is read.

    def _r15(self, contrat: str, leaves: datetime, root: Any) -> None:
        for prm in root.iter("PRM"):
            for each in prm.iter("Donnees_Releve"):
                self._releve(contrat, prm.findtext("Id_PRM"), each)

    def _releve(self, contrat: str, prm: str, each: Any) -> None:
        ident, instant = each.findtext("Id_Releve"), each.findtext("Date_Releve")
        statut, ref = each.findtext("Statut_Releve"), each.findtext("Ref_Situation_Contractuelle")
        index, energies = _index(each), _index(each, "2")
        known = self.releves.get((contrat, ident))
        if statut == "INITIAL" and known is not None:
            self.wrong("un relevé est dit une fois", f"{prm} {ident} {instant}")
        before = self.releves.get((contrat, each.findtext("Id_Releve_Precedent")))
        for cote in ("_Distributeur", ""):
            said, counted = _index(each, "1", cote), _index(each, "2", cote)
            former = _index(each, "1", cote, "Valeur_Precedent")
            for classe, valeur in former.items():
                if counted.get(classe) != said[classe] - valeur:
                    self.wrong("une énergie est celle de ses index", f"{prm} {ident} {classe}")
        former = _index(each, "1", "_Distributeur", "Valeur_Precedent")
        others = _index(each, "2", "")
        if (
            others
            and energies
            and abs(sum(others.values()) - sum(energies.values())) >= len(energies) + len(others)
        ):
            self.wrong("les deux grilles comptent la même énergie", f"{prm} {ident}")
        if before is not None:
            said_before = (before.reference, before.instant)
            if said_before != (ref, each.findtext("Date_Releve_Precedent")):
                self.wrong("un relevé suit le précédent", f"{prm} {ident} après {said_before}")
            elif (
                statut != "ANNULE"
                and any(former.values())  # another meter counts from 0
                and not former.items() <= before.index.items()
            ):
                said = f"{prm} {ident} : {former}, {before.index}"
                self.wrong("un relevé suit le précédent", said)
        if statut != "ANNULE":
            made = Releve(prm, ref or "", instant, index, energies or others)
            self.releves[contrat, ident] = made
            self._prochain((contrat, prm, made.reference), instant[:10],
                           each.findtext("Date_Theorique_Prochaine_Releve"))  # fmt: skip
            self.lus[contrat, prm, instant] = index

    def _prochain(self, key: Cle, jour: str, prochain: str | None) -> None:
        """Await the next cyclic reading of a situation, which is told the day after."""
        situation = self.situations[key]
        if "" < situation.prochain < jour:
            self.wrong("aucun relevé cyclique ne manque", f"{key} {jour} : {situation.prochain}")
        if jour >= situation.dernier:
            situation.dernier, situation.prochain = jour, prochain or ""
        if prochain is not None:
            limite = datetime.fromisoformat(prochain) + 3 * _JOUR  # once that night is read
            told = "aucun relevé cyclique ne manque"
            self.attendus.append((limite, told, (*key, prochain), True))

    def _r17(self, contrat: str, leaves: datetime, root: Any) -> None:
        for corps in root.iter("{*}Corps_PRM"):
            number = corps.findtext("{*}Num_Sous_Lot")
            for each in corps.iterfind("{*}Donnees_Releve"):
                kwh = 0
                for mesure in each.iterfind("{*}Donnees_Par_Type_Mesure"):
                    if mesure.findtext("{*}Type_Mesure") != "EA":
                        continue
                    for conso in mesure.iterfind("{*}Conso_Par_Classe_Temporelle"):
                        kwh += int(conso.findtext("{*}Quantite_Mesure"))
                if each.findtext("{*}Statut_Mesure") != "ANNULE":
                    self.sous_lots[contrat, number] = kwh

    # F15, F12: what is invoiced.

    def _f15(self, contrat: str, leaves: datetime, root: Any) -> None:
        for bloc in root.iter("Donnees_Valorisation"):
            lines = [*bloc.iter("Element_Valorise")]
            ht = sum((Decimal(each.findtext("Montant_HT")) for each in lines), Decimal(0))
            number = bloc.findtext("Num_Valorisation")
            if ht != Decimal(bloc.findtext("Total_Valorise_HT")):
                self.wrong("un bloc est la somme de ses lignes", f"{number} : {ht}")
            affaire = bloc.findtext("Id_Affaire")
            if affaire is None:
                self._transport(contrat, bloc, lines)
            elif (contrat, affaire) not in self.affaires:
                self.wrong("une affaire facturée est suivie", f"{number} {affaire}")
            elif self.natures.get((contrat, affaire)) in _SANS_PRIX:
                self.wrong("ce qui ne coûte rien n'est pas facturé", f"{number} {affaire}")

    def _transport(self, contrat: str, bloc: Any, lines: list[Any]) -> None:
        number, kind = bloc.findtext("Num_Valorisation"), bloc.findtext("Type_Facturation")
        prm, ref = (
            bloc.findtext(f"Donnees_PRM/{nom}") for nom in ("Id_PRM", "Ref_Situation_Contractuelle")
        )
        situation, sign = self.situations[contrat, prm, ref], -1 if kind == "ANNUL" else 1
        for each in lines:
            if each.findtext("Id_EV").startswith("ASG-"):
                way = -1 if each.findtext("Prix_Unitaire").startswith("-") else 1
                situation.jours += way * Decimal(each.findtext("Quantite"))
        ids = [each.findtext("Id_Releve") for each in bloc.iterfind("Releve")]
        known = [self.releves.get((contrat, each)) for each in ids]
        span = tuple(bloc.findtext(f"Date_{each}_Part_Variable") or "" for each in ("Debut", "Fin"))
        if sign < 0:
            if span in situation.fenetres:
                situation.fenetres.remove(span)
            else:
                self.wrong("ce qui est annulé fut facturé", f"{number} {span}")
        else:
            around = [w for w in situation.fenetres if w[0] <= span[1] and span[0] <= w[1]]
            if around:
                self.wrong("les jours facturés ne se recouvrent pas", f"{number} {span} {around}")
            situation.fenetres.append(span)
            self._energie(number, known, lines)
        last = known[-1] if known else None
        if last is None:
            self.wrong("une facture repose sur ses relevés", f"{number} : {ids}")
        elif situation.fermee and last.instant[:10] == situation.fermee:
            situation.fins += sign
        coming = any(each.findtext("Id_EV").endswith("-E") for each in lines)
        over = last is not None and "" < situation.fermee <= last.instant[:10]
        if coming and kind in ("CYCL", "EVNT") and over:
            self.wrong("rien ne s'avance après la fin", f"{number} {span}")

    def _energie(self, number: str, known: list[Releve | None], lines: list[Any]) -> None:
        later = [each for each in known[1:] if each is not None]
        if len(later) != len(known) - 1 or len(known) < 2:
            return
        kwh = sum(value for each in later for value in each.energies.values())
        said = Decimal(0)
        for each in lines:
            if each.findtext("Id_EV").startswith("ASSV"):
                way = -1 if each.findtext("Prix_Unitaire").startswith("-") else 1
                said += way * Decimal(each.findtext("Quantite"))
        if said != kwh:
            self.wrong("une facture compte l'énergie de ses relevés", f"{number} : {said} ≠ {kwh}")

    def _f12(self, contrat: str, leaves: datetime, root: Any) -> None:
        for lot in root.iter("{*}Sous_Lot"):
            number = lot.findtext("{*}Num_Sous_Lot")
            lines = [*lot.iterfind("{*}Element_Valorise")]
            ht = sum((Decimal(each.findtext("{*}Acheminement/{*}Montant_HT")) for each in lines),
                     Decimal(0))  # fmt: skip
            if ht != Decimal(lot.findtext("{*}Sous_Total/{*}Montant_HT")):
                self.wrong("un bloc est la somme de ses lignes", f"F12 {number} : {ht}")
            kwh = sum(
                (Decimal(each.findtext("{*}Acheminement/{*}Quantite")) for each in lines
                 if each.findtext("{*}Id_EV").startswith("VEAS")), Decimal(0)
            )  # fmt: skip
            kind = lot.findtext("{*}Type_Facturation")
            told = self.sous_lots.get((contrat, number))
            arrive = self.arrives.get(lot.findtext("{*}Id_PRM"))
            late = told is None and arrive is not None and arrive >= leaves.date()
            if kind != "ANNUL" and told != kwh and not late:
                self.wrong("un sous-lot de F12 est celui de R17", f"{number} : {kwh} ≠ {told}")

    def _totaux(self, flux: str, nom: str, held: Membres) -> None:
        """Hold the general file to the blocks."""
        blocs: list[Decimal] = []
        general: Any = None
        for inner, content in held:
            root = etree.fromstring(content)
            if "_FL_" in inner:
                path = "{*}Total_Valorise_HT" if flux == "F15" else "{*}Sous_Total/{*}Montant_HT"
                tag = "{*}Donnees_Valorisation" if flux == "F15" else "{*}Sous_Lot"
                blocs += [Decimal(each.findtext(path)) for each in root.iter(tag)]
            elif "_FA" in inner:
                general = root
        fin = "Fin_Message/Montant_Total_HT"
        said = (
            Decimal(_text(general, fin)),
            int(
                _text(general, "Fin_Message/Nb_Donnees_Valorisation_Total")
                if flux == "F15"
                else _text(general, "Liste_Detail_Facturation/Nb_Sous_Lot_Total")
            ),
        )
        if said != (sum(blocs, Decimal(0)), len(blocs)):
            self.wrong("une facture est la somme de ses blocs", f"{nom} : {said}, {sum(blocs)}")

    # X12, X13: what is followed.

    def _x12(self, contrat: str, leaves: datetime, root: Any) -> None:
        for affaire in root.iter("affaire"):
            number = affaire.get("id")
            self.affaires.setdefault((contrat, number), f"{leaves}")
            nums = [int(each.findtext("num")) for each in affaire.iter("jalon")]
            if nums != [*range(1, len(nums) + 1)] or not nums:
                self.wrong("une affaire a tous ses jalons", f"{number} : {nums}")

    _x13 = _x12


def _whole(leaves: datetime) -> datetime:
    """Return when all files of a day have left, those of the evening too."""
    return datetime.combine(leaves.date() + 2 * _JOUR, datetime.min.time())


def _text(root: Any, path: str) -> str:
    return str(root.findtext("/".join(f"{{*}}{each}" for each in path.split("/"))))


def _index(
    releve: Any, mesure: str = "1", cote: str = "_Distributeur", nom: str = "Valeur"
) -> dict[str, int]:
    """Return the values of a reading, by class; those of the distributor's grid."""
    return {
        row.findtext("Id_Classe_Temporelle"): int(row.findtext(nom))
        for row in releve.iterfind(f"Classe_Temporelle{cote}")
        if row.findtext("Classe_Mesure") == mesure and row.find(nom) is not None
    }
