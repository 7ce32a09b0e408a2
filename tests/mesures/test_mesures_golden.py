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
    "residentiel": "b9348454ba881e45f20f09fdb50986b13ff217526b7329d6be641a8381b8892e",
    "commerce": "51f3ada4136d7e9c9760c4bb38c7d503b3a5544f2792f95ee211bcc87f6fb3bd",
    "activation": "07d74c29a6252bf9daed00afe959b0fb827017e082fe7895b995c41803cbab65",
    "surplus": "38b740e9afa0b2f0053649c30469998051cc26abdf23f7f9169116cc2aff7490",
    "tertiaire": "fb69b2226b9a55a388be1899761769628768d917a8528a3a7df0193ae243f7d8",
    "usine": "34648e681db5c6029cbb2d653e95098c48af936b9290d9b7b9851a0e8adbca6d",
    "centrale": "447d950f357b43e855e0952da6ebad27ef5c15c038217d7e238ec5ccc5298fd5",
    "voiture": "cb25da13e958867d305f06b4b2345f2adecc4b57ec6a9d5e107282a2e2898c0b",
    "delaissee": "766e8373ffc4137664ada042f7e61daf2375b63315fb60d7fd2676037fda0b21",
    "atelier": "7ed030eac6271b8c5c220ef894ed3f8aeebb3272611aae8c9b89499d5d45caf5",
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
    "tertiaire": "c1efb030b7fb740545361c59084458affa7885702554bcc8c4fd665ebb87a042",
    "usine": "2160007906d4a1b9d484ef509e0507a603b38bac47b45e31b4abbeb148b56fbf",
    "centrale": "935981e8e272ea64937728150846cfe9748803ea4b127b4b18b2c32feb79d969",
    "moins puissante": "46e66573da71cd52531896045f21fb33fc61adc2c3c098ec312a28ab90d525c3",
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
    "foyer et sa centrale": "0767ec891b9ac2eddd6991435ee7fbca796371f83e624f3479e1b621ed394c6b",
    "centrale et son foyer": "ee18ef7f14ca9cacf6ffc4bcbd7876ccda73959d496274f987003f003f257698",
    "reprogramme": "0cbd473085f1ded911df4fbfa252a03f298b622491e1a404538bdf64404fe454",
    "remplace": "6123fa35c498954239d30974adc919faed59f49a3884d35d20648c85ed40ac5a",
    "donne": "afe63c1ab29ad7e22bfdad342c7d3cd26d72ae1c0f6d195445eb2db75bb7900e",
    "donne, grand": "5451f7be071306f49228ab30f88025e97d26ad92e7a396cfd59d1370a93f5bd9",
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
EMPREINTE_DES_VIES = "e4f36759f83cccd079c837a374f09e772dd6d05217e99b2aa2f417459c75ffec"


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
    "climat": "806ac3e568b557fd6f1ded6b1823c7e35001152b95edd6d1797fdc1a01efd102",
    "bruits": "2d2b2c8f5508c1aa762f589aa5f7fbe51bb8c36ccca221c498734d2049d00196",
    "formes": "f32c5e6635e6dc207549b8ed37f04bf6415afe82f179448d7050f3727d79ee34",
    "gigues": "ae6d7d40fba512636637d56f36173b9b9830e8f18c4633ae0841e0d37e86b8e4",
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
        "95f0390e325aa4cba8e7a338bb7094444904aa013f58125a3b1fedc2759ebdd0",
    ),
    ProfilConsommation.PROFESSIONNEL: (
        2000,
        "4f6d9751ac3492c8fb62f687eae5600e2831c8de02f5a542b8897edf92c82a42",
    ),
    ProfilConsommation.TERTIAIRE: (
        2000,
        "de1d87026bea758f2664e78b961a29c35e56796aa5a7b5eed5f9551795cc99be",
    ),
    ProfilConsommation.INDUSTRIEL: (
        2000,
        "5bc02b22fe77a97a8d410e733c144a8602a037593b3534222be6b804879d3b16",
    ),
    ProfilConsommation.PRODUCTION: (
        1000,
        "3cfcbf5f2a53c1d3e788f77016b5b11643223107b7b34595b221d5f6d98dd1ad",
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
