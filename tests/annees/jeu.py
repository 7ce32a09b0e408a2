"""A game: a seed played to its end, told in a few lines, and shrunk where it fails."""

import argparse
import resource
import shutil
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from empreinte import delivered, empreinte
from partie import LONG, Partie, Taille, Violation, possibles
from reduction import reduit

_DIX_ANS = Taille(
    ans=10, pas=1600, appels=24_000, fins=224, defauts=150, population=947, quotidiens_max=8
)
_UN_AN = Taille(
    ans=1, pas=200, appels=700, fins=20, defauts=12, quotidiens_max=2, quotidiens_jours=10
)
_COURT = replace(
    _UN_AN,
    **{"pas": 60, "appels": 440, "fins": 10, "defauts": 7},
    **{"quotidiens_max": 2, "quotidiens_jours": 10, "clients": 3},
)
_TEMOIN = 8
"""The step after which the trace of a life is printed: that of one played no further, too."""
_ETAPE = 500
"""Every so many steps, what was spent is printed."""


def taille_of(asked: argparse.Namespace) -> Taille:
    """Return how much is played of what is asked for."""
    if asked.court:
        taille = _COURT
    else:
        whole = _DIX_ANS if asked.ans >= LONG else _UN_AN
        share = asked.ans / whole.ans
        shared = {
            nom: max(1, round(getattr(whole, nom) * share))
            for nom in ("pas", "appels", "fins", "defauts")
        }
        taille = replace(whole, ans=asked.ans, **shared)
    return replace(taille, sans=frozenset(filter(None, asked.sans.split(","))), omis=_omis(asked))


def _omis(asked: argparse.Namespace) -> frozenset[int]:
    found: set[int] = set()
    for part in filter(None, asked.omis.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def joue(graine: int, asked: argparse.Namespace, racine: Path) -> bool:
    """Play a seed and say what it came to; return whether something didn't hold."""
    taille = taille_of(asked)
    partie, violation = play(graine, taille, racine, asked.pas, tout=asked.tout)
    if partie is not None:
        _dit(partie)
    if violation is None:
        return partie is None or bool(partie.vues)
    print(f"VIOLATION graine {graine} pas {violation.pas} : {violation.nom}")
    print(violation.detail)
    print(f"rejouer : {command(graine, asked, taille, violation.pas)}", flush=True)
    if asked.reduit:
        left, violation = reduit(
            lambda tried, most: play(graine, tried, racine, most)[1], taille, violation
        )
        print(f"réduit : {command(graine, asked, left, violation.pas)}", flush=True)
    return True


def play(
    graine: int, taille: Taille, racine: Path, most: int | None = None, *, tout: bool = False
) -> tuple[Partie | None, Violation | None]:
    """Play a seed in an empty folder until it ends or fails."""
    shutil.rmtree(racine, ignore_errors=True)
    racine.mkdir()
    partie: Partie | None = None
    try:
        partie = Partie(graine, taille, racine, continue_=tout)
        for _ in range(most or taille.pas):
            partie.joue()
            if partie.pas == _TEMOIN:
                print(f"pas {partie.pas} : {trace(partie)}")
            if partie.pas % _ETAPE == 0:
                print(f"pas {partie.pas} : {partie.instant:%d/%m/%Y}, {_processeur()}", flush=True)
        partie.finit()
    except Violation as violation:
        return partie, violation
    except Exception:
        nom = "le modèle sait ce que disent les clients"
        return partie, Violation(partie.pas if partie else 0, nom, traceback.format_exc())
    finally:
        if partie is not None:
            partie.ferme()
    return partie, None


def command(graine: int, asked: argparse.Namespace, taille: Taille, pas: int) -> str:
    words = ["python -m tests.annees", str(graine), "--court" if asked.court else ""]
    words += [] if asked.court else [f"--ans {asked.ans:g}"]
    words += [f"--pas {pas}", f"--sans {','.join(sorted(taille.sans))}" if taille.sans else ""]
    words += [f"--omis {_ranges(taille.omis)}" if taille.omis else ""]
    faute = getattr(asked, "faute", None)
    words += [f"--faute '{faute}'" if faute else ""]
    return " ".join(filter(None, words))


def _ranges(steps: Iterable[int]) -> str:
    """Write steps as they are given."""
    parts: list[list[int]] = []
    for step in sorted(steps):
        if parts and parts[-1][1] == step - 1:
            parts[-1][1] = step
        else:
            parts.append([step, step])
    return ",".join(f"{a}-{b}" if a < b else f"{a}" for a, b in parts)


def _dit(partie: Partie) -> None:
    """Say what a life came to: what it is made of, then a figure a line."""
    connu, comptes = partie.connu, partie.comptes
    print(f"graine {partie.graine} : {partie.pas} pas, jusqu'au {partie.instant:%d/%m/%Y}")
    print(f"sans couture {dict(partie.contournes)}")
    print(f"échecs sous défaut {dict(partie.ratees)}")
    met = comptes.rencontres
    pairs = Counter(nom for _, _, nom in met)
    for nom, rendu, parts in (
        ("rendus", sum(connu.rendus.values()), connu.rendus),
        ("refus", sum(connu.refus.values()), connu.refus),
        ("fichiers", len(delivered(partie.dossier)), {}),
        ("coutures", sum(comptes.passees.values()), _some(comptes.passees)),
        ("paires", len({(a, b) for a, b, _ in met}), dict(pairs)),
        ("points", partie.points, {}),
        ("appels", connu.appels, {}),
        ("commandes", connu.commandes, {}),
        ("fins", sum(comptes.fins.values()), _some(comptes.fins)),
        ("tours", comptes.tours, {}),
    ):
        print(f"{nom} {rendu} {parts or ''}")
    may = possibles(comptes)
    print(f"rencontres {len(met.keys() & may)} sur {len(may)} ; jamais {sorted(may - met.keys())}")
    costs = {nom: round(cost / 1e6, 1) for nom, cost in partie.couts.items()}
    print(f"{_processeur()} depuis le début, {costs}")
    print(trace(partie))
    print(f"violations {dict(partie.vues)}", flush=True)


def _processeur() -> str:
    """Say how long this process and those that it waited for had the processor."""
    spent = [resource.getrusage(who) for who in (0, resource.RUSAGE_CHILDREN)]
    return f"processeur {sum(each.ru_utime + each.ru_stime for each in spent):.1f} s"


def trace(partie: Partie) -> str:
    """Return what two lives of a seed have in common: what was passed, and what came of it."""
    return f"trace {partie.comptes.trace}, empreinte {empreinte(partie.dossier)}"


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {nom: times for nom, times in counts.items() if times}
