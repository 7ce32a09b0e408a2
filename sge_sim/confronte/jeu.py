"""Plays again, on a simulator, what was asked of a real platform, and compares the answers.

Requests go in their order, on a clock that stands at the instant at which each was asked; who asks
is an actor of the simulator, and the numbers of affaires and services are those that the same order
was given there.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import requests
from lxml import etree

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.clock import PARIS
from sge_sim.confronte.differences import EcartVu, differences_of
from sge_sim.confronte.paires import Ecartes, Enveloppe, Paire, read_enveloppe
from sge_sim.confronte.points import PLACE, Cells, answered_points, with_usual_powers
from sge_sim.confronte.vocabulaire import vocabulaire
from sge_sim.domaine import prm
from sge_sim.door.origine import agent_of
from sge_sim.errors import UsageError
from sge_sim.homologation.client.sender import TIMEOUT_SECONDS, failure_in_french
from sge_sim.homologation.client.sge_client import Cible, open_https_session
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.declarations import local_name

_LOGINS: Final = ("initiateurLogin", "loginUtilisateur", "loginDemandeur")
_NAME: Final = b"<nomClientFinalOuDenominationSociale>"
_SERVICE: Final = "serviceSouscritId"
_CLOSED: Final = (429, 502, 503, 504)
_ROUNDS: Final = 5
_OF_THE_POINT: Final = ("presence", "enumeration", "libelle")
"""The classes of what depends on what a point is."""
UNKNOWN_POINT: Final = "portent sur un point dont aucune réponse ne dit assez"
FORMER_ORDER: Final = "nomment un service ou une affaire d'avant"
CLOSED: Final = "ont trouvé la plateforme fermée, surchargée ou en panne"
MASKED_NAME: Final = "cherchent par un nom, qui est masqué"
ALL_POINTS: Final = "dépendent de tous les points de la plateforme"
POINT_NOT_MADE: Final = "portent sur un point que le simulateur n'admet pas tel que répondu"


@dataclass
class Confrontation:
    """What came of it: each difference with how many exchanges have it, the rules that the real
    platform confirmed and contradicted, by their whole names, and how many exchanges were compared,
    by service. `mois` are the months in which they were asked, where that is known."""

    differences: Counter[EcartVu] = field(default_factory=Counter)
    confirmees: Counter[str] = field(default_factory=Counter)
    contredites: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    mois: set[str] = field(default_factory=set)
    bilan: Ecartes = field(default_factory=Ecartes)

    @property
    def compares(self) -> int:
        """How many exchanges were compared."""
        return self.services.total()


def confront(paires: Sequence[Paire], cible: Cible, bilan: Ecartes) -> Confrontation:
    """Play the exchanges on the simulator that `cible` calls, and compare its answers.

    Raises `UsageError` where it doesn't answer.
    """
    return _Jeu(paires, cible, bilan).run()


class _Jeu:
    def __init__(self, paires: Sequence[Paire], cible: Cible, bilan: Ecartes) -> None:
        assert cible.admin_url is not None
        self._paires, self._cible = paires, cible
        self._admin = Administration(cible.admin_url)
        self._clock = ServedClock(self._admin)
        self._found = Confrontation(bilan=bilan)
        self._numbers: dict[str, str] = {}
        self._roles: tuple[str, ...] = tuple(vocabulaire().listes["roles"])
        self._unmade: set[str] = set()

    def run(self) -> Confrontation:
        lines, known = answered_points(self._paires)
        there = {line["prm"] for line in lines if self._admin.point(line["prm"]) is not None}
        self._known = known | there
        self._bring([line for line in lines if line["prm"] not in there])
        self._guessed = {line["prm"] for line in lines} - self._known
        accepted = [each for each in self._paires if _is_accepted(each.reponse)]
        self._logins = set(_texts(accepted, _LOGINS))
        self._contrats = set(_texts(accepted, ("contratId",)))
        self._clock.freeze()
        now = self._clock.now()
        with open_https_session(self._cible) as session:
            for paire in self._paires:
                if paire.instant is not None and paire.instant > now:
                    now = paire.instant
                    self._clock.freeze(now.astimezone(PARIS))
                self._play(session, paire)
        return self._found

    def _bring(self, lines: list[Cells]) -> None:
        """Bring the points in; what of one isn't admitted is left out, then the point: it is no
        longer as it was answered."""
        for turn in range(_ROUNDS):
            body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            if not body:
                return
            answer = self._admin.done(
                "POST",
                "/api/points?sauf_erreurs=true",
                data=body.encode(),
                headers={"Content-Type": "application/x-ndjson"},
            ).json()
            wrong: dict[int, set[str]] = {}
            for each in answer.get("erreurs", ()):
                wrong.setdefault(each["ligne"] - 1, set()).add(each["colonne"] or "prm")
            lines = [
                {word: cell for word, cell in lines[rank].items() if word not in words - {"prm"}}
                for rank, words in wrong.items()
                if rank < len(lines)
            ]
            self._known -= {line["prm"] for line in lines}
            if turn == _ROUNDS - 2:
                lines = [with_usual_powers(line) for line in lines]
            elif turn == _ROUNDS - 1:
                self._unmade = {line["prm"] for line in lines}

    def _play(self, session: requests.Session, paire: Paire) -> None:
        enveloppe = read_enveloppe(paire.reponse)
        if enveloppe is None and paire.statut in _CLOSED:
            self._found.bilan.leave(CLOSED)
            return
        if paire.masque and _NAME in paire.requete:
            self._found.bilan.leave(MASKED_NAME)
            return
        sent, named, strange = self._translated(paire)
        if self._unmade.intersection(named):
            self._found.bilan.leave(POINT_NOT_MADE)
            return
        before = self._admin.last_exchange_id()
        played = self._send(session, paire, sent)
        answered = read_enveloppe(played.reponse)
        if enveloppe is not None and answered is not None and _differ(enveloppe, answered):
            if vocabulaire().depends_on_all(enveloppe.code, answered.code):
                self._found.bilan.leave(ALL_POINTS)
                return
            missing = set(filter(prm.is_valid, named)) - self._known
            if self._guessed.intersection(named) or (missing and not _is_of_no_point(enveloppe)):
                self._found.bilan.leave(UNKNOWN_POINT)
                return
            if strange:
                self._found.bilan.leave(FORMER_ORDER)
                return
        self._learn(enveloppe, answered)
        vraie = replace(paire, reponse=_of_these_orders(paire.reponse, self._numbers.keys()))
        own = self._numbers.values()
        played = replace(played, reponse=_of_these_orders(played.reponse, own))
        guessed = bool(self._guessed.intersection(named))
        self._judge(vraie, played, (enveloppe, answered), before, guessed=guessed)

    def _judge(
        self,
        vraie: Paire,
        played: Paire,
        read: tuple[Enveloppe | None, Enveloppe | None],
        before: int,
        *,
        guessed: bool,
    ) -> None:
        seen, answered = read
        service = vraie.chemin.strip("/").replace("/v", " v")
        self._found.services[service] += 1
        if vraie.instant is not None and not vraie.masque:
            self._found.mois.add(f"{vraie.instant.astimezone(PARIS):%Y-%m}")
        rule = None
        if answered is not None and answered.fault:
            rule = next((each.rule for each in self._admin.exchanges_after(before)), None)
        found = differences_of(vraie, played, rule)
        if guessed:
            found = [each for each in found if each.classe not in _OF_THE_POINT]
        self._found.differences.update(found)
        if rule is None or seen is None:
            return
        if any(each.classe == "code" for each in found):
            self._found.contredites[rule.name] += 1
        elif seen.fault and seen.code == rule.code:
            self._found.confirmees[rule.name] += 1

    def _send(self, session: requests.Session, paire: Paire, sent: bytes) -> Paire:
        headers = {"Content-Type": "text/xml; charset=utf-8", "User-Agent": agent_of("rejeu")}
        url = f"{self._cible.url}{paire.chemin}"
        try:
            answer = session.post(url, data=sent, headers=headers, timeout=TIMEOUT_SECONDS)
        except requests.RequestException as error:
            raise UsageError(f"{self._cible.url} : {failure_in_french(error)}") from None
        entetes = {name.lower(): text for name, text in answer.headers.items()}
        return Paire(paire.chemin, sent, answer.content, None, answer.status_code, entetes)

    def _translated(self, paire: Paire) -> tuple[bytes, list[str], bool]:
        """Return a request as the simulator knows who asks and what was ordered, the points that
        it names, and whether it names a number that no order of these was given."""
        try:
            root = parse_xml(paire.requete, bare=True)
        except ValueError:
            return paire.requete, [], False
        strange = False
        for element in root.iter("*"):
            name, text = local_name(element), element.text or ""
            if name in _LOGINS and text in self._logins:
                element.text = self._cible.login
            elif paire.masque and name in PLACE and _is_accepted(paire.reponse):
                element.text = PLACE[name]
            elif name == "contratId" and text in self._contrats:
                element.text = self._cible.contrat_id
            elif name in self._roles and text:
                strange = strange or text not in self._numbers
                element.text = self._numbers.get(text, text)
        points = [each.text for each in root.iter("{*}pointId") if each.text]
        return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)), points, strange

    def _learn(self, seen: Enveloppe | None, answered: Enveloppe | None) -> None:
        """Note which number here an order was given that had another one there."""
        if seen is None or answered is None or seen.fault or answered.fault:
            return
        if _lists_services(seen):
            return
        for role in self._roles:
            pairs = zip(_of_role(seen, role), _of_role(answered, role), strict=False)
            self._numbers.update(pairs)


def _of_these_orders(reponse: bytes, numbers: Collection[str]) -> bytes:
    """Return an answer without the services that no order of these opened."""
    enveloppe = read_enveloppe(reponse)
    if enveloppe is None or enveloppe.corps is None or not _lists_services(enveloppe):
        return reponse
    body = enveloppe.corps
    for number in list(body.iter(_SERVICE)):
        item, above = number.getparent(), number.getparent().getparent()
        if (number.text or "") in numbers or item is None or above is None:
            continue
        above.remove(item)
        if len(above) == 0 and above is not body and above.getparent() is not None:
            above.getparent().remove(above)
    return bytes(etree.tostring(body.getroottree(), encoding="UTF-8", xml_declaration=True))


def _lists_services(enveloppe: Enveloppe) -> bool:
    """Whether an answer is that of a search for services."""
    return enveloppe.corps is not None and "rechercher" in local_name(enveloppe.corps)[:10].lower()


def _of_role(enveloppe: Enveloppe, role: str) -> Iterator[str]:
    if enveloppe.corps is not None:
        yield from (each.text for each in enveloppe.corps.iter(f"{{*}}{role}") if each.text)


def _differ(first: Enveloppe, second: Enveloppe) -> bool:
    """Whether either refuses what the other doesn't, or otherwise."""
    return (first.fault, first.code) != (second.fault, second.code)


def _is_of_no_point(enveloppe: Enveloppe) -> bool:
    """Whether a refusal says that there is no such point."""
    return enveloppe.code in ("SGT401", "SGT4G3")


def _is_accepted(reponse: bytes) -> bool:
    enveloppe = read_enveloppe(reponse)
    return enveloppe is not None and not enveloppe.fault


def _texts(paires: Sequence[Paire], names: Sequence[str]) -> Iterator[str]:
    for paire in paires:
        enveloppe = read_enveloppe(paire.requete)
        if enveloppe is not None and enveloppe.corps is not None:
            root = enveloppe.corps.getroottree().getroot()
            found = root.iter(*(f"{{*}}{name}" for name in names))
            yield from (each.text for each in found if each.text)
