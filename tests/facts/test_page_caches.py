"""What SQLite keeps of the pages that were read, by all the connections of a process."""

import sqlite3
import subprocess
import sys
from pathlib import Path

_READ = """
import sqlite3, sys
from pathlib import Path
from sge_sim.facts.page_caches import bound_page_caches

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

if sys.argv[2] == "bounded":
    bound_page_caches(2 * 2**20)
connections = [sqlite3.connect(sys.argv[1]) for _ in range(20)]
for each in connections:
    each.execute("SELECT 1").fetchone()
before = resident_mb()
for each in connections:
    assert each.execute("SELECT count(*) FROM t WHERE c > 'y'").fetchone() == (0,)
print(resident_mb() - before)
"""


def test_twenty_connections_keep_little_together(tmp_path: Path) -> None:
    """Each reads 4 MB, of which it would keep 2."""
    file = tmp_path / "read.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (c TEXT)")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 1000,)] * 4000)
    connection.commit()
    connection.close()
    assert _grown_mb(file, "bounded") < 10
    assert _grown_mb(file, "unbounded") > 30


def _grown_mb(file: Path, how: str) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _READ, str(file), how], capture_output=True, text=True, check=True
    )
    return float(run.stdout)
