"""What an operation takes, by its declaration."""

import json
import re
from typing import get_origin

from sge_sim.operations import AnyOperation, Parameter

TRUTHS = {"oui": True, "non": False}


def sound(parameter: Parameter) -> str:
    """Return a value that a parameter takes by itself."""
    said = parameter.says.example or (parameter.values or (parameter.default,))[0]
    if said is None and get_origin(parameter.kind) is dict:
        return "segment=C4"
    if said is None:
        return "1" if parameter.kind in (int, float) else "exemple"
    return str(said)


def least(operation: AnyOperation) -> dict[str, str]:
    """Return a demand of an operation that gives only what it and its address need."""
    return {
        each.name: sound(each)
        for each in operation.parameters.values()
        if each.required or each.name in operation.in_path
    }


def as_json(operation: AnyOperation, given: dict[str, str]) -> dict[str, object]:
    """Return what was typed with the types of JSON."""

    def typed(name: str, text: str) -> object:
        parameter = operation.parameters.get(name)
        kind = None if parameter is None else parameter.kind
        if get_origin(kind) is list:
            return [text]
        if get_origin(kind) is dict:
            name, _, value = text.partition("=")
            return {name: value} if value else text
        if kind is bool and text in TRUTHS:
            return TRUTHS[text]
        number = kind in (int, float) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)
        return json.loads(text) if number else text

    return {name: typed(name, text) for name, text in given.items()}
