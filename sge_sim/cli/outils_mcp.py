"""What an assistant may ask of a simulator: the tools of `sge-sim mcp`.

They call the administration of this machine's simulator. What they are given and what they return
is bounded: an assistant reads it all.
"""

import functools
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sge_sim.api.administration import ServedClock
from sge_sim.api.aide import AideView
from sge_sim.api.declarations import CodeView
from sge_sim.cli.state import administration_of, database_of, served_at
from sge_sim.clock import PARIS, parse_duration
from sge_sim.door.certificats import login_and_contrat
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.case_request import expected_request
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.services.declared import return_codes
from sge_sim.tables.acteurs import default_acteur

# Calls of a list; characters of an argument, and of a text of an answer.
_APPELS, _ARGUMENT, _TEXTE = 50, 100, 4_000


def _bounded(outil: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse long arguments of a tool, and cut the texts that it returns."""

    @functools.wraps(outil)
    def call(*args: Any, **kwargs: Any) -> Any:
        if any(isinstance(each, str) and each[_ARGUMENT:] for each in (*args, *kwargs.values())):
            raise UsageError(f"Ce qui est demandé tient en {_ARGUMENT} caractères au plus.")
        return _cut(outil(*args, **kwargs))

    return call


def _cut(answer: Any) -> Any:
    match answer:
        case str() if len(answer) > _TEXTE:
            whole = "sge-sim journal show donne un appel entier"
            return f"{answer[:_TEXTE]}… (coupé à {_TEXTE} caractères : {whole})"
        case dict():
            return {name: _cut(value) for name, value in answer.items()}
        case list():
            return [*map(_cut, answer)]
    return answer


class Outils:
    """The tools, each with its French description; those of `actions` change the simulator."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def journal(self, code: str = "", service: str = "", limite: int = 20) -> list[Any]:
        """Donner les derniers appels reçus (50 au plus), du plus récent : règle, source, remède."""
        if limite > _APPELS:
            raise UsageError(f"limite : {_APPELS} appels au plus ; préciser le code ou le service.")
        asked = {"code": code, "service": service, "limit": limite}
        return list(
            administration_of(self._data_dir).get(
                "/api/journal", **{k: v for k, v in asked.items() if v}
            )
        )

    def expliquer(self, refus: str) -> dict[str, Any]:
        """Expliquer un refus : un code (SGT4L8), ou le numéro d'un appel du journal.

        D'un code, chaque règle qui le rend, d'où elle vient, et ce qui passerait.
        """
        if refus.isdigit():
            return dict(administration_of(self._data_dir).get(f"/api/journal/{refus}"))
        if refus not in return_codes():
            raise UsageError(f"{refus} n'est pas un code retour : SGT4L8, par exemple.")
        return CodeView.of(refus).model_dump()

    def demande(self, cas: str) -> str:
        """Écrire le message SOAP valide d'un cas de l'homologation, par exemple ADP-R1@C5."""
        release = load_release(DEFAULT_RELEASE)
        found = [each for each in release.cas if cas in (each.cle, each.id)]
        if not found:
            raise UsageError(f"{cas} n'est pas un cas de {DEFAULT_RELEASE} : sge-sim catalog list.")
        today = administration_of(self._data_dir).clock().now.astimezone(PARIS).date()
        return expected_request(release, found[0], today, *self._tiers())

    def aide(self, question: str) -> dict[str, Any]:
        """Dire quelles pages de l'aide répondent à une question, et ce qu'elles en disent."""
        return AideView.of(question).model_dump()

    def heure(self) -> str:
        """Donner l'instant simulé."""
        return administration_of(self._data_dir).clock().now.astimezone(PARIS).isoformat()

    def avancer(self, duree: str) -> str:
        """Avancer l'horloge simulée (10d, 36h, 30min) et faire ce qui est dû."""
        ServedClock(administration_of(self._data_dir)).advance(parse_duration(duree))
        return self.heure()

    def jouer(self, cas: str) -> str:
        """Jouer un cas de l'homologation contre ce simulateur ; dire s'il est bon, et pourquoi."""
        served, pki = served_at(self._data_dir), self._data_dir / "pki"
        identity = pki / "clients" / "tiers"
        target = ("--cible", served.b2b_url, "--admin", served.admin_url, "--oui")
        files = ("--certificat", identity / "chain.pem", "--cle", identity / "key.pem")
        login, contrat = self._tiers()
        ca = ("--ca", pki / "server" / "authority.pem", "--login", login, "--contrat", contrat)
        command = (sys.executable, "-m", "sge_sim", "homologate", "--cas", cas)
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, *target, *map(str, (*files, *ca))], capture_output=True, text=True
        )
        return done.stdout + done.stderr

    @property
    def lectures(self) -> Sequence[Callable[..., Any]]:
        """The tools that only read."""
        outils: Sequence[Callable[..., Any]]
        outils = (self.journal, self.expliquer, self.aide, self.demande, self.heure)
        return [*map(_bounded, outils)]

    @property
    def actions(self) -> Sequence[Callable[..., Any]]:
        """The tools that change the simulator."""
        return [*map(_bounded, (self.avancer, self.jouer))]

    def _tiers(self) -> tuple[str, str]:
        """Return the login and the contract of the default tiers."""
        with database_of(self._data_dir).sessions() as session:
            return login_and_contrat(default_acteur(session, "tiers"))
