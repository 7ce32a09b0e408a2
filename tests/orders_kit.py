"""Orders through zeep on the real WSDLs, at the date of a simulator of one's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import zeep
from catalogue_requests import envelope_of
from demandes import COLLECTE, collecte_quotidienne, courbe_quotidienne
from in_process import served_in_process
from lxml import etree
from made_states import opened
from real_clients import ZeepCaller, dictionaries, refusal_of
from running_simulator import RunningSimulator

from sge_sim.clock import parse_instant
from sge_sim.facts.database import sqlite_url
from sge_sim.facts.stored_clock import StoredClock

NOW = "2025-08-01T10:00"
TODAY = date(2025, 8, 1)
C5 = "25884515170669"
C5_NOT_TELEOPERABLE = "25128509404458"
C4 = "98800000000246"
P1 = "98610000001605"
P4 = "24210000002821"
UNKNOWN = "99999999999999"
ARRET = "/CommandeArretServiceSouscritMesures/v1.0"
HISTORIQUE = "/CommandeTransmissionHistoriqueMesures/v1.0"
INFRA_J = "/CommandeTransmissionDonneesInfraJ/v1.0"
RECHERCHE = "/RechercheServicesSouscritsMesures/v1.0"
CIVILITE_NOM = {"personnePhysique": {"civilite": "M", "nom": "ROCHE"}}


def collecte_message(prm: str, login: str, contrat: str, debut: date, days: int) -> bytes:
    """The order of a curve for so many days, as a SOAP message."""
    asked = collecte_quotidienne(prm, login, contrat, debut, debut + timedelta(days))
    return etree.tostring(envelope_of(COLLECTE, asked, login, prm))


@contextmanager
def orders_simulator(
    data_dir: Path, *options: str, now: str = NOW, serve: Any = served_in_process
) -> Iterator["Orders"]:
    """Have a simulator served at `now`, and give its default tiers."""
    with serve(data_dir, "--population-size", "1200", "--now", now, *options) as running:
        yield Orders(running)


class Orders:
    """The five services as one actor calls them; a refusal comes back as its code."""

    def __init__(self, simulator: RunningSimulator, kind: str = "tiers") -> None:
        self.simulator = simulator
        self.kind = kind
        self.login: str = simulator.ready["acteurs"][kind]["login"]
        self.contrat_id: str = simulator.ready["acteurs"][kind]["contrat_id"]
        self._callers: dict[str, ZeepCaller] = {}

    def collecte(self, prm: str, general: dict[str, Any] | None = None, **asked: Any) -> Any:
        """Order on `prm`; see `collecte_body`."""
        return self._call(COLLECTE, demande=self.collecte_body(prm, general, **asked))

    def collecte_body(
        self, prm: str, general: dict[str, Any] | None = None, **asked: Any
    ) -> dict[str, Any]:
        """A curve of a C5 transmitted daily for a year, changed by `asked`; None takes away."""
        today = self.today
        declaration = {"accord": asked.pop("accord", True), **asked.pop("client", CIVILITE_NOM)}
        return {
            "donneesGenerales": self._general("AME", prm, general),
            "accesMesures": _without_none(
                {
                    **courbe_quotidienne(today, a_year_after(today)),
                    "declarationAccordClient": declaration,
                    **asked,
                }
            ),
        }

    def services(self, prm: str, contrat_id: str | None = None, login: str | None = None) -> Any:
        """What RechercheServicesSouscritsMesures lists, as dictionaries; or a refusal."""
        answer = self._call(
            RECHERCHE,
            criteres={"pointId": prm, "contratId": contrat_id or self.contrat_id},
            loginUtilisateur=login or self.login,
        )
        if isinstance(answer, str):
            return answer
        found = answer["body"]["servicesSouscritsMesures"]
        return found["serviceSouscritMesures"] if found else []

    def arret(
        self, prm: str, service_souscrit_id: str, general: dict[str, Any] | None = None
    ) -> Any:
        return self._call(
            ARRET,
            demande={
                "donneesGenerales": self._general("ASS", prm, general),
                "arretServiceSouscrit": {"serviceSouscritId": service_souscrit_id},
            },
        )

    def infra_j(
        self,
        prm: str,
        general: dict[str, Any] | None = None,
        declarations: list[dict[str, Any]] | None = None,
        **asked: Any,
    ) -> Any:
        """Ask for the curves of the day, changed by `asked`."""
        agreed = {
            "accordClient": True,
            "injection": False,
            "soutirage": True,
            "personneMorale": {"denominationSociale": "COGIP"},
        }
        return self._call(
            INFRA_J,
            demande={
                "donneesGenerales": self._general("AME", prm, general),
                "accesDonnees": {
                    "declarationAccordClient": [
                        {**agreed, **declaration}
                        for declaration in ([{}] if declarations is None else declarations)
                    ],
                    "injection": False,
                    "soutirage": True,
                    "cdc": True,
                    "idx": False,
                    "ptd": False,
                    **asked,
                },
            },
        )

    def historique(self, prm: str, general: dict[str, Any] | None = None, **asked: Any) -> Any:
        """Order the curve of the last year of a C5, changed by `asked`; None takes away.

        The header comes with it, unless `entete` is false.
        """
        today, entete = self.today, asked.pop("entete", True)
        declaration = {
            "accordClient": asked.pop("accord", True),
            **asked.pop("client", CIVILITE_NOM),
        }
        return self._call(
            HISTORIQUE,
            _soapheaders=[self._caller(HISTORIQUE).header(prm, self.login)] if entete else None,
            demande={
                "donneesGenerales": self._general("HDM", prm, general),
                "historiqueMesures": _without_none(
                    {
                        "dateDebut": today.replace(year=today.year - 1),
                        "dateFin": today,
                        "declarationAccordClient": declaration,
                        "mesureType": "CDC",
                        "mesureCorrigee": False,
                        "pasCdc": {"valeur": 30, "unite": "min"},
                        **asked,
                    }
                ),
            },
        )

    def _caller(self, path: str) -> ZeepCaller:
        """The client of a service, made at its first use."""
        if path not in self._callers:
            self._callers[path] = ZeepCaller(self.simulator, path, self.kind)
        return self._callers[path]

    def _call(self, path: str, **members: Any) -> Any:
        """Return the answer, `body` and `header`, as dictionaries; or the code of the refusal."""
        try:
            return dictionaries(self._caller(path)(**members))
        except zeep.exceptions.Fault as fault:
            return refusal_of(fault)[0]

    def keep_state(self) -> None:
        """Put the state aside, for `restart_at`."""
        self.simulator.ask("POST", "/api/snapshot").raise_for_status()

    def restart_at(self, now: str = NOW) -> None:
        """Bring back the state as it was at the start, at another date if need be."""
        self.simulator.ask("POST", "/api/reset").raise_for_status()
        with opened(sqlite_url(self.simulator.data_dir / "sge-sim.db")) as database:
            StoredClock(database).run_from(parse_instant(now))

    @property
    def today(self) -> date:
        """The simulated legal date."""
        return datetime.fromisoformat(self.simulator.admin("/api/clock")["now"]).date()

    def clock(self, *arguments: str) -> str:
        """Run `sge-sim clock`; return what it says."""
        return self.simulator.printed("clock", *arguments)

    def _general(
        self, objet: str, prm: str, changes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {
            "objetCode": objet,
            "pointId": prm,
            "initiateurLogin": self.login,
            "contratId": self.contrat_id,
            **(changes or {}),
        }


def a_year_after(day: date) -> date:
    """The same day of the next year; 28 February after a 29th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
