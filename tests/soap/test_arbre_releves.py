"""The tree of readings: who sends it says how readings are written, all the rest is one."""

import ast
from pathlib import Path

import numpy as np
import pytest

import sge_sim
from sge_sim.mesures.releves import CalendrierReleve, Contexte, GrandeurRelevee, Registre
from sge_sim.soap.arbre_releves import ArbreReleves

PACKAGE = Path(sge_sim.__file__).parent
NAMES = {"idCalendrier", "contexteReleve", "codeCadran", "cadranTotalisateur"}
"""Fields of the tree that nothing else has; a CSV reads them."""


def registre(classe: str, cadran: str | None, *valeurs: int) -> Registre:
    stamps = np.arange(len(valeurs), dtype=np.int64)
    return Registre(classe, classe.title(), cadran, stamps, stamps, np.array(valeurs, np.int64))


HP_HC = CalendrierReleve(
    "DI000002", "Avec", (registre("HC", "IDX_EAS_D1", 1, 2), registre("HP", "IDX_EAS_D2", 3, 4))
)
SMALL = Contexte("COL", "AQ", (GrandeurRelevee("EA", (HP_HC,), registre("", "IDX_EAS_T", 4, 6)),))


@pytest.mark.observed("CMD v3.0, 2023; R64, 2026")
def test_the_order_is_that_of_the_contract() -> None:
    arbre = ArbreReleves(
        "CONS",
        lambda registres: [
            [grandeur, *registre.valeurs.tolist()] for grandeur, registre in registres
        ],
        grilles=True,
        grandeur={"points": []},
    )
    expected = {
        "etapeMetier": "BRUT",
        "contexteReleve": "COL",
        "typeReleve": "AQ",
        "grandeur": [
            {
                "grandeurMetier": "CONS",
                "grandeurPhysique": "EA",
                "unite": "Wh",
                "points": [],
                "calendrier": [
                    {
                        "idCalendrier": "DI000002",
                        "libelleCalendrier": "Avec",
                        "libelleGrille": "Distributeur",
                        "classeTemporelle": [
                            {
                                "idClasseTemporelle": "HC",
                                "libelleClasseTemporelle": "Hc",
                                "codeCadran": "IDX_EAS_D1",
                                "valeur": ["EA", 1, 2],
                            },
                            {
                                "idClasseTemporelle": "HP",
                                "libelleClasseTemporelle": "Hp",
                                "codeCadran": "IDX_EAS_D2",
                                "valeur": ["EA", 3, 4],
                            },
                        ],
                    }
                ],
                "cadranTotalisateur": {"codeCadran": "IDX_EAS_T", "valeur": ["EA", 4, 6]},
            }
        ],
    }
    # As text, which has the order of the fields.
    assert str(arbre.write([SMALL])) == str([expected])


@pytest.mark.assumed("one writer of the tree of calendars and registers")
def test_the_tree_is_written_in_one_place() -> None:
    writers = set()
    for file in PACKAGE.rglob("*.py"):
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if any(name in text for name in NAMES) else ():
            keys = node.keys if isinstance(node, ast.Dict) else []
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                keys = [node.slice]
            if any(isinstance(key, ast.Constant) and key.value in NAMES for key in keys):
                writers.add(file.relative_to(PACKAGE).as_posix())
    readers = {"homologation/jugement/libelles.py"}  # names the list of each code
    assert writers - readers == {"soap/arbre_releves.py"}
