"""Rules know nothing of XML or HTTP: neither do the modules they are made of."""

import subprocess
import sys
from pathlib import Path

import sge_sim.services

(SERVICES,) = map(Path, sge_sim.services.__path__)
RULES = sorted(
    f"sge_sim.services.{file.parent.name}.{file.stem}" for file in SERVICES.glob("*/rules*.py")
)
MESSAGES = ("fastapi", "lxml", "requests", "spyne", "sge_sim.soap.protocol", "zeep")
SCRIPT = f"""
import sys
from importlib import import_module

for module in {RULES!r}:
    import_module(module)
    if loaded := set(sys.modules).intersection({MESSAGES!r}):
        sys.exit(f"{{module}} loads {{loaded}}")
"""


def test_rules_load_nothing_of_messages() -> None:
    assert {module.split(".")[2] for module in RULES} == {
        file.parent.name for file in SERVICES.glob("*/service.py")
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
