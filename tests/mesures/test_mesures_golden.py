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
from types import FrameType
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
from sge_sim.mesures.climat import climat, read_temperature, zone_du_departement
from sge_sim.mesures.communs import PAS_PAR_JOUR, make_common_tables
from sge_sim.mesures.courbes import is_recorded
from sge_sim.mesures.depassements import heures_depassees
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour
from sge_sim.mesures.evenements import find_periodes
from sge_sim.mesures.formes import banque, gigues
from sge_sim.mesures.grilles_nommees import calendrier_du
from sge_sim.mesures.hasard import bruits
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.index import index_de_depose
from sge_sim.mesures.installations import installation
from sge_sim.mesures.jours_donnes import read_donnees
from sge_sim.mesures.lecture import TOUT, Lecture
from sge_sim.mesures.metiers import facteurs_forts
from sge_sim.mesures.rectifications import rectified_registers
from sge_sim.mesures.releves import read_contextes
from sge_sim.mesures.series import read_curves_of_day, read_series

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
    "residentiel": "4f5f35ee472ec2165bbe4ec1d71241fb1c6cadffbf5aa87005f90d845efdb994",
    "commerce": "2eb4760b421210252b9b24900987a00c5608201a88a4b6af2309176b9521ebc9",
    "activation": "1095a856537df6a168abaef8050d1ef81c25099030933dbf4d748c4cb9334d91",
    "surplus": "8360631155f04a4c9ffecfbb03bc96a04a04f3284f4b242bbbe2fcdef372557a",
    "tertiaire": "f1f285f034500b823d4f9416e9a3e59015d90d9781a6d49a76f6f4c585a33622",
    "usine": "d9a129cc2c4844e6a560254b534dbcee6e7bcad99d84b9a9e0863e265e6ea3f3",
    "centrale": "fa19b3064f024f7e1104e547e5f2c0e368041810fd93a6d8483790410ccc8923",
    "voiture": "2f10b182ca53bb759f0b46d2c2dde1e9cfa9d56b4af88b570322a8f75750f000",
    "delaissee": "3ac8e9bfc59101935efe4d713c290bfd4c594ceaa412114fbb4b845ae3b26435",
    "atelier": "6adf1d5ba7f54ad64f4d607402c8d276aa7ec2b0e6fc9ae8ed2604ba2e65824c",
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
    "tertiaire": "459a10a651c3a8b9e1ac6956e105f8f65186034a21104178f8b8504b303d1fd5",
    "usine": "ad1db2066ba1d36d5eab352da03bf05ba3fe15bcecc2a4ff949812e6997d0e32",
    "centrale": "581c351f53390330d21187c3f5f9d0d3cd33bdd0d3be06abd11fe8d541ac6efa",
    "moins puissante": "1c8693aef25f8d151adbdb3e4bc7b16756b5affd43a4f94650f2bf3cd9848097",
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
    "foyer et sa centrale": "ee39dca2195e1484fd036eca08e316c8f44fc6e2d0a44940b07155c9f037a087",
    "centrale et son foyer": "c96f797e4c4c447c976eae4b4c19ba97b8bce3f68927f9d834b2806f938597e4",
    "reprogramme": "1c1ef63207d17fe7e6a375f2014febc8bcf8b8efe5997b73a090741cc48baf4e",
    "remplace": "0037bf725eca8b7506591945d00a4c2c0d0706e4e5b995a08d320727a3cb6ad0",
    "donne": "c043b1720ca8e3d4a5ac2ca420f2b119d901ecca71f8a913095cd86376b56057",
    "donne, grand": "1e40987652cf0f4dfaad414a4d01b7176d1aa216fc95472ec5d2e063e5bd5d41",
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
    yield [index_de_depose(point, each) for each in point.compteurs if each.depose]
    yield [rectified_registers(point, each) for each in point.rectifications]
    yield point.metier, is_recorded(point, numero(J)), calendrier_du(point.grille_fournisseur, J)
    index = index_quotidiens(point, debut, fin)
    yield [write_stamps(each, index.horodates, index.decalages) for each in Stamp]
    yield zone_du_departement("84042"), round(read_temperature(3, J) * 100)


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
    for graine in range(300)
]
EMPREINTE_DES_VIES = "ad42e85f42bbadef1be91a2895caa60ce659b1b667678fe3d3252d426a0ef5e9"


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
    "climat": climat,
    "bruits": bruits,
    "formes": lambda: [banque(pas) for pas in PAS_PAR_JOUR],
    "gigues": lambda: [gigues(pas) for pas in PAS_PAR_JOUR],
    "facteurs": facteurs_forts,
}
"""What no point decides."""
EMPREINTES_DES_TABLES = {
    "calendrier": "67254c1efb34d4d95e2b5b28fde8697c4fd360f124cb4fd33e1283300c152982",
    "climat": "88ee63db536f7896554dfc6f1f76ecee0c60b3e52a4e7307b3889d9c9d9246ff",
    "bruits": "2d2b2c8f5508c1aa762f589aa5f7fbe51bb8c36ccca221c498734d2049d00196",
    "formes": "f98350ce22b7b0687cacfbfc1508174a2ffa35879a43f00fe07a91bf682db966",
    "gigues": "0daa2bdbd7c738b50b1198cba7672a0ac66062bf46efb8da9dd991ce4e747f97",
    "facteurs": "ab2bfe487786e457a06de4adf26b137917fee9c7eb49eac7bd2d79193e37fab2",
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
        made = {}
        for _ in range(2):
            for each in kept:
                each.cache_clear()  # type: ignore[attr-defined]
            make_common_tables()
            made[len(tableaux.mapped_tables())] = {
                nom: b"".join(whole(table())) for nom, table in TABLES.items()
            }
            assert file.stat().st_size > 2**25
        assert made[0] == made[len(communs.TABLES)]
        assert tableaux.read_mapped(file, "another program") is None
    finally:
        for each in kept:
            each.cache_clear()  # type: ignore[attr-defined]


FOULES = {
    ProfilConsommation.RESIDENTIEL: (
        6000,
        "e9265018a9647e8027eb098721d8110bb1f416d679e604277ea8956647b09373",
    ),
    ProfilConsommation.PROFESSIONNEL: (
        2000,
        "52bd30c30ef2109a014aa79a1b4bb2eb21dc0f84558202131776aa3ecf0036e1",
    ),
    ProfilConsommation.TERTIAIRE: (
        2000,
        "7883a7d60ab2a0f5abbd29f0c23dcec2433fa1382adbe7dc60bdaaf30d6a404d",
    ),
    ProfilConsommation.INDUSTRIEL: (
        2000,
        "64be7c9b4fd3774ab4ef46180c617b2896468f12486304e8ef0a891e00be48df",
    ),
    ProfilConsommation.PRODUCTION: (
        1000,
        "a1f8a7f64ac62316601eb32eba3e4651af7ce5d4e1c468114a13b492c0f050b5",
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
        drawn = installation(graine, petit, profil, puissance, graine % 8, plages, graine % 3 == 0)
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
    called = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(f"{PACKAGE}/"):
            called.add((Path(code.co_filename).name, code.co_qualname))

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
    return called


def test_every_function_is_called_for_one_of_these_points(monkeypatch: pytest.MonkeyPatch) -> None:
    defined = {
        (file.name, name)
        for file in PACKAGE.glob("*.py")
        for name in functions_of(ast.parse(file.read_bytes()))
    }
    assert defined - functions_called(monkeypatch) == NEVER_CALLED
