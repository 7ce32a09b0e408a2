"""How cases, packages and calls stand: each state with its word and its colour, declared once.

Pages, HTML, PDF, workbook and JUnit read them here; a further state is one more member.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, Self

from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml


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
    """A planned panne, or a known deviation, had its part: it doesn't judge the client."""
    MAUVAIS = "mauvais", "#a11313", "#ff9b9b", "#fadada"
    DOUTEUX = "douteux", "#6733ab", "#cfb0ff", "#f1eafb"
    """Seen, near or excused: nothing is decided by it."""
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


class Avis(_Colore):
    """Whether an expectation holds."""

    OUI = "oui", Couleur.BON
    NON = "non", Couleur.MAUVAIS
    A_VERIFIER = "à vérifier", Couleur.DOUTEUX
    EXCUSE = "excusé", Couleur.DOUTEUX
    """It doesn't, and an observation of the platform excuses it."""


class IssueDeCas(_Colore):
    """What an observed call did for the cases of the catalogue."""

    COCHE = "coché", Couleur.BON
    NON_CONFORME = "non conforme", Couleur.MAUVAIS
    PERTURBE = "perturbé", Couleur.ECART
    AMBIGU = "ambigu", Couleur.DOUTEUX
    PROCHE = "proche", Couleur.DOUTEUX
    HORS_CATALOGUE = "hors catalogue", Couleur.NEUTRE


KindCampaign = Literal["exécutée", "observée", "pytest"]


@computed_once()
def mots_des_rapports() -> Any:
    """Return what reports say of their words: `mots.yaml`."""
    return parse_yaml(Path(__file__).with_name("mots.yaml"))


STYLE: Final = f"""
:root {{ {" ".join(f"--{each}: light-dark({each.clair}, {each.sombre});" for each in Couleur)} }}
{" ".join(f".{each} {{ color: var(--{each}); }}" for each in Couleur)}
{" ".join(f".barre .{each} {{ fill: var(--{each}); }}" for each in Couleur)}
.etat {{ font-weight: 550; white-space: nowrap; }}
.etat::before {{ content: ""; display: inline-block; width: .62em; height: .62em;
  margin-right: .4em; box-sizing: border-box; background: currentColor; border-radius: 1px;
  print-color-adjust: exact; }}
.etat.bon::before {{ border-radius: 50%; }}
.etat.ecart::before {{ clip-path: polygon(50% 4%, 100% 96%, 0 96%); width: .7em; }}
.etat.neutre::before {{ background: none; border: 2px solid; border-radius: 50%; }}
.etat.attente::before {{ rotate: 45deg; scale: .88; }}
.etat.douteux::before {{ border-radius: 50%; border: 1.5px solid;
  background: linear-gradient(90deg, currentColor 50%, #0000 50%); }}
{", ".join(f"body:has(#f-{each}:checked) .cas:not(.{each})" for each in FiltreDeCas)}
{{ display: none; }}
"""
"""The style sheet of the states: their colours in words and bars, the shape beside each word
(docs/design.md), and the filters of the runs."""
