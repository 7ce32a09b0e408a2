"""The journal held to the calls; the pannes held to their plans."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from modele import Modele
from modele_etat import Appel
from modele_vue import Vue, instant_of

_EPOQUE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ACQUITTE: Final = "SGT200"
_DERNIERS: Final = 500
_COURSE: Final = timedelta(seconds=10)
"""By how much a call that meets a clock as it is stopped may be dated after where it stands."""
_EXCHANGES: Final = (
    "SELECT e.id, user_agent, service, code, prm, instant, panne, acteur_code, e.kind, origine "
    "FROM echange e JOIN profil p ON p.id = e.profil_id WHERE e.id > {after} ORDER BY e.id"
)


def echanges(vue: Vue, modele: Modele) -> Iterator[str]:
    """A call that was answered before the journal was drained is there once."""
    counted = _counted(vue, modele)
    for nom, appel in _drained(vue, modele):
        if appel.answered and not appel.oublie and counted[nom] != 1:
            yield f"{nom} {appel.sorte} : {counted[nom]} fois"


def sans_reponse(vue: Vue, modele: Modele) -> Iterator[str]:
    """A call without an answer is there once at most."""
    counted = _counted(vue, modele)
    for nom, appel in _drained(vue, modele):
        if not appel.answered and counted[nom] > 1:
            yield f"{nom} {appel.sorte} : {counted[nom]} fois"


def codes(vue: Vue, modele: Modele) -> Iterator[str]:
    """An exchange of SGE has the service, the point and the code that were told."""
    for _, nom, service, code, prm, *_ in _recent(vue, modele):
        appel = modele.appels.get(nom or "")
        if appel is None or not appel.answered or not appel.sorte[0].isupper():
            continue
        if appel.refus == "":
            continue  # a fault without a code
        connu = appel.sorte, appel.refus, appel.prm or prm or None
        said = service, None if code == _ACQUITTE else code, prm or appel.prm or None
        if said != connu and not (appel.refus or "").isdigit():
            yield f"{nom} : {service} {code} {prm}, répondu {connu}"


def instants_du_journal(vue: Vue, modele: Modele) -> Iterator[str]:
    """No exchange is later than a clock that stands still, nor than its call where that left by a
    later clock, before a state came back; but for those that met it running."""
    maintenant = vue.params["maintenant"]
    for number, nom, *_, instant, _, _, _, _ in _recent(vue, modele):
        if maintenant and _instant(instant) > instant_of(maintenant) + _COURSE:
            appel = modele.appels.get(nom)
            if appel is None or _instant(instant) > appel.instant + _COURSE:
                yield f"{number} : {_instant(instant)} après {maintenant}"


def avaries(vue: Vue, modele: Modele) -> Iterator[str]:
    """No more records are missing than the process ended, or the world failed."""
    ((found, missing),) = vue.rows(
        "SELECT count(*), coalesce(sum(echanges), 0) FROM avarie", "journal"
    )
    if found > modele.fins + modele.defauts or missing > modele.fins + modele.defauts:
        yield f"{found} avaries, {missing} échanges pour {modele.fins} fins"


def observations(vue: Vue, modele: Modele) -> Iterator[str]:
    """A campaign observed no call of another actor, nor one of sge-sim's own."""
    acteurs = dict(vue.rows("SELECT id, acteur_code FROM campaign"))
    recent = _recent(vue, modele)
    whose = {row[0]: (row[7], row[9]) for row in recent}
    seen = "SELECT campaign_id, echange_id FROM campaign_observation WHERE echange_id >= "
    for campaign, echange in vue.rows(f"{seen}{recent[0][0] if recent else 0}") if recent else ():
        if whose.get(echange, wanted := (acteurs[campaign], "client")) != wanted:
            yield f"{campaign} : échange {echange} de {whose[echange]}"


def pannes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A plan that was made is there as long as nobody took it away, and no longer."""
    there = {number for (number,) in vue.rows("SELECT numero FROM panne_prevue")}
    planned = modele.etat.pannes.keys() - modele.etat.retirees.keys()
    yield from (f"{number} n'y est pas" for number in sorted(planned - there))
    yield from (f"{number} y est encore" for number in sorted(there & {*modele.etat.retirees}))


def fenetres(vue: Vue, modele: Modele) -> Iterator[str]:
    """What a panne struck is in its window of the simulated clock, before it was taken away."""
    for number, nom, *_, instant, panne, _, _, _ in _recent(vue, modele):
        plan = modele.etat.pannes.get(panne)
        if plan is None:
            if panne and panne not in modele.etat.retirees and not modele.etat.pannes_incertaines:
                yield f"échange {number} : panne {panne} inconnue"
            continue
        when = _instant(instant)
        # It strikes as the call comes; the clock may move before what an order is dated of.
        came = min(when, modele.appels[nom].instant if nom in modele.appels else when)
        first, after = plan.get("debut") or when, plan.get("fin") or when + timedelta(1)
        if when < first or came >= after or came > modele.etat.retirees.get(panne, when):
            yield f"échange {number} {nom} : panne {panne} à {when}"


def cibles(vue: Vue, modele: Modele) -> Iterator[str]:
    """What a panne struck is what it aims at: a service, a point, an actor."""
    for number, _, service, _, prm, _, panne, acteur, _, _ in _recent(vue, modele):
        plan = modele.etat.pannes.get(panne, {})
        for name, struck in (("service", service), ("prm", prm), ("acteur", acteur)):
            if plan.get(name) not in (None, struck):
                yield f"échange {number} : panne {panne} vise {plan[name]}, touche {struck}"


def comptes_des_pannes(vue: Vue, modele: Modele) -> Iterator[str]:
    """A panne struck no more calls than it was planned for."""
    struck = dict(
        vue.rows("SELECT panne, count(*) FROM echange WHERE panne > 0 GROUP BY 1", "journal")
    )
    for number, plan in modele.etat.pannes.items():
        most = plan.get("au")
        if most is not None and struck.get(number, 0) > most - plan.get("du", 1) + 1:
            yield f"{number} : {struck[number]} touchés, {most} prévus"


def _instant(microseconds: int) -> datetime:
    return _EPOQUE + timedelta(microseconds=microseconds)


def _read(vue: Vue, modele: Modele) -> tuple[list[tuple[Any, ...]], Counter[str]]:
    """Return the exchanges since those that were last read (all, of a whole check), and how often
    each call is in the journal."""
    kept = vars(vue)
    if "lus" not in kept:
        last, counted = modele.memoire.get("échanges", (0, Counter()))
        if vue.params["tout"]:
            last, counted = 0, Counter()
        rows = vue.rows(_EXCHANGES.format(after=last), "journal")
        counted.update(row[1] for row in rows)
        modele.memoire["échanges"] = (rows[-1][0] if rows else last), counted
        kept["lus"] = rows, counted
    found: tuple[list[tuple[Any, ...]], Counter[str]] = kept["lus"]
    return found


def _recent(vue: Vue, modele: Modele) -> list[tuple[Any, ...]]:
    return _read(vue, modele)[0]


def _counted(vue: Vue, modele: Modele) -> Counter[str]:
    return _read(vue, modele)[1]


def _drained(vue: Vue, modele: Modele) -> Iterator[tuple[str, Appel]]:
    """Yield the calls that the journal has had time to store: the last of them, or all."""
    most = None if vue.params["tout"] else _DERNIERS
    for nom, appel in islice(reversed(modele.appels.items()), most):
        if appel.rang <= modele.range:
            yield nom, appel
