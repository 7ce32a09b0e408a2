"""What the pytest plugin gives to a test: clients, the clock, the journal, points of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
import zeep

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.api.flux import FichierView
from sge_sim.api.pannes import PanneView
from sge_sim.api.views import ExchangeView
from sge_sim.clock import PARIS, legal_date, machine_now
from sge_sim.domaine.anglais import translated
from sge_sim.domaine.plateformes import Offering
from sge_sim.door.variantes import Plan
from sge_sim.homologation.campaign.matching import AppelDuJournal, recognise
from sge_sim.homologation.campaign.outcome import judge, keep_best, seen
from sge_sim.homologation.campaign.targets import REPONSES_DU_SIMULATEUR, societe_of
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.homologation.client.data_connect_client import (
    CibleDataConnect,
    DataConnectClient,
    Identifiants,
    data_connect_of,
)
from sge_sim.homologation.client.own_simulator import GESTES, OwnSimulator, own_simulator
from sge_sim.homologation.client.sender import open_session
from sge_sim.homologation.client.sge_client import Cible, SgeClient, open_https_session
from sge_sim.homologation.reports.etats import IssueDeCas
from sge_sim.homologation.reports.rapport import Execution, Rapport
from sge_sim.homologation.reports.writing import write_reports
from sge_sim.homologation.variantes import Essais


class SgeActeur:
    """What a client needs to call the simulator as one of its default actors.

    `sge_client` is the actor's, kept from test to test: it reads each WSDL once.
    """

    def __init__(self, cible: Cible, sge_client: SgeClient) -> None:
        self._cible = cible
        self._sge_client = sge_client

    @property
    def url(self) -> str:
        """`https://localhost:<port>`, to which the path of a service is added."""
        return self._cible.url

    @property
    def cert(self) -> tuple[str, str]:
        """The certificate (with its intermediate) and the key of the actor, PEM files."""
        return str(self._cible.certificat), str(self._cible.cle)

    @property
    def ca(self) -> str:
        """The PEM file of the authority that the client is to trust."""
        return str(self._cible.ca)

    @property
    def login(self) -> str:
        """A login of the actor."""
        return self._cible.login

    @property
    def contrat_id(self) -> str:
        """A contract of the actor."""
        return self._cible.contrat_id

    def client(self, service: str, version: str | None = None) -> zeep.Client:
        """Return a zeep client of a service, certificate and address set.

        The newest version without `version`. Raises `UsageError` for an unknown service.
        """
        client = self._sge_client
        return client.service_client(service, version or client.newest_version(service))

    def requests_session(self) -> requests.Session:
        """Return a session of requests that presents the certificate of the actor."""
        return open_https_session(self._cible)


class SgeDataConnect:
    """What an application of Data Connect needs, and what its customers do.

    `production` has a consent page, `sandbox` needs no consent.
    """

    def __init__(self, cible: CibleDataConnect, admin: Administration, redirect_uri: str) -> None:
        self._cible = cible
        self._admin = admin
        self.redirect_uri = redirect_uri

    @property
    def url(self) -> str:
        """`https://localhost:<port>`, to which the path of an API is added."""
        return self._cible.url

    @property
    def ca(self) -> str:
        """The PEM file of the authority that the client is to trust."""
        return str(self._cible.ca)

    @property
    def production(self) -> Identifiants:
        """The `client_id` and `client_secret` of the application of production."""
        return self._cible.applications["production"]

    @property
    def sandbox(self) -> Identifiants:
        """Those of the application of the sandbox."""
        return self._cible.applications["bac_a_sable"]

    def requests_session(self) -> requests.Session:
        """Return a session of requests that trusts the simulator, without a token."""
        return open_session(self._cible.ca)

    def accept(self, prm: str, duration: str = "P1Y", version: str = "2") -> Mapping[str, object]:
        """Accept on the page of `version`, `1` or `2`, as the customer of `prm` does.

        Returns what the application gets: `autorisation_id`, or `code` and `usage_point_id`.
        Raises `AssertionError` if the page refuses.
        """
        parametres = {"response_type": "code", "duration": duration}
        demande = {"prm": prm, "decision": "accepter", "parametres": parametres}
        call = DataConnectClient(self._cible).call("dataconnect", version, demande)
        if not isinstance(call.reponse, Mapping):
            raise AssertionError(f"l'accord sur {prm} n'a pas été donné : {call.reponse}")
        return call.reponse

    def revoke(self, prm: str) -> None:
        """Take back every consent on `prm`, as the customer does."""
        GESTES["retirer_accord"](self._admin, {"prm": prm})


@dataclass
class SgeSession:
    """The simulator of a test session, and the cases that its tests have ticked so far."""

    simulator: OwnSimulator
    release: Release
    debut: datetime
    executions: dict[str, Execution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cible = self.simulator.cible()
        self.admin = Administration(str(self.cible.admin_url))
        self.sge_client = SgeClient(self.cible)
        self.defauts = self.admin.plays_defects()
        self.admin.snapshot()

    @cached_property
    def fournisseur(self) -> SgeActeur:
        """The supplier, whose clients are made for the first test that asks for it."""
        cible = self.simulator.cible("fournisseur")
        return SgeActeur(cible, SgeClient(cible))

    def fresh(self) -> "Sge":
        """Restore the first state and return what a test uses."""
        self.admin.reset()
        return Sge(self)

    def write_report(self, folder: Path, commande: str = "") -> None:
        """Write the reports of what was ticked; `commande` is what runs the tests again."""
        offering = Offering(self.admin.generation(), legal_date(ServedClock(self.admin).now()))
        executions = tuple(
            seen(case, self.executions.get(case.cle), offering, "Aucun test ne porte ce cas.")
            for case in self.release.cas
        )
        write_reports(
            Rapport(
                release=self.release.nom,
                origine="pytest",
                cible="un simulateur sge-sim",
                acteur=self.cible.login,
                societe=societe_of(self.cible.login, self.cible.admin_url, self.cible.certificat),
                simulateur=True,
                debut=self.debut,
                fin=machine_now().astimezone(PARIS),
                partielle=False,
                verdicts=judge(self.release, (), executions, partielle=False),
                executions=executions,
                commande=commande,
                non_verifies=REPONSES_DU_SIMULATEUR,
            ),
            folder,
            self.admin.personal,
        )


class Sge(SgeActeur):
    """A simulator as one test uses it: everything changed here is gone in the next test.

    Its `url`, `ca`, `cert`, `login`, `contrat_id` and clients are those of the default tiers.
    """

    def __init__(self, session: SgeSession) -> None:
        super().__init__(session.cible, session.sge_client)
        self._session = session
        self._admin = session.admin
        self.journal = SgeJournal(session.admin)
        self.flux = SgeFlux(session.admin)
        self.clock = ServedClock(session.admin)

    @property
    def admin_url(self) -> str:
        """The administration, `http://localhost:<port>`."""
        return self._admin.url

    @property
    def data_dir(self) -> Path:
        """The folder of the simulator's state, which commands take as `--data-dir`."""
        return self._session.simulator.data_dir

    @property
    def fournisseur(self) -> SgeActeur:
        """The other default actor, a supplier: its certificate, login, contract and clients."""
        return self._session.fournisseur

    @property
    def data_connect(self) -> SgeDataConnect:
        """Data Connect, on the same points.

        Raises `UsageError` unless `sge_options` have `--data-connect`.
        """
        ready = self._session.simulator.ready
        cible = data_connect_of(ready)
        return SgeDataConnect(cible, self._admin, ready["data_connect"]["redirect_uri"])

    def point(
        self,
        comme: str,
        *,
        prm: str | None = None,
        compteur: Mapping[str, Any] | None = None,
        **attributs: Any,
    ) -> Mapping[str, Any]:
        """Make a point like `comme` with other attributes; return it, its number under `prm`.

        Attributes have the names of the data set: `etat_contractuel="RESIL"`. Raises `UsageError`
        for one that is unknown or wrong.
        """
        made: Mapping[str, Any] = self._admin.post(
            "/api/points",
            {
                "comme": comme,
                "prm": prm,
                "point": _plain(attributs),
                "compteur": _plain(compteur or {}),
            },
        )
        return made

    def set_point(self, prm: str, **reglages: Any) -> None:
        """Change what the measures of a point depend on, as `POST /api/points/{prm}` says."""
        self._admin.post(f"/api/points/{prm}", reglages)

    def tick(self, name: str) -> str:
        """Tick the case `name` (`ADP-R1`, `ADP-R1@C5`) by what this test called.

        Returns what is wrong in French, nothing if the case is good.
        """
        release = self._session.release
        named = replace(release, cas=release.find(name))
        explication = ""
        for exchange in reversed(self.journal.read()):
            if exchange.origine != "client":
                continue
            found = recognise(named, self._appel(exchange.id), defauts=self._session.defauts)
            if found.execution is not None:
                keep_best(self._session.executions, found.execution)
                if found.execution.statut.bon:
                    return ""
            if not explication and found.issue is not IssueDeCas.HORS_CATALOGUE:
                explication = found.explication
        return f"{name} : {explication or 'aucun appel de ce test ne convient à ce cas.'}"

    def panne(self, sorte: str, **asked: Any) -> PanneView:
        """Plan a panne for the calls to come; it is gone with the test.

        `asked` are the fields of `POST /api/pannes`: `service`, `prm`, `du`, `au`, `graine`…
        """
        return self._admin.plan_panne(sorte=sorte, **asked)

    def episode(self, nom: str, **asked: Any) -> list[PanneView]:
        """Plan the pannes of an episode; they are gone with the test.

        `asked` are the fields of `POST /api/pannes/episodes`: `jour`, `prm`, `application`.
        """
        return self._admin.play_episode(nom=nom, **asked)

    def variantes(self, essai: Callable[[], object], nombre: int = 100, **asked: Any) -> None:
        """Do `essai` with so many forms of the answers; fail with the smallest on which it raises.

        `sge_options` has `--variantes`; `asked` are `graine`, `services` and `sortes`."""
        echec = Essais(self._admin, essai, Plan(**asked)).first_failure(nombre)
        if echec is not None:
            raise AssertionError(echec.sentence)

    def _appel(self, exchange_id: int) -> AppelDuJournal:
        whole = self._admin.exchange(exchange_id)
        messages = ((text or "").encode() for text in (whole.request, whole.response))
        return AppelDuJournal.of(whole, *messages)


class SgeJournal:
    """The calls that the simulator received since the test began."""

    def __init__(self, admin: Administration) -> None:
        self._admin = admin
        self._from = admin.last_exchange_id()

    def read(self, service: str | None = None) -> Sequence[ExchangeView]:
        """Return the exchanges, the oldest first, as the administration shows them."""
        found = self._admin.exchanges_after(self._from)
        return [each for each in found if service is None or each.service == service]

    def last(self, service: str | None = None) -> ExchangeView:
        """Return the newest exchange; fails if there is none."""
        found = self.read(service)
        if not found:
            raise AssertionError(translated(f"aucun appel de {service or 'service'} n'a été reçu"))
        return found[-1]

    def _calls(self, service: str) -> Sequence[ExchangeView]:
        """Return the calls of a service, the oldest first: who loads its contract (`GET …?wsdl`)
        hasn't called it."""
        return [each for each in self.read(service) if each.kind in ("soap", "rest")]

    def assert_called(self, service: str, times: int | None = None) -> None:
        """Fail unless `service` was called: `times` times, or at least once."""
        count = len(self._calls(service))
        if count == 0 if times is None else count != times:
            wanted = "au moins un" if times is None else times
            said = f"{service} : {count or 'aucun'} appel{'s' * (count > 1)}, attendu {wanted}"
            raise AssertionError(translated(said))

    def assert_not_called(self, service: str) -> None:
        """Fail if `service` was called."""
        self.assert_called(service, times=0)

    def assert_answered(self, service: str, code: str) -> None:
        """Fail unless the newest call of `service` was answered `code` (SGT200, SGT4F7…)."""
        *_, last = self._calls(service) or [self.last(service)]
        if last.code != code:
            rule = last.rule
            why = f" ({last.cause})" if last.cause else ""
            if rule is not None:
                why = f" par la règle {rule.name} (aurait été accepté : {rule.remede})"
            raise AssertionError(
                translated(f"{service} a répondu {last.code}{why}, attendu {code}")
            )


class SgeFlux:
    """The files that the simulator published; in production alone (`--environment production`)."""

    def __init__(self, admin: Administration) -> None:
        self._admin = admin

    def read(self, flux: str | None = None) -> Sequence[FichierView]:
        """Return the files published since the test began, the oldest first.

        As the administration shows them; `flux` is `R50`, `R151`, `R4x`, `R171`, `HDM` or `IFJ`.
        """
        return self._admin.files(flux)[::-1]

    def content(self, nom: str) -> bytes:
        """Return the bytes of a file, decrypted: a zip of XML or CSV files."""
        return self._admin.file_content(nom)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON takes them: dates as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


@contextmanager
def open_test_session(
    data_dir: Path, options: Sequence[str] = (), release: str | None = None
) -> Iterator[SgeSession]:
    """Start the simulator of a test session in `data_dir`; stop it at the end.

    `options` are those of `sge-sim serve`; `release` names the catalogue of the marked cases.
    """
    # The reform of off-peak hours would change points beside what a test does.
    with own_simulator(data_dir, ("--reforme-hc", "jamais", *options)) as simulator:
        yield SgeSession(
            simulator, load_release(release or DEFAULT_RELEASE), machine_now().astimezone(PARIS)
        )
