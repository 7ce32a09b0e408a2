"""What an operation takes, by its declaration."""

from typing import get_origin

from sge_sim.operations import AnyOperation, Parameter


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
