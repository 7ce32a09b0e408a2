"""The administration of a simulator, as commands, the runner and the pytest plugin call it.

What it returns are the values that the administration itself shows, whose attributes are described
where they are defined (`sge_sim.api.views` and its neighbours).

    admin = Administration("http://localhost:8080")
    admin.plan_panne(sorte="http502", service="RecherchePoint")
    for exchange in admin.exchanges_after(0):
        print(exchange.instant, exchange.service, exchange.code, exchange.panne)
"""

import os
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from sge_sim.api.acteurs import ActeurView
from sge_sim.api.flux import FichierView
from sge_sim.api.pannes import PanneView
from sge_sim.api.views import ClockView, ExchangeView, ExchangeWithBodies, TravailView
from sge_sim.clock import PARIS, Duree, elapsed_ms, stopwatch
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.domaine.plateformes import Generation
from sge_sim.domaine.retombees import Retombees
from sge_sim.errors import UsageError
from sge_sim.settings import Profile

_PAGE = 1000
_TIMEOUT_SECONDS: Final = 30
_LONGEST_SECONDS: Final = 3600
"""Of what a command asks for: a publication may be of a million points."""
_PROGRESS_SECONDS: Final = 1
"""Seconds between two reports of a long advance: one of years publishes thousands of files."""

_WORDS: Final = 1000
_TOLD_AS_IT_IS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.CONFLICT)
"""Answers whose sentence says what is wrong, and what to do."""
_HELD_UP_SECONDS: Final = 60
"""How long an advance may wait for the database of the simulator."""


class Administration:
    """The REST interface at `url`. Every method raises `UsageError` with what it answered.

    Over https, the token that it demands is that of the variable `SGE_SIM_ADMIN_TOKEN`, and
    `SGE_SIM_ADMIN_CA` names the PEM file of the authority to trust.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        if self.url.startswith("https://"):
            self._session.verify = os.environ.get("SGE_SIM_ADMIN_CA") or True
            if token := os.environ.get("SGE_SIM_ADMIN_TOKEN"):
                self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON at `path`."""
        return self._call("GET", path, params=parameters).json()

    def get_all(self, path: str, **parameters: Any) -> list[Any]:
        """Return the whole of the list at `path`, page after page."""
        answer = self._call("GET", path, params={"limit": _PAGE, **parameters})
        found: list[Any] = answer.json()
        while "next" in answer.links:
            following = urlsplit(answer.links["next"]["url"])
            answer = self._call("GET", f"{following.path}?{following.query}")
            found += answer.json()
        return found

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Post JSON to `path`; return the JSON that comes back, None where there is none."""
        answer = self._call("POST", path, json=dict(body or {}))
        return answer.json() if answer.content else None

    def delete(self, path: str) -> None:
        """Delete what is at `path`."""
        self._call("DELETE", path)

    def done(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return what is answered at the address of an operation, a refusal too.

        What is done may take long where the server lives; a frozen one is told as usual.
        """
        longest = _TIMEOUT_SECONDS
        if method != "GET":
            self._call("GET", "/health", checked=False)
            longest = _LONGEST_SECONDS
        return self._call(method, path, checked=False, timeout=longest, **options)

    def snapshot(self) -> None:
        """Keep the whole state aside, for `reset`."""
        self.post("/api/snapshot")

    def reset(self) -> None:
        """Bring back the state that was kept aside."""
        self.post("/api/reset")

    def acteurs(self) -> list[ActeurView]:
        """Return the actors, with their logins, contracts and certificates."""
        return [ActeurView.model_validate(each) for each in self.get_all("/api/acteurs")]

    def personal(self, words: Collection[str]) -> set[str]:
        """Return what is personal of the own points that words name."""
        found: set[str] = set()
        remaining = iter(words)
        while part := list(islice(remaining, _WORDS)):
            found.update(self.post("/api/points/personnels", {"mots": part}))
        return found

    def point(self, prm: str) -> Mapping[str, Any] | None:
        """Return what a point is, None where there is no such one."""
        return self._found_at(f"/api/points/{prm}")

    def mesures(
        self, prm: str, sorte: str, sens: str, debut: date, fin: date
    ) -> Mapping[str, list[Any]] | None:
        """Return the columns of what was measured on the legal days [debut, fin), None if none."""
        asked = {"type": sorte, "sens": sens, "debut": debut, "fin": fin}
        found = self._found_at(f"/api/points/{prm}/mesures", **asked)
        return None if found is None else dict(found["colonnes"])

    def _found_at(self, path: str, **parameters: Any) -> Mapping[str, Any] | None:
        try:
            return dict(self.get(path, **parameters))
        except UsageError:
            return None

    def clock(self) -> ClockView:
        """Return the simulated clock."""
        return ClockView.model_validate(self.get("/api/clock"))

    def move_clock(self, change: Mapping[str, Any], wait_seconds: int) -> ClockView:
        """Move the clock; what is due may not all be done yet after `wait_seconds`."""
        prefer = {"Prefer": f"respond-async, wait={wait_seconds}"}
        answer = self._call("POST", "/api/clock", json=dict(change), headers=prefer)
        return ClockView.model_validate(answer.json())

    def clock_work(self, numero: int, wait_seconds: int) -> TravailView:
        """Return how far what a setting of the clock sets off is, at its end or then."""
        prefer = {"Prefer": f"wait={wait_seconds}"}
        answer = self._call("GET", f"/api/clock/travaux/{numero}", headers=prefer)
        return TravailView.model_validate(answer.json())

    def files(self, flux: str | None = None) -> list[FichierView]:
        """Return the files published, of one flux or of all, the newest first."""
        found = self.get_all("/api/flux", flux=flux)
        return [FichierView.model_validate(each) for each in found]

    def file_content(self, nom: str) -> bytes:
        """Return the bytes of a published file, decrypted."""
        return self._call("GET", f"/api/flux/{nom}/contenu", params={"clair": True}).content

    def pannes(self) -> list[PanneView]:
        """Return the pannes, with how many calls each has counted and touched."""
        return [PanneView.model_validate(each) for each in self.get_all("/api/pannes")]

    def plan_panne(self, **asked: Any) -> PanneView:
        """Plan a panne; `asked` are the fields of `POST /api/pannes`."""
        return PanneView.model_validate(self.post("/api/pannes", asked))

    def play_episode(self, **asked: Any) -> list[PanneView]:
        """Plan the pannes of an episode; `asked` are the fields of `POST /api/pannes/episodes`."""
        made = self.post("/api/pannes/episodes", asked)
        return [PanneView.model_validate(each) for each in made]

    def remove_panne(self, numero: int) -> None:
        """Forget a panne."""
        self.delete(f"/api/pannes/{numero}")

    def marques(self, origine: Origine, nombre: int) -> list[str]:
        """Return marks for so many calls of sge-sim's own clients: `passage` or `doctor`."""
        made = self.post("/api/marques", {"origine": origine, "nombre": nombre})
        return list(made["marques"])

    def last_exchange_id(self) -> int:
        """Return the identifier of the newest exchange of the journal, 0 if there is none."""
        newest = self.get("/api/journal", limit=1)
        return int(newest[0]["id"]) if newest else 0

    def exchange(self, exchange_id: int) -> ExchangeWithBodies:
        """Return an exchange of the journal with its two messages, whole."""
        found = ExchangeWithBodies.model_validate(self.get(f"/api/journal/{exchange_id}"))
        if not found.coupe:
            return found
        whole = {
            name: self._call("GET", f"/echanges/{exchange_id}/{part}.xml").content
            for name, part in (("request", "requete"), ("response", "reponse"))
            if found[name] is not None
        }
        texts = {name: content.decode("utf-8", "replace") for name, content in whole.items()}
        return found.model_copy(update={**texts, "coupe": False})

    def plays_defects(self) -> bool:
        """Return whether the simulator plays the defects of the homologation platform."""
        settings = self.get("/api/settings")
        played = Profile(settings["profile"]), settings["environment"]
        return played == (Profile.FIDELE, "homologation")

    def generation(self) -> Generation:
        """Return which services the simulator serves (`sge_sim.domaine.plateformes.is_served`)."""
        found: Generation = self.get("/api/settings")["generation"]
        return found

    def exchanges_after(self, exchange_id: int) -> list[ExchangeView]:
        """Return the exchanges recorded after that one, the oldest first, without bodies."""
        found = self.get_all("/api/journal", apres=exchange_id)
        return [ExchangeView.model_validate(each) for each in found]

    def _call(
        self, method: str, path: str, *, checked: bool = True, **options: Any
    ) -> requests.Response:
        try:
            bounds = {"timeout": _TIMEOUT_SECONDS} | options
            answer = self._session.request(method, self.url + path, **bounds)
        except requests.exceptions.SSLError:
            raise UsageError(
                f"Le certificat de l'administration {self.url} n'est pas admis : nommer son "
                "autorité (authority.pem) dans la variable SGE_SIM_ADMIN_CA, et --server-name au "
                "simulateur."
            ) from None
        except (requests.RequestException, OSError):
            raise UsageError(
                f"L'administration {self.url} ne répond pas : vérifier son adresse, et que le "
                "simulateur tourne."
            ) from None
        if answer.ok or not checked:
            return answer
        if answer.status_code in _TOLD_AS_IT_IS:
            raise UsageError(_detail(answer))
        refusal = f"HTTP {answer.status_code}, {_detail(answer)}"
        raise UsageError(f"L'administration refuse {method} {path} : {refusal}")


class ServedClock:
    """The simulated time of a simulator that serves; an instant without an offset is in legal time.

    What falls due when the time moves (orders, publications) is done when the call returns. A move
    raises `UsageError` where somebody else has set the clock meanwhile, which leaves it where it
    is, and where what is due can't all be done, with how far it is.
    """

    def __init__(self, admin: Administration) -> None:
        self._admin = admin
        self.retombees: Retombees | None = None
        """What the last move set off."""
        self.progress = ""
        """How far what is due is done, while a move takes long: a sentence in French."""

    def now(self) -> datetime:
        """Return the simulated instant, in legal time."""
        return self._admin.clock().now.astimezone(PARIS)

    def set(self, instant: datetime) -> None:
        """Read `instant` now, and run on."""
        self._move(action="set", instant=instant.isoformat())

    def freeze(self, instant: datetime | None = None) -> None:
        """Stand still, at `instant` or at the present."""
        self._move(action="freeze", instant=None if instant is None else instant.isoformat())

    def follow_machine(self) -> None:
        """Run with the machine's own time."""
        self._move(action="real")

    def advance(self, duration: timedelta | Duree) -> None:
        """Jump ahead by `duration`, of whole minutes; its days reach the same legal time."""
        if isinstance(duration, timedelta):
            duration = Duree(duration.days, timedelta(seconds=duration.seconds))
        self._move(action="advance", duree=str(duration))

    def _move(self, **change: str | None) -> None:
        numero = self._admin.clock().numero
        moved = self._admin.move_clock({**change, "numero": numero}, _PROGRESS_SECONDS)
        self.progress = ""
        if moved.travail is not None:
            self._wait_for(moved.travail)
        else:
            self.retombees = moved.retombees

    def _wait_for(self, travail: TravailView) -> None:
        """Return once all that is due is done; raise `UsageError` where it can't be."""
        went_on = stopwatch()
        while travail.etat == "en_cours":
            self.progress = travail.phrase
            if not travail.attend:
                went_on = stopwatch()
            elif elapsed_ms(went_on) > _HELD_UP_SECONDS * 1000:
                raise UsageError(travail.phrase)
            try:
                travail = self._admin.clock_work(travail.numero, _PROGRESS_SECONDS)
            except UsageError as error:
                raise UsageError(f"{travail.phrase} Depuis : {error}") from None
        if travail.etat == "interrompu":
            raise UsageError(travail.phrase)
        self.retombees = travail.retombees


def _detail(answer: requests.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return answer.text[:200]
