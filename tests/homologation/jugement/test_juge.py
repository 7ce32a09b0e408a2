"""The judge of a campaign: answers that once passed it, each wrong in a way of its own."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from campagne_rejouee import Message, Rejeu
from constats import known_constats
from controles_page import controles_page
from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.homologation.jugement.instants import (
    aware_instant,
    day_of,
    month_of,
    naive_instant,
)
from sge_sim.homologation.jugement.juge import CONTROLES
from sge_sim.homologation.reports.etats import Statut

Change = Callable[[etree._Element], None]

_TECHNICAL = re.compile(
    r"lxml|python|None|Traceback|Error|facet|Element '|xs:|expected|\{http|<string>|libxml",
    re.IGNORECASE,
)


def _tree(change: Change) -> Callable[[Message], Message]:
    def falsify(message: Message) -> Message:
        root = etree.fromstring(message.octets)
        change(root)
        return replace(message, octets=etree.tostring(root))

    return falsify


def _text(path: str, value: str) -> Callable[[Message], Message]:
    def change(root: etree._Element) -> None:
        found = list(root.iterfind(f".//{path}"))
        assert found, path
        for each in found:
            each.text = value

    return _tree(change)


def _without(path: str) -> Callable[[Message], Message]:
    def change(root: etree._Element) -> None:
        found = list(root.iterfind(f".//{path}"))
        assert found, path
        for each in found:
            each.getparent().remove(each)

    return _tree(change)


def _attribute(path: str, name: str, value: str) -> Callable[[Message], Message]:
    def change(root: etree._Element) -> None:
        root.find(f".//{path}").set(name, value)

    return _tree(change)


def _bytes(old: str, new: str) -> Callable[[Message], Message]:
    def falsify(message: Message) -> Message:
        assert old.encode() in message.octets, old
        return replace(message, octets=message.octets.replace(old.encode(), new.encode()))

    return falsify


def _half(root: etree._Element) -> None:
    for point in list(root.iter("points"))[::2]:
        point.getparent().remove(point)


def _other_month(root: etree._Element) -> None:
    for stamp in root.iter("d"):
        stamp.text = stamp.text.replace("-04-", "-05-")


def _two_other_months(root: etree._Element) -> None:
    for point in list(root.iter("points")):
        twin = deepcopy(point)
        point.addnext(twin)
        for each, month in ((point, "-05-"), (twin, "-06-")):
            each.find("d").text = each.findtext("d").replace("-04-", month)


def _start_of_step(root: etree._Element) -> None:
    for stamp in root.iter("d"):
        stamp.text = str(datetime.fromisoformat(stamp.text) - timedelta(minutes=30))


def _name(root: etree._Element) -> None:
    name = etree.SubElement(root.find(".//point"), "nomClientFinalOuDenominationSociale")
    name.text = "DURAND"


def _years(root: etree._Element) -> None:
    for rows in root.iter("mesuresDatees"):
        rows[:] = reversed(rows)


def _same_affaire(root: etree._Element) -> None:
    first, second = root.findall(".//affaire/affaireId")
    second.text = first.text


def _affaire(root: etree._Element) -> None:
    etree.SubElement(root.find("{*}Body")[0], "affaireId").text = "M02T7ZZZ"


OTHER_PRM = "25884515170669"
WRONG = {
    "acquittement absent": ("ADP-R1@C5", _without("{*}acquittement")),
    "acquittement d'un autre code": ("RP-R1@C5", _attribute("resultat", "code", "SGT211")),
    "un autre PRM": ("CMD3-R1@C5", _text("pointId", OTHER_PRM)),
    "un autre service arrêté": ("ASAD-R1@C5", _text("serviceSouscritId", "64799999")),
    "un autre service renouvelé": ("RSAD-R1@C5", _text("serviceSouscritId", "64799999")),
    "un autre service modifié": (
        "MOSAD-R1@C5",
        _text("serviceSouscritId/serviceSouscritId", "64799999"),
    ),
    "valeur hors énumération": ("ADP-R1@C1-C4", _text("puissanceSouscriteMax/unite", "MW")),
    "valeur hors facette": ("ACCES-R1@C5", _bytes("M02T7", "m02t7")),
    "la moitié des points": ("CMD3-R1@C5", _tree(_half)),
    "les jours d'un autre mois": ("CMD3-R3@C5", _tree(_other_month)),
    "les jours de deux autres mois": ("CMD3-R3@C5", _tree(_two_other_months)),
    "dates au début du pas": ("CMD3-R1@C5", _tree(_start_of_step)),
    "PROD pour CONS": ("CMD3-R1@C1-C4", _text("grandeurMetier", "PROD")),
    "BEST pour BRUT": ("CMD3-R2@C1-C4", _text("mesuresCorrigees", "BEST")),
    "nom du client": ("RP-R1@C5", _tree(_name)),
    "une autre commune": ("RP-R1@C5", _text("ligne6", "75001 PARIS")),
    "années dans le mauvais ordre": ("AHC-R1@C5", _tree(_years)),
    "pas de segment": ("ADP-R1@C5", _without("donneesGenerales/segment")),
    "deux fois la même affaire": ("SAD-R4@C5", _tree(_same_affaire)),
    "une autre fiche": ("ACCES-R2@C5", _attribute("fiche", "code", "F380")),
    "un identifiant de trop": ("ASS-R1@C5", _tree(_affaire)),
    "faute d'un autre espace de noms": ("ADP-NR1", _bytes("/technique/v1.0", "/technique/v2.0")),
    "autre faultstring": ("SAD-NR1@C5", _text("faultstring", "Erreur")),
    "faute en HTTP 200": ("CMD3-NR1@C5", lambda message: replace(message, statut=200)),
    "du HTML": ("RSA-R1@C5", lambda message: replace(message, type_contenu="text/html")),
}
"""Answers of 26.1 that passed a runner which looked at codes and at assertions of cases alone."""


@pytest.mark.documented("the contracts, the guides and the catalogue, as each check names them")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_seen_and_told_in_french(name: str, derniers: dict[str, Rejeu]) -> None:
    cle, falsify = WRONG[name]
    execution = derniers[cle].execute(falsify(derniers[cle].message))
    found = [f"{each.attendu} : {each.trouve}" for each in execution.constats if not each.reussi]
    assert execution.statut is Statut.ECHOUE
    assert found
    assert all(each.source for each in execution.constats if each.trouve)
    for each in found:
        assert _TECHNICAL.search(each) is None, each


REMPLACEMENTS = yaml.safe_load(Path(__file__).with_name("remplacements.yaml").read_bytes())


@pytest.mark.documented("the contracts, the guides and the catalogue, as each check names them")
@pytest.mark.parametrize(("run", "old", "new", "sentence"), REMPLACEMENTS)
def test_what_is_said_of_a_wrong_answer(
    run: str, old: str, new: str, sentence: str, rejeux: dict[str, list[Rejeu]]
) -> None:
    release, cle = run.split()
    (rejeu,) = [each for each in rejeux[release] if each.cas.cle == cle]
    text, count = re.subn(old, new, rejeu.message.octets.decode())
    assert count
    found = _said(rejeu, text)
    assert any(each.startswith(sentence) for each in found), found


LOST = "aucune mesure ne manque que le simulateur a"
MEASURED = "les mesures sont celles que le simulateur a"
TOLD = "un point et ses services sont ceux de l'administration"
BEYOND = "aucune puissance ne dépasse de beaucoup celle qui est souscrite"
ADMINISTREES = [
    ("CMD3-R1@C5", "<points>.*?</points>", "", f"{LOST} : "),
    ("CMD3-R4@C5", r"<v>\d+<", "<v>1<", f"{MEASURED} : "),
    ("RP-R3@C5", "118108848653", "118108848654", f"{TOLD} : "),
    ("RSA-R1@C5", "2025-08-01", "2025-08-02", f"{TOLD} : "),
    ("SAD-R4@C5", "64700018", "64700019", f"{TOLD} : "),
    ("ADP-R1@C5", "2017-05-03", "2017-05-04", f"{TOLD} : "),
    ("CMD3-R4@C5", r"<v>\d+<", "<v>9600<", f"{BEYOND} : "),
]
"""What only the administration of a simulator contradicts: as the replacements above."""


@pytest.mark.parametrize(("cle", "old", "new", "sentence"), ADMINISTREES)
def test_the_administration_of_a_simulator_contradicts_what_nobody_else_does(
    cle: str, old: str, new: str, sentence: str, derniers: dict[str, Rejeu]
) -> None:
    rejeu = derniers[cle]
    assert not _said(rejeu, rejeu.message.octets.decode(), administre=True)
    text, count = re.subn(old, new, rejeu.message.octets.decode(), count=1)
    assert count
    found = _said(rejeu, text, administre=True)
    assert any(each.startswith(sentence) for each in found), found


@pytest.mark.assumed("the platform may shift the start of a service, a simulator never does")
@pytest.mark.parametrize("administre", [False, True])
def test_another_start_than_ordered_is_a_remark_but_of_a_simulator(
    administre: bool, rejeux: dict[str, list[Rejeu]]
) -> None:
    (rejeu,) = [each for each in rejeux["23.2"] if each.cas.cle == "RS-R1@C5"]
    text, count = re.subn("(<dateDebut>2023-10-2)4", r"\g<1>3", rejeu.message.octets.decode())
    assert count
    changed = replace(rejeu.message, octets=text.encode())
    assert rejeu.execute(rejeu.message, administre=administre).statut.bon
    execution = rejeu.execute(changed, administre=administre)
    assert execution.statut.bon is not administre
    assert any("dateDebut" in str(each) for each in execution.constats)


def _said(rejeu: Rejeu, text: str, *, administre: bool = False) -> list[str]:
    message = replace(rejeu.message, octets=text.encode())
    execution = rejeu.execute(message, administre=administre)
    return [str(each) for each in execution.constats if each.avertit or not each.reussi]


def test_something_is_said_for_each_check() -> None:
    found = [each for *_, each in (*REMPLACEMENTS, *ADMINISTREES)]
    found += [each for run in known_constats().values() for says in run.values() for each in says]
    names = {each.attendu for each in CONTROLES}
    assert {name for name in names if not any(x.startswith(f"{name} : ") for x in found)} == set()


@pytest.mark.parametrize("release", ["23.2", "26.1"])
def test_the_answers_as_they_came_raise_no_alarm(
    release: str, rejeux: dict[str, list[Rejeu]]
) -> None:
    for run in rejeux[release]:
        execution = run.execute(run.message)
        found = [each for each in execution.constats if each.avertit or not each.reussi]
        assert (execution.statut, found) == (Statut.REUSSI, []), run.cas.cle


@pytest.mark.parametrize(
    "text", ["", "2024-02-30T00:00:00+01:00", "2024-02-30 00:00:00", "2024-13"]
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert [read(text) for read in (aware_instant, naive_instant, month_of)] == [None] * 3


def test_midnight_ends_the_day_before_and_begins_its_own() -> None:
    midnight = datetime(2024, 3, 31, tzinfo=PARIS)
    days = [day_of(midnight, ends=ends).day for ends in (True, False)]
    assert days == [30, 31]
    assert day_of(midnight.replace(tzinfo=None), ends=True).day == 30


def test_every_check_says_who_wants_it() -> None:
    names = [each.nom for each in CONTROLES]
    assert len(names) == len(set(names))
    for each in CONTROLES:
        assert each.source
        assert each.attendu[0].islower()


def test_the_page_of_the_checks_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "controles.md"
    assert page.read_text(encoding="utf-8") == controles_page()


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"", "une réponse vide"),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "une page HTML"),
        (b"Service indisponible", "du texte"),
        (b"<soap:Envelope", "un message XML interrompu ou mal formé"),
        (b"<erreur/>", "un document XML qui n'est pas du SOAP, erreur"),
    ],
)
def test_what_is_no_message_is_told_in_french(
    octets: bytes, sentence: str, derniers: dict[str, Rejeu]
) -> None:
    execution = derniers["ADP-R1@C5"].execute(Message(502, "text/html", octets))
    found = " ".join(f"{each.attendu} {each.trouve}" for each in execution.constats)
    assert execution.statut is Statut.ECHOUE
    assert f"{sentence} (statut HTTP 502)" in found
    assert _TECHNICAL.search(found) is None, found
