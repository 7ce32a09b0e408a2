"""The same bytes on every machine, interpreter and version of numpy.

A changed digest here means that measures changed for every user: intended, or a fault.
"""

import ast
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from importlib import import_module
from itertools import chain, starmap
from pathlib import Path
from pkgutil import iter_modules
from types import CodeType, FrameType
from typing import Any

import numpy as np
import pytest
from mesures_points import PLAGES, POSE, STRUCTURES_C5, grand, linky

import sge_sim.mesures
from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    Grandeur,
    HeuresCreuses,
    JourRectifie,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    communs,
    consommations,
    courbe,
    courbe_10_minutes,
    energies_quotidiennes,
    index_courants,
    index_quotidiens,
    parse_plages,
    puissances_maximales,
    registres_factures,
    tableaux,
)
from sge_sim.mesures.calendrier import calendrier, numero
from sge_sim.mesures.climat import climat, lieu_de_la_commune, read_temperature
from sge_sim.mesures.communs import PAS_PAR_JOUR, make_common_tables
from sge_sim.mesures.courbes import is_recorded
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour
from sge_sim.mesures.evenements import find_periodes
from sge_sim.mesures.formes import banque, gigues
from sge_sim.mesures.grilles_nommees import calendrier_du
from sge_sim.mesures.hasard import bruits
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.index import registres_de_depose
from sge_sim.mesures.installations import installation
from sge_sim.mesures.jours_donnes import read_donnees
from sge_sim.mesures.lecture import TOUT, Lecture
from sge_sim.mesures.metiers import facteurs_forts
from sge_sim.mesures.rectifications import rectified_registers
from sge_sim.mesures.releves import read_contextes
from sge_sim.mesures.series import read_curves_of_day, read_series
from sge_sim.mesures.soleil import soleils

POINTS = {
    "residentiel": linky(
        7,
        distributeur=Structure.SAISONS_C5,
        fournisseur=Structure.SIX_CADRANS,
        plages=parse_plages("22H56-6H56"),
    ),
    "commerce": linky(
        8, kva=24, distributeur=Structure.HP_HC, profil=ProfilConsommation.PROFESSIONNEL
    ),
    "activation": replace(linky(9), collectes=(PeriodeCollecte(date(2024, 2, 13)),)),
    "surplus": linky(10, segment="P4"),
    "tertiaire": replace(
        grand(11),
        trous=(
            TrouDeCourbe(datetime(2024, 1, 10, tzinfo=PARIS), datetime(2024, 1, 11, tzinfo=PARIS)),
        ),
    ),
    "usine": grand(12, kw=2_500, segment="C2", structure=Structure.POINTE),
    "centrale": grand(13, kw=900, segment="P1"),
    # A dwelling with a car, and one that nobody lives in.
    "voiture": linky(20, distributeur=Structure.HP_HC, fournisseur=Structure.HP_HC),
    "delaissee": linky(46, distributeur=Structure.HP_HC, fournisseur=Structure.HP_HC),
    # Blocks of several lengths, by five minutes.
    "atelier": grand(43),
}
MOINS_PUISSANTE = replace(
    grand(1), puissances=(PuissanceSouscrite(POSE, 120), PuissanceSouscrite(date(2023, 6, 1), 60))
)
"""It overruns what power it has left."""
FENETRES = (
    (date(2023, 2, 25), date(2023, 4, 3)),
    (date(2024, 1, 1), date(2024, 4, 8)),
    (date(2024, 10, 21), date(2024, 11, 4)),
)
EMPREINTES = {
    "residentiel": "d8fa27f19577a613fa1ee1d951aea9e45a7d50c0fee4264cd5bb001f77ba0351",
    "commerce": "63ef8d68647bb1a640c03d9f0380cc03df95d7f49881a7e68967b08946ef5453",
    "activation": "250c15e2e9f268bc20bd8b1899314c81f2cfed7d794b089a36ddc4cc28f4eb81",
    "surplus": "61311235c4778da233a9c84334ce3c30e1c62d1d61a4e326cf51e172d74394fa",
    "tertiaire": "bc9100644d38812e5fbb2d90f23548e052a4fd9f202a112d1b7dba201c44933a",
    "usine": "e7bdedfd8d4584f99b7e8a4a86d7ef6918a5095281afb13bac8be30658c0e250",
    "centrale": "69564eed20db406cd1cb12f958c3511de6bb71db6c239de575b972d38b049a12",
    "voiture": "23a7a9194280a4453d548fade438df41b696c1678aad2cb4266426d76e87f083",
    "delaissee": "bf3919609fccf6793b1ca17d729e26f4f5b9c9491c550ca499cae8c3cbf54cdc",
    "atelier": "7d94920c2eedd08d8213d7576a42bccc6f84eff636cd480000c504c7e8a58a29",
}


def is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def billed(point: PointMesure, debut: date, fin: date) -> object:
    """What is told of the billing consumptions."""
    facturees = consommations(point, debut, fin)
    names = ("debut", "fin", "valeur", "nature", "declencheur", "statut")
    return tuple(
        tuple(
            (
                serie.calendrier,
                serie.classe,
                tuple(tuple(getattr(row, name) for name in names) for row in serie.consommations),
            )
            for serie in series
        )
        for series in (facturees.distributeur, facturees.fournisseur)
    )


def digest(point: PointMesure) -> str:
    somme = hashlib.sha256()
    for debut, fin in FENETRES:
        lus: list[object] = [
            index_quotidiens(point, debut, fin),
            energies_quotidiennes(point, debut, fin),
            puissances_maximales(point, debut, fin),
        ]
        if point.petit:
            lus.append(courbe(point, debut, fin))
        else:
            lus += [courbe(point, debut, fin, grandeur) for grandeur in Grandeur]
            lus += [courbe_10_minutes(point, debut, fin), index_courants(point, debut, fin)]
        for lu in lus:
            for tableau in filter(is_array, vars(lu).values()):
                somme.update(np.ascontiguousarray(tableau).astype("<i8").tobytes())
        somme.update(repr(billed(point, debut, fin)).encode())
    return somme.hexdigest()


FACTUREES = {
    "tertiaire": "ca9151fb1006d0db120be432bd43ffd3d53a1809d0c50c3aa0baa67a6f2cdb9f",
    "usine": "e55e9395a87b09ddbe19dfa0c816c0f4effafe42ca26216f1139c2649c77854d",
    "centrale": "e01ed72692f6f75b9594a6d080ceb596bd0fd739988b2bec0aee9f8197ab26e4",
    "moins puissante": "a53d26e7bdf9bfc1ec1952d79e11054270a5df0cce8a5b3584d0f77ce846bf0e",
}
"""Of what large meters count beside energies."""


def digest_factures(point: PointMesure) -> str:
    somme = hashlib.sha256()
    for debut, fin in FENETRES:
        lus = registres_factures(point, index_courants(point, debut, fin))
        for grandeur, registres in lus.items():
            somme.update(grandeur.encode())
            somme.update(np.ascontiguousarray(registres).astype("<i8").tobytes())
    return somme.hexdigest()


@pytest.mark.parametrize("nom", POINTS)
def test_measures_are_these_bytes(nom: str) -> None:
    assert digest(POINTS[nom]) == EMPREINTES[nom]


@pytest.mark.parametrize("nom", FACTUREES)
def test_what_is_counted_beside_energies_is_these_bytes(nom: str) -> None:
    point = POINTS.get(nom, MOINS_PUISSANTE)
    assert digest_factures(point) == FACTUREES[nom]


J = date(2024, 3, 12)
"""What is done to a meter is done on that day."""
FOYER = linky(20, distributeur=Structure.HP_HC, fournisseur=Structure.SAISONS_C5)
CENTRALE = linky(21, segment="P4")
LUS = {
    "foyer et sa centrale": replace(FOYER, couple=CENTRALE),
    "centrale et son foyer": replace(CENTRALE, couple=FOYER, pertes=True),
    "reprogramme": replace(
        linky(22, distributeur=Structure.SAISONS_C5),
        heures_creuses=(HeuresCreuses(POSE, PLAGES[0]), HeuresCreuses(J, PLAGES[2])),
        triphase=True,
        pertes=True,
    ),
    "remplace": replace(
        grand(23),
        compteurs=(CompteurPose(POSE, J, 500), CompteurPose(J, None, 3_000)),
        rectifications=(JourRectifie(J, 900_000, datetime(2024, 4, 2, tzinfo=PARIS)),),
        ponctuels=(datetime(2024, 3, 13, 9, 17, tzinfo=PARIS),),
    ),
    "donne": linky(24),
    "donne, grand": grand(25),
}
"""Points of which more is told than columns."""
DONNEES = {
    "donne": [
        (J, " ".join(["120"] * 20 + ["-"] * 8 + ["4000"] * 20), '{"total": 9000000}'),
        (J + timedelta(1), None, '{"total": 9070000, "F1": 9070000}'),
        (J + timedelta(2), None, "-"),
    ],
    "donne, grand": [(J, " ".join(["30000"] * 287 + ["-"]), None)],
}
EMPREINTES_LUES = {
    "foyer et sa centrale": "86ff30e8146dcb8c9e657c1bc7ead82535998dee747c69fb8b9de486c20dd630",
    "centrale et son foyer": "e8ca169c2adc45b30b0c0f87ab647c6eff9504be18472dcb295f050d950a0bf3",
    "reprogramme": "48322294e6b808b16b7a471b2720083bf295f73b66003d8420d37a2cd03947fa",
    "remplace": "bdc0af2d83267e2570085d51e86a6742ef7a8dc7f1a3067dfffd5d0748084afa",
    "donne": "a523142903107362910266c9d6d065d62b9c191bdad0a368456a593317e0b5bf",
    "donne, grand": "785f0b6967ad7d486b0a07a3438f2b8a0c00cecf8c26cf85d8cc41ec5e36cd06",
}


def point_lu(nom: str) -> PointMesure:
    donnees = read_donnees(DONNEES.get(nom, []))
    trous = () if donnees is None else starmap(TrouDeCourbe, donnees.trous)
    return replace(LUS[nom], donnees=donnees, trous=tuple(trous))


def told(point: PointMesure) -> Iterator[object]:
    """All that services and files are told of a point, in some days around `J`."""
    debut, fin = J - timedelta(12), J + timedelta(25)
    for type, grandeur, pas in (
        ("COURBE", TOUT, None),
        ("ENERGIE", "EA", None),
        ("PMAX", TOUT, None),
        ("PMAX", TOUT, "P1M"),
    ):
        lecture = Lecture(type, grandeur, debut, fin, pas, corrigees=True)
        yield read_series(point, lecture)
        yield read_series(point, lecture, factice=True)
    yield read_contextes(point, Lecture("INDEX", TOUT, debut, fin), rhf=True)
    yield read_contextes(point, Lecture("INDEX", TOUT, fin, fin + timedelta(3)))
    yield read_curves_of_day([point, POINTS["voiture"], POINTS["surplus"]], J)
    yield maxima_du_jour([point, POINTS["voiture"], POINTS["surplus"]], J)
    yield heures_depassees(point, consommations(point, debut, fin))
    yield [int(registres_de_depose(point, each)[-1]) for each in point.compteurs if each.depose]
    yield [rectified_registers(point, each) for each in point.rectifications]
    yield point.metier, is_recorded(point, numero(J)), calendrier_du(point.grille_fournisseur, J)
    index = index_quotidiens(point, debut, fin)
    yield [write_stamps(each, index.horodates, index.decalages) for each in Stamp]
    yield lieu_de_la_commune("84042"), round(read_temperature(3, J) * 100)


def plain(value: object) -> object:
    """A value as every version of numpy writes it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return [plain(getattr(value, each.name)) for each in fields(value)]
    return [*map(plain, value)] if isinstance(value, tuple | list) else value


def digest_lu(point: PointMesure) -> str:
    return hashlib.sha256(repr([plain(each) for each in told(point)]).encode()).hexdigest()


@pytest.mark.parametrize("nom", LUS)
def test_what_is_read_of_a_point_is_these_bytes(nom: str) -> None:
    assert digest_lu(point_lu(nom)) == EMPREINTES_LUES[nom]


VIVANTS = [
    replace(
        grand(graine)
        if graine % 5 == 0
        else linky(
            graine,
            kva=(3, 6, 9, 12)[graine % 4],
            fournisseur=STRUCTURES_C5[graine % 4],
            profil=ProfilConsommation.PROFESSIONNEL if graine % 3 == 0 else None,
        ),
        vivant=True,
        arrivees=(J,) if graine % 7 == 0 else (),
    )
    # The last one gets a plant of its own.
    for graine in (*range(300), 782)
]
EMPREINTE_DES_VIES = "844f6b3712cff01dd77836d9c5f6b8d9f805b0cf04ad71f80387a5b505c5e6a3"


def digest_vies() -> str:
    """What happens to points in some years, and what a week of many is once it has."""
    somme = hashlib.sha256()
    for point in VIVANTS:
        somme.update(repr([plain(each) for each in find_periodes(point)]).encode())
        lue = energies_quotidiennes(point, date(2027, 1, 4), date(2027, 1, 11))
        somme.update(lue.valeurs.astype("<i8").tobytes())
    petits = [point for point in VIVANTS if point.petit]
    somme.update(repr(courbes_du_jour(petits, date(2026, 12, 2))).encode())
    return somme.hexdigest()


def test_what_happens_to_points_is_these_bytes() -> None:
    assert digest_vies() == EMPREINTE_DES_VIES


TABLES: dict[str, Callable[[], object]] = {
    "calendrier": calendrier,
    "soleils": soleils,
    "climat": climat,
    "bruits": bruits,
    "formes": lambda: [banque(pas) for pas in PAS_PAR_JOUR],
    "gigues": lambda: [gigues(pas) for pas in PAS_PAR_JOUR],
    "facteurs": facteurs_forts,
}
"""What no point decides."""
EMPREINTES_DES_TABLES = {
    "soleils": "6a1fff61f9d41e00ff98908a3715ba9db381854e0cea029bf608d54b9415f0c9",
    "calendrier": "67254c1efb34d4d95e2b5b28fde8697c4fd360f124cb4fd33e1283300c152982",
    "climat": "1f76b1c4bf47e49319331ff17ebd544d690a42e6c152b5701e5a7ea37efde76c",
    "bruits": "2d2b2c8f5508c1aa762f589aa5f7fbe51bb8c36ccca221c498734d2049d00196",
    "formes": "19b889587ba736a492514f06f90b05089cee08aff3dce57f2c115502e903db12",
    "gigues": "a7cd7498b7366fa04269de710670d5869798e5304970cf755db162be44e97aa7",
    "facteurs": "d1839644ccca2cd0a96cd3f01f3665496db5b1c15534a6b367bfe1b01f332a85",
}


def whole(value: object) -> Iterator[bytes]:
    """All that a table holds, in its order."""
    if isinstance(value, np.ndarray):
        assert not value.flags.writeable, "every point shares it"
        yield value.astype("<i8").tobytes()
    elif is_dataclass(value):
        names = [each.name for each in fields(value) if each.compare]
        yield from chain.from_iterable(whole(getattr(value, name)) for name in names)
    elif isinstance(value, tuple | list | Mapping):
        held = value.items() if isinstance(value, Mapping) else value
        yield from chain.from_iterable(map(whole, held))
    else:
        yield repr(plain(value)).encode()


@pytest.mark.parametrize("nom", TABLES)
def test_what_no_point_decides_is_these_bytes(nom: str) -> None:
    found = hashlib.sha256(b"".join(whole(TABLES[nom]())))
    assert found.hexdigest() == EMPREINTES_DES_TABLES[nom]


def test_what_is_mapped_is_what_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On disk as it is made; another program, or another legal time, makes it anew."""
    file, functions = tmp_path / "tables", [table for table, *_ in communs.TABLES]
    monkeypatch.setattr(tableaux, "TABLES_FILE", file)
    monkeypatch.setattr(communs, "TABLES_FILE", file)
    kept = [tableaux.mapped_tables, *functions]
    try:
        for each in kept:
            each.cache_clear()  # type: ignore[attr-defined]
        made = {nom: b"".join(whole(table())) for nom, table in TABLES.items()}
        assert not tableaux.mapped_tables()
        for _ in range(2):  # as they are written, then as they are found
            make_common_tables()
            assert len(tableaux.mapped_tables()) == len(communs.TABLES)
            assert made == {nom: b"".join(whole(table())) for nom, table in TABLES.items()}
            assert not calendrier().heures.flags.owndata, "nobody keeps those that were written"
            for each in kept:
                each.cache_clear()  # type: ignore[attr-defined]
        assert file.stat().st_size > 2**25
        assert tableaux.read_mapped(file, "another program") is None
    finally:
        for each in kept:
            each.cache_clear()  # type: ignore[attr-defined]


FOULES = {
    ProfilConsommation.RESIDENTIEL: (
        6000,
        "7e100a70ed2e77668e864879a2d767cda7fc3ca0b8fdf2cf6147793fc6c5a438",
    ),
    ProfilConsommation.PROFESSIONNEL: (
        2000,
        "b8358520316ecb2ab79a4926d51227c4ee372cce0c7663fd833288dc4630ba79",
    ),
    ProfilConsommation.TERTIAIRE: (
        2000,
        "44c4382733edb334868ff70aa6cf30507f07de3455993b749fd0e278517ce658",
    ),
    ProfilConsommation.INDUSTRIEL: (
        2000,
        "187d48c0e426f713f1055e04982059b304c3de52580c3081e218a979ff24756f",
    ),
    ProfilConsommation.PRODUCTION: (
        1000,
        "9bbfa7ff14fd9a48c347d3b6234d912f2c11f336c221213d1501f170140abe28",
    ),
}
"""What is drawn for so many points of a profile: what one in a thousand has is among it."""


@pytest.mark.parametrize("profil", FOULES, ids=lambda each: each.value)
def test_what_is_drawn_for_many_points_is_these_bytes(profil: ProfilConsommation) -> None:
    many, expected = FOULES[profil]
    somme = hashlib.sha256()
    for graine in range(many):
        petit = profil is ProfilConsommation.RESIDENTIEL or graine % 2 == 0
        puissance = (3, 6, 9, 12, 36)[graine % 5] if petit else 60 * (1 + graine % 50)
        plages = PLAGES[graine % len(PLAGES)]
        drawn = installation(graine, petit, profil, puissance, graine % 96, plages, graine % 3 == 0)
        for each in drawn:
            somme.update(
                each.astype("<i8").tobytes() if is_array(each) else repr(plain(each)).encode()
            )
    assert somme.hexdigest() == expected


NEVER_CALLED = {
    *(
        ("corps_de_metier.py", name)
        for name in ("_socle", "_ouverture", "_chauffage", "_climatisation")
    ),
    ("point.py", "_Datee.depuis"),
    ("tableaux.py", "common_table"),
}
"""What makes a table as it is imported, and what is for the type checker."""
PACKAGE = Path(sge_sim.mesures.__file__).parent


def functions_of(tree: ast.AST, within: str = "") -> Iterator[str]:
    """Yield the functions that a module defines, as Python names them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield within + node.name
            yield from functions_of(node, f"{within}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node, f"{within}{node.name}.")
        else:
            yield from functions_of(node, within)


def functions_called(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """The functions that these digests call, nothing being kept of what was computed before."""
    called = set[CodeType]()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    for each in iter_modules([str(PACKAGE)]):
        for kept in vars(import_module(f"sge_sim.mesures.{each.name}")).values():
            getattr(kept, "cache_clear", lambda: None)()
    monkeypatch.setattr(tableaux, "read_mapped", lambda *_: None)
    monkeypatch.setattr(communs, "write_mapped", lambda *_: None)
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        make_common_tables()
        for point in map(replace, POINTS.values()):
            digest(point)
        for nom in LUS:
            digest_lu(point_lu(nom))
        digest_vies()
        for nom in FACTUREES:
            digest_factures(POINTS.get(nom, MOINS_PUISSANTE))
    finally:
        sys.setprofile(before)
    files = ((Path(code.co_filename), code.co_qualname) for code in called)
    return {(file.name, name) for file, name in files if file.parent == PACKAGE}


def test_every_function_is_called_for_one_of_these_points(monkeypatch: pytest.MonkeyPatch) -> None:
    defined = {
        (file.name, name)
        for file in PACKAGE.glob("*.py")
        for name in functions_of(ast.parse(file.read_bytes()))
    }
    assert defined - functions_called(monkeypatch) == NEVER_CALLED
