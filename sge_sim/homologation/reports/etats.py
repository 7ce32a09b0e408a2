"""How cases, packages and calls stand: each state with its word and its colour, declared once.

Pages, HTML, PDF, workbook and JUnit read them here; a further state is one more member.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, Self


class _Mot(StrEnum):
    """A word with attributes; its value is the word alone."""

    def __new__(cls, mot: str, *_: object) -> Self:
        member = str.__new__(cls, mot)
        member._value_ = mot
        return member


class Couleur(_Mot):
    """A meaning that has a colour: `clair` on a light ground, `sombre` on a dark one, `fond` behind
    black letters."""

    def __init__(self, _mot: str, clair: str, sombre: str, fond: str) -> None:
        self.clair, self.sombre, self.fond = clair, sombre, fond

    BON = "bon", "#17653a", "#7fd6a2", "#ddf3e4"
    ECART = "ecart", "#7d5200", "#f0bd6a", "#fcebc8"
    """It doesn't judge the client: somebody looks at it."""
    MAUVAIS = "mauvais", "#a11313", "#ff9b9b", "#fadada"
    ATTENTE = "attente", "#0b6170", "#7fd3df", "#d5eff2"
    """Nothing is wrong, and something is left to do."""
    NEUTRE = "neutre", "#545b66", "#a9b1bd", "#eceef1"


class FiltreDeCas(_Mot):
    """A filter of a list of runs; `mot` is its French word."""

    def __init__(self, _nom: str, mot: str) -> None:
        self.mot = mot

    ECHOUE = "echoue", "échoués"
    PERTURBE = "perturbe", "perturbés"
    A_PASSER = "a-passer", "à passer"
    PAS_COMMENCE = "pas-commence", "pas commencés"
    REUSSI = "reussi", "réussis"
    NON_JUGE = "non-juge", "non jugés"


class _Colore(_Mot):
    def __init__(self, _mot: str, couleur: Couleur) -> None:
        self.couleur = couleur


class Statut(_Colore):
    """How a run ended, or why there is none; `filtre` is the filter of lists that shows it."""

    def __init__(self, _mot: str, couleur: Couleur, filtre: FiltreDeCas) -> None:
        super().__init__(_mot, couleur)
        self.filtre = filtre

    REUSSI = "réussi", Couleur.BON, FiltreDeCas.REUSSI
    ADMIS = "admis", Couleur.BON, FiltreDeCas.REUSSI
    ECHOUE = "échoué", Couleur.MAUVAIS, FiltreDeCas.ECHOUE
    ECART = "écart connu", Couleur.ECART, FiltreDeCas.ECHOUE
    PERTURBE = "perturbé", Couleur.ECART, FiltreDeCas.PERTURBE
    A_PASSER = "à passer", Couleur.ATTENTE, FiltreDeCas.A_PASSER
    PAS_COMMENCE = "pas commencé", Couleur.NEUTRE, FiltreDeCas.PAS_COMMENCE
    NON_TESTABLE = "non testable", Couleur.NEUTRE, FiltreDeCas.NON_JUGE
    NON_SERVI = "non servi", Couleur.NEUTRE, FiltreDeCas.NON_JUGE

    @property
    def bon(self) -> bool:
        """Whether the run counts as passed."""
        return self.couleur is Couleur.BON

    @property
    def a_corriger(self) -> bool:
        """Whether somebody has something to do about it."""
        return self.couleur not in (Couleur.BON, Couleur.NEUTRE)


class Decision(_Colore):
    """The verdict of a campaign on a package."""

    HOMOLOGUE = "homologué", Couleur.BON
    NON_HOMOLOGUE = "non homologué", Couleur.MAUVAIS
    A_PASSER = "à passer", Couleur.ATTENTE
    PAS_COMMENCE = "pas commencé", Couleur.NEUTRE
    SANS_OBJET = "sans objet", Couleur.NEUTRE
    SANS_CAS_SERVI = "sans cas servi à cette date", Couleur.NEUTRE
    NON_JUGE = "non jugé", Couleur.NEUTRE
    """Only a part of the cases was asked for, or a part of an earlier campaign was run again, or
    pannes struck some."""


MOTS: Final[Mapping[Statut | Decision, str]] = {
    Statut.REUSSI: "la réponse est celle que le catalogue attend",
    Statut.ADMIS: "la réponse n'est pas celle du catalogue, mais Enedis juge la demande seule",
    Statut.ECHOUE: "la réponse n'est pas celle attendue, ou n'est pas conforme",
    Statut.ECART: "la réponse est celle que la plateforme d'Enedis est connue pour donner à tort",
    Statut.PERTURBE: "une panne prévue a touché l'appel, qui ne juge personne",
    Statut.A_PASSER: "le cas n'a pas été exécuté, et doit l'être",
    Statut.PAS_COMMENCE: "personne ne l'a encore appelé, et la campagne est ouverte",
    Statut.NON_TESTABLE: "Enedis n'en demande aucune exécution",
    Statut.NON_SERVI: "la cible ne sert pas ce service ce jour-là",
    Decision.HOMOLOGUE: "chaque cas obligatoire du package est bon",
    Decision.NON_HOMOLOGUE: "un cas obligatoire du package au moins n'est pas bon",
    Decision.SANS_OBJET: "la version ne liste aucun cas de ce package",
    Decision.SANS_CAS_SERVI: "la cible ne sert aucun des cas obligatoires du package",
    Decision.NON_JUGE: "la campagne ne permet pas de juger le package",
}
"""What the words of a verdict mean; those of `Decision` that have the word of a status share it."""


class Avis(_Colore):
    """Whether an expectation holds."""

    OUI = "oui", Couleur.BON
    NON = "non", Couleur.MAUVAIS
    A_VERIFIER = "à vérifier", Couleur.ECART
    EXCUSE = "excusé", Couleur.ECART
    """It doesn't, and an observation of the platform excuses it."""


class IssueDeCas(_Colore):
    """What an observed call did for the cases of the catalogue."""

    COCHE = "coché", Couleur.BON
    NON_CONFORME = "non conforme", Couleur.MAUVAIS
    PERTURBE = "perturbé", Couleur.ECART
    AMBIGU = "ambigu", Couleur.ECART
    PROCHE = "proche", Couleur.ECART
    HORS_CATALOGUE = "hors catalogue", Couleur.NEUTRE


KindCampaign = Literal["exécutée", "observée", "pytest"]
CAMPAIGN_KINDS: Final[Mapping[KindCampaign, str]] = {
    "exécutée": "exécutée par sge-sim, qui joue chaque cas du catalogue",
    "observée": "observée : seuls comptent les appels du client de l'acteur",
    "pytest": "faite par des tests pytest, qui appellent un simulateur",
}
"""The kinds of campaign, and how a report says what each is."""

STYLE: Final = f"""
:root {{ {" ".join(f"--{each}: light-dark({each.clair}, {each.sombre});" for each in Couleur)} }}
{" ".join(f".{each} {{ color: var(--{each}); }}" for each in Couleur)}
{" ".join(f".barre .{each} {{ fill: var(--{each}); }}" for each in Couleur)}
{", ".join(f"body:has(#f-{each}:checked) .cas:not(.{each})" for each in FiltreDeCas)}
{{ display: none; }}
"""
"""The style sheet of the states: their colours in words and bars, and the filters of the runs."""
