"""Put a built site into the one file that the administration serves: `pack.py FOLDER FILE`."""

import sys
from pathlib import Path

from sge_sim.aide.sections import PACKED, pack_sections
from sge_sim.machine.documents import member_info, zipped

NOT_SERVED = {
    *(".buildinfo", "objects.inv", ".doctrees", "basic.css", "pygments.css"),
    # The search is the administration's.
    *("search.html", "searchindex.js", "searchtools.js", "language_data.js", "doctools.js"),
    *("documentation_options.js", "sphinx_highlight.js", "translations.js"),
}


def main(folder: Path, file: Path) -> None:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    members = (
        (member_info(path.relative_to(folder).as_posix()), path.read_bytes())
        for path in paths
        if not NOT_SERVED & set(path.relative_to(folder).parts)
    )
    passages = (member_info(PACKED), pack_sections(Path(__file__).parents[1]))
    file.write_bytes(zipped((*members, passages)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
