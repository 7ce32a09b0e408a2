"""GUI 0531 §2.1: each cell of the table, allowed or refused with its code."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from acces_kit import C4, C5, END, P1, P4, SAD, TODAY, Tiers
from state_kit import faits_within

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.refus import Refus, check
from sge_sim.services.acces import Acces
from sge_sim.services.acces_donnees.demande import (
    TYPES_DONNEES,
    Consentement,
    DemandeOuverture,
    ServiceDemande,
)
from sge_sim.services.acces_donnees.rules import RULES_SERVICES
from sge_sim.services.acces_donnees.service import SERVICES_ACCES, read_options
from sge_sim.tables.point_facts import Faits, PointFacts

pytestmark = pytest.mark.documented("GUI 0531 v1.1.0 §2.1, table p. 8")

PETITS, GRANDS = (C5, P4), (C4, P1)
BRUTE, CORRIGEE = False, True
SANS = "sans option"

# The rows of the table; the code of each refusal is assumed but for SGT4H5, SGT4H2 and SGT564.
TABLE: dict[tuple[str, Any], tuple[str | None, str | None]] = {
    ("CDC", SANS): (None, None),
    ("CDC", ("P1D", BRUTE)): (None, None),
    ("CDC", ("P1D", CORRIGEE)): ("SGT4H2", "SGT564"),
    ("CDC", ("P7D", BRUTE)): ("SGT4H5", None),
    ("CDC", ("P7D", CORRIGEE)): ("SGT4H2", None),
    ("CDC", ("P1M", BRUTE)): (None, None),
    ("CDC", ("P1M", CORRIGEE)): ("SGT4H2", None),
    ("CDC", ("P2D", BRUTE)): ("SGT4H5", "SGT4H5"),
    ("CDC", "P1D"): ("SGT562", "SGT562"),
    ("ENERGIE", SANS): (None, None),
    ("ENERGIE", "P1D"): ("SGT4H5", "SGT4H5"),
    ("ENERGIE", "P7D"): ("SGT4H5", "SGT4H5"),
    ("ENERGIE", "P1M"): ("SGT4H5", "SGT4H5"),
    ("PMAX", SANS): (None, "SGT4H8"),
    ("PMAX", "P1D"): (None, "SGT4H8"),
    ("PMAX", "P7D"): ("SGT4H5", "SGT4H8"),
    ("PMAX", "P1M"): (None, "SGT4H8"),
    ("IDX", SANS): (None, None),
    ("IDX", "P1D"): (None, None),
    ("IDX", "P7D"): ("SGT4H5", "SGT4H5"),
    ("IDX", "P1M"): (None, "SGT4H5"),
    # The flag of a type without natures is ignored.
    ("IDX", ("P1D", CORRIGEE)): (None, None),
    ("PMAX", ("P1D", CORRIGEE)): (None, "SGT4H8"),
    ("COURBE", SANS): ("SGT4Q1", "SGT4Q1"),
    ("INDEX", SANS): ("SGT4Q1", "SGT4Q1"),
}

CELLS = [(prm, *row, TABLE[row][prm in GRANDS]) for prm, row in product((*PETITS, *GRANDS), TABLE)]


def sens_of(prm: str) -> str:
    return "INJECTION" if prm in (P1, P4) else "SOUTIRAGE"


@pytest.mark.parametrize(("prm", "type_donnees", "option", "code"), CELLS)
def test_each_cell(
    tiers: Tiers, prm: str, type_donnees: str, option: Any, code: str | None
) -> None:
    asked: Any = type_donnees if option is SANS else (type_donnees, option)
    members = tiers.sad(prm, asked, sens=sens_of(prm))
    assert tiers.code(SAD, **members) == code
    # All or nothing: a refused service leaves none.
    assert len(tiers.services(prm)) == (1 if code is None else 0)


def expected(segment: str, niveau: int | None, asked: tuple[str, str, bool | None]) -> str | None:
    """The code of a cell, from the rows above: those of a type say nothing of its nature."""
    if niveau in (0, 1):
        return "SGT4H9"
    type_donnees, periodicite, corrigees = asked
    option: Any = periodicite
    if periodicite != SANS and type_donnees == "CDC":
        if corrigees is None:
            return "SGT562"
        option = (periodicite, corrigees)
    return TABLE[type_donnees, option][segment in ("C1", "C2", "C3", "C4", "P1", "P2", "P3")]


def refusal(
    tiers: Tiers,
    faits: Faits,
    point: PointFacts,
    type_donnees: str,
    periodicite: str,
    corrigees: bool | None,
) -> str | None:
    """Hold an order of one service against the rules; return the code of the refusal."""
    option = {"periodiciteTransmission": periodicite, "mesuresCorrigees": corrigees}
    block = None if periodicite == SANS else {"optionPublication": [option]}
    demande = DemandeOuverture(
        acces=Acces(
            Demandeur(tiers.acteur, "tiers"),
            faits.utilisateur,
            faits.contrat,
            SERVICES_ACCES.nom,
            TODAY,
        ),
        point=point,
        contrat_id=tiers.contrat_id,
        sens="INJECTION" if point.segment[0] == "P" else "SOUTIRAGE",
        services=(),
        consentement=Consentement(accord=True, nomme=True),
        date_fin=END,
        demandes=[ServiceDemande(type_donnees, tuple(read_options(type_donnees, block)))],
    )
    try:
        check(RULES_SERVICES, demande)
    except Refus as refus:
        return refus.rule.code
    return None


def test_every_cell_by_segment_level_type_option_and_nature(tiers: Tiers) -> None:
    asker = {"login": tiers.login, "contrat_id": tiers.contrat_id}
    with tiers.running.simulator.database.sessions() as session:
        faits = {prm: faits_within(session, prm=prm, **asker) for prm in (*PETITS, *GRANDS)}
    like = dict(zip(("C5", "P4", "C1", "C2", "C3", "C4"), (C5, P4, C4, C4, C4, C4), strict=True))
    like |= dict.fromkeys(("P1", "P2", "P3"), P1)
    published = product(("P1D", "P7D", "P1M"), (None, BRUTE, CORRIGEE))
    options = [(SANS, None), *published]
    cells = 0
    for segment, prm in like.items():
        for niveau in (0, 1, 2) if prm in PETITS else (None,):
            known = faits[prm].point
            point = replace(known, segment=segment, niveau_ouverture_services=niveau)
            for type_donnees, (periodicite, corrigees) in product(TYPES_DONNEES, options):
                asked = (type_donnees, periodicite, corrigees)
                judged = refusal(tiers, faits[prm], point, *asked)
                assert judged == expected(segment, niveau, asked), (segment, niveau, asked)
                cells += 1
    assert cells == (2 * 3 + 7) * 4 * 10


@pytest.mark.documented("GUI 0531 v1.1.0 p. 16: one option a service on C5, several on the curve")
def test_how_many_options_a_service_has(tiers: Tiers) -> None:
    two = ("CDC", ("P1D", BRUTE), ("P1M", BRUTE))
    assert tiers.code(SAD, **tiers.sad(C5, two)) == "SGT4H5"
    assert tiers.code(SAD, **tiers.sad(C5, ("IDX", "P1D", "P1M"))) == "SGT4H5"
    # Twice the same nature is useless (§1.4).
    assert tiers.code(SAD, **tiers.sad(C4, two)) == "SGT4H5"
    assert tiers.order(C4, ("CDC", ("P1D", BRUTE), ("P1M", CORRIGEE)))


@pytest.mark.documented("GUI 0531 v1.1.0 §1.3: one service that isn't admissible refuses all")
def test_one_refused_service_refuses_the_order(tiers: Tiers) -> None:
    members = tiers.sad(C5, "ENERGIE", ("IDX", "P7D"))
    assert tiers.code(SAD, **members) == "SGT4H5"
    assert tiers.services(C5) == []
    assert len(tiers.order(C5, "ENERGIE", ("IDX", "P1D"))) == 2
