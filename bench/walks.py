"""The walks that the suite holds to a budget, by their names.

`make trace` prints what each comes to, `make trace WALK=commande` one of them, function by
function. Each is walked in a simulator that has answered others before.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from lxml import etree
from sqlalchemy.orm import Session

from bench.calls import NOW, PATH, c5_points, check, collect_curves, demands
from bench.endpoints import CatalogueSender
from bench.in_process import Caller, administration, caller, data_connect
from bench.publication import tiers_of
from bench.trace import Counts, Walk, walk_of
from bench.usage import parser_of
from sge_sim.cli import commands
from sge_sim.clock import parse_instant
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.dataconnect.applications import ensure_default_applications
from sge_sim.dataconnect.consentements import give_consentement
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.facturation.calcul import Facturation, PeriodeAFacturer
from sge_sim.facturation.lignes import ReleveFacture, SituationFacturee
from sge_sim.flux.publication import Publisher
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.tables.ecritures import read_numeros
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver
from sge_sim.transport.answering import pieces
from sge_sim.transport.framing import RequestReader
from sge_sim.transport.listener import Responder
from sge_sim.transport.message import Sender
from tests.catalogue_requests import RELEASE, envelope_of
from tests.demandes import courbe_quotidienne

_TODAY: Final = date(2025, 8, 1)
_FLUX: Final[tuple[CodeFlux, ...]] = ("R63", "R64")
_POINTS_PAR_DEMANDE: Final = 5
_COLLECTE = "/CommandeCollectePublicationMesures/v3.0"
_FINES = "/CommandeHistoriqueDonneesMesuresFines/v1.0"
_DAILY = "/mesure_synchrone_auto/v2/consommation_quotidienne"
_WARM_UP = 150
_ORDERS_BEFORE = 20
_CALLS_PER_SECOND = 5
"""Of Data Connect: the last of them is walked."""


@dataclass(frozen=True)
class Marche:
    """A walk, and its budget; `take` walks it in the folder of a simulator that it makes."""

    nom: str
    budget: Counts
    take: Callable[[Path], Walk]


def _walk(client: Caller, path: str, message: bytes) -> Walk:
    """Walk a SOAP call, from the bytes of the request to those of the answer."""
    answers = []
    request = _post(path, "text/xml", message)
    walk = walk_of(lambda: answers.append(_answered(client.application, client.sender, request)))
    assert answers[0].startswith(b"HTTP/1.1 200"), answers[0]
    return walk


def curve(data_dir: Path) -> Walk:
    """A 7-day curve of a C5, from the bytes of the request to those of the answer."""
    with caller(data_dir) as client:
        with client.simulator.database.transaction() as session:
            points = collect_curves(session)
        messages = demands(points)
        for message in islice(messages, _WARM_UP):
            check(client.post(PATH, message).content)
        return _walk(client, PATH, next(messages))


def order(data_dir: Path) -> Walk:
    """An order of the curve of a C5, transmitted daily for a year, on a point without a service."""
    with caller(data_dir) as client:
        *before, last = (_collecte(client, prm) for prm in _c5(client, _ORDERS_BEFORE + 1))
        for message in before:
            _accepted(client, _COLLECTE, message)
        return _walk(client, _COLLECTE, last)


def demand(data_dir: Path) -> Walk:
    """A demand of M023 of the curves of five points."""
    with caller(data_dir) as client:
        message = _fines(client, _c5(client, _POINTS_PAR_DEMANDE))
        for _ in range(_ORDERS_BEFORE):
            _accepted(client, _FINES, message)
        return _walk(client, _FINES, message)


def daily(data_dir: Path) -> Walk:
    """The daily consumption of a week of a point that a customer shared, over Data Connect."""
    with (
        caller(data_dir, environment="production") as client,
        data_connect(client.simulator) as application,
    ):
        (prm,) = _c5(client, 1)
        jeton = _shared(client, application, prm)
        asked = urlencode(
            {
                "pointId": prm,
                "dateDebut": _TODAY - timedelta(8),
                "dateFin": _TODAY - timedelta(1),
            }
        )
        request = (
            f"GET {_DAILY}?{asked} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {jeton}\r\n\r\n"
        ).encode()
        answers = [
            _answered(application, client.sender, request) for _ in range(_CALLS_PER_SECOND - 1)
        ]
        walk = walk_of(lambda: answers.append(_answered(application, client.sender, request)))
        assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers), answers[-1]
        return walk


def files(data_dir: Path) -> Walk:
    """The files of two demands of M023, of the curves and of the indexes of five points."""
    with caller(data_dir) as client:
        database = client.simulator.database
        with database.transaction() as session:
            points = collect_curves(session)[: _POINTS_PAR_DEMANDE * len(_FLUX)]
        publisher = Publisher(database, data_dir, lambda _: None, emits=True)
        made: list[int] = []
        now = parse_instant(NOW)

        def publish() -> None:
            made.append(publisher.catch_up(now))

        def demand_both() -> None:
            with database.transaction() as session:
                for rang, flux in enumerate(_FLUX):
                    prms = points[rang * _POINTS_PAR_DEMANDE :][:_POINTS_PAR_DEMANDE]
                    _demand_files(session, flux, prms)

        demand_both()
        publish()
        demand_both()
        walk = walk_of(publish)
        assert made == [len(_FLUX)] * 2
        return walk


def case(data_dir: Path) -> Walk:
    """A case of the catalogue, run as a campaign runs it against the application."""
    with caller(data_dir, now=f"{RELEASE.reference}T10:00") as client:
        runner = Runner(RELEASE, CatalogueSender(client), StoredClock(client.simulator.database))
        found = next(
            each
            for each in RELEASE.cas
            if each.service == "ConsultationMesuresDetaillees" and each.attendu.code is None
        )
        runner.run_case(found)
        executions = []
        walk = walk_of(lambda: executions.append(runner.run_case(found)))
        assert executions[0].statut.bon, executions[0]
        return walk


def setting(data_dir: Path) -> Walk:
    """A service of access given to a point, by the command, where nobody serves its folder."""
    with caller(data_dir) as client:
        (prm,) = _c5(client, 1)

    def give(word: str) -> None:
        typed = ["points", "set", prm, f"--service-acces={word}", f"--data-dir={data_dir}"]
        with redirect_stdout(StringIO()) as said:
            commands.main(typed, standalone_mode=False)
        assert prm in said.getvalue()

    give("non")
    return walk_of(lambda: give("oui"))


def setting_form(data_dir: Path) -> Walk:
    """The same by the form of its page, from the request to the address that tells it is done."""
    with caller(data_dir) as client, administration(client.simulator) as post:
        (prm,) = _c5(client, 1)

        def give(word: str) -> None:
            answer = post(f"/points/{prm}", {"service_acces": word})
            assert answer.headers["location"] == f"/points/{prm}", answer.text

        give("non")
        return walk_of(lambda: give("oui"))


def invoice_line(_: Path) -> Walk:
    """What a reading is invoiced, from its indexes and the dated prices to lines that say how."""
    facturation, debut, fin = Facturation(), date(2026, 1, 12), date(2026, 2, 12)
    situation = SituationFacturee(debut, "BTINFCU4", Decimal(6))
    releves = [
        ReleveFacture("1", debut, {"HPH": 2900, "HCH": 1000}),
        ReleveFacture("2", fin, {"HPH": 3120, "HCH": 1105}),
    ]
    periode = PeriodeAFacturer([situation], releves, prochain=date(2026, 3, 12))
    said: list[str] = []

    def invoice() -> None:
        said.extend(each.explained() for each in facturation.bloc(periode).lignes)

    invoice()
    walk = walk_of(invoice)
    assert "105 kWh × 0,0397 = 4,17 (HCH, 3,97 c€/kWh ; TURPE 7 du 1er août 2025 ; 1 → 2)" in said
    return walk


MARCHES: Final = (
    Marche("courbe", Counts(80, 54, 17, 0), curve),
    Marche("commande", Counts(116, 88, 29, 2), order),
    Marche("demande-m023", Counts(82, 56, 22, 2), demand),
    Marche("data-connect", Counts(62, 37, 12, 0), daily),
    # Its points have four classes and off-peak hours, as communicating meters do.
    Marche("fichiers-m023", Counts(150, 161, 61, 75), files),
    Marche("cas", Counts(114, 78, 21, 3), case),
    Marche("reglage", Counts(111, 141, 99, 55), setting),
    Marche("reglage-page", Counts(88, 117, 78, 43), setting_form),
    Marche("ligne-f15", Counts(20, 60, 0, 0), invoice_line),
)
"""Each walk, and what is wanted of it. An order's two returns are those to the statements: it reads
before it is let in, then under the lock, and writes there. A case's three are the state that the
target looks at after the runner did, the answer that is kept for later cases, and the values that
the sender of this bench has written. Of the files', none is a point's: those of a file are read
together, each room of the measures once for all of them; they are those of the second demand, of
an archive and of a round of publication. A setting looks for what contradicts it, then describes
the point, label by label, and what contradicts it: that is most of its returns; a command opens the
database besides, which is thirty functions. Of the seams (`sge_sim.machine.monde`) two are steps: a
connection to SQLite, and the file without a name that an archive is written to. Whoever reads the
measures of a point asks first what happens behind its meter, and which of its lives holds: for the
files that is a way to `evenements` and back for each row of places, of both meters of a couple."""


def _tiers(client: Caller) -> Any:
    return next(each for each in client.simulator.callers if each.kind == "tiers")


def _c5(client: Caller, count: int) -> list[str]:
    with client.simulator.database.sessions() as session:
        points = c5_points(session, count)
    assert len(points) == count
    return points


def _collecte(client: Caller, prm: str) -> bytes:
    tiers = _tiers(client)
    demande = {
        "donneesGenerales": {
            "objetCode": "AME",
            "pointId": prm,
            "initiateurLogin": tiers.login,
            "contratId": tiers.contrat_id,
        },
        "accesMesures": courbe_quotidienne(_TODAY, date(2026, 8, 1)),
    }
    return _message(_COLLECTE, {"demande": demande}, tiers.login)


def _fines(client: Caller, prms: list[str]) -> bytes:
    tiers = _tiers(client)
    demande = {
        "donneesGenerales": {
            "initiateurLogin": tiers.login,
            "contratId": tiers.contrat_id,
        },
        "demande": {
            "format": "JSON",
            "pointIds": {"pointId": prms},
            "mesuresTypeCode": "COURBES",
            "mesuresCorrigees": False,
            "dateDebut": date(2025, 7, 1),
            "dateFin": date(2025, 7, 8),
            "sens": "SOUTIRAGE",
            "cadreAcces": "ACCORD_CLIENT",
        },
    }
    return _message(_FINES, demande, tiers.login)


def _demand_files(session: Session, flux: CodeFlux, prms: list[str]) -> None:
    """Demand a month of measures of points; the files are due at once."""
    days = (_TODAY - timedelta(30), _TODAY)
    asked = MesuresDemandees(flux, "JSON", prms, "SOUTIRAGE", "ACCORD_CLIENT", *days)
    emetteur = Emetteur(*tiers_of(session), "bench@exemple.fr", None)
    order_m023(
        session, read_numeros(Driver.under(session)), emetteur, asked, parse_instant(NOW), AUSSITOT
    )


def _message(path: str, demande: Mapping[str, Any], login: str) -> bytes:
    message: bytes = etree.tostring(envelope_of(path, demande, login, None))
    return message


def _accepted(client: Caller, path: str, message: bytes) -> None:
    answer = client.post(path, message)
    assert answer.status == HTTPStatus.OK, answer.content
    pieces(answer, [])  # what many answers share is kept


def _shared(client: Caller, application: Responder, prm: str) -> str:
    """Have a customer share a point with the default application; return a token of it."""
    with client.simulator.database.transaction() as session:
        found = ensure_default_applications(session)["production"]
        point = session.get_one(Point, prm)
        now = parse_instant(NOW)
        give_consentement(session, found, "titulaire", point, now, _TODAY + timedelta(365))
        credentials = {"client_id": found.client_id, "client_secret": found.secret}
    form = urlencode({"grant_type": "client_credentials", **credentials}).encode()
    request = _post("/oauth2/v3/token", "application/x-www-form-urlencoded", form)
    answer = _answered(application, client.sender, request)
    return answer.partition(b'"access_token":"')[2].partition(b'"')[0].decode()


def _post(path: str, content_type: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answered(application: Responder, sender: Sender, received: bytes) -> bytes:
    """Return the bytes of the answer to those of a request."""
    reader = RequestReader(sender, 100_000, 1_000_000)
    reader.receive(received)
    request = reader.take()
    assert request is not None
    return b"".join(pieces(application(request), []))


def main() -> None:
    """Print what each walk comes to beside its budget, or the one that is asked for in full."""
    by_name = {marche.nom: marche for marche in MARCHES}
    parser = parser_of("bench.walks", __doc__)
    parser.add_argument("marche", nargs="*", help=", ".join(by_name))
    asked: list[str] = parser.parse_args().marche
    unknown = [nom for nom in asked if nom not in by_name]
    if unknown:
        sys.exit(f"« {unknown[0]} » n'est pas une marche : {', '.join(by_name)}.")
    print(f"{'':14}{'functions':>16}{'file changes':>16}{'room changes':>16}{'returns':>16}")
    for marche in [by_name[nom] for nom in asked] or MARCHES:
        with tempfile.TemporaryDirectory() as folder:
            walk = marche.take(Path(folder))
        if asked:
            print("\n".join(walk.lines()))
        print(line_of(marche, walk))


def line_of(marche: Marche, walk: Walk) -> str:
    """Return the row of a walk in the table: what it comes to, and its budget."""
    counts, budget = walk.counts, marche.budget
    pairs = (
        (counts.functions, budget.functions),
        (counts.file_changes, budget.file_changes),
        (counts.room_changes, budget.room_changes),
        (counts.returns, budget.returns),
    )
    cells = (f"{count} / {most}" for count, most in pairs)
    return f"{marche.nom:14}" + "".join(f"{cell:>16}" for cell in cells)


if __name__ == "__main__":
    main()
