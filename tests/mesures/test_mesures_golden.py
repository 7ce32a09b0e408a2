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
    "residentiel": "dc281ba0532267bdc417f5b0a1782465685eec40199de37e6525104714638954",
    "commerce": "f7504a7b3edd2cdf7f78b129f8768bfcf5a390417c53ba49faaa3a19016b611b",
    "activation": "c0fd0dcf70bf4cf810c59a27b3851fa9fe3cc46c251127cb81b36ef3fef8d83f",
    "surplus": "dfa5989740ad8641ed70407f28d78cc5f31839bb9fd4f5c27ece24ea39db0925",
    "tertiaire": "c68a9c0cbb3fa9ce622fde2249ec1d6bdea44d262439e478b5ae6c62fda1082f",
    "usine": "c0a294dd85c147d3adf7621bbfd8bc6ccae532933124bf3785cb208ffb533c86",
    "centrale": "5f84acf349347436f3afd8f697f07877348bbd97adc015da80baf5a1e6fb3b2c",
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
    "tertiaire": "83782a787eceddb1e573f14480a61f7c5789a8e9d90ea5956c9a4fa7a9a88ccd",
    "usine": "f9fbb24fcfe407899242673408a0843105ba80d77a2165cec85ca0ddc6783367",
    "centrale": "f96c699df6b2282d6d0c1040883583980756e1bc61f3f5794ff5b82de58126ab",
    "moins puissante": "330239d5cd423c6f5903a8312a2cf0a58ddb5b6549c0b17ed4856632fc6aa485",
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
