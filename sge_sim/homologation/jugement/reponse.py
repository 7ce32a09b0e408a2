"""An answer as it is judged: what was asked, and the bytes that came back, read once.

Nothing here knows who answered: a simulator and the real platform are judged on the same things.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, wraps
from typing import Final, NamedTuple, TypeVar, cast

from lxml import etree

from sge_sim.api.administration import Administration
from sge_sim.domaine.ecarts_plateforme import NOMINALE, Plateforme, Usage
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.homologation.catalogue.answer_paths import AnswerTree, as_text, leaves
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.client.messages import AppelFait, read_message
from sge_sim.machine.documents import parse_xml
from sge_sim.services.registry import BY_PATH
from sge_sim.services.service import Service
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.declarations import local_name
from sge_sim.soap.exchange import LOGINS

FAULT: Final = f"{{{ENVELOPE}}}Fault"
_AFFAIRES: Final = ("affaireId", "demandeId")
Lu = TypeVar("Lu")
Cle = tuple[str, ...]


class Fait(NamedTuple):
    """What an answer to `cas` says, off by `ecart` at most: of what (its kind, whose, the rest)."""

    cle: Cle
    valeur: str | int
    ecart: int = 0
    cas: str = ""


@dataclass(frozen=True)
class ReponseJugee:
    """What came back for a call of `contrat`, made on the legal date `jour`.

    `cas` is the run that the call was made for, None for a step of preparation. `plateforme` holds
    what the platform that may have answered is known to do otherwise. `retenus` is what earlier
    answers of the campaign said, by what it is of; `administre` a simulator's administration, where
    it is at hand; `usages` are the habits that the platform may have. `lus` is what was read of it.
    """

    contrat: Contract
    appel: AppelFait
    jour: date
    cas: Cas | None = None
    plateforme: Plateforme = NOMINALE
    retenus: Mapping[Cle, Fait] = field(default_factory=dict)
    administre: Administration | None = None
    usages: Collection[Usage] = ()
    lus: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def service(self) -> Service:
        """The service that was called."""
        return BY_PATH[self.contrat.path]

    @property
    def segment(self) -> str:
        """The segments of the point, as the catalogue names the run; empty where it doesn't."""
        return self.cas.segment if self.cas is not None else ""

    @property
    def petit(self) -> bool:
        """Whether the run is on a point of 36 kVA at most."""
        return self.segment == "C5"

    @property
    def grand(self) -> bool:
        """Whether the run is on a point of more than 36 kVA."""
        return self.segment in ("C1-C4", "C2-C4")

    @cached_property
    def racine(self) -> etree._Element | None:
        """The document that was answered, None where it isn't one of XML."""
        try:
            return parse_xml(self.appel.recu, bare=True)
        except ValueError:
            return None

    @cached_property
    def enveloppe(self) -> etree._Element | None:
        """The SOAP envelope with what its body holds, None where nothing can be read of it."""
        root = self.racine
        if root is None or root.tag != f"{{{ENVELOPE}}}Envelope":
            return None
        body = root.find(f"{{{ENVELOPE}}}Body")
        return root if body is not None and len(body) else None

    @cached_property
    def corps(self) -> etree._Element:
        """The first element of the body; only where there is an `enveloppe`."""
        assert self.enveloppe is not None
        found: etree._Element = self.enveloppe.find(f"{{{ENVELOPE}}}Body")[0]
        return found

    @cached_property
    def entetes(self) -> tuple[etree._Element, ...]:
        """What the header of the envelope holds."""
        assert self.enveloppe is not None
        header = self.enveloppe.find(f"{{{ENVELOPE}}}Header")
        return () if header is None else tuple(header)

    @property
    def fautive(self) -> bool:
        """Whether a fault was answered."""
        return self.enveloppe is not None and self.corps.tag == FAULT

    @property
    def acquittement(self) -> etree._Element | None:
        """The acquittement of the contract, where the answer has it."""
        wanted = self.contrat.response_header
        return next((each for each in self.entetes if each.tag == wanted), None)

    @property
    def erreur(self) -> etree._Element | None:
        """The element of the contract in the detail of a fault, None without one."""
        found: etree._Element | None = self.corps.find(f"detail/{self.contrat.fault}")
        return found

    @cached_property
    def demande(self) -> AnswerTree:
        """The content of the request element."""
        return read_message(self.appel.requete).contenu

    def demandes(self, *names: str) -> list[str]:
        """Return the values of the request's elements of these names, wherever they stand."""
        found = (value for name, value in leaves(self.demande) if name in names)
        return [as_text(value) for value in found if value is not None]

    def accepte(self, name: str) -> bool:
        """Whether an element of the request is true."""
        return self.demande_une(name) in ("true", "1")

    def demande_une(self, *names: str) -> str | None:
        """Return the first of `demandes`."""
        return next(iter(self.demandes(*names)), None)

    @property
    def sens(self) -> Sens:
        """The direction that was asked for."""
        asked = self.demande_une("sens")
        inject = self.accepte("injection") if asked is None else asked == "INJECTION"
        return "INJECTION" if inject else "SOUTIRAGE"

    @property
    def mesures(self) -> str | None:
        """The type of measures that was asked for."""
        return self.demande_une("mesuresTypeCode")

    @property
    def mensuel(self) -> bool:
        """Whether maximum powers were asked for by month."""
        return self.mesures == "PMAX" and self.demande_une("mesuresPas") == "P1M"

    @property
    def affaires(self) -> list[str]:
        """The affaires of the body, whose only element may be one."""
        found = [text for name in _AFFAIRES for text in texts_of(self.corps, f".//{name}")]
        return [*found, text_of(self.corps) or ""] if local_name(self.corps) in _AFFAIRES else found

    @property
    def blocs(self) -> list[etree._Element]:
        """The blocks of measures, one a quantity."""
        return list(self.corps.findall("grandeur"))

    @cached_property
    def prms(self) -> frozenset[str]:
        """The points that were asked about."""
        return frozenset(self.demandes("pointId"))

    @cached_property
    def login(self) -> str | None:
        """The login that the request bears."""
        return self.demande_une(*LOGINS)

    @property
    def jours(self) -> tuple[date, date] | None:
        """The period asked for, its end left out; None where the request has none."""
        found = (self.demande_une("dateDebut"), self.demande_une("dateFin"))
        try:
            debut, fin = (date.fromisoformat((each or "")[:10]) for each in found)
        except ValueError:
            return None
        return (debut, fin) if debut < fin else None


def read_once(
    read: Callable[[ReponseJugee], Iterable[Lu]],
) -> Callable[[ReponseJugee], tuple[Lu, ...]]:
    """Make a function read an answer once for all checks."""

    @wraps(read)
    def read_already(reponse: ReponseJugee) -> tuple[Lu, ...]:
        if read not in reponse.lus:
            reponse.lus[read] = tuple(read(reponse))
        return cast(tuple[Lu, ...], reponse.lus[read])

    return read_already


def days_of(debut: date, fin: date) -> list[date]:
    """Return the days from `debut` until before `fin`."""
    return [debut + timedelta(days=rank) for rank in range((fin - debut).days)]


def points_lus(bloc: etree._Element) -> list[etree._Element]:
    """Return the points of a block of measures, as either version of the service names them."""
    return [*bloc.iterfind("mesure"), *bloc.iterfind("points")]


def text_of(element: etree._Element | None, path: str = ".") -> str | None:
    """Return the text at a path without white space around it, None where it isn't."""
    found = None if element is None else element.find(path)
    return None if found is None else (found.text or "").strip()


def texts_of(element: etree._Element | None, path: str) -> list[str]:
    """Return the texts at a path, none where there is no element."""
    found = () if element is None else element.iterfind(path)
    return [(each.text or "").strip() for each in found]


def code_of(element: etree._Element | None, path: str) -> str:
    """Return the attribute `code` of what stands at a path, empty where there is none."""
    found = None if element is None else element.find(path)
    return "" if found is None else found.get("code", "")
