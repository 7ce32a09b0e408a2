"""The examples of the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

from sge_sim import mesures

MODULES = [
    mesures.__name__,
    *(f"{mesures.__name__}.{m.name}" for m in pkgutil.iter_modules(mesures.__path__)),
]


@pytest.mark.parametrize("nom", MODULES)
def test_examples_of_the_docstrings_hold(nom: str) -> None:
    assert doctest.testmod(importlib.import_module(nom)).failed == 0


def test_the_package_itself_has_an_example() -> None:
    assert doctest.testmod(mesures).attempted >= 10
