"""The journal: one record for each exchange, refused handshakes included.

- `records`: what is recorded, how long each field may be, the tables of a database of its own;
- `spool`: where a process that answers leaves its records, at the price of one write;
- `frames`: how a record stands there, so that it is found behind what the disk spoilt;
- `drain`: takes them from there into the journal's own database;
- `pages`: the bodies that wait where they are, and are packed later;
- `avaries`: what of them could not be stored;
- `retention`: forgets the oldest;
- `search`: finds them again;
- `reponses`: what clients got;
- `book`: the journal as the rest of the simulator uses it;
- `feed`: drains from time to time, and wakes whoever waits for the next exchange.
"""

from sge_sim.journal.avaries import Avarie as Avarie
from sge_sim.journal.avaries import CauseAvarie as CauseAvarie
from sge_sim.journal.book import Journal as Journal
from sge_sim.journal.book import JournalState as JournalState
from sge_sim.journal.feed import JournalFeed as JournalFeed
from sge_sim.journal.records import Echange as Echange
from sge_sim.journal.records import EchangeRecord as EchangeRecord
from sge_sim.journal.reponses import Reponse as Reponse
from sge_sim.journal.retention import Bounds as Bounds
from sge_sim.journal.search import RechercheJournal as RechercheJournal
