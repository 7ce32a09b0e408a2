"""Where the data files are: `wsdl/`, `catalog/` and `certs/`.

They stand at the top level of a clone and travel inside the wheel.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(name: str) -> Path:
    """Return the folder `name` (`wsdl`, `catalog`, `certs`), in the wheel or in the clone."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
