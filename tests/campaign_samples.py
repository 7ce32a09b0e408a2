"""Runs of a small release, made up, for what judges and reports them."""

from dataclasses import replace
from datetime import date, datetime

from sge_sim.clock import PARIS
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of, judge
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.catalogue.cases import Attendu, Cas
from sge_sim.homologation.catalogue.release import JoursInclus, Release
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.reports.rapport import Execution, Rapport

INSTANT = datetime(2025, 3, 4, 10, 30, tzinfo=PARIS)


def case(cas_id: str, package: str = "consultation", segment: str = "N/A", **values: object) -> Cas:
    data = {
        "service": "RecherchePoint",
        "version": "2.0",
        "objet": "RP",
        "titre": f"Titre <de> {cas_id}",
        "signification": "Un sens.",
        "requete": {},
        "attendu": Attendu(code=None),
        "etat_du_point": "En service",
        "accord": "oui",
        "provenance": "documented",
        "source": "Catalogue",
        **values,
    }
    return Cas(id=cas_id, segment=segment, package=package, **data)  # type: ignore[arg-type]


def release(*cases: Cas) -> Release:
    day = date(2025, 3, 4)
    packages = tuple(dict.fromkeys(each.package for each in cases))
    return Release("sge-1.0", day, JoursInclus(day, day), packages, "", (), (), cases)


def answered(
    of: Cas, answer: AnswerTree | RefusRecu | None, panne: str = "", **values: object
) -> Execution:
    exchange = EchangeDeCas(
        AppelFait(
            answer, b"<demande/>", b"<reponse>&lt;&amp;</reponse>", 200, 12.345, erreur="rien"
        ),
        INSTANT,
        logiciel="un <client>",
        origine="passage",
        panne=panne,
    )
    return execution_of(of, exchange, **values)  # type: ignore[arg-type]


GOOD = case("A-R1")
REFUSED = case("A-NR1", attendu=Attendu("SGT401", "point inexistant"))
DEVIANT = case("B-R1", "commande", "C5", ecart_connu=(Ecart("SGT500", "observé"),))
SAMPLE = release(GOOD, REFUSED, DEVIANT)


def sample_report() -> Rapport:
    """A report with a run of each kind but one."""
    executions = (
        answered(GOOD, {}),
        answered(REFUSED, RefusRecu("SGT463", "des <données>")),
        answered(DEVIANT, RefusRecu("SGT500", "panne")),
    )
    packages = ("consultation", "commande", "historique")
    return Rapport(
        release=SAMPLE.nom,
        origine="exécutée",
        cible="https://localhost:8443",
        acteur="a@exemple.fr",
        simulateur=True,
        debut=INSTANT,
        fin=INSTANT,
        partielle=False,
        verdicts=judge(SAMPLE, packages, executions, partielle=False),
        executions=executions,
        commande="sge-sim homologate --reprise dossier",
        societe="Mon entreprise",
        client="Mon client",
    )


def report_of_many_causes(count: int) -> Rapport:
    """A report in which so many cases fail, each for a long reason of its own."""
    cases = [case(f"X-NR{rank}", attendu=Attendu("SGT401")) for rank in range(count)]
    runs = tuple(
        answered(each, RefusRecu(f"SGT{rank:03}", f"Un refus long n° {rank} « {'é' * 200} »"))
        for rank, each in enumerate(cases)
    )
    verdicts = judge(release(*cases), ["consultation"], runs, partielle=False)
    return replace(sample_report(), executions=runs, verdicts=verdicts)
