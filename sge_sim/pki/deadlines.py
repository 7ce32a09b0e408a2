"""When a certificate is to be renewed, and what an authority signs from when: clientAuth, how long.

Public authorities are bound by the programme of Chrome's roots, whose policy ends clientAuth, and
by the lifetimes of the CA/B forum's ballot SC-081v3; private ones by neither.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.jours_ouvres import working_days_before
from sge_sim.domaine.nomenclatures import Provenance, in_french
from sge_sim.machine.once import computed_once
from sge_sim.pki.authorities import Authority
from sge_sim.settings import VerifieEku

# FAQ: a new production certificate is handed in 15 working days before the old one expires.
RENEWAL_NOTICE = 15
# The end of a certificate that has none (RFC 5280 §4.1.2.5); in legal time it is in the year 10000.
_LAST = datetime.combine(date.max, time(23, 59, 59), PARIS)


def in_legal_time(instant: datetime) -> datetime:
    """Return an instant of a certificate (aware) in legal time, at most the last of the year 9999.

    A certificate without an end says 99991231235959Z (RFC 5280 §4.1.2.5).
    """
    try:
        return instant.astimezone(PARIS)
    except OverflowError:
        return _LAST


@computed_once(4096)
def renewal_deadline(expiry: date) -> date:
    """Return the last day on which a new production certificate can be handed in (FAQ).

    `expiry` is the legal date (Europe/Paris) on which the old one ends.
    """
    try:
        return working_days_before(expiry, RENEWAL_NOTICE)
    except OverflowError:  # it ended in the first days of the year 1
        return date.min


def rotation_warning(end: datetime, now: datetime, *, by_ticket: bool) -> str | None:
    """Return the warning for the holder of a certificate that ends soon, in French.

    `end` is the certificate's last instant, `now` the machine's time, both aware. `by_ticket`: its
    successor is handed in some time before, as in production alone (FAQ). None until the legal day
    of `renewal_deadline` has come, in homologation too (assumed).
    """
    legal_end = in_legal_time(end)
    deadline = renewal_deadline(legal_end.date())
    if legal_date(now) < deadline:
        return None
    verb = "a expiré" if now > end else "expire"
    warning = f"Le certificat {verb} le {legal_end:%d/%m/%Y}"
    if not by_ticket:
        return f"{warning} : en enregistrer un nouveau"
    return (
        f"{warning} : le nouveau était à déposer le "
        f"{deadline:%d/%m/%Y} au plus tard ({RENEWAL_NOTICE} jours ouvrés avant)"
    )


FIN_CHROME: Final = date(2027, 3, 15)
"""From this day on every new certificate of the programme is for servers alone (policy 1.8)."""
DUREES: Final = ((date(2026, 3, 15), 200), (date(2027, 3, 15), 100), (date(2029, 3, 15), 47))
"""Days that a public certificate lasts at most, by the day it is issued (SC-081v3, 11/04/2025)."""
_AVANT: Final = 398
SOURCE_DUREES: Final = "CA/B Forum, scrutin SC-081v3 du 11/04/2025"


@dataclass(frozen=True)
class ADate:
    """What an authority of the list signs on a legal day.

    `client_auth`: « d'office », « à la demande » or « non ». `dernier` is the last day on which a
    certificate with clientAuth is issued, `jusqu_au` the last day of that one; None where no end is
    known. `depot` is when its successor was to be handed in.
    """

    client_auth: str
    duree: int | None
    dernier: date | None
    jusqu_au: date | None
    depot: date | None
    source: str
    provenance: Provenance

    def sentence(self) -> str:
        """Return it in French, with its sources."""
        lines = [f"clientAuth {self.client_auth}"]
        if self.duree is not None:
            lines.append(f"{self.duree} jours au plus ({SOURCE_DUREES})")
        if self.dernier is not None and self.jusqu_au is not None and self.depot is not None:
            lines.append(
                f"dernier certificat client délivré le {self.dernier:%d/%m/%Y}, valable jusqu'au "
                f"{self.jusqu_au:%d/%m/%Y} : son successeur est à déposer le {self.depot:%d/%m/%Y}"
            )
        return f"{' ; '.join(lines)}. Source ({in_french(self.provenance)}) : {self.source}."


def longest_life(jour: date) -> int:
    """Return how many days a public certificate issued on a legal day lasts at most."""
    return next((days for since, days in reversed(DUREES) if jour >= since), _AVANT)


def situation_at(authority: Authority, jour: date) -> ADate | None:
    """Return what an authority signs on a legal day; None for one whose days aren't listed."""
    known = authority.client_auth
    if known is None:
        return None
    if not authority.grants_on(jour):
        word = "non"
    elif known.on_demand_since is not None and jour >= known.on_demand_since:
        word = "à la demande"
    else:
        word = "d'office"
    dernier = jusqu_au = depot = None
    if known.ends is not None:
        dernier = known.ends - timedelta(days=1)
        jusqu_au = dernier + timedelta(days=(known.days or longest_life(dernier)) - 1)
        depot = renewal_deadline(jusqu_au)
    return ADate(
        word,
        longest_life(jour) if known.chrome else None,
        dernier,
        jusqu_au,
        depot,
        known.source,
        known.provenance,
    )


def is_strict(mode: VerifieEku, jour: date, *, chrome: bool) -> bool:
    """Tell whether clientAuth is wanted of every certificate on a legal day (assumed: of those of
    Chrome's programme, from the day on which they don't get it any more)."""
    if mode is VerifieEku.AUTO:
        return chrome and jour >= FIN_CHROME
    return mode is VerifieEku.STRICT


def renewal_sentence(issued: date, days: int) -> str:
    """Return how much of a certificate's life the notice of 15 working days takes, in French."""
    end = issued + timedelta(days=days)
    deadline = renewal_deadline(end)
    notice = (end - deadline).days
    return (
        f"un certificat de {days} jours du {issued:%d/%m/%Y} finit le {end:%d/%m/%Y}, son "
        f"successeur est à déposer le {deadline:%d/%m/%Y} : {notice} jours avant, "
        f"{100 * notice // days} % de sa durée"
    )
