"""Years from one seed: the parent, which draws, notes what clients were told, and checks."""

import gc
import multiprocessing
import os
import random
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from signal import SIGKILL, SIGUSR1
from typing import Any

import travaux
from connu import Connu
from empreinte import copie
from invariants import check
from modele import Modele
from monde import AUCUN, COUTURES, FIN, TRAVAUX, Comptes, Defaut, Sort
from processus import lance
from recits import Recit
from travaux_grd import GRILLE
from vie import DEBUT, Ordre, Pas

from sge_sim.settings import Settings

_PATIENCE = 300.0
"""How long (s) a process may say nothing before it is held to be stuck."""
LONG = 5
"""From how many years on a life is of a thousand points, and works meet everywhere."""
_SEULS = ("publication", "rangement")
"""The works of which a step has one at most."""
_SOUVENT = 300
"""How often a work must leave the turn at a kind of seam for all others to have taken it."""
_ARMEE = 5
"""For how many steps an end that is drawn waits for its seam."""


_FTP = 3
"""One seed in how many has its files sent by FTP."""


class Violation(Exception):  # noqa: N818 - it is what is looked for
    """Something that must hold doesn't."""

    def __init__(self, pas: int, nom: str, detail: str) -> None:
        self.pas, self.nom, self.detail = pas, nom, detail
        super().__init__(f"pas {pas} : {nom} : {detail}")


@dataclass(frozen=True)
class Taille:
    """How long a life of years is, and how much is done in it.

    `sans`: the kinds of work that are left out; `omis`: the steps whose calls are; `clients`:
    suppliers and a company live in one seed in so many, the first among them.
    """

    ans: float
    pas: int
    appels: int
    fins: int
    defauts: int
    population: int = 0
    quotidiens_max: int = 30
    quotidiens_jours: int = 40
    sans: frozenset[str] = frozenset()
    omis: frozenset[int] = frozenset()
    clients: int = 1


class Partie:
    """A life of years on a folder, of one process after another."""

    def __init__(
        self, graine: int, taille: Taille, racine: Path, *, continue_: bool = False
    ) -> None:
        self.graine, self.taille, self.continue_, self.dit = graine, taille, continue_, print
        self.dossier, self.comptes, self.modele = racine / "vie", Comptes(), Modele()
        self.comptes.vise = taille.ans >= LONG
        self.rang = self.pas = 0
        self.couts: Counter[str] = Counter()
        self.ratees: Counter[str] = Counter()
        self.vues: Counter[str] = Counter()
        self.contournes: Counter[str] = Counter()
        self.hasard = random.Random(f"fins {graine}")
        self.sort, self.armee = Sort(), 0
        self.depuis_ouverture: dict[str, int] = {}
        self.pid, self.tuyau = 0, None
        grille = racine / "grille.yaml"
        grille.write_text(GRILLE)
        self.settings = Settings(
            data_dir=self.dossier,
            grille=grille,
            environment="production",
            population_size=taille.population,
            publication_workers=1,
            journal_max_records=10**6,
            journal_max_bytes=2**40,
            data_connect=True,
        )
        self.connu = Connu(DEBUT, (), {}, taille.quotidiens_max, taille.quotidiens_jours)
        self.ouvre(premier=True)
        with copie(self.dossier) as path, closing(sqlite3.connect(path)) as base:
            found = base.execute(
                "SELECT prm, segment FROM point WHERE etat_contractuel = 'SERVC' ORDER BY prm"
            ).fetchall()
            ((self.points,),) = base.execute("SELECT count(*) FROM point")
        self.connu.prms = tuple(found)
        self.modele.commence(self.dossier)

    # --- processes

    def ouvre(self, *, premier: bool = False) -> None:
        """Open the folder in a new process, again where it ends meanwhile."""
        for tries in range(50):
            sort = self._sort_of_opening(tries)
            before = self.comptes.passees
            if self._lance(sort, premier=premier):
                after = self.comptes.passees
                self.depuis_ouverture = {nom: after[nom] - before[nom] for nom in COUTURES}
                return
            if not premier:
                self.verifie()
        raise Violation(self.pas, "le dossier se rouvre", "cinquante fois sans y parvenir")

    def _sort_of_opening(self, tries: int) -> Sort:
        """Draw whether a process ends while it opens the folder, and where."""
        if not self.taille.fins or "fins" in self.taille.sans or self.hasard.random() > 0.35:
            return Sort()
        if tries > 6:
            return Sort()
        known = [nom for nom, times in self.depuis_ouverture.items() if times] or ["ouvre", "écrit"]
        nom = self.hasard.choice(known)
        most = max(self.depuis_ouverture.get(nom, 40), 1)
        return Sort(nom, max(1, int(most ** self.hasard.random())))

    def _lance(self, sort: Sort, *, premier: bool) -> bool:
        """Fork a process that opens the folder; return whether it has."""
        begun = time.process_time()
        self.rang += 1
        ours, theirs = multiprocessing.Pipe()
        settings = replace(self.settings, now=DEBUT) if premier else self.settings
        gc.freeze()  # or each collection of each life goes through all that its parent knows
        self.pid = os.fork()
        if not self.pid:
            ours.close()
            lance(self.comptes, settings, theirs, self.rang, f"{self.graine}", sort)
        theirs.close()
        self.tuyau = ours
        self.couts["bifurque"] += int((time.process_time() - begun) * 1e6)
        opened = self._recoit()
        if opened is None:
            return False
        kind, *rendu = opened
        while kind == "contourne":
            self._contourne(rendu[0])
            kind, *rendu = self._recoit() or ("fin",)
        if kind == "fin":
            return False
        if kind != "ouvert":
            self._attend()
            raise Violation(self.pas, "le dossier s'ouvre", str(rendu[0])[-3000:])
        instant, self.connu.acteurs = rendu
        self._note(Recit(self.pas, instant, "ouverture"))
        return True

    def _recoit(self) -> Any:
        """Return what the process says next; None once it has ended where it was to."""
        assert self.tuyau is not None
        try:
            if not self.tuyau.poll(_PATIENCE):
                os.kill(self.pid, SIGUSR1)  # it says where its threads are
                time.sleep(1)
                os.kill(self.pid, SIGKILL)
                self._attend()
                raise Violation(self.pas, "rien ne se bloque", f"muet depuis {_PATIENCE} s")
            return self.tuyau.recv()
        except (EOFError, ConnectionResetError):
            status = self._attend()
            nom = self.comptes.coupee()
            if os.waitstatus_to_exitcode(status) != FIN:
                raise Violation(self.pas, "le processus vit", f"statut {status}") from None
            self._note(Recit(self.pas, self.connu.instant, "fin", reponse={"couture": nom}))
            self.armee, self.sort = 0, Sort()
            return None

    def _contourne(self, seen: str) -> None:
        """Something was written without passing a seam."""
        nom = re.sub(r"[0-9A-Za-z]*[0-9][0-9A-Za-z]*", "…", seen.rpartition("/")[2])
        self.contournes[nom] += 1
        self.accuse("rien ne s'écrit à côté des coutures", seen)

    def _attend(self) -> int:
        if self.tuyau is not None:
            self.tuyau.close()
            self.tuyau = None
        _, status, spent = os.wait4(self.pid, 0)
        self.couts["vies"] += int((spent.ru_utime + spent.ru_stime) * 1e6)
        self.pid = 0
        return status

    def ferme(self) -> None:
        """End the process that lives, without a word."""
        if self.tuyau is not None:
            self._attend()

    # --- steps

    def joue(self) -> None:
        """Play a step, and check what must hold."""
        self.pas += 1
        pas = self._tire()
        assert self.tuyau is not None
        self.tuyau.send(pas)
        while (said := self._recoit()) is not None:
            if isinstance(said, Recit):
                self._note(said)
            elif said[0] == "contourne":
                self._contourne(said[1])
            elif said[0] == "fait":
                self.connu.instant = max(self.connu.instant, said[1])
                break
            else:
                self._attend()
                raise Violation(self.pas, "le processus vit", str(said[1])[-3000:])
        else:
            self.verifie()  # what was left
            self.ouvre()
            self.verifie()
        self.verifie(entier=self.pas % 50 == 0)

    def _tire(self) -> Pas:
        """Draw what a step does: by a generator of its own, so that others may be left out."""
        taille, hasard = self.taille, random.Random(f"pas {self.graine} {self.pas}")
        left = max(1, taille.pas - self.pas + 1)
        until = DEBUT + timedelta(days=365.25 * taille.ans)
        minutes = max(0.0, (until - self.connu.instant) / timedelta(minutes=1) / left)
        ordres: list[Ordre] = []
        nombre = max(0, round(hasard.gauss(taille.appels / taille.pas, 2)))
        absents = travaux.CLIENTS if (self.graine - 1) % taille.clients else frozenset[str]()
        drawn = travaux.tire(self.connu, hasard, nombre, taille.sans, absents)
        if self.pas not in taille.omis:
            ordres += drawn
        if self.pas == 1 and self.graine % _FTP == 0:
            ordres = [travaux.livre_par_ftp(self.connu)]
        if any(each.sorte in ("instantane", "retour") for each in ordres):
            return self._seul(ordres)  # who is told first isn't who did it first
        ordres += [travaux.horloge(hasard, minutes) for _ in range(hasard.choice([0, 1, 1, 2]))]
        if hasard.random() < 0.75:
            ordres.append(Ordre("publication"))
        if hasard.random() < 0.4:
            ordres.append(Ordre("rangement"))
        hasard.shuffle(ordres)
        saut = 60 * hasard.random()
        if hasard.random() < 0.02:
            saut = hasard.choice([-30.0, 7200.0])
        defaut = AUCUN
        if hasard.random() < taille.defauts / taille.pas and "defauts" not in taille.sans:
            sorte = hasard.choice(["ENOSPC", "EROFS", "commit", "retard"])
            defaut = Defaut(sorte, hasard.randint(1, 8), hasard.choice([1, 1, 3, 10]))
        return Pas(self.pas, tuple(ordres), self._arme(hasard), defaut, saut)

    def _seul(self, ordres: list[Ordre]) -> Pas:
        """Return a step that keeps the state or brings it back, while others but read."""
        states = [each for each in ordres if each.sorte in ("instantane", "retour")]
        reads = [each for each in ordres if each.sorte.startswith(("Consultation", "page"))]
        return Pas(self.pas, (states[0], *reads))

    def _arme(self, hasard: random.Random) -> Sort | None:
        """Draw whether the process is to end soon, by the kind of seam; none where it waits."""
        if not self.taille.fins or "fins" in self.taille.sans:
            return None
        self.armee -= 1
        wanted = self.taille.fins * self.pas / self.taille.pas
        if self.armee > 0 or sum(self.comptes.fins.values()) >= wanted:
            return None
        known = [nom for nom, times in self.comptes.passees.items() if times]
        self.armee = _ARMEE
        return Sort(hasard.choice(known), int(10 ** hasard.uniform(0, 1.3)))

    # --- what was told

    def _note(self, recit: Recit) -> None:
        if recit.sorte == "casse":
            self._casse(recit)
        self.connu.note(recit)
        self.modele.note(recit)

    def _casse(self, recit: Recit) -> None:
        """A work has raised: lawful where the world refused something in this step."""
        self.ratees[recit.demande["trace"].strip().rpartition("\n")[2][:80]] += 1
        if not recit.demande["defaut"]:
            self.accuse("rien n'échoue", recit.demande["trace"][-3000:])

    def accuse(self, nom: str, detail: str) -> None:
        """Say that something doesn't hold, which ends the game; or go on, if asked."""
        if not self.continue_:
            raise Violation(self.pas, nom, detail)
        if nom not in self.vues:
            self.dit(f"pas {self.pas} ({self.instant:%d/%m/%Y %H:%M}) : {nom} : {detail[-1500:]}")
        self.vues[nom] += 1

    def verifie(self, *, entier: bool = False) -> None:
        """Check what must hold."""
        begun = time.process_time()
        touched = self.modele.touched()
        for nom, detail in check(self.dossier, self.modele, touched, whole=entier):
            self.accuse(nom, detail)
        self.couts["vérifie"] += int((time.process_time() - begun) * 1e6)

    def finit(self) -> None:
        """Have all that is due done, without an end, and check all that must hold."""
        self.taille = replace(self.taille, fins=0, defauts=0)
        self.armee = 0
        self.pas += 1
        works = (Ordre("publication"), Ordre("rangement"))
        for _ in range(3):
            assert self.tuyau is not None
            self.tuyau.send(Pas(self.pas, works, Sort(), saut=7200.0))
            while isinstance(said := self._recoit(), Recit):
                self._note(said)
            if said is None:
                self.ouvre()
        self.verifie(entier=True)
        whole = self.taille.ans >= LONG and self.pas > self.taille.pas
        if whole and (manque := possibles(self.comptes, _SOUVENT) - self.comptes.rencontres.keys()):
            self.accuse("les travaux se rencontrent partout", f"{sorted(manque)}")

    @property
    def instant(self) -> datetime:
        """The simulated instant that was reached."""
        return self.connu.instant


def possibles(comptes: Comptes, souvent: int = len(TRAVAUX) - 1) -> set[tuple[str, str, str]]:
    """Return which works may take the turn that another left, `souvent` times at least (once for
    each work), at which kind of seam."""
    left = Counter[tuple[str, str]]()
    for (laisse, _, nom), times in comptes.rencontres.items():
        left[laisse, nom] += times
    return {
        (laisse, prend, nom)
        for (laisse, nom), times in left.items()
        for prend in TRAVAUX[1:]
        if times >= souvent and not (laisse == prend in _SEULS)
    }
