"""What excuses a check: an observation with its releases and its end, and nothing silently."""

from datetime import date, timedelta

import pytest
from campaign_samples import DEVIANT, GOOD, INSTANT, REFUSED, case
from test_reponses_enregistrees import C5, V3, contracts, refused, request_v3

from sge_sim.domaine.ecarts_plateforme import (
    Temoignage,
    Usage,
    plateforme_at,
    plateformes,
    rank_of_release,
    temoignages,
)
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.jugement.juge import CONTROLES, Examen, Juge
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import Constat, Execution

IN_23_4, IN_26_1 = date(2023, 12, 1), date(2026, 12, 1)


def good(examen: Examen) -> bool:
    return all(each.reussi for each in examen.constats)


BARE = refused("", "", "Erreur Technique MFI", "soap:")
M023 = "/CommandeHistoriqueDonneesMesuresFines/v1.0"
LEVEES = {usage for each in CONTROLES for usage in each.leve_par} | {Usage.LIBELLE_PROPRE}


def examined(
    release: str, day: date, *, answer: str = BARE, path: str = M023, defauts: bool = True
) -> Examen:
    call = AppelFait(
        None,
        request_v3(C5, "INDEX", "EA"),
        answer.encode(),
        500,
        contrat=contracts()[path],
        type_contenu="text/xml;charset=UTF-8",
    )
    return Juge(release, defauts).examine(call, day, case("A-R1"))


@pytest.mark.parametrize("line", temoignages(), ids=lambda line: line.usage.name)
def test_an_excuse_has_a_source_a_first_release_and_an_end(line: Temoignage) -> None:
    ranks = [rank_of_release(each) for each in (line.premiere, line.derniere, line.fin) if each]
    assert line.source
    assert ranks == sorted(ranks)
    if line.excuses("/", {*line.prms}):
        assert line.premiere
        assert line.fin, "what excuses ends"


def test_each_way_that_lifts_a_check_is_a_line_of_the_table() -> None:
    assert {each.usage for each in temoignages()} == {*Usage} >= LEVEES


def test_what_was_seen_in_2022_and_2023_excuses_nothing_of_26_1() -> None:
    assert not LEVEES & plateformes()[-1].usages.keys()
    assert not plateformes()[-1].ecarts


@pytest.mark.parametrize(
    ("release", "day", "excused"),
    [
        ("sge-23.4", IN_23_4, True),
        ("sge-23.2", IN_23_4, True),
        ("sge-23.4", plateforme_at(IN_26_1).depuis - timedelta(days=1), True),
        ("sge-23.4", plateforme_at(IN_26_1).depuis, False),
        ("sge-26.1", IN_23_4, False),
        ("sge-23.2", date(2023, 6, 1), False),
    ],
)
def test_an_old_observation_excuses_the_platform_of_its_days_alone(
    release: str, day: date, excused: bool
) -> None:
    """Neither a later catalogue, nor an old one that is played on the platform of today."""
    found = examined(release, day)
    assert found.constats
    assert good(found) is excused
    for each in found.constats:
        assert each.excuse == ("observé en octobre 2023 ; vu en 23.4" if excused else "")
        assert each.avertit is excused


def test_a_nominal_simulator_is_held_to_the_same_checks_without_an_excuse() -> None:
    excused = examined("sge-23.4", IN_23_4)
    nominal = examined("sge-23.4", IN_23_4, defauts=False)
    assert nominal.controles == excused.controles > 0
    assert [each.attendu for each in nominal.constats] == [
        each.attendu for each in excused.constats
    ]
    assert not good(nominal)


def test_an_observation_excuses_no_other_service_nor_point() -> None:
    for line in temoignages():
        seen = {path for path in contracts() if line.excuses(path, {*line.prms} or {C5})}
        dated = line.derniere and line.provenance == "observed"
        assert seen == {
            path for path in contracts() if dated and path.startswith(tuple(line.services))
        }
        assert bool(seen) is bool(dated)
        assert not (line.prms and any(line.excuses(path, {*line.prms, C5}) for path in seen))
    assert not good(examined("sge-23.4", IN_23_4, path=V3))


@pytest.mark.parametrize(
    ("line", "release", "said"),
    [
        (("22.1", "23.2", "26.1"), "22.1", "lu ; vu de 22.1 à 23.2"),
        (("22.1", "23.2", "26.1"), "23.4", "lu ; vu de 22.1 à 23.2, pas depuis"),
        (("23.4", "23.4", ""), "26.1", "lu ; vu en 23.4, pas depuis"),
    ],
)
def test_a_later_release_is_told_since_when_nobody_has_seen_it(
    line: tuple[str, str, str], release: str, said: str
) -> None:
    assert Temoignage(Usage.HEURE_REPETEE, "lu", *line).said_of(release) == said


def test_a_label_of_the_platform_excuses_that_label_alone() -> None:
    seen = refused("SGT4G3", "Aucune mesure trouvée pour ce PRM", "Erreur Technique Mesures")
    other = refused("SGT4G3", "Aucune mesure du tout", "Erreur Technique Mesures")
    assert [each.excuse for each in examined("sge-23.2", IN_23_4, answer=seen, path=V3).constats]
    assert good(examined("sge-23.2", IN_23_4, answer=seen, path=V3))
    assert not good(examined("sge-23.2", IN_23_4, answer=other, path=V3))


def test_what_cant_be_read_isnt_checked_and_says_so() -> None:
    page = examined("sge-26.1", IN_26_1, answer="<html/>")
    assert not good(page)
    assert [each.quoi for each in page.non_verifies] == ["le contenu de la réponse"]
    silent = Juge("sge-26.1").examine(AppelFait(None, b"", b"", None, 1.0), IN_26_1)
    assert (silent.controles, silent.constats) == (0, ())
    assert "aucune réponse" in silent.non_verifies[0].pourquoi


def ended(of: object, answer: object, day: timedelta, examen: Examen) -> Execution:
    call = AppelFait(answer, b"<demande/>", b"<reponse/>", 500, 1.0)  # type: ignore[arg-type]
    return execution_of(of, EchangeDeCas(call, INSTANT + day, examen=examen))  # type: ignore[arg-type]


WRONG = Examen((Constat("le libellé est celui du code", False, "autre", du_juge=True),), 7)


def test_a_known_answer_ends_with_the_platform_that_gave_it() -> None:
    refusal = RefusRecu("SGT500", "panne")
    assert ended(DEVIANT, refusal, timedelta(0), Examen()).statut is Statut.ECART
    assert ended(DEVIANT, refusal, timedelta(days=400), Examen()).statut is Statut.ECHOUE


def test_where_enedis_judges_the_request_alone_each_failed_check_says_that_it_is_excused() -> None:
    """They were made: none of them is off."""
    ignored = case("B-R2", reponse_ignoree=True, source="Catalogue §3")
    run = ended(ignored, RefusRecu("SGT500", "panne"), timedelta(0), WRONG)
    assert run.statut is Statut.ADMIS
    assert run.controles == 7
    assert [each.trouve for each in run.excuses] == ["refus SGT500 « panne »", "autre"]
    said = "Enedis juge la demande seule. Source : Catalogue §3"
    assert {each.excuse for each in run.excuses} == {said}
    assert ended(ignored, {}, timedelta(0), WRONG).statut is Statut.ECHOUE


@pytest.mark.parametrize("of", [GOOD, REFUSED])
def test_a_wrong_answer_without_an_observation_fails_its_case(of: object) -> None:
    run = ended(of, {} if of is GOOD else RefusRecu("SGT401", ""), timedelta(0), WRONG)
    assert (run.statut, run.excuses) == (Statut.ECHOUE, ())
