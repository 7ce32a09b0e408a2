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
    "residentiel": "9d3115dc94a4f80642c7af24c8830070a6be76397626cfc057da518f55fa0d09",
    "commerce": "2eb4760b421210252b9b24900987a00c5608201a88a4b6af2309176b9521ebc9",
    "activation": "1095a856537df6a168abaef8050d1ef81c25099030933dbf4d748c4cb9334d91",
    "surplus": "8360631155f04a4c9ffecfbb03bc96a04a04f3284f4b242bbbe2fcdef372557a",
    "tertiaire": "f1f285f034500b823d4f9416e9a3e59015d90d9781a6d49a76f6f4c585a33622",
    "usine": "d9a129cc2c4844e6a560254b534dbcee6e7bcad99d84b9a9e0863e265e6ea3f3",
    "centrale": "fa19b3064f024f7e1104e547e5f2c0e368041810fd93a6d8483790410ccc8923",
    "voiture": "8576c41bac2f15646eecd255ef75257c8190ea33b32ce827d6f7efd900bf26a5",
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
