"""What ConsultationMesuresDetaillees v3 must answer of indexes, by calendar and class."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final, NamedTuple

from lxml import etree

from sge_sim.domaine.libelles import LISTES
from sge_sim.homologation.jugement.controle import KNOWN, Controles, more_than_once
from sge_sim.homologation.jugement.instants import naive_instant
from sge_sim.homologation.jugement.paths import CMD3
from sge_sim.homologation.jugement.reponse import ReponseJugee, read_once, text_of
from sge_sim.mesures.point import Structure
from sge_sim.referentiel.mesures import STRUCTURES

_GUIDE: Final = "GUI 0497 v1.5.0 p. 17-21"
_SEEN: Final = "réponses enregistrées en production, 2023"
_RELEVES: Final[Mapping[str, Mapping[str, Collection[str]]]] = KNOWN["releves"]
_MOTIFS: Final = frozenset({"POSE_FOURNISSEUR", "DEPOSE_FOURNISSEUR"})
_DECREASING: Final = 2
_CLASSES: Final = frozenset(LISTES["classeTemporelle"]) | {"HN"}
_STRUCTURES: Final = STRUCTURES | {"D": Structure.SAISONS}
_SUPPOSE: Final = "FC000014"
"""A supplier's calendar whose classes are assumed."""
_UN_MOIS: Final = 45
_POINTE: Final = frozenset({"P", "PTE"})
DAILY: Final = {True: ("COL", "AQ"), False: ("FMR", "RC")}
"""Context and type of the daily reading, of a small point and of a large one."""


def other_classes(calendrier: str, found: Collection[str]) -> Iterator[str]:
    """Yield the classes that a calendar has and lacks otherwise than it should."""
    structure = None if calendrier == _SUPPOSE else _STRUCTURES.get(calendrier)
    wanted = {classe for classe, _ in structure.classes} if structure else set(found)
    for classe in sorted(wanted - set(found)):
        yield f"le calendrier {calendrier} n'a pas sa classe {classe}"
    for classe in sorted(set(found) - wanted - _POINTE):
        yield f"le calendrier {calendrier} n'a pas de classe {classe or 'vide'}"


class ReleveLu(NamedTuple):
    """A reading: its date as it is written, its instant (None if it can't be read), its value."""

    d: str
    instant: datetime | None
    v: int
    iv: int


class RegistreLu(NamedTuple):
    """The readings of a class of a calendar; `calendrier` is empty for the total of a quantity."""

    contexte: etree._Element
    grandeur: etree._Element
    calendrier: str
    classe: str
    cadran: str
    releves: tuple[ReleveLu, ...]

    @property
    def nom(self) -> str:
        """The name of the register in messages."""
        return f"{self.calendrier} {self.classe}" if self.calendrier else "totalisateur"

    @property
    def relevee(self) -> tuple[str, str]:
        """The context and the type of its readings."""
        return releve_de(self.contexte)

    @property
    def type(self) -> str:
        """How it was read (AQ, RC…)."""
        return self.relevee[1]

    @property
    def grandeur_lue(self) -> str:
        """What it counts: its direction and its quantity."""
        names = ("grandeurMetier", "grandeurPhysique")
        return " ".join(text_of(self.grandeur, each) or "" for each in names)

    @property
    def instants(self) -> list[datetime | None]:
        """The instants of the readings, None for one that can't be read."""
        return [each.instant for each in self.releves]

    @property
    def jours(self) -> list[date]:
        """The days of the readings."""
        return [each.instant.date() for each in self.releves if each.instant is not None]


@read_once
def registres(reponse: ReponseJugee) -> Iterator[RegistreLu]:
    """Yield the registers of every context."""
    for grandeur in reponse.corps.iterfind("contexte/grandeur"):
        whose = (grandeur.getparent(), grandeur)
        for calendrier in grandeur.iterfind("calendrier"):
            for classe in calendrier.iterfind("classeTemporelle"):
                yield RegistreLu(
                    *whose,
                    text_of(calendrier, "idCalendrier") or "",
                    text_of(classe, "idClasseTemporelle") or "",
                    text_of(classe, "codeCadran") or "",
                    _releves(classe),
                )
        for total in grandeur.iterfind("cadranTotalisateur"):
            cadran = text_of(total, "codeCadran") or ""
            yield RegistreLu(*whose, "", "", cadran, _releves(total))


def _releves(owner: etree._Element) -> tuple[ReleveLu, ...]:
    found = []
    for each in owner.iterfind("valeur"):
        d, v, iv = ((child.text or "").strip() for child in each)  # as the contract orders them
        found.append(ReleveLu(d, naive_instant(d), int(v), int(iv)))
    return tuple(found)


def releve_de(contexte: etree._Element) -> tuple[str, str]:
    """Return a context of readings and their type."""
    return text_of(contexte, "contexteReleve") or "", text_of(contexte, "typeReleve") or ""


INDEX: Final = Controles({CMD3})


@INDEX.documented("le contexte et le type du relevé sont ceux du segment", _GUIDE)
def contexte_du_releve(reponse: ReponseJugee) -> Iterator[str]:
    """Each context and type is one that the guide has for the segment, each once for a reason."""
    small, large = _RELEVES["petit"], _RELEVES["grand"]
    known = small if reponse.petit else large if reponse.grand else {**small, **large}
    kinds = []
    for contexte in reponse.corps.iterfind("contexte"):
        name, kind = releve_de(contexte)
        motif = text_of(contexte, "motifReleve")
        kinds.append((name, kind, motif))
        if kind not in known.get(name, ()):
            yield f"relevé {name or 'sans contexte'} / {kind or 'sans type'}"
        step = text_of(contexte, "etapeMetier")
        if step != "BRUT":
            yield f"étape métier {step}"
        if motif is not None and (name != "CRI" or motif not in _MOTIFS):
            yield f"motif {motif} sur un relevé {name}"
    for (name, kind, _), times in more_than_once(kinds):
        yield f"{times} contextes {name} / {kind}"


@INDEX.documented("chaque grandeur d'un relevé a ses index", _GUIDE)
def grandeurs_relevees(reponse: ReponseJugee) -> Iterator[str]:
    for grandeur in reponse.corps.iterfind("contexte/grandeur"):
        if grandeur.find("calendrier/classeTemporelle/valeur") is None:
            yield f"{text_of(grandeur, 'grandeurPhysique')} n'a pas d'index"


@INDEX.documented("chaque relevé est daté en heure légale, dans la période", _GUIDE)
def releves_de_la_periode(reponse: ReponseJugee) -> Iterator[str]:
    """Readings are of the days asked for, ascending, no instant twice."""
    jours = reponse.jours
    for registre in registres(reponse):
        last: datetime | None = None
        for each in registre.releves:
            instant = each.instant
            if instant is None or len(each.d) == len("2025-04-01"):
                yield f"{registre.nom} : « {each.d} » n'est pas une date du service"
                continue
            if jours is not None and not jours[0] <= instant.date() < jours[1]:
                yield f"{registre.nom} : relevé du {instant:%d/%m/%Y}, hors période"
            if last is not None and instant <= last:
                moment = f"{instant:%d/%m/%Y %H:%M} ne suit pas le précédent"
                yield f"{registre.nom} : le relevé du {moment}"
            last = instant


@INDEX.observed("l'index quotidien d'un C5 est celui du début du jour", _SEEN)
def index_de_minuit(reponse: ReponseJugee) -> Iterator[str]:
    if not reponse.petit:
        return
    for registre in registres(reponse):
        if registre.type != "AQ":
            continue
        for instant in registre.instants:
            if instant is not None and instant.time() != time():
                yield f"{registre.nom} : relevé à {instant:%H:%M:%S}"


@INDEX.observed("les cadrans d'un contexte sont relevés ensemble", _SEEN)
def releves_ensemble(reponse: ReponseJugee) -> Iterator[str]:
    first: dict[etree._Element, RegistreLu] = {}
    for registre in registres(reponse):
        other = first.setdefault(registre.grandeur, registre)
        if registre.instants != other.instants and registre.calendrier == other.calendrier:
            yield f"{registre.nom} n'est pas relevé aux instants de {other.nom}"
        elif set(registre.jours) - set(other.jours) and not registre.calendrier:
            yield "le totalisateur est relevé d'autres jours que les classes"


@INDEX.documented("un index ne décroît pas sans le dire", _GUIDE)
def index_croissants(reponse: ReponseJugee) -> Iterator[str]:
    for registre in registres(reponse):
        last = 0
        for each in registre.releves:
            if each.v < last and not each.iv & _DECREASING:
                yield f"{registre.nom} : {each.v} après {last} le {each.d}"
            if each.v < 0:
                yield f"{registre.nom} : index négatif"
            last = each.v


@INDEX.documented("l'indicateur d'un index va de 0 à 15", _GUIDE)
def indicateur_d_index(reponse: ReponseJugee) -> Iterator[str]:
    """`iv` is a field of four bits."""
    for registre in registres(reponse):
        for each in registre.releves:
            if not 0 <= each.iv <= 15:
                yield f"{registre.nom} : iv vaut {each.iv}"


@INDEX.documented("les classes sont celles des calendriers, chacune une fois", "AX.0355")
def classes_connues(reponse: ReponseJugee) -> Iterator[str]:
    seen = []
    for registre in registres(reponse):
        if not registre.calendrier:
            continue
        if registre.classe not in _CLASSES:
            yield f"classe {registre.classe or 'absente'} du calendrier {registre.calendrier}"
        seen.append((registre.grandeur, registre.calendrier, registre.classe))
    for (_, calendrier, classe), times in more_than_once(seen):
        yield f"{times} fois la classe {classe} du calendrier {calendrier}"


@INDEX.observed(
    "chaque grandeur relevée a tous ses cadrans, et le totalisateur d'un C5",
    f"{_GUIDE} ; AX.0355 ; {_SEEN}",
)
def cadrans_complets(reponse: ReponseJugee) -> Iterator[str]:
    """The daily context is there; a calendar has its classes, a small point both sides, a total."""
    daily = [x for x in registres(reponse) if x.relevee == DAILY[reponse.petit]]
    if not daily and registres(reponse) and (reponse.petit or reponse.grand):
        yield f"aucun relevé {' / '.join(DAILY[reponse.petit])}"
    whole: dict[etree._Element, dict[str, set[str]]] = {}
    for each in registres(reponse):
        for before, after in pairwise(each.jours) if each.type == "RM" else ():
            if (after - before).days > _UN_MOIS:
                yield f"{each.nom} : rien entre {before:%d/%m/%Y} et {after:%d/%m/%Y}"
        if each.grandeur_lue.endswith((" EA", " ERI", " ERC")):
            classes = whole.setdefault(each.grandeur, {}).setdefault(each.calendrier, set())
            classes.add(each.classe)
    for grandeur, calendriers in whole.items():
        for calendrier, classes in calendriers.items():
            yield from other_classes(calendrier, classes) if calendrier else ()
        if reponse.petit and grandeur in {each.grandeur for each in daily}:
            for name, side in (("total", ""), ("distributeur", "D")):
                if side not in {each[:1] for each in calendriers}:
                    yield f"les index du {name} manquent"


@INDEX.observed("les cadrans d'un C5 ont leur code", _SEEN)
def codes_des_cadrans(reponse: ReponseJugee) -> Iterator[str]:
    """A Linky register has its code: of a supplier's class, a distributor's, or the total."""
    seen = []
    for registre in registres(reponse):
        if not registre.cadran:
            if reponse.petit:
                yield f"{registre.nom} n'a pas de code de cadran"
            continue
        if reponse.grand:
            yield f"{registre.nom} : code de cadran {registre.cadran} sur un C1-C4"
            continue
        of_class = "D" if registre.calendrier[:1] == "D" else "F"
        tail = rf"{of_class}\d+" if registre.calendrier else "[TCI]"
        if re.fullmatch(f"IDX_E.*_{tail}", registre.cadran) is None:
            yield f"{registre.nom} : code de cadran {registre.cadran}"
        seen.append((registre.contexte, registre.cadran))
    for (_, cadran), times in more_than_once(seen):
        yield f"{times} fois le cadran {cadran}"
