"""The table of what can be seen and done (`sge_sim/api/parite.yaml`), by calling each of its cells.

One simulator, in production, goes through the rows in their order: what a row does is there for the
next ones. Nothing else is served, and no other command exists, than what the table names.
"""

import contextlib
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import requests
import yaml
from admin_kit import Room, order_mesures
from command_tree import every_command
from demandes import CDC, fiche
from fastapi.routing import APIRoute
from points_kit import csv_lines, made_points
from running_simulator import RunningSimulator, start_simulator

import sge_sim.api
from sge_sim.admin.application import _ROUTES
from sge_sim.cli import commands
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.operations import all_operations
from sge_sim.schema.data_folder import open_database

WAYS = ("page", "rest", "commande")
MOST_REASONS = 6
REFUSED = {
    "reprendre l'heure de la machine": "ne recule pas",
    "prendre un fichier": "ne chiffre rien",
}
"""What is refused once it was done one way: the clock follows the machine already, and a file in
clear isn't to be decrypted."""
C5 = "25946599093143"


class Fonction(NamedTuple):
    nom: str
    page: str
    rest: str
    commande: str
    raison: str = ""


TABLE = yaml.safe_load((Path(sge_sim.api.__file__).parent / "parite.yaml").read_text("utf-8"))
FONCTIONS = [Fonction(*row) for row in TABLE["fonctions"]]
APART = {nom for each in TABLE["apart"] for nom in each["noms"]}


@dataclass
class Walk:
    """A simulator on which the table is gone through."""

    simulator: RunningSimulator
    folder: Path
    known: dict[str, Any]

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.simulator.ask(method, path, allow_redirects=False, **options)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder = tmp_path_factory.mktemp("parite")
    options = ("--environment", "production", "--population-size", "0", "--now", "2025-08-01T10:00")
    rest = ("--data-connect", "--data-connect-port", "0")
    with start_simulator(folder / "etat", *options, *rest) as simulator:
        simulator.post(CDC, fiche(simulator.login, C5))
        known = prepare(simulator)
        yield Walk(simulator, folder, known)


def prepare(simulator: RunningSimulator) -> dict[str, Any]:
    """Leave what clients leave: a demand of M023 and its files."""
    database = open_database(simulator.data_dir)
    clock = StoredClock(database)
    contrat = simulator.ready["contrat_id"]
    with database.transaction() as session:
        asked = MesuresDemandees(
            *("R63", "CSV", (C5,), "SOUTIRAGE", "ACCORD_CLIENT"),
            *(date(2025, 7, 1), date(2025, 7, 3)),
        )
        emetteur = Emetteur("TIERS1", contrat, simulator.login, None)
        order_mesures(session, emetteur, asked, clock.now())
    database.dispose()
    answer = simulator.ask("POST", "/api/clock", json={"action": "advance", "duree": "2d"})
    assert answer.status_code == 200, answer.text
    (demand,) = simulator.admin("/api/demandes")
    affaire_id = demand["affaire_id"]
    files = simulator.admin(f"/api/demandes/{affaire_id}/fichiers")
    pem = Path(simulator.ready["client_cert"]).read_text()
    return {
        "affaire_id": affaire_id,
        "nom": files[0]["nom"],
        "numero": 1,
        "prm": C5,
        "contrat": contrat,
        "pem": pem,
        "cert": simulator.ready["client_cert"],
    }


class Call(NamedTuple):
    """What a cell takes besides its address or its command."""

    variables: Mapping[str, Any] = MappingProxyType({})
    options: Mapping[str, Any] = MappingProxyType({})
    words: tuple[str, ...] = ()


def read_back(walk: Walk, path: str) -> Any:
    return walk.ask("GET", path).json()


def said(walk: Walk, way: str, fields: dict[str, Any], *words: str, **variables: Any) -> Call:
    """Return the call that gives these fields: JSON, a form, or words."""
    if way == "page":
        return Call(variables, {"data": fields})
    return Call(variables, {"json": fields} if way == "rest" else {}, words)


def arguments(walk: Walk, fonction: Fonction, way: str) -> Call:
    """Return what a cell of a row is called with."""
    known = walk.known
    echange = {"echange_id": 1, "part": "requete", "message": "requete"}
    day = {"debut": "2025-07-01", "fin": "2025-07-03"}
    match fonction.nom:
        case "voir un échange" | "prendre un message" | "copier un appel":
            return Call(echange, {}, ("1",))
        case "refaire un appel":
            return said(walk, way, {}, "1", **echange)
        case "avancer l'heure":
            fields = {"action": "1h"} if way == "page" else {"action": "advance", "duree": "1h"}
            return said(walk, way, fields, "1h")
        case "régler l'heure":
            instant = f"2025-09-0{WAYS.index(way) + 1}T10:00"
            action = {"page": "regler"}.get(way, "set")
            return said(walk, way, {"action": action, "instant": instant}, instant)
        case "arrêter l'heure":
            return said(walk, way, {"action": {"page": "arreter"}.get(way, "freeze")})
        case "suivre un déplacement":
            return Call({"numero": read_back(walk, "/api/clock")["numero"]})
        case "reprendre l'heure de la machine":
            return said(walk, way, {"action": {"page": "machine"}.get(way, "real")})
        case "voir les mesures d'un point":
            words = (C5, "--debut", day["debut"], "--fin", day["fin"])
            return Call(known, {"params": {"type": "energie", **day}}, words)
        case "copier un point":
            return said(walk, way, {} if way == "page" else {"comme": C5}, C5, **known)
        case "importer des points":
            content = b"".join(csv_lines(made_points(1, WAYS.index(way) + 1)))
            if way == "page":
                return Call({}, {"files": {"fichier": ("points.csv", content)}})
            file = walk.folder / f"{way}.csv"
            file.write_bytes(content)
            return Call(
                {}, {"data": content, "headers": {"Content-Type": "text/csv"}}, (str(file),)
            )
        case "retirer un point à soi":
            (cells,) = made_points(1, WAYS.index(way) + 1)
            prm = cells["prm"]
            return Call({"prm": prm}, {}, (prm,))
        case "exporter ses points":
            return Call({}, {}, ("--sortie", str(walk.folder / "export.csv")))
        case "prendre le CSV d'une demande":
            return Call(known, {}, (known["nom"],))
        case "prendre un fichier":
            row = read_back(walk, f"/api/flux/{known['nom']}")
            path = next((walk.simulator.data_dir / "flux").rglob(row["nom"]))
            out = str(walk.folder / "clair")
            return Call(known, {}, (str(path), "--contrat", row["contrat_id"], "--sortie", out))
        case "publier et livrer":
            return Call({}, {}, ("--environment", "production"))
        case "donner un mot de passe":
            login = walk.simulator.login
            fields = {"login": login, "mot_de_passe": "secret"}
            return said(walk, way, fields, login, "--password", "secret", code="TIERS1")
        case "vérifier un certificat" | "enregistrer un certificat":
            fields = {"environnement": "production", "pem": known["pem"]}
            words = (known["cert"], "--environment", "production")
            if fonction.nom == "enregistrer un certificat" and way == "page":
                fields["acteur"] = "TIERS1"
            return said(walk, way, fields, *words)
        case "ouvrir une campagne":
            fields = {"release": "sge-26.1", "user_agent": f"client-{way}"}
            words = ("--release", "26.1", "--user-agent", f"client-{way}")
            return said(walk, way, fields, *words)
        case "voir une campagne" | "prendre les données d'une campagne" | "fermer une campagne":
            number = WAYS.index(way) + 1 if fonction.nom.startswith("fermer") else 3
            words = ("--campaign", str(number))
            if fonction.commande == "campaign report":
                words += ("--report", str(walk.folder / "rapport"))
            return Call({"campaign_id": number}, {}, words)
        case "prendre le rapport d'une campagne" | "prendre le classeur d'une campagne":
            words = ("--campaign", "3", "--report", str(walk.folder / "rapport"))
            return Call({"campaign_id": 3}, {}, words)
        case "passer des cas":
            fields = {"release": "sge-26.1", "cas": "ADP-NR1"} | (
                {"package": ""} if way == "page" else {}
            )
            ready = walk.simulator.ready
            target = {
                **{"target": ready["b2b_url"], "admin": ready["admin_url"]},
                "ca": ready["ca_file"],
                **{"cert": ready["client_cert"], "key": ready["client_key"]},
                **{"login": ready["login"], "contrat": ready["contrat_id"]},
                **{"case": "ADP-NR1", "release": "26.1"},
                "report": str(walk.folder / "passage"),
            }
            words = tuple(f"--{name}={value}" for name, value in target.items())
            return said(walk, way, fields, *words)
        case "voir un passage" | "prendre le rapport d'un passage":
            nom = passage_of(walk)
            return Call({"nom": nom, "fichier": "rapport.json"}, {}, (nom,))
        case "voir les cas d'une version" | "voir un cas":
            variables = {"campaign_id": 3, "release": "sge-26.1", "cas": "ADP-NR1"}
            cases = read_back(walk, "/api/catalogue/sge-26.1/cas/ADP-NR1")
            words = ("ADP-NR1",) if fonction.nom == "voir un cas" else ()
            return Call(variables | {"cle": cases[0]["cle"]}, {}, words)
        case "comparer deux versions":
            versions = ("sge-23.2", "sge-26.1")
            return Call({"avant": versions[0], "apres": versions[1]}, {}, versions)
    return Call(known)


def passage_of(walk: Walk) -> str:
    """Return the name of a run whose report is written."""
    while True:
        found = [each for each in read_back(walk, "/api/passages") if each["fichiers"]]
        if found:
            return str(found[0]["nom"])
        time.sleep(0.2)


def call_address(walk: Walk, cell: str, call: Call) -> str:
    """Call an address; return what is wrong with the answer, nothing where it did what it says."""
    method, _, path = cell.partition(" ")
    filled = re.sub(r"{(\w+)[^}]*}", lambda found: str(call.variables[found[1]]), path)
    options = dict(call.options)
    if cell.startswith("POST") and not path.startswith("/api/"):
        options["headers"] = {"Origin": walk.simulator.home}
    for _ in range(50):
        answer = walk.ask(method, filled, **options)
        if "Une campagne est en cours" not in answer.text:
            break
        time.sleep(0.2)
    cookie = answer.headers.get("Set-Cookie", "")
    if answer.status_code >= 400 or '"refus' in cookie or "=refus" in cookie:
        return f"{answer.status_code} {cookie} {answer.text[:300]}"
    if method == "GET" and answer.status_code != 200:
        return f"{answer.status_code} {answer.headers.get('Location')}"
    return ""


BARE = {"catalog", "cert authorities"}
"""Commands that know no folder."""


def call_command(walk: Walk, cell: str, call: Call) -> str:
    """Run a command in this process; return what is wrong, nothing where it did what it says."""
    words = [*cell.split(), *call.words]
    folder = ["--data-dir", str(walk.simulator.data_dir)]
    bare = any(cell.startswith(each) for each in BARE) or cell in ("points modele", "homologate")
    output = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    code: Any = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            code = commands.main([*words, *([] if bare else folder)], standalone_mode=False)
        except SystemExit as exit_:
            code = exit_.code
        except Exception as error:
            return f"{words} : {error!r}"
    written = output.buffer.getvalue().decode("utf-8", "replace")
    # A report says by 1 that not every package is obtained, a check that a certificate isn't.
    admitted = (0, None, 1) if cell.split()[-1] in ("report", "check", "homologate") else (0, None)
    return "" if code in admitted else f"{words} : {code} {written[-300:]}"


def test_every_cell_of_the_table_is_called(walk: Walk) -> None:
    wrong = []
    callers: dict[str, Callable[[Walk, str, Call], str]] = {
        "page": call_address,
        "rest": call_address,
        "commande": call_command,
    }
    for fonction in FONCTIONS:
        for way in WAYS:
            cell = getattr(fonction, way)
            if not cell:
                continue
            said_wrong = callers[way](walk, cell, arguments(walk, fonction, way))
            if said_wrong and REFUSED.get(fonction.nom, "\0") not in said_wrong:
                wrong.append(f"{fonction.nom} ({way}, {cell}) : {said_wrong}")
    assert wrong == [], "\n".join(wrong)


def test_few_cells_are_empty_and_each_says_why() -> None:
    empty = [fonction for fonction in FONCTIONS if "" in fonction[1:4]]
    assert len({fonction.raison for fonction in empty}) <= MOST_REASONS
    assert all(fonction.raison for fonction in empty)
    assert [fonction for fonction in FONCTIONS if fonction.raison and fonction not in empty] == []


def test_nothing_is_served_that_the_table_does_not_name(room: Room) -> None:
    routes = [each for routes_of in _ROUTES for each in routes_of(room.state).routes]
    served = {
        f"{method} {route.path}"
        for route in routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    served |= {"GET /api/settings", "GET /favicon.ico"}
    cells = {cell for fonction in FONCTIONS for cell in fonction[1:3] if cell}
    cells |= {
        cell
        for each in all_operations()
        for cell in (f"{each.method} {each.path}", each.page)
        if cell
    }
    addresses = {nom for nom in APART if " /" in nom}
    assert served - cells - addresses - {"POST /api/flux"} == set()
    assert (cells | addresses) - served == set()


def test_no_command_is_missing_in_the_table() -> None:
    existing = {words for words, _ in every_command(commands)}
    named = {fonction.commande for fonction in FONCTIONS if fonction.commande}
    named |= {" ".join(each.command.split()[:2]) for each in all_operations() if each.command}
    begun = {
        command
        for command in existing
        if any(f"{cell} ".startswith(f"{command} ") for cell in named)
    }
    apart = {nom for nom in APART if " /" not in nom}
    assert existing - begun - apart == set()
    assert apart - existing == set()
    assert not apart & begun
