"""Spyne 2.14 made importable on Python 3.11 to 3.14, without a warning.

Spyne carries an old copy of `six`, whose import hook speaks the protocol that Python 3.12 dropped
(3.11 only warns), and it imports `cgi`, which left the standard library in 3.13 (the package
`legacy-cgi` brings it back) and warns before. Import Spyne through this module only.
"""

import importlib.util
import logging
import sys
import warnings
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any


def _load_six() -> ModuleType:
    """Load Spyne's copy of `six` before Spyne itself, whose import already needs the hook."""
    package = importlib.util.find_spec("spyne")
    if package is None or package.origin is None:
        raise ImportError("spyne is not installed")
    origin = Path(package.origin)  # its suffix is that of bytecode, where there is no source
    six = (origin.parent / "util" / "six").with_suffix(origin.suffix)
    spec = importlib.util.spec_from_file_location("spyne.util.six", six)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["spyne.util.six"] = module
    spec.loader.exec_module(module)
    return module


def _find_spec(hook: Any, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
    return importlib.util.spec_from_loader(name, hook) if name in hook.known_modules else None


def _create_module(hook: Any, spec: ModuleSpec) -> ModuleType:
    module: ModuleType = hook.load_module(spec.name)
    return module


def _exec_module(hook: Any, module: ModuleType) -> None:
    """Do nothing: the hook hands out modules that are loaded already."""


if "spyne" not in sys.modules:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _hook = _load_six()._SixMetaPathImporter
        _hook.find_spec = _find_spec
        _hook.create_module = _create_module
        _hook.exec_module = _exec_module

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from spyne import MethodContext as MethodContext
    from spyne.application import Application as Application
    from spyne.decorator import rpc as rpc
    from spyne.model.complex import ComplexModelBase as ComplexModelBase
    from spyne.model.complex import ComplexModelMeta as ComplexModelMeta
    from spyne.model.complex import XmlAttribute as XmlAttribute
    from spyne.model.complex import XmlData as XmlData
    from spyne.model.fault import Fault as Fault
    from spyne.model.primitive import Boolean as Boolean
    from spyne.model.primitive import Date as Date
    from spyne.model.primitive import DateTime as DateTime
    from spyne.model.primitive import Decimal as Decimal
    from spyne.model.primitive import Integer as Integer
    from spyne.model.primitive import Time as Time
    from spyne.model.primitive import Unicode as Unicode
    from spyne.protocol.soap import Soap11 as Soap11
    from spyne.server import ServerBase as ServerBase
    from spyne.service import ServiceBase as ServiceBase

# Spyne logs every refusal as an error with its traceback; the journal is where they are kept.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
