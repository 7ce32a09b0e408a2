"""Publication: what is due, in order, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flux_kit import AUTOMNE, JOUR, texts, tree
from publication_kit import (
    AUTRE_CONTRAT,
    C4,
    C5,
    C5_BIS,
    CONTRAT,
    COURBE_C4,
    COURBE_C5,
    INDEX_C4,
    INDEX_C5,
    JOUR_1,
    MIDI,
    Platform,
    at,
    new_platform,
    of,
)

from sge_sim.commandes.evenements import plan_event
from sge_sim.flux import fabrication, lots
from sge_sim.flux.chiffrement import decrypt
from sge_sim.flux.declaration import declare_canal, secret_of
from sge_sim.flux.retards import DELAI_MAXIMAL, retard
from sge_sim.mesures import courbe
from sge_sim.tables.points import find_point

ALL = ((C5, COURBE_C5), (C5, INDEX_C5), (C4, COURBE_C4), (C4, INDEX_C4))
UNE_SEMAINE_APRES = at(JOUR_1 + 7 * JOUR)


def subscribe_all(platform: Platform) -> list[str]:
    return [platform.subscribe(prm, souscription) for prm, souscription in ALL]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A week published at once, to compare with; nobody changes it."""
    platform = new_platform(tmp_path_factory.mktemp("semaine"))
    subscribe_all(platform)
    assert platform.catch_up(UNE_SEMAINE_APRES) == 26
    yield platform
    platform.close()


@pytest.mark.documented("GUI 0469 §6 and guides of the flux")
def test_a_week_gives_the_files_that_seven_days_would_have(week: Platform) -> None:
    days = [str(JOUR_1 + rang * JOUR) for rang in range(7)]
    # J + 1 to J + 2 in the night for C5, on J + 1 for C4: noon of the seventh day after.
    r50 = [tree(one) for one in of(week, "R50")]
    assert [one.findtext("PRM/Donnees_Releve/Date_Releve") for one in r50] == days[:6]
    r151 = [tree(one) for one in of(week, "R151")]
    assert [one.findtext("PRM/Donnees_Releve/Date_Releve") for one in r151] == days[:6]
    r4q = [tree(one) for one in of(week, "R4Q")]
    assert [one.findtext("Corps/Donnees_Courbe/Horodatage_Debut")[:10] for one in r4q] == days
    r171 = [tree(one) for one in of(week, "R171")]
    assert [texts(one.iter("dateFin"))[0][:10] for one in r171] == [
        str(JOUR_1 + rang * JOUR) for rang in range(1, 8)
    ]
    assert [len(list(one.iter("PDC"))) for one in r50] == [48] * 5 + [50]


def test_files_bear_their_instant_and_the_values_of_the_point_and_come_once(week: Platform) -> None:
    premier = next(nom for nom in week.ready() if "_R50_" in nom)
    assert premier.endswith("_Q_00001_00001_20241024030000.zip")
    xml = tree(of(week, "R50")[0])
    assert xml.findtext("En_Tete_Flux/Date_Creation") == "2024-10-24T03:00:00+02:00"
    xml = tree(of(week, "R50")[5])
    attendue = courbe(week.mesure(C5), AUTOMNE, AUTOMNE + JOUR)
    assert [int(one) for one in texts(xml.iter("V"))] == attendue.valeurs.tolist()
    assert (xml.findtext(".//Id_Affaire") or "").startswith("M0")
    assert week.catch_up(UNE_SEMAINE_APRES) == 0


@pytest.mark.documented("guide R50: one number by subscription")
def test_sequence_numbers_follow_each_other_in_a_subscription(week: Platform) -> None:
    for flux in ("R50", "R151"):
        names = [nom.split("_") for nom in week.ready() if f"_{flux}_" in nom]
        assert [int(parts[5]) for parts in names] == list(range(1, 7))
        assert len({parts[4] for parts in names}) == 1


@pytest.mark.documented("guide R50: the points of a contract and frequency together")
def test_the_points_of_a_contract_share_a_file(platform: Platform) -> None:
    platform.subscribe(C5, COURBE_C5)
    platform.subscribe(C5_BIS, COURBE_C5, at(JOUR_1 + 2 * JOUR))
    platform.catch_up(at(JOUR_1 + 5 * JOUR))
    points = [texts(tree(one).iter("Id_PRM")) for one in of(platform, "R50")]
    assert points == [[C5]] * 2 + [[C5, C5_BIS]] * 2


@pytest.mark.parametrize(("reached", "written"), [(7, False), (20, True)])
def test_a_stop_in_the_middle_of_a_week_leads_to_the_same_files(
    platform: Platform, week: Platform, monkeypatch: pytest.MonkeyPatch, reached: int, written: bool
) -> None:
    """Stopped before anything of a publication is written, or between its files and its record."""
    subscribe_all(platform)
    with monkeypatch.context() as patched:
        where, target = (lots, "is_published") if written else (fabrication, "make_files")
        real, calls = getattr(where, target), iter(range(reached + 1))

        def dies_at_last(*arguments: object, **named: object) -> object:
            if next(calls) == reached:
                raise KeyboardInterrupt
            return real(*arguments, **named)

        patched.setattr(where, target, dies_at_last)
        with pytest.raises(KeyboardInterrupt):
            platform.catch_up(UNE_SEMAINE_APRES)
    assert len(platform.ready()) == reached
    platform.catch_up(UNE_SEMAINE_APRES)
    assert platform.ready() == week.ready()


def test_a_publication_sees_the_point_as_it_was_at_its_instant_however_late_it_is_made(
    platform: Platform, tmp_path: Path
) -> None:
    """A new holder comes in the middle: nothing of the time before may be told from then on."""
    other = new_platform(tmp_path / "autre")
    arrival, end = at(JOUR_1 + 5 * JOUR), at(JOUR_1 + 7 * JOUR)
    for one in (platform, other):
        subscribe_all(one)
        one.historique(C5, "CDC", date(2024, 10, 1), JOUR_1, MIDI)
        with one.database.transaction() as session:
            plan_event(session, find_point(session, C5), "changement_titulaire", arrival)
    instant = MIDI
    while instant < end:
        instant += timedelta(hours=9)
        other.catch_up(instant)
    platform.catch_up(instant)
    assert [len(list(tree(one).iter("Puissance_Maximale"))) for one in of(platform, "R151")] == [
        1
    ] * 4
    assert other.ready() == platform.ready()
    other.close()


@pytest.mark.assumed("a service that its beneficiary stopped sends nothing more")
def test_a_stopped_service_sends_nothing_more(platform: Platform) -> None:
    services = subscribe_all(platform)
    stop = at(JOUR_1 + 2 * JOUR)
    platform.catch_up(stop)
    before = platform.ready()
    for one in services:
        platform.stop(one, stop)
    platform.catch_up(stop + timedelta(days=8))
    (added,) = platform.ready().keys() - before.keys()
    assert "_NASS_" in added  # that they ended


def test_a_service_that_was_stopped_is_published_as_it_was_before(
    platform: Platform, tmp_path: Path
) -> None:
    """The same stop, known before or after the publications that precede it were made."""
    other = new_platform(tmp_path / "autre")
    stop = at(JOUR_1 + 3 * JOUR)
    for one in (platform, other):
        services = subscribe_all(one)
        if one is other:
            one.catch_up(stop)
        for service in services:
            one.stop(service, stop)
        one.catch_up(at(JOUR_1 + 5 * JOUR))
    assert len(platform.ready()) == 10 + 1  # that they ended
    assert other.ready() == platform.ready()
    other.close()


@pytest.mark.assumed("the last days of a term are sent after it")
def test_a_service_that_reached_its_term_is_published_to_its_last_day(platform: Platform) -> None:
    fin = JOUR_1 + 4 * JOUR
    platform.subscribe(C5, replace(COURBE_C5, date_fin=fin))
    platform.catch_up(UNE_SEMAINE_APRES)
    days = [tree(one).findtext(".//Date_Releve") for one in of(platform, "R50")]
    assert days == [str(JOUR_1 + rang * JOUR) for rang in range(4)]


@pytest.mark.documented("GUI 0469 §5.3: renewed without break, under a new service")
def test_a_renewal_goes_on_in_the_same_file_under_the_new_case(platform: Platform) -> None:
    platform.subscribe(C5, COURBE_C5)
    renewal = at(JOUR_1 + 3 * JOUR)
    platform.catch_up(renewal)
    later = replace(COURBE_C5, date_debut=renewal.date(), date_fin=date(2025, 10, 9))
    platform.subscribe(C5, later, renewal)
    platform.catch_up(UNE_SEMAINE_APRES)
    xmls = [tree(one) for one in of(platform, "R50")]
    assert [one.findtext(".//Date_Releve") for one in xmls] == [
        str(JOUR_1 + rang * JOUR) for rang in range(6)
    ]
    affaires = [one.findtext(".//Id_Affaire") for one in xmls]
    assert len(set(affaires[:3])) == len(set(affaires[3:])) == 1
    assert affaires[0] != affaires[-1]


@pytest.mark.documented("guides R50, R151 and R4x: monthly and weekly files")
def test_weeks_and_months_are_cut_to_the_service(platform: Platform) -> None:
    platform.subscribe(C5, replace(COURBE_C5, periodicite="P1M"))
    platform.subscribe(C5, replace(INDEX_C5, periodicite="P1M"))
    platform.subscribe(C4, replace(COURBE_C4, periodicite="P7D"))
    platform.subscribe(C4, replace(COURBE_C4, periodicite="P1M", corrigees=True))
    platform.catch_up(at(date(2024, 12, 6)))
    r50 = [texts(tree(one).iter("Date_Releve")) for one in of(platform, "R50")]
    assert [(one[0], one[-1], len(one)) for one in r50] == [
        ("2024-10-22", "2024-10-31", 10),
        ("2024-11-01", "2024-11-30", 30),
    ]
    assert len(of(platform, "R151")) == 2
    weeks = [
        (courbe.findtext("Horodatage_Debut")[:10], courbe.findtext("Horodatage_Fin")[:10])
        for courbe in (tree(one).find(".//Donnees_Courbe") for one in of(platform, "R4H"))
    ]
    assert weeks[:2] == [("2024-10-22", "2024-10-25"), ("2024-10-26", "2024-11-01")]
    assert [tree(one).findtext(".//Nature_De_Courbe_Demandee") for one in of(platform, "R4M")] == [
        "Corrigée"
    ] * 2


@pytest.mark.observed("the three recorded histories, 2022")
def test_a_history_has_its_csv_neither_zipped_nor_under_a_subscription(platform: Platform) -> None:
    debut, fin = date(2024, 10, 1), date(2024, 10, 22)
    curve = platform.historique(C4, "CDC", debut, fin, MIDI)
    index = platform.historique(C5, "IDX", debut, fin, MIDI + timedelta(hours=1))
    platform.catch_up(MIDI + timedelta(hours=2))
    ready = platform.ready()
    assert list(ready) == [f"Enedis_SGE_HDM_{one}.csv" for one in (curve, index)]
    first, second = (content.decode("utf-8-sig") for content in ready.values())
    assert len(first.splitlines()) == 3 + 21 * 144
    assert "Arrêté quotidien" in second


@pytest.mark.observed("R50 and HDM files of the same point, 2022")
def test_an_order_that_comes_as_one_looks_is_published_at_the_next_look(
    platform: Platform,
) -> None:
    """Its instant may be after the one until which that look is, and nothing is committed since."""
    publisher = platform.publisher
    platform.historique(C4, "IDX", JOUR_1 - 9 * JOUR, JOUR_1, MIDI + timedelta(microseconds=1))
    assert [publisher.catch_up(MIDI), publisher.catch_up(MIDI + timedelta(seconds=1))] == [0, 1]


def test_the_history_holds_the_values_that_were_transmitted(platform: Platform) -> None:
    platform.subscribe(C5, COURBE_C5)
    platform.subscribe(C4, COURBE_C4)
    platform.catch_up(UNE_SEMAINE_APRES)
    fin = UNE_SEMAINE_APRES.date()
    orders = {
        prm: platform.historique(prm, "CDC", JOUR_1, fin, UNE_SEMAINE_APRES) for prm in (C5, C4)
    }
    platform.catch_up(UNE_SEMAINE_APRES)
    histories = {}
    for prm, affaire in orders.items():
        text = platform.ready()[f"Enedis_SGE_HDM_{affaire}.csv"].decode("utf-8-sig")
        histories[prm] = dict(line.split(";") for line in text.splitlines()[3:])
    sent = {
        pdc.findtext("H"): pdc.findtext("V")
        for one in of(platform, "R50")
        for pdc in tree(one).iter("PDC")
    }
    assert len(sent) == 6 * 48 + 2
    assert sent.items() <= histories[C5].items()
    kilowatts = {
        point.get("Horodatage"): f"{int(point.get('Valeur_Point')) * 1000}"
        for one in of(platform, "R4Q")
        for point in tree(one).find(".//Donnees_Courbe").iter("Donnees_Point_Mesure")
    }
    assert kilowatts == histories[C4]


@pytest.mark.documented("guides R50 and R151: within 20 days, in a later file")
def test_days_that_come_late_are_empty_first_and_come_once(tmp_path: Path) -> None:
    platform = new_platform(tmp_path / "etat", late=True)
    mesure = platform.mesure(C5)
    tardif = next(jour for n in range(2000) if retard(mesure, jour := JOUR_1 + n * JOUR))
    debut = tardif - 5 * JOUR
    courbe_c5 = replace(COURBE_C5, date_debut=debut, date_fin=tardif + 90 * JOUR)
    platform.subscribe(C5, courbe_c5, at(debut))
    platform.catch_up(at(tardif + (DELAI_MAXIMAL + 3) * JOUR))
    days: dict[str, list[int]] = {}
    for one in of(platform, "R50"):
        for releve in tree(one).iter("Donnees_Releve"):
            days.setdefault(releve.findtext("Date_Releve"), []).append(len(releve.findall("PDC")))
    # Those after it may still be to come.
    late = {jour: counts for jour, counts in days.items() if not counts[0] and jour <= str(tardif)}
    assert str(tardif) in late
    assert all(len(counts) == 2 and counts[1] >= 46 for counts in late.values())
    assert all(len(counts) == 1 for counts in days.values() if counts[0])
    platform.close()


def test_files_are_encrypted_by_the_key_of_their_contract(platform: Platform) -> None:
    with platform.database.transaction() as session:
        declare_canal(session, CONTRAT, type_canal="dossier", algorithme="aes256", cle="42" * 32)
    platform.subscribe(C5, COURBE_C5)
    platform.historique(C5, "CDC", date(2024, 10, 1), JOUR_1, MIDI)
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    with platform.database.sessions() as session:
        secret = secret_of(session, CONTRAT)
        assert secret_of(session, AUTRE_CONTRAT).algorithme == "aucun"
    csv, archive = (decrypt(secret, content) for content in platform.ready().values())
    assert csv.startswith("\ufeffIdentifiant PRM".encode())
    assert archive.startswith(b"PK\x03\x04")


def test_the_row_of_a_file_and_the_journal_tell_what_it_is(platform: Platform) -> None:
    platform.subscribe(C5, COURBE_C5)
    platform.catch_up(at(JOUR_1 + 2 * JOUR))
    ((nom, content),) = platform.ready().items()
    row = platform.row(nom)
    assert (row.contrat_id, row.prms, row.taille) == (CONTRAT, C5, len(content))
    assert row.sha256 == sha256(content).hexdigest()
    assert row.etat == "a_livrer"
    told = f"Flux R50 du 22/10/2024, abonnement {nom.split('_')[4]} : {nom}."
    assert platform.told() == [told]
