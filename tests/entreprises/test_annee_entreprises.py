"""One truth over everything that happens: 200,000 values of points of all segments, through changes
of hour, of holder and of meter, as a holder, SOAP, files and Data Connect tell them.

`SGE_SIM_ENTREPRISES_SEED` draws other points and days.
"""

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from demandes import mesures_detaillees
from entreprises_kit import (
    CANAL,
    MESURES_ASYNCHRONES,
    NOW,
    SIREN,
    VOISIN,
    Caller,
    credentials,
    declare,
    made,
    publication,
    received,
)
from in_process import InProcess, simulator_in_process
from sqlalchemy import select

from sge_sim.clock import PARIS
from sge_sim.dataconnect.applications import ensure_default_applications
from sge_sim.domaine.nomenclatures import PETITS
from sge_sim.entreprises.comptes import declare_entreprise
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables.anciens_etats import change_columns
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.points import Compteur, Point

SEED = int(os.environ.get("SGE_SIM_ENTREPRISES_SEED", "52"))
SOAP = "/ConsultationMesuresDetaillees/v3.0"
PER_SEGMENT = {"C1": 3, "C2": 8, "C3": 8, "C4": 12, "C5": 26, "P1": 1, "P2": 1, "P3": 1, "P4": 6}
TYPES = {"COURBE": ("CDC", "PA"), "ENERGIE": ("ENERGIE", "EA"), "INDEX": ("IDX", "EA")}
TYPES_C5 = {**TYPES, "PMAX": ("PMAX", "PMA")}
NAMES = {
    ("COURBE", "SOUTIRAGE"): ("consumption_load_curve", "courbe_de_charge_consommation", "clc"),
    ("COURBE", "INJECTION"): ("production_load_curve", "courbe_de_charge_production", "plc"),
    ("ENERGIE", "SOUTIRAGE"): ("daily_consumption", "consommation_quotidienne", "dc"),
    ("ENERGIE", "INJECTION"): ("daily_production", "production_quotidienne", "dp"),
    ("INDEX", "SOUTIRAGE"): ("index_consumption", "index_consommation", None),
    ("INDEX", "INJECTION"): ("index_production", "index_production", None),
    ("PMAX", "SOUTIRAGE"): (
        *("daily_consumption_max_power", "puissance_conso_max_quotidienne", "dcmp"),
    ),
}
"""How a holder calls each, how Data Connect does, how its version 5 ends its name."""
Values = dict[str, list[tuple[Any, int]]]
"""What is told, by register where there are some: stamps and values. A curve has the instants at
which its steps end."""


@dataclass(frozen=True)
class Held:
    """A point of the company: since when, and from when with its meter."""

    prm: str
    segment: str
    sens: str
    depuis: date | None
    pose: date | None

    @property
    def petit(self) -> bool:
        return self.segment in PETITS


def drawn(running: InProcess, chance: random.Random) -> list[Held]:
    """Points of each segment, given to the company: a part of them in the middle of the weeks that
    are read, a part with another meter since then, some with both."""
    held = []
    with running.simulator.database.transaction() as session:
        good = (Point.etat_contractuel == "SERVC", Point.etat_alimentation == "ALIM")
        for segment, count in PER_SEGMENT.items():
            query = select(Point).where(Point.segment == segment, *good).order_by(Point.prm)
            points = [
                point
                for point in session.scalars(query)
                if len(point.compteurs) == 1
                and point.mode_traitement == ("INDEX" if segment in PETITS else "CDC")
                and (segment not in PETITS or point.niveau_ouverture_services == 2)
                and not (point.opposition_courbe or point.groupement_turpe)
                and point.operation_en_cours is None
                and point.teleoperable
            ]
            for rang, point in enumerate(chance.sample(points, min(count, len(points)))):
                point.siret = f"{SIREN}00014"
                if segment in PETITS:
                    session.add(Collecte(prm=point.prm, debut=date(2025, 1, 1)))
                depuis, pose = (
                    date(2026, 10, chance.randint(20, 29)) if rang % 3 in which else None
                    for which in ((0, 1), (1, 2))
                )
                if pose is not None:
                    (former,) = point.compteurs
                    former.date_depose = pose
                    names = {*Compteur.__table__.columns.keys()} - {"id", "date_depose"}
                    same = {name: getattr(former, name) for name in names}
                    another = {"date_pose": pose, "numero_serie": f"9{point.prm[:9]}"}
                    session.add(Compteur(**same | another))
                if depuis is not None:
                    point.siret = f"{VOISIN}00011"
                    told = {"siret": f"{SIREN}00014", "date_mise_en_service": depuis}
                    change_columns(session, point, depuis, **told)
                for sens in ("SOUTIRAGE", "INJECTION"):
                    if getattr(point, f"contrat_{sens.lower()}"):
                        held.append(Held(point.prm, segment, sens, depuis, pose))
        declare_entreprise(session, SIREN, "Commune d'essai")
        declare_entreprise(session, VOISIN, "Voisin")
    return held


def instants(textes: Iterable[str], plus: int = 0) -> Iterator[datetime]:
    """Ascending naive stamps as instants, so many minutes later: of the hour that October repeats,
    what has been passed is of its second time."""
    latest = ""
    for texte in textes:
        legal = datetime.fromisoformat(texte).replace(tzinfo=PARIS, fold=texte <= latest)
        yield legal.astimezone(UTC) + timedelta(minutes=plus)
        latest = max(latest, texte)


def listed(found: Any) -> list[Any]:
    """A list, which SOAP leaves out around a single element."""
    return found if isinstance(found, list) else [found]


def series(type_: str, readings: Any, names: tuple[str, str, str], *, start: bool) -> Values:
    """The values of days or steps, `names` being those of stamp, value and step; `start`: it is the
    start of a step that is stamped."""
    stamp, value, step = names
    read = listed(readings)
    stamps: Iterable[Any] = (str(each[stamp]) for each in read)
    if type_ == "COURBE":
        (minutes,) = {int(each[step][2:-1]) for each in read}
        stamps = instants(stamps, minutes if start else 0)
    return {"": [(at, int(each[value])) for at, each in zip(stamps, read, strict=True)]}


OURS = ("id_calendar", "temporal_class", "id_temporal_class", "values", "date", "value")
THEIRS = ("idCalendrier", "classeTemporelle", "idClasseTemporelle", "valeur", "d", "v")


def registers(calendars: Any, totals: Any, names: tuple[str, ...]) -> Values:
    ident, classes, classe, values, stamp, value = names
    said = {
        f"{calendar[ident]} {each[classe]}": each[values]
        for calendar in listed(calendars)
        for each in listed(calendar[classes])
    }
    if totals:
        (total,) = listed(totals)
        said["total"] = total[values]
    return {
        name: [(str(each[stamp]), int(each[value])) for each in listed(read)]
        for name, read in sorted(said.items())
    }


def of_r6x(type_: str, found: Any, *, start: bool) -> Values:
    """What SOAP, a file or Data Connect of 2026 says of a point: active energy, first context."""
    if type_ != "INDEX":
        return series(type_, listed(found["grandeur"])[0]["points"], ("d", "v", "p"), start=start)
    energie = listed(listed(found["contexte"])[0]["grandeur"])[0]
    return registers(energie["calendrier"], energie.get("cadranTotalisateur"), THEIRS)


def of_holder(type_: str, told: Any) -> Values:
    if type_ != "INDEX":
        names = ("date", "value", "interval_length")
        return series(type_, told["interval_reading"], names, start=False)
    return registers(told["calendar"], told.get("temporal_class_totalizer"), OURS)


def files(
    running: InProcess, held: Sequence[Held], type_: str, week: tuple[date, date]
) -> dict[tuple[str, str], Any]:
    """What the files of a week say of the points, by point and direction."""
    found: dict[tuple[str, str], Any] = {}
    caller = Caller(running, made(running, SIREN))
    for sens in ("SOUTIRAGE", "INJECTION"):
        prms = [each.prm for each in held if each.sens == sens]
        if type_ == "PMAX":
            prms = [each.prm for each in held if each.segment == "C5" and each.sens == sens]
        if not prms or (type_, sens) not in NAMES:
            continue
        injection = sens == "INJECTION"
        days = (week[0].isoformat(), week[1].isoformat())
        code = TYPES_C5[type_][0]
        order = publication(prms, code, days, injection=injection, soutirage=not injection)
        status, told = caller.order(MESURES_ASYNCHRONES, order)
        assert status == 200, told
        for body in received(running, told["dossierId"]).values():
            found |= {(each["idPrm"], sens): each for each in body["mesures"]}
    return found


@dataclass(frozen=True)
class Witnesses:
    """Who tells of the points: SOAP, the company, Data Connect's sandbox, to which every consent
    counts as given, and who held points before. `steps` are those that were met, in minutes."""

    running: InProcess
    company: Caller
    sandbox: Caller
    former: Caller
    steps: set[int]

    def compared(self, held: Held, type_: str, week: tuple[date, date], file: Any) -> int:
        """Compare what is told of a point in a week; how many values a holder is told."""
        ours, theirs, v5 = NAMES[type_, held.sens]
        grandeur, (debut, fin) = TYPES_C5[type_][1], week
        pas = {"mesuresPas": "P1D"} if type_ == "PMAX" else {}
        if held.depuis is not None and debut < held.depuis:
            status, body = self.company.mesure(ours, held.prm, str(debut), str(fin))
            assert (status, body["code"]) == (400, "ADAM-ERR0123")
            debut = min(held.depuis, fin)
        if debut == fin:
            assert (held.prm, held.sens) not in file
            return 0
        days = (str(debut), str(fin))
        told = self.company.told(ours, held.prm, *days)
        found = of_holder(type_, told)
        if type_ == "COURBE":
            self.steps.add(int(told["interval_reading"][0]["interval_length"][2:-1]))
        assert self.former.mesure(ours, held.prm, *days)[0] == 403
        start = not held.petit
        asked = mesures_detaillees(
            self.running.login, held.prm, type_, grandeur, *week, sens=held.sens, **pas
        )
        soap: Any = self.running.call(SOAP, asked)
        assert found == of_r6x(type_, soap, start=start), "SOAP"
        assert found == of_r6x(type_, file[held.prm, held.sens], start=start), "file"
        if held.petit:
            of_2026 = {"pointId": held.prm, "dateDebut": days[0], "dateFin": days[1]}
            maxima = {**pas, "grandeurPhysique": "PMA"} if pas else {}
            status, other = self.sandbox.send_as_data_connect(theirs, {**of_2026, **maxima})
            assert status == 200, other
            assert found == of_r6x(type_, other, start=False), "Data Connect"
            if v5 is not None:
                path = f"/metering_data_{v5}/v5/{ours}"
                asked = {"usage_point_id": held.prm, "start": days[0], "end": days[1]}
                status, other = self.sandbox.get(path, **asked)
                assert status == 200, other
                assert found == of_holder(type_, other["meter_reading"]), "Data Connect v5"
        return sum(map(len, found.values()))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[InProcess]:
    settings = {"population_size": 1200, "environment": "production"}
    with simulator_in_process(tmp_path / "annee", **settings) as found:
        StoredClock(found.simulator.database).freeze(NOW)
        yield found


@pytest.mark.annee
@pytest.mark.documented("one information system: the same measures whoever asks (FAQ)")
def test_two_hundred_thousand_values(running: InProcess) -> None:
    chance = random.Random(SEED)
    held = drawn(running, chance)
    declare(running, SIREN, CANAL)
    with running.simulator.database.transaction() as session:
        bac_a_sable = credentials(ensure_default_applications(session)["bac_a_sable"])
    company, former = made(running, SIREN), made(running, VOISIN)
    autumn = date(2026, 10, chance.randint(19, 25))
    spring = date(2026, 3, chance.randint(23, 29))
    before = date(2025, 10, chance.randint(20, 26))
    week = timedelta(7)
    values: dict[str, int] = {}
    steps: set[int] = set()
    for debut in (before, before + week, spring, autumn - week, autumn, autumn + week):
        days = (debut, debut + week)
        for type_ in TYPES_C5:
            file = files(running, held, type_, days)
            # Each order took an hour: a token lasts three and a half.
            holder, sandbox, left = (Caller(running, c) for c in (company, bac_a_sable, former))
            witnesses = Witnesses(running, holder, sandbox, left, steps)
            for each in held:
                if type_ == "PMAX" and each.segment != "C5":
                    continue
                kept = values.get(type_, 0)
                values[type_] = kept + witnesses.compared(each, type_, days, file)
    print(f"graine {SEED} : {len(held)} points, {values}")
    assert len(held) >= 60
    # Ten minutes end in March 2023, deeper than these interfaces go.
    assert steps == {5, 30}
    assert sum(values.values()) > 200_000
