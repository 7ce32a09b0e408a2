"""What no point decides: the calendar, the climate, the noise, the shapes of a day.

Each is made at its first use, and takes 0.3 s together: whoever serves many has it made before, and
keeps it for those who start after.
"""

from typing import Any, Final

from sge_sim.machine.mapped import write_mapped
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.climat import climat
from sge_sim.mesures.evenements import evenements
from sge_sim.mesures.formes import banque, gigues
from sge_sim.mesures.hasard import bruits
from sge_sim.mesures.metiers import facteurs_forts
from sge_sim.mesures.soleil import soleils
from sge_sim.mesures.tableaux import TABLES_FILE, mapped_tables, tables_key

PAS_PAR_JOUR = (48, 288)
_POUR_TOUS = calendrier, soleils, climat, bruits, facteurs_forts, evenements
TABLES: Final[tuple[tuple[Any, *tuple[int, ...]], ...]] = (
    *((table,) for table in _POUR_TOUS),
    *((table, pas_par_jour) for table in (banque, gigues) for pas_par_jour in PAS_PAR_JOUR),
)


def make_common_tables() -> None:
    """Take all of them now, or make them and write them, where the program may.

    Those that were written are let go of: they too are mapped, page by page, by whoever reads them.
    """
    tables = {(table.__name__, *of): table(*of) for table, *of in TABLES}
    if mapped_tables().keys() != tables.keys():
        write_mapped(TABLES_FILE, tables_key(), tables)
        mapped: Any = mapped_tables
        mapped.cache_clear()
        for table, *_ in TABLES if mapped() else ():
            table.cache_clear()
