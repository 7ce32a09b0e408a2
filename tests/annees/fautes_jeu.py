"""`python -m tests.annees.fautes_jeu`: each break is planted, and the seed that sees it is told."""

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import groupby, islice
from multiprocessing import Pipe
from operator import itemgetter
from pathlib import Path
from typing import Final

for folder in (Path(__file__).parents[2], Path(__file__).parents[1], Path(__file__).parent):
    sys.path.insert(0, str(folder))

import coutures  # noqa: E402

coutures.avant_tout()

import chauffe  # noqa: E402
import jeu  # noqa: E402
import travaux  # noqa: E402
from connu import Connu  # noqa: E402
from fautes_textes import Faute, plante, read_fautes  # noqa: E402
from monde import Sort  # noqa: E402
from partie import Partie, Taille, Violation  # noqa: E402
from points_kit import made_points  # noqa: E402
from reduction import reduit  # noqa: E402
from travaux_sge import collecter  # noqa: E402
from vie import Ordre, Pas, as_json  # noqa: E402

_COURT: Final = argparse.Namespace(court=True, sans="", omis="", ans=1.0)
_MEMORY: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None
_REDUITE: Final = "une demi-heure compte des demi-Wh"
"""The break whose seed is shrunk, for as many seconds at most."""
_SECONDES: Final = 60.0
_FINS_VOULUES: Final = 60
"""How many processes of a life end, where all end at one kind of seam."""


def copier(connu: Connu, hasard: random.Random) -> Ordre:
    """Copy a point, one that an order is about if there is any."""
    (made,) = made_points(1, first=hasard.randrange(10**5))
    ordered = sorted(each.prm for each in connu.souscrits.values())
    asked = {"comme": hasard.choice(ordered or [prm for prm, _ in connu.prms]), "prm": made["prm"]}
    told = {"prms": [made["prm"]]}
    body = as_json(asked)
    return Ordre("administration", "", "points_apportes", told, "POST", "/api/points", corps=body)


_AUTRES: Final = {"copie": (3, copier), "breve": (3, partial(collecter, breve=True))}
"""Kinds of calls that breaks alone draw."""


class PartieFautive(Partie):
    """A life with a break in it, which goes on until what is to see it does."""

    faute: Faute

    def accuse(self, nom: str, detail: str) -> None:
        """Raise what was looked for; anything else is counted."""
        self.vues[nom] += 1
        if nom in self.faute.voit:
            raise Violation(self.pas, nom, detail)

    def _sort_of_opening(self, tries: int) -> Sort:
        found = super()._sort_of_opening(tries)
        return self._wanted(found) if found.couture else found

    def _arme(self, hasard: random.Random) -> Sort | None:
        found = super()._arme(hasard)
        return found and self._wanted(found)

    def _tire(self) -> Pas:
        pas = super()._tire()
        if not self.faute.defauts or not pas.defaut.sorte:
            return pas
        return replace(pas, defaut=replace(pas.defaut, sorte=self.faute.defauts))

    def _wanted(self, found: Sort) -> Sort:
        return replace(found, couture=self.faute.fins) if self.faute.fins else found


def cherche(faute: Faute, seconds: float) -> str:
    """Play seeds until one sees the break, or the time is up; return what saw it, if any did.

    The same life without the break is to see nothing until then.
    """
    travaux.SORTES |= {each: made for each, made in _AUTRES.items() if each in faute.seuls}
    for nom in travaux.SORTES.keys() - set(faute.seuls or travaux.SORTES):
        del travaux.SORTES[nom]
    PartieFautive.faute = faute
    begun = _spent()
    for graine in range(1, faute.graines + 1):
        if _spent() - begun > seconds:
            break
        seen = _apart(faute, graine, faute.pas, planted=True)
        if seen.nom in faute.voit:
            spent = _spent() - begun
            sound = _apart(faute, graine, seen.pas, planted=False)
            if sound.nom in faute.voit:
                return ""
            return f"| {graine} | {seen.pas} | {seen.nom} | {spent:.0f} |"
    return ""


def _spent() -> float:
    """Return how many seconds of a core this process and those that it waited for have taken."""
    return sum(os.times()[:4])


def _apart(faute: Faute, graine: int, pas: int, *, planted: bool) -> Violation:
    """Play a seed in a process of its own."""
    ours, theirs = Pipe()
    child = os.fork()
    if not child:
        if planted:
            plante(faute)
        seen = _play(faute, graine, pas)
        theirs.send((seen.pas, seen.nom, seen.detail))
        os._exit(0)
    theirs.close()
    try:
        seen = Violation(*ours.recv())
    finally:
        os.waitpid(child, 0)
    whether = "" if planted else " (témoin)"
    print(f"  {faute.nom}, graine {graine}{whether} : pas {seen.pas}, {seen.nom}", file=sys.stderr)
    print(f"    {seen.detail[-700:]}", file=sys.stderr, flush=True)
    return seen


def _play(faute: Faute, graine: int, pas: int) -> Violation:
    """Play steps of a seed, all where it is 0; return what was seen, « rien » where nothing was."""
    court = replace(jeu.taille_of(_COURT), clients=1)
    taille = replace(court, fins=_FINS_VOULUES) if faute.fins else court
    taille = replace(taille, defauts=taille.pas // 2) if faute.defauts else taille
    racine = Path(tempfile.mkdtemp(prefix="annees", dir=_MEMORY))
    partie = None
    try:
        partie = PartieFautive(graine, taille, racine)
        if faute.points:
            partie.connu.prms = tuple(_few(partie.connu.prms, faute.points))
        for _ in range(pas or taille.pas):
            partie.joue()
        if not pas:
            partie.finit()
    except Violation as violation:
        return violation
    finally:
        if partie is not None:
            with suppress(ChildProcessError):
                partie.ferme()
        shutil.rmtree(racine, ignore_errors=True)
    return Violation(partie.pas, "rien", str(dict(partie.vues)))


def _few(prms: Iterable[tuple[str, str]], most: int) -> Iterator[tuple[str, str]]:
    """Yield the first points of each segment."""
    for _, points in groupby(sorted(prms, key=itemgetter(1, 0)), itemgetter(1)):
        yield from islice(points, most)


def reduite(faute: Faute, graine: int) -> bool:
    """Shrink a seed that sees a break; tell whether what is left is less, and fails twice the same
    to the byte."""
    plante(faute)
    with tempfile.TemporaryDirectory(prefix="annees", dir=_MEMORY) as racine:

        def joue(taille: Taille, most: int | None) -> tuple[Partie | None, Violation | None]:
            return jeu.play(graine, taille, Path(racine), most)

        whole = jeu.taille_of(_COURT)
        _, seen = joue(whole, None)
        if seen is None:
            return False
        left, found = reduit(lambda taille, most: joue(taille, most)[1], whole, seen, _SECONDES)
        asked = argparse.Namespace(**vars(_COURT), faute=faute.nom)
        print(f"\ngraine {graine} : {seen.nom}, pas {seen.pas}")
        print(f"réduit : {jeu.command(graine, asked, left, found.pas)}")
        twice = []
        for _ in range(2):
            partie, again = joue(left, found.pas)
            twice.append((str(again), partie and jeu.trace(partie)))
            print(f"rejoué : {again} ; {twice[-1][1]}", flush=True)
    return left != whole and twice[0] == twice[1] and str(found) == twice[0][0]


def main() -> int:
    """Look for each break in a process of its own; the status is 1 where one isn't seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.annees.fautes_jeu", description=__doc__)
    parser.add_argument("noms", metavar="FAUTE", nargs="*", help="breaks; all where none is named")
    parser.add_argument("--secondes", type=float, default=130.0, help="of a core for each")
    asked = parser.parse_args()
    known = {each.nom: each for each in read_fautes()}
    fautes = [known[nom] for nom in asked.noms or known]
    chauffe.chauffe()
    print("| faute | commit ou couture | graine | pas | vue par | s |\n|---|---|--:|--:|---|--:|")
    missed = 0
    for faute in fautes:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            found = cherche(faute, asked.secondes)
            whence = faute.commit or faute.couture
            told = found or f"| | | **non vue** ({', '.join(faute.voit)}) | |"
            print(f"| {faute.nom} | {whence} {told}", flush=True)
            os._exit(not found)
        missed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    if not asked.noms:
        child = os.fork() or os._exit(not reduite(known[_REDUITE], 1))
        missed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
