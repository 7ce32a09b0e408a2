"""When a certificate is to be renewed."""

from datetime import date, datetime
from functools import lru_cache

from sge_sim.clock import PARIS, legal_date
from sge_sim.jours_ouvres import working_days_before

# FAQ: a new production certificate is handed in 15 working days before the old one expires.
RENEWAL_NOTICE = 15


@lru_cache(maxsize=4096)
def renewal_deadline(expiry: date) -> date:
    """Return the last day on which a new production certificate can be handed in (FAQ).

    `expiry` is the legal date (Europe/Paris) on which the old one ends.
    """
    return working_days_before(expiry, RENEWAL_NOTICE)


def rotation_warning(end: datetime, now: datetime) -> str | None:
    """Return what to tell the holder of a production certificate that ends soon, in French.

    `end` is the certificate's last instant, `now` the machine's time, both aware. None until the
    legal day of `renewal_deadline` has come.
    """
    legal_end = end.astimezone(PARIS)
    deadline = renewal_deadline(legal_end.date())
    if legal_date(now) < deadline:
        return None
    verb = "a expiré" if now > end else "expire"
    return (
        f"Le certificat {verb} le {legal_end:%d/%m/%Y} : le nouveau était à déposer le "
        f"{deadline:%d/%m/%Y} au plus tard ({RENEWAL_NOTICE} jours ouvrés avant)"
    )
