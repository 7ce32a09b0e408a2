"""The same bytes on every machine, interpreter and version of numpy.

A changed digest here means that measures changed for every user: intended, or a fault.
"""

import hashlib
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from mesures_points import POSE, grand, linky

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    Collecte,
    Grandeur,
    PointMesure,
    Profil,
    PuissanceSouscrite,
    Structure,
    Trou,
    consommations,
    courbe,
    courbe_10_minutes,
    energies_quotidiennes,
    index_courants,
    index_quotidiens,
    parse_plages,
    puissances_maximales,
    registres_factures,
)

POINTS = {
    "residentiel": linky(
        7,
        distributeur=Structure.SAISONS_C5,
        fournisseur=Structure.SIX_CADRANS,
        plages=parse_plages("22H56-6H56"),
    ),
    "commerce": linky(8, kva=24, distributeur=Structure.HP_HC, profil=Profil.PROFESSIONNEL),
    "activation": replace(linky(9), collectes=(Collecte(date(2024, 2, 13)),)),
    "surplus": linky(10, segment="P4"),
    "tertiaire": replace(
        grand(11),
        trous=(Trou(datetime(2024, 1, 10, tzinfo=PARIS), datetime(2024, 1, 11, tzinfo=PARIS)),),
    ),
    "usine": grand(12, kw=2_500, segment="C2", structure=Structure.POINTE),
    "centrale": grand(13, kw=900, segment="P1"),
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
    "residentiel": "f9b32e6957ce684f9ee7949d0b48f13433c8191c0d3b0bda73e8a23643d7447a",
    "commerce": "1d1490834f6cac5f54d5d85cb5ee35c4dc48e6d514a1c448d8b8039c051fee8f",
    "activation": "5c150d7c55311e04855299a1935e93430cf4f5ac5422ccd962110ec1de24f5ac",
    "surplus": "e8e6a63d703b84c020a80013873d6eb090080fcfcddffb6f7ba7535fd9ccf541",
    "tertiaire": "94ca411ace86f7ecd9cecf23796e07c0751377998d9f40b2246fa77734c4ae16",
    "usine": "96757c45ebd48c74b48e8c8e8a0e8acdc56a6b45c0b662590e610e133e7a8ceb",
    "centrale": "6421c449872af198735f3a366f9ebc931e21f39d886da0769d098bd167bb9ca2",
}


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
            for tableau in vars(lu).values():
                somme.update(np.ascontiguousarray(tableau).astype("<i8").tobytes())
        somme.update(repr(consommations(point, debut, fin)).encode())
    return somme.hexdigest()


FACTUREES = {
    "tertiaire": "eb5ffa05e8c8c38b04ee1fc51054beea404ad6ac8a3b7ab13eff8cb407ec9ae6",
    "usine": "1403079de94e0e75e9feb2f25a68d492495af09a3a07b5d07543fd2f2927b7a3",
    "centrale": "ce0d3214d1f25813ed7335ab4c394143825aa7443735aedf4696205d5a07b77c",
    "moins puissante": "255067fea0741b9e97cb2bb2fe7e2c5012b4d4dfbabdb264ba4984c7c1a98d6c",
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
