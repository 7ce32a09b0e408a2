"""Every case of the packages of orders through clients on the real WSDLs, at the release's date.

That each case of every other release comes out: tests/homologation/test_homologate.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import suds.sudsobject
import zeep
from orders_kit import Orders, orders_simulator
from real_clients import ZeepCaller, header_members, refusal_of, suds_client
from running_simulator import RunningSimulator

from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise, repeated
from sge_sim.homologation.catalogue.cases import Cas, Etape
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.jugement.evaluation import evaluate, known_deviation
from sge_sim.services.registry import BY_PATH, SERVICES

PACKAGES = {service.package for service in SERVICES if service.writes}


class Zeep:
    """Sends with zeep; every answer is held against the real schema."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self._simulator = simulator
        self._callers: dict[str, ZeepCaller] = {}

    def send(self, path: str, request: dict[str, Any]) -> Any:
        caller = self._callers.get(path) or ZeepCaller(self._simulator, path)
        self._callers[path] = caller
        try:
            answer = caller(**request, _soapheaders=self._headers(path, caller, request))
        except zeep.exceptions.Fault as fault:
            return RefusRecu(*refusal_of(fault))
        if isinstance(answer, str):  # the text of the root, of a service that has no header
            return {"texte": answer}
        return zeep.helpers.serialize_object(answer.body, dict) or {}

    def _headers(self, path: str, caller: ZeepCaller, request: dict[str, Any]) -> list[Any] | None:
        """The header that an order of history has to bring."""
        if not BY_PATH[path].needs_header:
            return None
        prm = request["demande"]["donneesGenerales"]["pointId"]
        return [caller.header(prm, self._simulator.login)]


class Suds:
    """Sends with suds."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self._simulator = simulator
        self._client = cache(partial(suds_client, simulator))

    def send(self, path: str, request: dict[str, Any]) -> Any:
        client = self._client(path)
        if BY_PATH[path].needs_header:
            client.set_options(soapheaders=self._header(client, request))
        (method,) = client.wsdl.services[0].ports[0].methods.values()
        try:
            answer = getattr(client.service, method.name)(**spelt(request))
        except suds.WebFault as fault:
            result = fault.fault.detail.erreur.resultat
            return RefusRecu(result._code, result.value)
        if path == "/RechercheServicesSouscritsMesures/v1.0":
            return {"servicesSouscritsMesures": plain(answer)} if answer else {}
        return plain(answer) or {}

    def _header(self, client: Any, request: dict[str, Any]) -> Any:
        prm = request["demande"]["donneesGenerales"]["pointId"]
        entete = client.factory.create("{http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc}enteteP")
        for name, value in header_members(prm, self._simulator.login).items():
            setattr(entete, name, value)
        return entete


def spelt(value: Any) -> Any:
    """A request with its booleans as the schema spells them: suds writes `True`."""
    if isinstance(value, dict):
        return {name: spelt(item) for name, item in value.items()}
    return str(value).lower() if isinstance(value, bool) else value


def plain(value: Any) -> Any:
    """What suds gives, as dictionaries whose attributes bear their plain names."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, suds.sudsobject.Object):
        return {
            name.lstrip("_"): plain(item) for name, item in suds.sudsobject.asdict(value).items()
        }
    return value


def fiches_in(answer: Any) -> Iterator[str]:
    """The lines of the catalogue of services that an answer names."""
    if isinstance(answer, list):
        for each in answer:
            yield from fiches_in(each)
    elif isinstance(answer, dict):
        if answer.get("fiche"):
            yield (answer.get("option") or answer["fiche"])["code"]
        for each in answer.values():
            yield from fiches_in(each)


@dataclass
class Run:
    """Runs the cases of a release one after the other, each knowing the answers before it."""

    release: Release
    client: Zeep | Suds
    contexte: ContexteDeCas
    left_out: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[tuple[Cas, Any]]:
        for case in self.release.cas:
            if case.package in PACKAGES and case.cle not in self.left_out:
                for step in case.preparation:
                    self._prepare(step)
                answer = self._send(case, self.contexte)
                if not isinstance(answer, RefusRecu):
                    self.contexte = self.contexte.with_result(case, answer)
                yield case, answer

    def _prepare(self, step: Etape) -> None:
        for contexte in repeated(step, self.contexte):
            answer = self._send(step, contexte)
            if isinstance(answer, RefusRecu):
                assert answer.code in step.acceptes
            else:
                self.contexte = self.contexte.with_preparation(step, answer)

    def _send(self, demande: Cas | Etape, contexte: ContexteDeCas) -> Any:
        path = f"/{demande.service}/v{demande.version}"
        return self.client.send(path, materialise(demande, contexte))


def run(release: Release, simulator: RunningSimulator, client: type[Zeep | Suds]) -> Run:
    day = release.reference
    contexte = ContexteDeCas(
        day, reperes_of_sge(simulator.login, simulator.ready["contrat_id"]), release.decalage(day)
    )
    return Run(release, client(simulator), contexte)


def wrong(case: Cas, answer: Any) -> list[str]:
    return [
        f"{case.cle}: {check.attendu}, {check.trouve}"
        for check in evaluate(case.attendu, answer)
        if not check.reussi
    ]


@pytest.mark.documented("catalogue of the release")
@pytest.mark.parametrize("name", ["23.2", "26.1"])
def test_every_order_case_is_as_the_catalogue_expects(name: str, orders: Orders) -> None:
    release = load_release(name)
    orders.restart_at(f"{release.reference}T10:00")
    answered = list(run(release, orders.simulator, Zeep))
    assert answered
    assert [mistake for case, answer in answered for mistake in wrong(case, answer)] == []
    for case, answer in answered:
        declared = BY_PATH[f"/{case.service}/v{case.version}"].fiches
        assert set(fiches_in(answer)) <= set(declared), case.cle


@pytest.mark.documented("catalogue 21.3")
def test_every_order_case_through_suds(orders: Orders) -> None:
    release = load_release("21.3")
    orders.restart_at(f"{release.reference}T10:00")
    answered = list(run(release, orders.simulator, Suds))
    assert [mistake for case, answer in answered for mistake in wrong(case, answer)] == []


@pytest.mark.observed("homologation 22.1, 23.2 and 26.1")
@pytest.mark.parametrize(("name", "deviations"), [("22.1", 5), ("23.2", 6), ("26.1", 0)])
def test_faithful_profile_shows_the_deviations_that_were_observed(
    tmp_path: Path, name: str, deviations: int
) -> None:
    release = load_release(name)
    with orders_simulator(
        tmp_path, "--profile", "fidele", now=f"{release.reference}T10:00"
    ) as orders:
        calls = run(release, orders.simulator, Zeep)
        if deviations:  # no service is left to stop: see the test of that service
            calls.left_out = frozenset({"ASS-R1@C2-C4"})
        answered = list(calls)
    deviant = [(case, answer) for case, answer in answered if case.ecart_connu]
    assert len(deviant) == deviations
    assert [case.cle for case, answer in deviant if known_deviation(case, answer) is None] == []
    regular = [(case, answer) for case, answer in answered if not case.ecart_connu]
    assert [mistake for case, answer in regular for mistake in wrong(case, answer)] == []
