"""The report as JUnit XML, which every build server reads: a suite per package, a test per run."""

from lxml import etree

from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.executions import cause_of, said_of, wrong_lines
from sge_sim.homologation.reports.non_juge import checks_of
from sge_sim.homologation.reports.rapport import Execution, Rapport, by_package

_OUTCOMES = {
    Statut.PERTURBE: ("error", "perturbe"),
    Statut.A_PASSER: ("error", "a_passer"),
    Statut.ECART: ("failure", "ecart_connu"),
    Statut.ECHOUE: ("failure", "echec"),
}
"""What a run that is to be put right is, and its type."""
_COUNTS = (("failure", "failures"), ("error", "errors"), ("skipped", "skipped"))


def render_junit(rapport: Rapport) -> bytes:
    """Return the document.

    A known deviation is a failure of type `ecart_connu`; an announced failure is skipped; one that
    didn't come fails, type `perime`; a case that couldn't be run is an error, and so is one
    that a panne struck; one that nobody has called yet, that can't be tested or that the target
    doesn't serve is skipped. What observations excuse is in the output of a test, which they don't
    fail. Each suite has the properties `societe`, `client`, `sge_sim`, `origine`, who made its
    calls, `commande`, which makes again what wasn't good, the counts `controles` and `excuses` of
    its checks, and `non_verifies`.
    """
    root = etree.Element("testsuites", name=f"homologation {rapport.release}")
    for package, executions in by_package(rapport.executions).items():
        suite = etree.SubElement(
            root,
            "testsuite",
            name=package,
            timestamp=rapport.debut.isoformat(timespec="seconds"),
            time=_seconds(sum(each.duree_ms for each in executions)),
        )
        properties = etree.SubElement(suite, "properties")
        for name, value in (
            ("societe", rapport.societe),
            ("client", rapport.client),
            ("sge_sim", rapport.sge_sim),
            ("origine", ", ".join(rapport.origines)),
            ("commande", rapport.commande),
            ("controles", str(sum(each.controles for each in executions))),
            ("excuses", str(sum(len(each.excuses) for each in executions))),
            ("non_verifies", " ; ".join(f"{x.quoi} : {x.pourquoi}" for x in rapport.non_verifies)),
        ):
            etree.SubElement(properties, "property", name=name, value=_clean(value))
        for execution in executions:
            _add(suite, execution, f"homologation.{rapport.release}.{package}")
        suite.set("tests", str(len(executions)))
        for kind, attribute in _COUNTS:
            suite.set(attribute, str(len(suite.findall(f"testcase/{kind}"))))
    document: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return document


def _add(suite: etree._Element, execution: Execution, classname: str) -> None:
    test = etree.SubElement(
        suite,
        "testcase",
        classname=classname,
        name=execution.cle,
        time=_seconds(execution.duree_ms),
    )
    if outcome := _outcome(execution):
        kind, name = outcome
        lines = wrong_lines(execution) or [execution.statut.value]
        message = cause_of(execution) or lines[0]
        child = etree.SubElement(test, kind, type=name, message=_clean(message))
        child.text = _clean("\n".join(lines))
    checks = [
        checks_of([execution]),
        *map(str, execution.excuses),
        *(f"non vérifié : {each.quoi}, {each.pourquoi}" for each in execution.non_verifies),
    ]
    if any(checks):
        said_of_checks = "\n".join([said_of(execution), *filter(None, checks)])
        etree.SubElement(test, "system-out").text = _clean(said_of_checks)


def _outcome(execution: Execution) -> tuple[str, str] | None:
    if execution.perime:
        return "failure", "perime"
    if execution.statut.bon:
        return None
    if not execution.a_corriger:
        return "skipped", execution.filtre.value.replace("-", "_")
    if execution.prevu_en_echec and execution.statut is not Statut.PERTURBE:
        return "skipped", "echec_annonce"
    return _OUTCOMES[execution.statut]


def _clean(text: str) -> str:
    """Return `text` without the control characters that XML can't hold."""
    return "".join(each for each in text if each in "\n\t" or each >= " ")


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"
