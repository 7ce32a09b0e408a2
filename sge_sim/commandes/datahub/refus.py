"""What Datahub answers where a rule doesn't hold: its code and a sentence, both ours."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sge_sim.errors import UsageError
from sge_sim.services.rule import Refus, Rule, check

S = TypeVar("S")

PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "DHB101": "Vous n'êtes pas habilité sur ce contrat.",
        "DHB102": "Le représentant légal ne consulte pas le contrat.",
        "DHB103": "Seul un interlocuteur contractuel met à jour les données du contrat.",
        "DHB104": "Seul un interlocuteur contractuel résilie le contrat.",
        "DHB105": "L'annexe SI est remplie par un interlocuteur technique ou contractuel.",
        "DHB106": "Les interlocuteurs ne se gèrent que sur un contrat FDS.",
        "DHB107": "Seul un interlocuteur contractuel ajoute un interlocuteur.",
        "DHB108": "Cette personne n'appartient pas à votre entité.",
        "DHB109": "Le dernier interlocuteur contractuel du contrat ne peut pas être retiré.",
        "DHB110": "Seul un interlocuteur contractuel retire l'accès d'un interlocuteur.",
        "DHB111": "Cette application de bac à sable n'est pas la vôtre.",
        "DHB112": "Le représentant légal n'a pas d'application de bac à sable.",
        "DHB113": "Seules les applications du service FDS se gèrent ici.",
        "DHB114": "Cette application n'appartient pas à votre entité.",
        "DHB115": "Seul un interlocuteur technique gère les applications de production.",
        "DHB116": "Ce profil n'est pas le vôtre.",
        "DHB117": "Le représentant légal ne modifie pas de profil.",
        "DHB118": "Seul le représentant légal signe le contrat.",
        "DHB119": "Seul un interlocuteur contractuel envoie le contrat en signature.",
        "DHB201": "Le contrat ne se modifie pas dans cet état.",
        "DHB202": "Le contrat a déjà été envoyé en signature.",
        "DHB203": "Aucun représentant légal n'est désigné.",
        "DHB204": "L'annexe SI n'est pas remplie.",
        "DHB205": "Le contrat n'attend pas de signature.",
        "DHB206": "Le contrat n'est pas signé.",
        "DHB207": "Aucun contrat actif.",
        "DHB301": "Vous n'êtes pas habilitateur.",
        "DHB302": "Cet utilisateur n'appartient pas à votre entité.",
        "DHB303": "Seul l'habilitateur principal désigne des habilitateurs.",
        "DHB304": "Un habilitateur ne se retire pas ses propres droits.",
        "DHB305": "Ce login n'est plus actif dans SGE.",
    }
)


class RefusDatahub(UsageError):  # noqa: N818 - the field's word
    """An action that a rule of Datahub refuses; its text is the code, the sentence, the remedy."""

    def __init__(self, broken: Rule[Any]) -> None:
        self.rule = broken
        self.phrase = PHRASES[broken.code]
        super().__init__(f"{broken.code} : {self.phrase} Il faudrait {broken.remede}.")


def check_datahub(rules: Sequence[Rule[S]], situation: S) -> None:
    """Check a situation by rules in their order; raises `RefusDatahub`."""
    try:
        check(rules, situation)
    except Refus as refus:
        raise RefusDatahub(refus.rule) from None
