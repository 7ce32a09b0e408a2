"""A game: a seed played to its end, told in a few lines, and shrunk where it fails."""

import argparse
import resource
import shutil
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from empreinte import empreinte
from monde import TRAVAUX
from partie import Partie, Taille, Violation

_DIX_ANS = Taille(
    ans=10, pas=4600, appels=21_000, fins=230, defauts=150, population=947, quotidiens_max=30
)
_COURT = Taille(
    ans=1, pas=130, appels=520, fins=12, defauts=8, quotidiens_max=2, quotidiens_jours=10
)


def taille_of(asked: argparse.Namespace) -> Taille:
    """Return how much is played of what is asked for."""
    if asked.court:
        taille = _COURT
    elif asked.ans >= 5:
        share = asked.ans / 10
        taille = replace(
            _DIX_ANS,
            ans=asked.ans,
            pas=round(_DIX_ANS.pas * share),
            appels=round(_DIX_ANS.appels * share),
        )
    else:
        taille = replace(
            _COURT,
            ans=asked.ans,
            pas=max(40, round(400 * asked.ans)),
            appels=round(1600 * asked.ans),
            fins=round(30 * asked.ans),
            defauts=round(20 * asked.ans),
            quotidiens_max=6,
            quotidiens_jours=20,
        )
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
    partie, violation = _play(graine, taille, racine, asked.pas, tout=asked.tout)
    if partie is not None:
        _dit(partie, time.process_time())
        print(f"violations {dict(partie.vues)}", flush=True)
    if violation is None:
        return partie is None or bool(partie.vues)
    print(f"VIOLATION graine {graine} pas {violation.pas} : {violation.nom}")
    print(violation.detail)
    print(f"rejouer : {_command(graine, asked, taille, violation.pas)}", flush=True)
    return True


def _play(
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
        partie.finit()
    except Violation as violation:
        return partie, violation
    finally:
        if partie is not None:
            partie.ferme()
    return partie, None


def _command(graine: int, asked: argparse.Namespace, taille: Taille, pas: int) -> str:
    words = ["python -m tests.annees", str(graine), "--court" if asked.court else ""]
    words += [] if asked.court else [f"--ans {asked.ans:g}"]
    words += [f"--pas {pas}", f"--sans {','.join(sorted(taille.sans))}" if taille.sans else ""]
    words += [f"--omis {_ranges(taille.omis)}" if taille.omis else ""]
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


def _dit(partie: Partie, _spent: float) -> None:
    connu, comptes = partie.connu, partie.comptes
    own, children = (resource.getrusage(who) for who in (0, resource.RUSAGE_CHILDREN))
    spent = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    fins = {nom: times for nom, times in comptes.fins.items() if times}
    passed = {nom: times for nom, times in comptes.passees.items() if times}
    print(f"graine {partie.graine} : {partie.pas} pas, jusqu'au {partie.instant:%d/%m/%Y}")
    print(f"appels {connu.appels}, commandes acceptées {connu.commandes}")
    print(f"rendus {sum(connu.rendus.values())} {connu.rendus}")
    print(f"refus {sum(connu.refus.values())} {connu.refus}")
    print(f"fins {sum(fins.values())} {fins}")
    print(f"tours {comptes.tours}, coutures {sum(passed.values())} {passed}")
    met = comptes.rencontres
    pairs = len({(a, b) for a, b, _ in met})
    print(f"rencontres {len(met)} : {pairs} paires de travaux sur {(len(TRAVAUX) - 1) ** 2}")
    print(f"sans couture {dict(partie.contournes)}")
    print(f"échecs sous défaut {dict(partie.ratees)}")
    print(f"processeur {spent:.1f} s, { ({k: v / 1e6 for k, v in partie.couts.items()}) }")
    print(f"trace {comptes.trace}, empreinte {empreinte(partie.dossier)}", flush=True)
