"""How the real XML files are laid out: the trees of ours, on other lines (observed 2022).

Readers that go line by line exist: the profile `fidele` gives them the lines that they know.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from sge_sim.flux.periodes import FluxRecurrent

_RACINE: Final = (b"?>\n<", b"?><")
_DES_PETITS: Final = (
    _RACINE,
    (b"<PRM>\n<Id_PRM>", b"<PRM><Id_PRM>"),
    (b" xmlns:xsi=", b" xmlns:xsi ="),
)
_LIGNES: Final[Mapping[FluxRecurrent, tuple[tuple[bytes, bytes], ...]]] = MappingProxyType(
    {"R50": _DES_PETITS, "R151": _DES_PETITS, "R4x": (_RACINE,)}
)
"""What the real files have in place of what ours have."""
_INDENTE: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def laid_out_as_real(flux: FluxRecurrent, content: bytes) -> bytes:
    """Return an XML file of ours, UTF-8, with the lines of the real ones."""
    if flux == "R171":
        root = etree.fromstring(content)
        etree.indent(root, " " * 4)
        indented: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return _INDENTE + indented + b"\n"
    for ours, real in _LIGNES[flux]:
        content = content.replace(ours, real)
    return content
