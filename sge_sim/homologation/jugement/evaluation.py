"""Compare an answer with what the catalogue expects."""

from collections.abc import Sequence

from sge_sim.domaine.ecarts_plateforme import REPONSE_VIDE, Ecart
from sge_sim.domaine.francais import counted, shortened
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, carries_nothing, texts_at
from sge_sim.homologation.catalogue.cases import Assertion, Attendu, Cas
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.rapport import Constat


def evaluate(
    attendu: Attendu, reponse: AnswerTree | RefusRecu, statut: int | None = None
) -> list[Constat]:
    """Return a `Constat` for each expectation; the case is good if all are `reussi`.

    `reponse` is the content of the response element (its children by name, as zeep's
    `serialize_object` gives them; an empty mapping for an empty response) or a refusal; `statut` is
    its HTTP status.
    """
    checks = _evaluate_answer(attendu, reponse)
    if attendu.statut is not None:
        checks.append(Constat(f"HTTP {attendu.statut}", statut == attendu.statut, f"HTTP {statut}"))
    return checks


def _evaluate_answer(attendu: Attendu, reponse: AnswerTree | RefusRecu) -> list[Constat]:
    if isinstance(reponse, RefusRecu):
        return _evaluate_refusal(attendu, reponse)
    if attendu.code is not None:
        return [Constat(f"refus {attendu.code}", False, "la demande a été acceptée")]
    found = texts_at((each.chemin for each in attendu.assertions), reponse)
    checks = map(_evaluate_assertion, attendu.assertions, found)
    return [Constat("succès", True), *checks]


def known_deviation(case: Cas, reponse: AnswerTree | RefusRecu) -> Ecart | None:
    """Return the deviation of the real platform that `reponse` shows, if the case lists it."""
    if isinstance(reponse, RefusRecu):
        seen = reponse.code
    else:
        seen = REPONSE_VIDE if carries_nothing(reponse) else None
    return next((each for each in case.ecart_connu if each.observe == seen), None)


def same_libelle(libelle: str, other: str) -> bool:
    """Return whether two labels are the same but for apostrophes, spaces and a final dot.

    The real platform mixes them (observed 2022), so labels are never compared byte for byte.
    """
    return plain_libelle(libelle) == plain_libelle(other)


def plain_libelle(libelle: str) -> str:
    """Return a label as it is compared."""
    return " ".join(libelle.replace("’", "'").split()).rstrip(" .")


def _evaluate_refusal(attendu: Attendu, refus: RefusRecu) -> list[Constat]:
    if refus.code is not None and refus.code in attendu.acceptes:
        return [Constat(f"{refus.code} admis", True)]
    if attendu.code is None:
        return [Constat("succès", False, f"refus {refus}")]
    checks = [Constat(f"refus {attendu.code}", refus.code == attendu.code, str(refus))]
    if attendu.libelle is not None and attendu.libelle_certain:
        same = same_libelle(attendu.libelle, refus.libelle or "")
        checks.append(Constat(f"libellé « {attendu.libelle} »", same, str(refus)))
    return checks


def _evaluate_assertion(assertion: Assertion, values: Sequence[str]) -> Constat:
    match assertion.operation:
        case "present":
            good = bool(values)
        case "absent":
            good = not values
        case "compte":
            most = len(values) if assertion.maximum is None else assertion.maximum
            good = assertion.minimum <= len(values) <= most
        case "egal":
            good = bool(values) and all(each in assertion.valeurs for each in values)
        case "parmi":
            good = all(each in assertion.valeurs for each in values)
    return Constat(str(assertion), good, "" if good else _described(values, assertion))


def _described(values: Sequence[str], assertion: Assertion) -> str:
    """Return what was found, in words short enough for a report."""
    if not values:
        return "rien"
    if assertion.operation in ("absent", "compte"):
        return counted(len(values), "trouvé")
    shown = ", ".join(dict.fromkeys(each for each in values if each not in assertion.valeurs))
    return shortened(shown, 80)
