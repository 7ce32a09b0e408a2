"""What it takes to run a campaign again: the paths of files and the fingerprint of the certificate,
no key nor secret."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.pki.inspection import fingerprint_of_file

SECRETS: Final = frozenset({"client_secret", "sandbox_client_secret"})
FILES: Final = ("cert", "key", "ca", "wsdl_dir", "catalogue")
_TYPED: Final = {"cert": "certificat", "key": "cle"}
"""Options that are typed by another name."""


@dataclass(frozen=True)
class Reprise:
    """The options of `sge-sim homologate`, by name; paths are absolute.

    `empreinte` is the fingerprint of the certificate, empty where none was given.
    """

    options: Mapping[str, str | tuple[str, ...]]
    empreinte: str = ""

    def check_files(self, taken: Iterable[str]) -> None:
        """Raise `UsageError` for a file that isn't there any more, of the options `taken`."""
        for name in FILES:
            if name not in taken:
                continue
            path = Path(str(self.options[name]))
            option = _TYPED.get(name, name.replace("_", "-"))
            if not path.exists():
                raise UsageError(
                    f"{path}, que nomme le rapport, n'est plus là : donner --{option}."
                )
            if name == "cert" and fingerprint_of_file(path) != self.empreinte:
                raise UsageError(
                    f"{path} n'est plus le certificat de la campagne (empreinte "
                    f"{self.empreinte[:16]}…) : donner --certificat et --cle."
                )


def reprise_of(options: Mapping[str, object], names: Iterable[str]) -> Reprise:
    """Return the given options among `names`, without secrets."""
    kept: dict[str, str | tuple[str, ...]] = {}
    for name in names:
        value = options.get(name)
        if name in SECRETS or not value:
            continue
        if isinstance(value, Path):
            kept[name] = str(value.resolve())
        else:
            kept[name] = tuple(map(str, value)) if isinstance(value, tuple) else str(value)
    cert = options.get("cert")
    return Reprise(kept, fingerprint_of_file(cert) if isinstance(cert, Path) else "")
