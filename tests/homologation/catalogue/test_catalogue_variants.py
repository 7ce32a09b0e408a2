"""The other requests that the catalogue admits in a case: valid, answered alike, recognised."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from catalogue_samples import CONSULTATION
from exchange_samples import envelope, fault, journaled
from lxml import etree
from played_in_process import play

from sge_sim.clock import PARIS
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.campaign.matching import (
    Observation,
    differing_fields,
    recognise,
)
from sge_sim.homologation.catalogue.cases import LIBRE, Cas
from sge_sim.homologation.catalogue.release import (
    Release,
    list_releases,
    load_release,
    load_release_folder,
    validate,
)
from sge_sim.homologation.client.messages import read_message
from sge_sim.homologation.reports.etats import Statut
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts

MakeContext = Callable[[Release, Any], ContexteDeCas]
Send = Callable[..., Observation]


def filled(value: Any, name: str = "") -> Any:
    """A variant with values of a tester's choice in it."""
    if isinstance(value, Mapping):
        return {key: filled(each, key) for key, each in value.items()}
    if value != LIBRE:
        return value
    return "404 RUE DE LA DEMANDE" if name == "numeroEtNomVoie" else False


def varied(case: Cas) -> list[Cas]:
    """The case with each of its variants as its request."""
    return [replace(case, requete=filled(each)) for each in case.variantes]


@pytest.fixture
def look(contexte_of: MakeContext) -> Send:
    """Sends the request of a case with other values at the paths given."""

    def send(
        key: str, changes: Mapping[str, Any], code: str | None = None, release_name: str = "23.2"
    ) -> Observation:
        release = load_release(release_name)
        (case,) = release.find(key)
        request = materialise(case, contexte_of(release, release.reference))
        for path, value in changes.items():
            *parents, name = path.split("/")
            place = request
            for parent in parents:
                place = place[parent]
            place[name] = value
        expected = case.attendu
        answer = fault(code or expected.code or "SGT570", expected.libelle or "")
        instant = datetime.combine(release.reference, time(10), PARIS)
        message = envelope("demande", request)
        call = journaled(instant, case.service, case.version, message, answer)
        return recognise(release, call)

    return send


ACCES = "demande/accesDonnees"
MESURES = "demande/accesMesures"
ADRESSE = "criteres/adresseInstallation"
INJECTION = {
    f"{ACCES}/declarationAccordClient/injection": True,
    f"{ACCES}/declarationAccordClient/soutirage": False,
    f"{ACCES}/injection": True,
    f"{ACCES}/soutirage": False,
}
IDX = {f"{ACCES}/cdc": False, f"{ACCES}/idx": True}


@pytest.mark.documented("catalogue SGE 21.3; GL, LOW and WSE for what clients send besides")
@pytest.mark.parametrize(
    ("release", "key", "changes"),
    [
        ("23.2", "F375A-NR1@C2-C4", IDX),
        ("23.2", "F375A-NR1@C2-C4", {**IDX, **INJECTION}),
        ("23.2", "ADP-NR1", {"autorisationClient": True}),
        ("23.2", "F300C_O1@C5", {f"{MESURES}/periodiciteTransmission": "P1M"}),
        ("23.2", "F300B_O2-NR@C2-C4", {f"{MESURES}/mesuresPas": "PT30M"}),
        ("23.2", "RP-NR2@C5", {f"{ADRESSE}/numeroEtNomVoie": "404 RUE DE LA DEMANDE"}),
        (
            "23.2",
            "RP-NR1@C5",
            {f"{ADRESSE}/codePostal": "34650", f"{ADRESSE}/codeInseeCommune": "34231"},
        ),
        ("26.1", "F375A-NR1@C2-C4", IDX),
    ],
)
def test_what_the_catalogue_admits_ticks_the_case(
    look: Send, release: str, key: str, changes: Mapping[str, Any]
) -> None:
    found = look(key, changes, release_name=release)
    assert (found.issue, found.cas) == ("coché", (key,)), found.explication


@pytest.mark.documented("catalogue SGE 21.3: F375A-R1 asks for one of idx, ptd and cdc at least")
@pytest.mark.parametrize("name", ["idx", "ptd"])
def test_one_of_the_three_infra_daily_data_is_enough(look: Send, name: str) -> None:
    changes = {f"{ACCES}/cdc": False, f"{ACCES}/{name}": True}
    found = look("F375A-R1@C2-C4", changes, code="SGT500")
    assert (found.issue, found.cas) == ("coché", ("F375A-R1@C2-C4",)), found.explication
    none = look("F375A-R1@C2-C4", {f"{ACCES}/cdc": False}, code="SGT500")
    assert (none.issue, [str(each) for each in none.champs]) == (
        "proche",
        ["cdc : attendu true, reçu false"],
    )


@pytest.mark.documented("catalogue SGE 21.3: corrected measures for C1-C4 only")
def test_a_variant_of_one_segment_is_not_one_of_the_other(look: Send) -> None:
    changes = {"demande/mesuresCorrigees": True}
    assert look("CMD2-R1@C1-C4", changes).issue == "non conforme", "the request fits"
    assert look("CMD2-R1@C5", changes).issue == "proche"


def test_an_element_of_any_value_has_to_be_there(look: Send) -> None:
    found = look("RP-NR2@C5", {ADRESSE: {"codeInseeCommune": "34231"}})
    assert found.issue == "proche"
    assert [each.nom for each in found.champs] == ["numeroEtNomVoie"]


@pytest.mark.parametrize("name", list_releases())
def test_every_variant_is_valid_against_the_contract(name: str, contexte_of: MakeContext) -> None:
    release, contracts = load_release(name), load_contracts(data_path("wsdl"))
    for case in release.cas:
        for each in varied(case):
            contract = contracts[f"/{case.service}/v{case.version}"]
            tree = materialise(each, contexte_of(release, release.reference))
            body = etree.fromstring(envelope("x", tree))[0][0]
            message = etree.Element(contract.request)
            message.extend(list(body))
            assert contract.first_mistake(message) is None, case.cle


@pytest.mark.parametrize("name", list_releases())
def test_every_variant_fits_its_case(name: str, contexte_of: MakeContext) -> None:
    release = load_release(name)
    today = release.reference
    for case in release.cas:
        for each in varied(case):
            tree = materialise(each, contexte_of(release, release.reference))
            message = read_message(envelope("x", tree))
            assert differing_fields(case, release, today, message.contenu) == (), case.cle


@pytest.mark.parametrize("name", ["21.3", "23.2"])
def test_every_variant_is_answered_as_its_case_is(name: str, tmp_path: Path) -> None:
    release = load_release(name)
    variants = [each for case in release.cas for each in varied(case)]
    executions = play(release, variants, tmp_path)
    assert len(executions) > 10
    assert [each.constats for each in executions if each.statut is not Statut.REUSSI] == []


TAKEN_OVER = """
  ADP-R2:
    reprend: ADP-R1
    requete: {loginUtilisateur: autre@exemple.fr}
  ADP-R3:
    reprend: ADP-R2
    variantes: []
"""
VARIANTS = "    variantes: [{autorisationClient: false}]\n    executions:\n"


def test_a_case_takes_over_the_variants_in_its_own_request(
    catalogue_folder: Callable[..., Path],
) -> None:
    text = CONSULTATION.replace("    executions:\n", VARIANTS) + TAKEN_OVER
    folder = catalogue_folder(consultation=text)
    assert validate(folder) == []
    release = load_release_folder(folder / "sge-1.0")
    assert [len(release.find(name)[0].variantes) for name in ("ADP-R1", "ADP-R2", "ADP-R3")] == [
        *(1, 1, 0)
    ]
    (taken,) = release.find("ADP-R2@C5")[0].variantes
    assert taken == {
        "pointId": "25946599093143",
        "loginUtilisateur": "autre@exemple.fr",
        "autorisationClient": False,
    }
