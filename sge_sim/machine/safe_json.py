"""JSON from anywhere, read without harm."""

import json
from typing import Any


def parse_json(content: bytes | str) -> Any:
    """Return what a document holds; raises `ValueError` for what isn't JSON or is nested too deep
    for the interpreter, some hundreds of levels."""
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("trop de niveaux imbriqués") from None
