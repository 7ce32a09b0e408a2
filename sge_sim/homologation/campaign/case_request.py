"""The request of a case, filled in for one run: dates, login, contract, borrowed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, mapped
from sge_sim.homologation.catalogue.cases import (
    LIBRE,
    VALEUR,
    Cas,
    DateRelative,
    Emprunt,
    Etape,
    Requete,
    Valeur,
)
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.client.messages import soap_message
from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts


@dataclass(frozen=True)
class ContexteDeCas:
    """Values that a run fills into the requests of its cases.

    `aujourdhui` is the legal date at which the request is sent; `reperes` are the values of the
    marks of the release's protocol; `decalage` moves the ISO dates
    (`Release.decalage`; zero keeps the original ones). `resultats` holds the answers of earlier
    cases by key, `preparations` those of the steps of the case's own preparation by name.
    `valeur` is the value for which a step is repeated.
    """

    aujourdhui: date
    reperes: Mapping[str, str]
    decalage: timedelta = timedelta(0)
    resultats: Mapping[str, AnswerTree] = field(default_factory=dict)
    preparations: Mapping[str, AnswerTree] = field(default_factory=dict)
    valeur: str = ""

    def with_result(self, case: Cas, answer: AnswerTree) -> "ContexteDeCas":
        """Return this context with the answer of `case`, without those of its preparation."""
        return replace(self, resultats={**self.resultats, case.cle: answer}, preparations={})

    def with_preparation(self, step: Etape, answer: AnswerTree) -> "ContexteDeCas":
        """Return this context with the answer of a step of the preparation."""
        return replace(self, preparations={**self.preparations, step.nom: answer})


def with_any_value(requete: Requete) -> Requete:
    """Return the request with a value of the tester's choice wherever it borrows one."""
    changed: Requete = mapped(requete, lambda value: LIBRE if isinstance(value, Emprunt) else value)
    return changed


def expected_request(release: Release, case: Cas, today: date, login: str, contrat_id: str) -> str:
    """Return the SOAP message of a case of SGE on `today` (simulated legal date), with `{libre}`
    for a value that it takes from another answer."""
    contexte = ContexteDeCas(today, reperes_of_sge(login, contrat_id), release.decalage(today))
    demande = materialise(replace(case, requete=with_any_value(case.requete)), contexte)
    contracts = load_contracts(data_path("wsdl"))
    return soap_message(contracts[f"/{case.service}/v{case.version}"], demande, login)


def repeated(step: Etape, contexte: ContexteDeCas) -> list[ContexteDeCas]:
    """Return the contexts of a step: this one, or one for each value that it is repeated for.

    Raises `UsageError` where the answer that holds the values is missing.
    """
    if step.pour_chaque is None:
        return [contexte]
    values = _values(step.pour_chaque, contexte)
    return [replace(contexte, valeur=str(value)) for value in values]


def materialise(demande: Cas | Etape, contexte: ContexteDeCas) -> dict[str, Any]:
    """Return the content of the request element, in the contract's order.

    Values are `str`, `bool`, `int`, `date`, nested `dict` and `list`: what zeep takes. Raises
    `UsageError` if a borrowed value is not there, saying which case to run first.
    """
    return _elements(demande.requete, contexte)


def _elements(requete: Requete, contexte: ContexteDeCas) -> dict[str, Any]:
    return {name: _filled(value, contexte) for name, value in requete.items()}


def _filled(value: Valeur, contexte: ContexteDeCas) -> Any:
    match value:
        case DateRelative():
            return value.on(contexte.aujourdhui)
        case date():
            return value + contexte.decalage
        case Emprunt():
            return _borrowed(value, contexte)
        case tuple():
            return [_filled(each, contexte) for each in value]
        case Mapping():
            return _elements(value, contexte)
        case str() if value in contexte.reperes:
            return contexte.reperes[value]
        case str() if value == VALEUR:
            return contexte.valeur
    return value


def _borrowed(emprunt: Emprunt, contexte: ContexteDeCas) -> object:
    values = _values(emprunt, contexte)
    if not values:
        raise UsageError(
            f"La réponse de {_origin_of(emprunt)} ne contient pas « {emprunt.chemin} » : "
            "vérifier ce qu'elle a rendu avant de continuer."
        )
    return values[0]


def _values(emprunt: Emprunt, contexte: ContexteDeCas) -> Sequence[object]:
    answers = contexte.preparations if emprunt.preparation else contexte.resultats
    if emprunt.origine not in answers:
        raise UsageError(
            f"La demande reprend une valeur de {_origin_of(emprunt)} : l'exécuter d'abord."
        )
    return emprunt.chemin.values(answers[emprunt.origine])


def _origin_of(emprunt: Emprunt) -> str:
    return f"la préparation « {emprunt.origine} »" if emprunt.preparation else emprunt.origine
