"""What pannes make of a delivery: a file late, missing, twice, damaged or under another key."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import EtatFichier
from sge_sim.domaine.pannes import Panne, drawn_key, plans_at
from sge_sim.errors import UsageError
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Memoire
from sge_sim.flux.canaux import Channel
from sge_sim.flux.chiffrement import AUCUN, Chiffrement, decrypt, encrypt
from sge_sim.journal import EchangeRecord
from sge_sim.tables.clock import read_clock
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.pannes import read_pannes

_HELD_FOR: Final = timedelta(seconds=5)
_IV_NUL: Final = bytes(16)
_ETATS: Final[Mapping[str, EtatFichier]] = {
    **dict.fromkeys(("retard", "double", "reprise"), "a_livrer"),
    "manquant": "echec",
}
"""How a file stands after its first attempt, of the sorts that don't deliver it for good."""
_HORODATE: Final = re.compile(r"\d{14}(?!.*\d{14})")


@dataclass(frozen=True, slots=True)
class Aboutissement:
    """How an attempt ended: the state of the file, and what is told of it, in French.

    `panne` is the number of the plan that struck it, `again_after` when it is to be tried again
    (of the machine's time).
    """

    etat: EtatFichier = "livre"
    arrived: bool = True
    line: str | None = None
    panne: int | None = None
    again_after: timedelta | None = None


def deliver_whole(
    channel: Channel, fichier: FichierFlux, content: bytes, _secret: Chiffrement
) -> Aboutissement:
    """Deliver a file as it is."""
    channel.deliver(fichier.nom, content)
    return Aboutissement()


@dataclass(frozen=True)
class Incidents:
    """The pannes of the deliveries; `record` tells the journal which one struck."""

    memoire: Memoire
    guet: Guet
    record: Callable[[EchangeRecord], None]

    def deliver(
        self, channel: Channel, fichier: FichierFlux, content: bytes, secret: Chiffrement
    ) -> Aboutissement:
        """Deliver `fichier`, read with its publication and contract, unless a plan strikes it;
        `secret` is how its channel encrypts.

        A plan is asked at the first attempt alone: what is tried again arrives, unless it is held
        back until the simulated clock has passed the end of the plan.
        """
        clock, planned = self.memoire.look((read_clock,), (read_pannes,)).found
        now, nom, struck = clock.now(), fichier.nom, None
        if planned and fichier.tentatives:
            if any(each.numero == fichier.panne and holds(each, now) for each in planned):
                return Aboutissement("a_livrer", False, fichier.erreur, again_after=_HELD_FOR)
        elif planned:
            struck = self.guet.strike(_plans_about(fichier, planned, now))
        if struck is None:
            return deliver_whole(channel, fichier, content, secret)
        panne = struck.panne
        files = delivered(panne, secret, nom, content)
        for name, there in files:
            channel.deliver(name, there)
        record = EchangeRecord(
            instant=fichier.publication.instant,
            machine_instant=machine_now(),
            duration_ms=0.0,
            kind="flux",
            acteur_code=fichier.contrat.acteur_code,
            detail=f"{struck.line}\n{nom}",
        )
        self.record(record)
        etat = _ETATS.get(panne.sorte, "livre")
        after = _HELD_FOR if panne.sorte == "reprise" else timedelta(seconds=struck.seconds)
        again = after if etat == "a_livrer" else None
        return Aboutissement(etat, bool(files), struck.line, panne.numero, again)


def _plans_about(fichier: FichierFlux, planned: Sequence[Panne], now: datetime) -> list[Panne]:
    """Return the plans that may strike a file as it leaves: others struck as it was made."""
    publication, contrat, prms = fichier.publication, fichier.contrat, fichier.prms.split()
    return [
        plan
        for plan in plans_at(
            planned, "fichier", publication.instant, publication.flux, contrat.acteur_code
        )
        if (plan.prm is None or plan.prm in prms)
        and plan.contrat in (None, fichier.contrat_id)
        and not plan.declared.contenu
        and (plan.sorte != "reprise" or holds(plan, now))
    ]


def holds(panne: Panne, now: datetime) -> bool:
    """Tell whether a plan keeps the files of its window until its end, which isn't there yet."""
    return panne.sorte == "reprise" and panne.fin is not None and now < panne.fin


def spoilt(panne: Panne, secret: Chiffrement, nom: str, content: bytes) -> bytes:
    """Return the bytes of a file as a plan has them."""
    match panne.sorte:
        case "abime":
            return content[: len(content) // 2]
        case "octet_perdu":
            return content[:-1]
        case "bloc_ajoute":
            return content + _IV_NUL
        case "cle_nouvelle" | "mauvaise_cle":
            clear = _clear(secret, content)
            cle = panne.cle or drawn_key(panne.sorte, panne.graine)
            return encrypt(Chiffrement("aes256", bytes.fromhex(cle)), clear, nom)
        case "iv_nul" if secret != AUCUN:
            clear = _clear(secret, content)
            body = encrypt(Chiffrement(secret.algorithme, secret.cle, _IV_NUL), clear, nom)
            return body if secret.iv else _IV_NUL + body
        case _:
            return content


def _clear(secret: Chiffrement, content: bytes) -> bytes:
    """Return a file deciphered; as it is where it was made before its channel had this key."""
    try:
        return decrypt(secret, content)
    except UsageError:
        return content


def delivered(
    panne: Panne, secret: Chiffrement, nom: str, content: bytes
) -> list[tuple[str, bytes]]:
    """Return the files that a plan has come in place of one, with their names.

    What a `_svc.xml` holds isn't public: it names its file (assumed).
    """
    stem, dot, end = nom.rpartition(".")
    match panne.sorte:
        case "retard" | "manquant" | "reprise":
            return []
        case "renvoi":
            found = _HORODATE.search(stem)
            again = str(int(found[0]) + 1).zfill(14) if found else ""
            other = _HORODATE.sub(again, stem) if found else f"{stem}_2"
            return [(nom, content), (f"{other}{dot}{end}", content)]
        case "fichier_svc":
            said = f'<?xml version="1.0" encoding="UTF-8"?>\n<svc><fichier>{nom}</fichier></svc>\n'
            return [(nom, content), (f"{stem}_svc.xml", said.encode())]
        case _:
            return [(nom, spoilt(panne, secret, nom, content))]
