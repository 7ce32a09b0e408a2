"""When a certificate is to be renewed."""

from datetime import date, datetime, time
from functools import lru_cache

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.jours_ouvres import working_days_before

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


@lru_cache(maxsize=4096)
def renewal_deadline(expiry: date) -> date:
    """Return the last day on which a new production certificate can be handed in (FAQ).

    `expiry` is the legal date (Europe/Paris) on which the old one ends.
    """
    try:
        return working_days_before(expiry, RENEWAL_NOTICE)
    except OverflowError:  # it ended in the first days of the year 1
        return date.min


def rotation_warning(end: datetime, now: datetime) -> str | None:
    """Return what to tell the holder of a production certificate that ends soon, in French.

    `end` is the certificate's last instant, `now` the machine's time, both aware. None until the
    legal day of `renewal_deadline` has come.
    """
    legal_end = in_legal_time(end)
    deadline = renewal_deadline(legal_end.date())
    if legal_date(now) < deadline:
        return None
    verb = "a expiré" if now > end else "expire"
    return (
        f"Le certificat {verb} le {legal_end:%d/%m/%Y} : le nouveau était à déposer le "
        f"{deadline:%d/%m/%Y} au plus tard ({RENEWAL_NOTICE} jours ouvrés avant)"
    )
