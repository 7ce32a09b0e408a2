"""Put a built site into the one file that the administration serves: `pack.py FOLDER FILE`."""

import sys
from pathlib import Path

from sge_sim.machine.documents import member_info, zipped

NOT_SERVED = {".buildinfo", "objects.inv", ".doctrees", "basic.css", "pygments.css"}


def main(folder: Path, file: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    members = (
        (member_info(path.relative_to(folder).as_posix()), path.read_bytes())
        for path in paths
        if not NOT_SERVED & set(path.relative_to(folder).parts)
    )
    file.write_bytes(zipped(members))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
