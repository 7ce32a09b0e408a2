"""Roles and actions of Datahub: every cell of the FAQ's rights, answered by the rules."""

from typing import Any, Final

import pytest

from sge_sim.datahub.droits import DROITS, ETAPES, ActionDatahub, DemandeDatahub
from sge_sim.datahub.spice import HABILITATIONS
from sge_sim.domaine.nomenclatures import Provenance, RoleDatahub
from sge_sim.refus import Control, Refus, check

YES: Final = "oui"
NO: Final = "documented"
UNSAID: Final = "assumed"

CELLS: Final[tuple[tuple[str, ActionDatahub, dict[str, Any], tuple[str, str, str]], ...]] = (
    ("consulter", "consulter_contrat", {}, (YES, YES, NO)),
    ("modifier", "modifier_contrat", {}, (NO, YES, NO)),
    ("résilier", "resilier_contrat", {}, (UNSAID, YES, UNSAID)),
    ("annexe SI", "remplir_annexe", {}, (YES, YES, UNSAID)),
    ("ajouter", "ajouter_interlocuteur", {}, (NO, YES, NO)),
    ("ajouter hors FDS", "ajouter_interlocuteur", {"service": "autre"}, (NO, NO, NO)),
    ("ajouter hors entité", "ajouter_interlocuteur", {"chez_lui": False}, (NO, NO, NO)),
    ("retirer", "retirer_interlocuteur", {}, (UNSAID, YES, UNSAID)),
    ("retirer hors FDS", "retirer_interlocuteur", {"service": "autre"}, (NO, NO, NO)),
    (
        "retirer le dernier contractuel",
        "retirer_interlocuteur",
        {"dernier_contractuel": True},
        (NO, NO, NO),
    ),
    ("son bac à sable", "gerer_bac_a_sable", {}, (YES, YES, UNSAID)),
    ("le bac à sable d'un autre", "gerer_bac_a_sable", {"a_lui": False}, (NO, NO, NO)),
    ("production FDS", "gerer_production", {}, (YES, NO, NO)),
    ("production d'un autre service", "gerer_production", {"service": "autre"}, (NO, NO, NO)),
    ("production d'une autre entité", "gerer_production", {"chez_lui": False}, (NO, NO, NO)),
    ("son profil", "modifier_profil", {}, (YES, YES, UNSAID)),
    ("le profil d'un autre", "modifier_profil", {"a_lui": False}, (NO, NO, NO)),
    ("signer", "signer_contrat", {}, (UNSAID, UNSAID, YES)),
)
"""Each row as the FAQ says it: technical contact, contractual contact, legal representative."""

ROLES: Final[tuple[RoleDatahub, ...]] = ("technique", "contractuel", "representant")

ON_A_CONTRACT: Final[tuple[ActionDatahub, ...]] = (
    "consulter_contrat",
    "modifier_contrat",
    "resilier_contrat",
    "remplir_annexe",
    "ajouter_interlocuteur",
    "retirer_interlocuteur",
    "envoyer_en_signature",
    "signer_contrat",
)


def answer(action: ActionDatahub, demande: DemandeDatahub) -> str:
    try:
        check(DROITS[action], demande)
    except Refus as refus:
        return refus.rule.provenance
    return YES


@pytest.mark.documented("FAQ Datahub: rights and prohibitions of the three roles")
@pytest.mark.parametrize(
    ("action", "autour", "role", "expected"),
    [
        pytest.param(action, autour, role, expected, id=f"{title}-{role}")
        for title, action, autour, cells in CELLS
        for role, expected in zip(ROLES, cells, strict=True)
    ],
)
def test_each_cell_of_the_rights_is_answered_as_the_faq_says(
    action: ActionDatahub, autour: dict[str, Any], role: RoleDatahub, expected: str
) -> None:
    """What it doesn't say is refused, by a rule marked as assumed."""
    assert answer(action, DemandeDatahub(frozenset({role}), **autour)) == expected


@pytest.mark.documented("FAQ Datahub: nobody acts on a contract that he isn't authorised on")
@pytest.mark.parametrize("action", ON_A_CONTRACT)
def test_a_contract_without_a_role_is_closed(action: ActionDatahub) -> None:
    with pytest.raises(Refus, match=r"^DHB101 : Vous n'êtes pas habilité"):
        check(DROITS[action], DemandeDatahub(frozenset()))


@pytest.mark.assumed("somebody who is both contacts has the rights of both")
def test_two_roles_add_up() -> None:
    both = DemandeDatahub(frozenset({"technique", "contractuel"}))
    assert {answer(action, both) for action in DROITS if action != "signer_contrat"} == {YES}


@pytest.mark.assumed("sandbox applications belong to the person, who may have no role yet")
def test_somebody_without_a_role_has_his_sandbox_and_profile() -> None:
    nobody = DemandeDatahub(frozenset())
    assert answer("gerer_bac_a_sable", nobody) == answer("modifier_profil", nobody) == YES
    assert answer("gerer_production", nobody) == NO


@pytest.mark.assumed("who sends for signature isn't said")
def test_a_contractual_contact_sends_for_signature() -> None:
    answers = [answer("envoyer_en_signature", DemandeDatahub(frozenset({role}))) for role in ROLES]
    assert answers == [UNSAID, YES, UNSAID]


def test_every_rule_has_a_name_a_code_and_a_sentence_of_its_own() -> None:
    rules = {
        each.name: each
        for table in (DROITS, ETAPES, HABILITATIONS)
        for row in table.values()
        for each in row
    }
    assert len({rule.code for rule in rules.values()}) == len(rules)
    sentences = [_sentences(rule) for rule in rules.values()]
    assert all(len(said) == 1 for said in sentences)
    assert len(set().union(*sentences)) == len(rules)
    assert all(rule.source and rule.remede and rule.meaning for rule in rules.values())
    provenances: set[Provenance] = {rule.provenance for rule in rules.values()}
    assert provenances == {"documented", "assumed"}


def _sentences(rule: Control[Any]) -> set[str]:
    """What the function of a rule may say is wrong."""
    texts = {
        each for each in rule.holds.__code__.co_consts if isinstance(each, str) and " " in each
    }
    return texts - {rule.holds.__doc__}
