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
from sge_sim.mesures.index import index_de_depose
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
    "residentiel": "045cffb1d27cc99d401b52e4fbc192c4d275bbcf7befcfb949ceec044b314f8c",
    "commerce": "6dcafcf77b885daafcae7d6c1ffe97654c92e05537d8483679b87eaaf5adce26",
    "activation": "eb27535d3dabfc738a5117277565a70f7f90173f275c174842692a7f4e4d50f4",
    "surplus": "f07a2b3042e54e9ca0b29511267dea4c504120dde37dd5bd8b1f0b659450e214",
    "tertiaire": "c4822d760416430f75adc6a9bdd16e218e154a9fb028ed471d3332682f993db5",
    "usine": "0c7c5cb400070d27223549249e4432e3217d4535e9d238fe24db8e969a4531e6",
    "centrale": "e2c02479972c41102609abb9268a3c7ce0ae7ad20be1e03460bdfe415199c8e7",
    "voiture": "8c614e6b3ac27a9d0fd96104b8ef8c85933fed7a712c13f61d2037f14a9e02b5",
    "delaissee": "b4464a5ea277484b360237d633da67b12387a4830cbcbdd76bcc3b98af4bea84",
    "atelier": "9a97367b8450a224a9ee70e5b48c66f396a1c5a368342ef84efeb0fbfade4503",
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
    "tertiaire": "bdcf663c699a9d6fcb76757a68af347cffa744df4c4334bcdba43bccecb749ab",
    "usine": "9d5c59a7c6470b19868c7d2221f39fa2085f3f5bcd6094c5218769d791b0e321",
    "centrale": "8be9fd5ca19ed412508d7920cbde2d588756092f18c9de6b71efb36922dc70b1",
    "moins puissante": "84f9e77637067e88944ece0f6b964c91e0aeb5a58f98054236401c7ddfae45b9",
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
    "foyer et sa centrale": "bd9c05b69d21379dcab0fa6c52174ac05b1bcb0c8396a4fc627fc60625e88b0f",
    "centrale et son foyer": "78b098a8a56bffb412a7c3863e42a9d5a10d52026383b2dc9b6bd4c8d9eee7dc",
    "reprogramme": "794153eff40d8aaca367fa3c74fe9d03dd6a8b463201408eceef78dcce82af06",
    "remplace": "c418df9b8c61775ce469e36fa563c967218ff98f22c8fc135818e1f45b316d17",
    "donne": "62a03945305149db1f80f212e63da45c8721765068d147014c76a6cdcf4725a6",
    "donne, grand": "8291381b3d990638a80cc817a2778efc6dda4d613926be30ab4dd6ef3977c939",
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
EMPREINTE_DES_VIES = "2aee5487ea0941f6aa2626cd5c37758dcdf21d5c8a07b709e792f237dc38a961"


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
    "climat": "47a68c920d6547cfebdfb2f1933fec4604f0e0a30f3a25485f04baad9a8a3b71",
    "bruits": "2d2b2c8f5508c1aa762f589aa5f7fbe51bb8c36ccca221c498734d2049d00196",
    "formes": "70acb1c177b32d47b1676a8a85d3d086fc71edadaa80c760233e4b317a059d20",
    "gigues": "ae6d7d40fba512636637d56f36173b9b9830e8f18c4633ae0841e0d37e86b8e4",
    "facteurs": "fa4ddf6cedda549548278628d8e3a80c582ecf65af42e28497d2fb43f0d3d37d",
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
        "e926577417565057c7ab8f8d70797a7f7d5c7a620aa1b5cfacba53e09965686f",
    ),
    ProfilConsommation.PROFESSIONNEL: (
        2000,
        "a034671b054f3c80dbb93deec18d79f62f4b27f81319f740e514a91e3526ffa7",
    ),
    ProfilConsommation.TERTIAIRE: (
        2000,
        "4d9c06674067c6e38c0af31e54f17cf09dc88c18aa781efda444cb9f6306298f",
    ),
    ProfilConsommation.INDUSTRIEL: (
        2000,
        "bab89ca7ea11ecd310e2c563445fc8f7cbf84bc3197f0b6f4c6b5e625e15c82c",
    ),
    ProfilConsommation.PRODUCTION: (
        1000,
        "a489519918d77b5b5e787568211ef63dda9514015c374134341a77d357034285",
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
