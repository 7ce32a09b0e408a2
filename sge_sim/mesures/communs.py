"""What no point decides: the calendar, the climate, the noise, the shapes of a day.

Each is made at its first use, and takes 0.3 s together: whoever serves many has it made before.
"""

from sge_sim.mesures.formes import gigues
from sge_sim.mesures.metiers import facteurs_forts

PAS_PAR_JOUR = (48, 288)


def make_common_tables() -> None:
    """Make all of them now."""
    facteurs_forts()
    for pas_par_jour in PAS_PAR_JOUR:
        gigues(pas_par_jour)
