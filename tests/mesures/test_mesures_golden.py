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
    Grandeur,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
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
    "residentiel": "186fd08e081cba5c2be0135881a02ca872d41905bdb3d2fa0111a316542e2ec1",
    "commerce": "fd6da222c2bceb75a47a466f488f6202ae924e22f81fd7b209f384f12f21c468",
    "activation": "73f2d1bfd4ee6778537c0455c2917be3d1ac7ebdcb0f4cdcbd3184bf64ced639",
    "surplus": "40393297d0e82a4c07a2a58f78b9edf5cba68ebb0c9588e4ac3c92d3644d06f2",
    "tertiaire": "a08801f021c00711858abb5cdae22c7ec21e22109311a31a6f92fb5f23223044",
    "usine": "e4258467181cfa4a9317226d8f01172df64d5e2cec7f61dff52ddabfbd6c7e4a",
    "centrale": "5faa476d0cf7cb39301c9a82b2538e690bbaebbd4f596b4af3608ac2bda316ac",
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
    "tertiaire": "4e1b97b11dcc2d04e686364565f6cc56419b95dba471315c8332bdd3a48ab3b0",
    "usine": "d625f5bce425211be6aa8022a7b198a1d98b11b2b873388417dc319487e302dd",
    "centrale": "1812ab265cda86011e2b28adec20e35fac902ad5563842e1b3f062d9eb6af9a2",
    "moins puissante": "116c9207508f57388bb646d714b4eb3420ac32d5754a7da2dfe6ea5b3cd53014",
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
