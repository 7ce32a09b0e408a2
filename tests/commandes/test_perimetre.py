"""The contractual life of points, where their supplier has a GRD-F contract."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from lives import A_HOLDER, PRM, Lives, beginning
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from state_kit import A_POINT

from sge_sim.clock import PARIS, legal_date
from sge_sim.commandes.annee import draw_year
from sge_sim.commandes.perimetre import declare, declare_contrat, declare_errone
from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.perimetre import CALENDRIERS_DISTRIBUTEUR, NATURES, TAUX, NatureEvenement
from sge_sim.errors import UsageError
from sge_sim.tables.anciens_etats import AncienEtat
from sge_sim.tables.commandes import Evenement
from sge_sim.tables.perimetre import (
    AffaireContractuelle,
    ContratGrdF,
    EvenementContractuel,
    ReleveErrone,
    affaires_moved,
    contrats_grd_f,
    life_of,
    lives_of_contract,
)
from sge_sim.tables.points import Compteur, Point, find_point

NOW = datetime(2026, 9, 1, 10, 0, tzinfo=PARIS)
TODAY = NOW.date()
EIC = "17X000000000001A"
LINKY: dict[str, Any] = {
    **{"fournisseur_titulaire": "FOURN1", "type_comptage": "LINKY", "fta": "BTINFCU4"},
    **{"puissance_souscrite": 6, "puissance_souscrite_unite": "kVA", "tension_livraison": "230"},
    **{"niveau_ouverture_services": 2, "heures_creuses_libelle": "HC (22H56-6H56)"},
    **{"calendrier_fournisseur": "FC000014", "etat_contractuel": "SERVC"},
    **{"etat_alimentation": "ALIM", "date_modification_fta": None, "date_resiliation": None},
}


def day(days: int) -> date:
    return TODAY + timedelta(days)


@pytest.fixture
def followed(lives: Lives) -> Lives:
    """The point of FOURN1, which has a contract, as FOURN2 has."""
    lives.set(**LINKY)
    with lives.database.transaction() as session:
        for code, numero in (("FOURN1", "GRD-F001"), ("FOURN2", "GRD-F002")):
            declare_contrat(session, code, numero, *[EIC] * 2, date(2026, 1, 1))
    return lives


def asked(lives: Lives, nature: NatureEvenement, days: int = 5, **champs: Any) -> str:
    """Declare an event; return the number of its affaire."""
    with lives.database.transaction() as session:
        point = find_point(session, PRM)
        assert point is not None
        return declare(session, point, nature, NOW, day(days), **champs).numero


def events(lives: Lives) -> list[EvenementContractuel]:
    with lives.database.sessions() as session:
        found = life_of(session, [PRM]).get(PRM, [])
        session.expunge_all()
        return found


def told(lives: Lives) -> list[tuple[str, str, int]]:
    """What happened, in which contract, and the sequence."""
    return [(each.nature, each.contrat_id[-1], each.sequence) for each in events(lives)]


@pytest.mark.documented("Session type 1 C5; GUI 0300 §4: references and sequences")
@pytest.mark.parametrize(
    ("nature", "champs", "expected"),
    [
        ("MES", {"titulaire": "ROCHE"}, [("RES", "1", 1), ("MES", "1", 1)]),
        ("CFNE", {"fournisseur": "FOURN2"}, [("CFNS", "1", 1), ("CFNE", "2", 1)]),
        ("MES", {"fournisseur": "FOURN2"}, [("RES", "1", 1), ("MES", "2", 1)]),
        ("RES", {}, [("RES", "1", 1)]),
        ("MCT", {"puissance": 9}, [("MCT", "1", 2)]),
        ("MCT", {"fta": "BTINFLU"}, [("MCT", "1", 2)]),
        ("MCF", {"calendrier": "FC000165"}, [("MCF", "1", 1)]),
        ("CMAT", {"matricule": "02112233445566"}, [("CMAT", "1", 1)]),
        ("COU", {}, [("COU", "1", 1)]),
        ("COU", {"limite": 1}, [("COU", "1", 1)]),
        ("MDACT", {"titulaire": "ROCHE"}, [("MDACT", "1", 1)]),
        ("MDPRM", {}, [("MDPRM", "1", 1)]),
        ("MDCTR", {"titulaire": "ROCHE"}, [("MDCTR", "1", 1)]),
        ("AUTRE", {}, [("AUTRE", "1", 1)]),
    ],
)
def test_each_nature_is_seen_by_each_contract(
    followed: Lives, nature: NatureEvenement, champs: dict[str, Any], expected: Any
) -> None:
    asked(followed, nature, **champs)
    followed.until(beginning(day(5)) - timedelta(seconds=1))
    assert told(followed) == []
    followed.until(beginning(day(5)))
    assert told(followed) == expected
    assert {each.jour for each in events(followed)} == {day(5)}


def test_what_is_asked_for_is_what_the_point_becomes(followed: Lives) -> None:
    asked(followed, "MCT", puissance=9, calendrier="FC000165")
    followed.until(beginning(day(5)))
    (event,) = events(followed)
    assert (event.avant.puissance, event.apres.puissance) == (6, 9)
    assert event.apres.date_augmentation == event.apres.date_sequence == day(5)
    with followed.database.sessions() as session:
        point = session.get_one(Point, PRM)
        assert (point.puissance_souscrite, point.calendrier_fournisseur) == (9, "FC000165")
        assert session.scalars(select(AncienEtat.jusqu_a)).all() == [day(5)]


@pytest.mark.observed("level 0 to 2: the grid is activated first")
def test_a_level_is_reached_in_two_events(followed: Lives) -> None:
    followed.set(niveau_ouverture_services=0)
    asked(followed, "MDPRM", niveau=2)
    followed.until(beginning(day(5)))
    assert [(e.nature, e.avant.niveau, e.apres.niveau) for e in events(followed)] == [
        ("CMAT", 0, 0),
        ("MDPRM", 0, 2),
    ]


def test_a_cut_is_lifted(followed: Lives) -> None:
    asked(followed, "COU", limite=2)
    followed.until(beginning(day(5)))
    asked(followed, "RET", 8)
    followed.until(beginning(day(8)))
    states = [(e.apres.alimentation, e.apres.puissance_limitation) for e in events(followed)]
    assert states == [("LIMI", 2), ("ALIM", None)]
    assert [e.apres.date_alimentation for e in events(followed)] == [day(5), day(8)]


@pytest.mark.documented("Session type 1 C5; GUI 0300: admissibility")
@pytest.mark.parametrize(
    ("nature", "days", "champs", "columns", "said"),
    [
        ("CFNE", 5, {"fournisseur": "FOURN1"}, {}, "est déjà au fournisseur FOURN1"),
        ("CFNE", 5, {"fournisseur": "FOURN2"}, {"etat_contractuel": "RESIL"}, "est résilié"),
        ("CFNE", 5, {}, {}, "CFNE demande fournisseur"),
        ("CFNE", 5, {"fournisseur": "TIERS1"}, {}, "n'est pas un fournisseur"),
        ("CFNE", -1, {"fournisseur": "FOURN2"}, {}, "du 01/09/2026 au 13/10/2026"),
        ("CFNE", 43, {"fournisseur": "FOURN2"}, {}, "du 01/09/2026 au 13/10/2026"),
        ("CMAT", 0, {"matricule": "1"}, {}, "du 02/09/2026"),
        ("PMES", 6, {}, {}, "a déjà été mis en service"),
        ("PMES", 5, {}, {"date_mise_en_service": None}, "est un dimanche"),
        ("MCT", 5, {"puissance": 15}, {}, "est monophasé"),
        ("MCT", 5, {"puissance": 37}, {"tension_livraison": "230/400 V"}, "37 kVA ne va pas"),
        ("MCT", 5, {"puissance": 6}, {}, "ne change"),
        ("MCT", 5, {"calendrier": "FC000165"}, {}, "demander MCF"),
        ("MCT", 5, {"fta": "BTSUPCU4"}, {}, "n'est pas d'un C5"),
        ("MCT", 5, {"fta": "BTINFMU4"}, {"type_comptage": "CBE"}, "compteur communicant"),
        ("MCT", 5, {"fta": "BTINFLU"}, {"date_modification_fta": day(-300)}, "05/11/2026"),
        ("MCT", 5, {"limite": 1}, {}, "ne prend pas limite"),
        ("MDCTR", 5, {"calendrier": "FC000165"}, {}, "ne prend pas calendrier"),
        ("RES", 5, {}, {"etat_contractuel": "RESIL"}, "est résilié"),
        ("MDPRM", 5, {}, {"etat_contractuel": "RESIL"}, "est résilié"),
        ("RET", 5, {}, {}, "est alimenté"),
        ("COU", 5, {}, {"etat_alimentation": "COUP"}, "est déjà coupé"),
        ("MDPRM", 5, {"niveau": 1}, {}, "ne peut que monter"),
        ("CFNS", 5, {}, {}, "CFNE"),
        ("PHC", 5, {}, {}, "--plages"),
        ("RES", 5, {}, {"segment": "C2"}, "est un C2"),
        ("RES", 5, {}, {"fournisseur_titulaire": None}, "perimetre contrat"),
    ],
)
def test_what_is_not_admissible_is_refused(
    followed: Lives,
    nature: NatureEvenement,
    days: int,
    champs: dict[str, Any],
    columns: dict[str, Any],
    said: str,
) -> None:
    followed.set(**columns)
    with pytest.raises(UsageError, match=said.replace("(", r"\(")):
        asked(followed, nature, days, **champs)
    with followed.database.sessions() as session:
        assert session.scalar(select(func.count()).select_from(AffaireContractuelle)) == 0


@pytest.mark.documented("GUI 0300: exceptions to the twelve months of a tariff")
@pytest.mark.parametrize(
    ("fta", "other", "changed"),
    [
        ("BTINFCU4", "BTINFMU4", day(-400)),
        ("BTINFMUDT", "BTINFMU4", day(-30)),
        ("BTINFCUST", "BTINFCU4", day(-30)),
        ("BTINFCU4", "BTINFCU4ACC", day(-30)),
        ("BTINFCU4ACC", "BTINFCU4", day(-30)),
    ],
)
def test_a_tariff_may_change_again(followed: Lives, fta: str, other: str, changed: date) -> None:
    followed.set(fta=fta, date_modification_fta=changed)
    asked(followed, "MCT", fta=other)


@pytest.mark.assumed("Enedis puts a power right within sixty days, after what happened since")
def test_a_power_that_enedis_is_late_to_record_is_dated_of_its_day(followed: Lives) -> None:
    asked(followed, "MCT", -20, puissance=9, enedis=True)
    followed.until(NOW)
    (event,) = events(followed)
    assert (event.jour, event.connu, event.apres.date_sequence) == (day(-20), TODAY, day(-20))
    assert (event.sequence, event.apres.puissance) == (2, 9)
    for days, said in ((-61, "hors du délai"), (-1, "dater d'après")):
        with pytest.raises(UsageError, match=said):
            asked(followed, "MCT", days, puissance=6, enedis=True)


def test_a_reading_is_told_wrong_on_a_fixed_day_to_come(followed: Lives) -> None:
    followed.set(plage_releve="DM11")
    fixe = date(2026, 9, jour_releve("DM11"))

    def wrong(jour: date, corrige: date) -> None:
        with followed.database.transaction() as session:
            point = find_point(session, PRM)
            assert point is not None
            errone = ReleveErrone(prm=PRM, jour=jour, corrige=corrige, ecart=1, motif="CORR_IDX")
            declare_errone(session, errone, point, TODAY)

    bad = (fixe, fixe), (fixe + timedelta(1), fixe + timedelta(3)), (fixe, fixe + timedelta(28))
    for jour, corrige in (*bad, (fixe.replace(month=8), fixe)):
        with pytest.raises(UsageError, match="à venir"):
            wrong(jour, corrige)
    wrong(fixe, fixe + timedelta(9))
    with pytest.raises(UsageError, match="dater d'après"):
        wrong(fixe, fixe + timedelta(5))


def test_a_second_affaire_of_the_contract_waits(followed: Lives) -> None:
    first = asked(followed, "MCT", puissance=9)
    with pytest.raises(UsageError, match=f"l'affaire {first} "):
        asked(followed, "CFNE", 9, fournisseur="FOURN2")
    asked(followed, "CMAT", 9, matricule="02112233445566")


@pytest.mark.documented("GUI 0300 §4: Ref_Demandeur is of the addressee's own affaires")
@pytest.mark.parametrize(
    ("nature", "par_enedis", "kept"),
    [("AUTRE", False, "ref-1"), ("AUTRE", True, None), ("MDPRM", False, None)],
)
def test_who_did_not_ask_has_no_reference(
    followed: Lives, nature: NatureEvenement, par_enedis: bool, kept: str | None
) -> None:
    numero = asked(followed, nature, enedis=par_enedis, reference="ref-1")
    with followed.database.sessions() as session:
        assert session.get_one(AffaireContractuelle, numero).reference_demandeur == kept


@pytest.mark.observed("nothing follows a RES in its reference, but an MDPRM of that very day")
def test_nothing_follows_the_end_of_a_contract_after_its_day(followed: Lives) -> None:
    asked(followed, "RES")
    for days in (5, 9):
        asked(followed, "MDPRM", days)
    followed.change(NOW, plages="567", le=day(10))
    followed.until(beginning(day(11)))
    assert told(followed) == [("RES", "1", 1), ("MDPRM", "1", 1)]
    assert all(each.apres.resiliee for each in events(followed))


@pytest.mark.parametrize("tic", [None, True])
def test_the_meter_that_is_laid_communicates_as_the_one_before(
    followed: Lives, tic: bool | None
) -> None:
    """A fixed day each month, or every six: nothing of it changes by a CMAT."""
    with followed.database.transaction() as session:
        point = find_point(session, PRM)
        assert point is not None
        laid = Compteur(prm=PRM, date_pose=date(2020, 1, 1), tic_activable=tic)
        point.compteurs.append(laid)
    asked(followed, "CMAT", 5, matricule="02112233445566")
    followed.until(beginning(day(5)))
    with followed.database.sessions() as session:
        point = find_point(session, PRM)
        assert point is not None
        former, laid = point.compteurs[-2:]
        assert (former.date_depose, laid.date_pose) == (day(5), day(5))
        assert laid.tic_activable is tic


def test_what_has_become_impossible_is_not_carried_out(followed: Lives) -> None:
    cut = asked(followed, "COU", 9)
    asked(followed, "RES", 5)
    followed.until(beginning(day(9)))
    assert told(followed) == [("RES", "1", 1)]
    with followed.database.sessions() as session:
        affaire = session.get_one(AffaireContractuelle, cut)
        assert [each.etat for each in affaire.jalons] == ["DMTR", "DMREC", "INPL", "CPNR"]


@pytest.mark.parametrize("nature", ["MCF", "CMAT"])
def test_who_has_lost_a_point_changes_nothing_of_it(
    followed: Lives, nature: NatureEvenement
) -> None:
    champs = {"MCF": {"calendrier": "FC000165"}, "CMAT": {"matricule": "123456789012"}}
    numero = asked(followed, nature, 9, **champs[nature])
    followed.change(NOW, nouveau_fournisseur=("FOURN2", day(5)))
    followed.until(beginning(day(10)))
    assert told(followed) == [("CFNS", "1", 1), ("CFNE", "2", 1)]
    with followed.database.sessions() as session:
        affaire = session.get_one(AffaireContractuelle, numero)
        point = find_point(session, PRM)
        assert affaire.jalons[-1].etat == "CPNR"
        assert point is not None
        assert point.calendrier_fournisseur == LINKY["calendrier_fournisseur"]
        assert not point.compteurs


@pytest.mark.parametrize(
    ("changements", "expected"),
    [
        ({"nouveau_titulaire": day(5)}, [("RES", "1"), ("MES", "1")]),
        ({"nouveau_fournisseur": ("FOURN2", day(5))}, [("CFNS", "1"), ("CFNE", "2")]),
        ({"resilie": day(5)}, [("RES", "1")]),
        ({"plages": "440", "le": day(5)}, []),
        ({"plages": "567", "le": day(5)}, [("PHC", "1")]),
    ],
)
def test_what_a_tester_makes_happen_is_the_same(
    followed: Lives, changements: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    followed.change(NOW, **changements)
    followed.until(beginning(day(6)))
    assert [(nature, contrat) for nature, contrat, _ in told(followed)] == expected


def test_nothing_is_recorded_without_a_contract(lives: Lives) -> None:
    lives.set(**LINKY)
    lives.change(NOW, nouveau_fournisseur=("FOURN2", day(5)))
    lives.until(beginning(day(6)))
    with lives.database.sessions() as session:
        assert session.scalars(select(Evenement.affaire_contractuelle)).all() == [None]
        for table in (AffaireContractuelle, EvenementContractuel):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.documented("X12 and X13: the milestones of an affaire")
def test_who_asks_and_who_loses_see_the_milestones(followed: Lives) -> None:
    asked(followed, "CFNE", fournisseur="FOURN2")
    followed.until(beginning(day(6)))

    def seen(contrat: str, debut: int, fin: int, *, recues: bool) -> list[list[str]]:
        with followed.database.sessions() as session:
            bounds = beginning(day(debut)), beginning(day(fin))
            found = affaires_moved(session, contrat, *bounds, recues=recues)
            return [[jalon.etat for jalon in jalons] for _, jalons in found]

    opened = ["DMTR", "DMREC", "INPL"]
    assert seen("GRD-F002", 0, 1, recues=False) == [opened]
    assert seen("GRD-F002", 1, 5, recues=False) == []
    assert seen("GRD-F002", 5, 6, recues=False) == [[*opened, "CPRE"]]
    assert seen("GRD-F001", 5, 6, recues=True) == [[*opened, "CPRE"]]
    assert seen("GRD-F001", 0, 6, recues=False) == []


@pytest.mark.parametrize("jour", [date(2026, 10, 25), date(2027, 3, 28)])
def test_the_days_of_a_change_of_hour_begin_as_others(followed: Lives, jour: date) -> None:
    with followed.database.transaction() as session:
        point = find_point(session, PRM)
        assert point is not None
        now = beginning(jour - timedelta(10))
        declare(session, point, "CFNE", now, jour, fournisseur="FOURN2")
    followed.until(beginning(jour) - timedelta(seconds=1))
    assert events(followed) == []
    followed.until(beginning(jour))
    assert [(e.nature, e.jour) for e in events(followed)] == [("CFNS", jour), ("CFNE", jour)]


def _fill(session: Session, points: int) -> None:
    for rank in range(points):
        prm = f"{2_590_000_000_000 + rank:014d}"
        own = {"prm": prm, "graine": rank, "segment": "C5"}
        code = {"fournisseur_titulaire": f"FOURN{1 + rank % 2}"}
        session.add(Point(**A_POINT | A_HOLDER | LINKY | own | code))


@pytest.fixture(params=[1, 2])
def year(followed: Lives, request: pytest.FixtureRequest) -> Lives:
    """A drawn year of some points, often enough that lives are eventful."""
    with followed.database.transaction() as session:
        _fill(session, 24)
        session.flush()
        assert draw_year(session, NOW, request.param, dict.fromkeys(TAUX, 1.0)) > 120
    rng = Random(request.param)
    now = NOW
    while legal_date(now) < day(380):  # whenever the clock stops, the same
        now += timedelta(days=rng.randrange(1, 60))
        followed.until(now)
    return followed


@pytest.mark.observed("references and sequences of C15; GUI 0300 §4")
def test_lives_keep_their_invariants(year: Lives) -> None:
    with year.database.sessions() as session:
        opened: set[str] = set()
        closed: set[str] = set()
        moves: dict[tuple[str | None, date], list[EvenementContractuel]] = {}
        rows = session.scalars(select(EvenementContractuel).order_by(EvenementContractuel.id)).all()
        assert {each.nature for each in rows} >= {"MES", "RES", "CFNE", "CFNS", "MCT", "RET"}
        sequences: dict[str, int] = {}
        for each in rows:
            sorte = NATURES[each.nature]
            assert each.reference not in closed
            if sorte.ouvre:
                assert each.sequence == 1
                assert each.reference not in opened
                assert each.reference != each.avant.reference
                opened.add(each.reference)
                sequences[each.reference] = 1
            else:
                last = sequences.get(each.reference, 1)
                tariff = lambda s: (s.fta, s.puissance)  # noqa: E731
                grown = tariff(each.avant) != tariff(each.apres)
                assert each.sequence == last + grown
                sequences[each.reference] = each.sequence
            if sorte.ferme:
                closed.add(each.reference)
                assert each.apres.resiliee
            moves.setdefault((each.affaire_numero, each.jour), []).append(each)
            if CALENDRIERS_DISTRIBUTEUR[each.apres.fta or ""] != "DI000001":
                assert each.apres.heures_creuses
            assert len(each.reference) == 9
            jalons = session.get_one(AffaireContractuelle, each.affaire_numero).jalons
            if each.affaire is not None and each.affaire.prestation is not None:
                assert [jalon.etat for jalon in jalons] == ["DMTR", "DMREC", "INPL", "CPRE"]
                assert [jalon.instant for jalon in jalons] == sorted(j.instant for j in jalons)
                assert legal_date(jalons[-1].instant) == each.jour
        for events_of_move in moves.values():
            if len(events_of_move) == 2:
                left, entered = events_of_move
                assert (left.sorte.ferme, entered.sorte.ouvre) == (True, True)
                assert left.reference != entered.reference


def test_situations_follow_one_another(year: Lives) -> None:
    with year.database.sessions() as session:
        seen = 0
        for contrat in contrats_grd_f(session):
            for vie in lives_of_contract(session, contrat):
                seen += 1
                for former, later in zip(vie.periodes, vie.periodes[1:], strict=False):
                    assert former.fin is not None
                    assert former.debut < former.fin <= later.debut
                    same = former.situation.reference == later.situation.reference
                    assert not same or former.fin == later.debut
                for each in vie.evenements:
                    held = vie.au(each.jour)
                    if each is vie.evenements[-1] and not each.sorte.ferme:
                        assert held == each.apres
        assert seen >= 25


@pytest.mark.parametrize(
    ("code", "numero", "eic", "said"),
    [
        ("TIERS1", "GRD-F009", None, "n'est pas un fournisseur"),
        ("FOURN1", "GRD-F002", None, "a déjà le contrat"),
        ("FOURN1", "GRD-F001", "court", "n'est pas un code EIC"),
        ("NUL", "GRD-F001", None, "n'existe pas"),
    ],
)
def test_a_wrong_contract_is_refused(
    followed: Lives, code: str, numero: str, eic: str | None, said: str
) -> None:
    with followed.database.transaction() as session, pytest.raises(UsageError, match=said):
        declare_contrat(session, code, numero, eic or EIC, EIC, TODAY)
    with followed.database.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ContratGrdF)) == 2


def test_what_is_drawn_waits_for_the_contract(lives: Lives) -> None:
    lives.set(**LINKY)
    with lives.database.transaction() as session:
        declare_contrat(session, "FOURN1", "GRD-F001", EIC, EIC, day(800))
        assert draw_year(session, NOW, 1, dict.fromkeys(TAUX, 1.0)) == 0


def test_a_drawn_affaire_that_is_not_open_yet_hinders_nothing(followed: Lives) -> None:
    with followed.database.transaction() as session:
        assert draw_year(session, NOW, 1, {"RES": 1.0}) > 0
    asked(followed, "MCT", 0, puissance=9)


@pytest.mark.observed("rates of a supplier: .83 events, .053 terminations, .018 losses")
def test_the_rates_are_those_that_were_seen() -> None:
    ends = TAUX["RES"] + TAUX["MES"]
    both = {"RES": 2, "MES": 2, "COU": 2}
    assert round(sum(rate * both.get(name, 1) for name, rate in TAUX.items()), 2) == 0.83
    assert (round(ends, 3), TAUX["CFNE"]) == (0.053, 0.018)


@pytest.mark.assumed("milestones stay within the day of the event, whenever it was asked for")
def test_an_affaire_of_the_last_seconds_of_a_day_leaves_with_its_event(followed: Lives) -> None:
    late = beginning(day(1)) - timedelta(seconds=2)
    with followed.database.transaction() as session:
        point = find_point(session, PRM)
        assert point is not None
        numero = declare(session, point, "RES", late, TODAY).numero
    followed.until(late)
    with followed.database.sessions() as session:
        jalons = session.get_one(AffaireContractuelle, numero).jalons
        assert [legal_date(each.instant) for each in jalons] == [TODAY] * 4
