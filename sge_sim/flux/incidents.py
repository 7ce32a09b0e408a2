"""What pannes make of a delivery: a file late, missing, twice, damaged or under another key."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import EtatFichier
from sge_sim.domaine.pannes import Atteinte, Panne
from sge_sim.errors import UsageError
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Memoire
from sge_sim.flux.canaux import Channel
from sge_sim.flux.chiffrement import AUCUN, Chiffrement, decrypt, encrypt
from sge_sim.journal import EchangeRecord
from sge_sim.tables.clock import read_clock
from sge_sim.tables.flux import FichierFlux

_HELD_FOR: Final = timedelta(seconds=5)
_IV_NUL: Final = bytes(16)
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


Deliver = Callable[[Channel, str, bytes], Aboutissement]


def deliver_whole(channel: Channel, nom: str, content: bytes) -> Aboutissement:
    """Deliver a file as it is."""
    channel.deliver(nom, content)
    return Aboutissement()


@dataclass(frozen=True)
class Incidents:
    """The pannes of the deliveries; `record` tells the journal which one struck."""

    memoire: Memoire
    guet: Guet
    record: Callable[[EchangeRecord], None]

    def of(self, fichier: FichierFlux, secret: Chiffrement = AUCUN) -> Deliver:
        """Return how `fichier`, read with its publication and contract, is to be delivered;
        `secret` is how its channel encrypts.

        A plan is asked at the first attempt alone: what is tried again arrives, unless it is held
        back until the simulated clock has passed the end of the plan.
        """
        vue = self.memoire.look((read_clock,))
        prms = fichier.prms.split()
        plans = tuple(
            plan
            for plan in self.guet.plans(
                vue,
                "fichier",
                fichier.publication.instant,
                service=fichier.publication.flux,
                acteur=fichier.contrat.acteur_code,
            )
            if (plan.prm is None or plan.prm in prms)
            and plan.contrat in (None, fichier.contrat_id)
            and not plan.declared.contenu  # it struck as the file was made
        )
        now = vue.found[0].now()
        if fichier.tentatives:
            held = [each for each in plans if each.numero == fichier.panne and holds(each, now)]
            waits = Aboutissement("a_livrer", False, fichier.erreur, None, _HELD_FOR)
            return (lambda *_: waits) if held else deliver_whole
        plans = tuple(each for each in plans if each.sorte != "reprise" or holds(each, now))
        struck = self.guet.strike(plans)
        if struck is None:
            return deliver_whole
        return lambda channel, nom, content: self._struck(
            fichier, struck, secret, channel, nom, content
        )

    def _struck(
        self,
        fichier: FichierFlux,
        struck: Atteinte,
        secret: Chiffrement,
        channel: Channel,
        nom: str,
        content: bytes,
    ) -> Aboutissement:
        panne, line = struck.panne, struck.line
        later = timedelta(seconds=struck.seconds)
        match panne.sorte:
            case "retard":
                ending = Aboutissement("a_livrer", False, line, panne.numero, later)
            case "manquant":
                ending = Aboutissement("echec", False, line, panne.numero)
            case "double":
                channel.deliver(nom, content)
                ending = Aboutissement("a_livrer", True, line, panne.numero, later)
            case "reprise":
                ending = Aboutissement("a_livrer", False, line, panne.numero, _HELD_FOR)
            case _:
                channel.deliver(nom, spoilt(panne, secret, nom, content))
                for other, beside in companions(panne, nom, content):
                    channel.deliver(other, beside)
                ending = Aboutissement("livre", True, line, panne.numero)
        self.record(
            EchangeRecord(
                instant=fichier.publication.instant,
                machine_instant=machine_now(),
                duration_ms=0.0,
                kind="flux",
                acteur_code=fichier.contrat.acteur_code,
                detail=f"{line}\n{nom}",
            )
        )
        return ending


def holds(panne: Panne, now: datetime) -> bool:
    """Tell whether a plan keeps the files of its window until its end, which isn't there yet."""
    return panne.sorte == "reprise" and panne.fin is not None and now < panne.fin


def drawn_key(sorte: str, graine: int) -> str:
    """Return the key (AES-256, hexadecimal) that a seed gives to a plan."""
    return sha256(f"{sorte}/{graine}".encode()).hexdigest()


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
            return encrypt(
                Chiffrement(
                    "aes256", bytes.fromhex(panne.cle or drawn_key(panne.sorte, panne.graine))
                ),
                clear,
                nom,
            )
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


def companions(panne: Panne, nom: str, content: bytes) -> list[tuple[str, bytes]]:
    """Return the files that a plan has come beside one, and their names.

    What a `_svc.xml` holds isn't public: it names its file (assumed).
    """
    stem, dot, end = nom.rpartition(".")
    match panne.sorte:
        case "renvoi":
            found = _HORODATE.search(stem)
            other = f"{stem}_2"
            if found is not None:
                later = str(int(found[0]) + 1).zfill(14)
                other = stem[: found.start()] + later + stem[found.end() :]
            return [(f"{other}{dot}{end}", content)]
        case "fichier_svc":
            said = f'<?xml version="1.0" encoding="UTF-8"?>\n<svc><fichier>{nom}</fichier></svc>\n'
            return [(f"{stem}_svc.xml", said.encode())]
        case _:
            return []
