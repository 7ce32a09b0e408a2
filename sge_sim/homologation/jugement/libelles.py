"""Codes and their labels, wherever an answer has them: of their lists, and of one another."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from sge_sim.commandes.prestations import ACCES_PUBLIES, ACCES_SEUL, COLLECTES
from sge_sim.domaine.libelles import LIBELLES_DE_CONSULTATION, LISTES
from sge_sim.domaine.plages import officielles
from sge_sim.homologation.jugement.controle import KNOWN, Controles
from sge_sim.homologation.jugement.evaluation import plain_libelle
from sge_sim.homologation.jugement.reponse import ReponseJugee, read_once, text_of
from sge_sim.machine.once import computed_once
from sge_sim.mesures.grilles_nommees import LIBELLES_VUS
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.services.commande_transmission_donnees_infra_j.service import CONSOMMATEUR, PRODUCTEUR
from sge_sim.services.commande_transmission_historique_mesures.service import COURBE, INDEX
from sge_sim.soap.declarations import local_name

_LISTE_DE: Final[Mapping[str, str]] = KNOWN["liste_de"]
_OUVERTES: Final = tuple(KNOWN["listes_ouvertes"])
_FOURNISSEUR: Final = ("calendrier", "classeTemporelle")


class Codifie(NamedTuple):
    """A code that an answer bears, its list, the label beside it; `libre`: it may be unknown."""

    nom: str
    liste: str
    code: str
    libelle: str
    libre: bool


@read_once
def codifies(reponse: ReponseJugee) -> Iterator[Codifie]:
    """Yield the codes of an answer that are of a list."""
    for element in reponse.corps.iter():
        name, code = local_name(element), element.get("code")
        liste, libelle = _LISTE_DE.get(name, name), ""
        if code is not None:
            libelle = element.get("libelle") or text_of(element, "libelle") or ""
            if local_name(element.getparent()) == "disjoncteur":
                liste = "disjoncteurCalibre"
        elif len(element) == 0 and name in _LISTE_DE:
            code, following = (element.text or "").strip(), element.getnext()
            if following is not None and "ibelle" in local_name(following):
                libelle = (following.text or "").strip()
        if code is not None:
            own = name in _FOURNISSEUR and any(
                each.tag.endswith("GrilleFrn") for each in element.iterancestors()
            )
            free = own or name == "idClasseTemporelle" or liste.startswith(_OUVERTES)
            # The supplier's grid may have codes alone (GUI 0455 §4.2).
            yield Codifie(name, liste, code, libelle or (code if own else ""), free)


@computed_once()
def _codes_by_libelle() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the codes of each label, as it is compared, by list."""
    lists = (LISTES, LIBELLES_VUS, LIBELLES_DE_CONSULTATION)
    ordered = (ACCES_SEUL, *ACCES_PUBLIES, *COLLECTES, CONSOMMATEUR, PRODUCTEUR, COURBE, INDEX)
    rows = chain(
        ((name, *row) for each in lists for name, by in each.items() for row in by.items()),
        ((name, code, code) for name, by in KNOWN["sans_libelle"].items() for code in by),
        (("prestation", each.fiche, each.fiche_libelle) for each in ordered),
        (("prestation", x.option or "", x.option_libelle) for x in ordered if x.option_libelle),
        (("commune", insee, nom) for (_, insee), nom in communes_de_france().items()),
        (("futuresPlagesHeuresCreuses", *each) for each in officielles().values()),
    )
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, code, libelle in rows:
        found[name][plain_libelle(libelle)].add(code)
    return {n: {libelle: frozenset(x) for libelle, x in by.items()} for n, by in found.items()}


@computed_once()
def _codes() -> Mapping[str, frozenset[str]]:
    """Return the codes that are known of each list."""
    return {name: frozenset().union(*by.values()) for name, by in _codes_by_libelle().items()}


def _owners(each: Codifie) -> frozenset[str]:
    """Return the codes whose label it is."""
    return _codes_by_libelle().get(each.liste, {}).get(plain_libelle(each.libelle), frozenset())


LIBELLES: Final = Controles()


@LIBELLES.documented("chaque code est de la liste de valeurs", "AX.0355")
def codes_des_listes(reponse: ReponseJugee) -> Iterator[str]:
    """A code is of its list, where the list is whole."""
    for each in codifies(reponse):
        if not each.libre and each.code not in _codes().get(each.liste, {each.code}):
            yield f"{each.nom} vaut « {each.code} »"


@LIBELLES.documented(
    "le libellé d'un code n'est pas celui d'un autre", "AX.0355 ; catalogue des prestations"
)
def libelle_d_un_autre(reponse: ReponseJugee) -> Iterator[str]:
    for each in codifies(reponse):
        owners = _owners(each)
        if each.libelle not in ("", each.code) and owners and each.code not in owners:
            yield f"{each.nom} {each.code} « {each.libelle} », libellé de {min(owners)}"


@LIBELLES.assumed(
    "un code a le libellé qu'on lui connaît",
    "AX.0355, et ce qui a été vu en 2022 et 2023 ; la plateforme peut en avoir d'autres",
)
def libelle_connu(reponse: ReponseJugee) -> Iterator[str]:
    """The label of a code that is listed is there, and is that of the list or the code itself."""
    for each in codifies(reponse):
        labelled = each.code in _codes().get(each.liste, ()) and each.libelle != each.code
        if labelled and not _owners(each):
            yield f"{each.nom} {each.code} « {each.libelle} »"
