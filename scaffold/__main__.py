"""Write the folder of a new service: python -m scaffold NOM WSDL [--version 1.0] [--package X].

What is written serves the contract, refuses a point or a user that isn't known, and is tested. It
answers the least that the contract admits: CONTRIBUTING.md tells how to go on.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from pprint import pformat
from typing import Any

from lxml import etree

from scaffold.rendering import render
from scaffold.samples import Samples
from sge_sim.errors import UsageError
from sge_sim.soap.contract import Contract, load_contracts

ROOT = Path(__file__).parents[1]
PRM = "25884515170669"
LOGINS = ("loginUtilisateur", "initiateurLogin", "loginDemandeur")
NOM = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*")


class Written(str):
    """An expression of the code that is written, rather than a text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def main(arguments: list[str] | None = None) -> None:
    """Write a service; what is wrong with the arguments is told in one sentence."""
    parser = argparse.ArgumentParser(prog="make service", description=__doc__)
    parser.add_argument("nom", help="as in its path: RecherchePoint")
    parser.add_argument("wsdl", type=Path, help="its contract, written by hand (wsdl/README.md)")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--package", default="consultation", help="what it is homologated with")
    given = parser.parse_args(arguments)
    try:
        written = write_service(given.nom, given.wsdl, given.version, given.package.lower())
    except UsageError as error:
        sys.exit(str(error))
    print("\n".join(str(file.relative_to(ROOT)) for file in written))  # noqa: T201


def write_service(nom: str, wsdl: Path, version: str, package: str) -> list[Path]:
    """Write the contract, the folder and the test of a service; return the files.

    Raises `UsageError` for a name that is no service's or is taken, and for a contract that can't
    be read.
    """
    if NOM.fullmatch(nom) is None:
        raise UsageError(f"« {nom} » n'est pas un nom de service tel que RecherchePoint.")
    folder = re.sub(r"(?<!^)([A-Z])", r"_\1", nom).lower()
    targets = {
        "wsdl": ROOT / "wsdl" / f"{nom}-v{version}.wsdl",
        "service": ROOT / "sge_sim" / "services" / folder,
        "tests": ROOT / "tests" / "services" / folder,
    }
    for target in targets.values():
        if target.exists():
            raise UsageError(f"{target.relative_to(ROOT)} existe déjà : ce service est commencé.")
    facts = _facts(_contract(nom, wsdl, version), folder, package)
    shutil.copyfile(wsdl, targets["wsdl"])
    return [targets["wsdl"], *render("service", facts, targets["service"], targets["tests"])]


def _contract(nom: str, wsdl: Path, version: str) -> Contract:
    """Return the contract as it will be published."""
    if not wsdl.is_file():
        raise UsageError(f"{wsdl} n'est pas un fichier : donner le contrat du service.")
    with tempfile.TemporaryDirectory() as alone:
        shutil.copyfile(wsdl, Path(alone) / f"{nom}-v{version}.wsdl")
        (contract,) = load_contracts(Path(alone)).values()
    return contract


def _facts(contract: Contract, folder: str, package: str) -> dict[str, Any]:
    """Return what the templates say of the service."""
    known = {"pointId": PRM, "contratId": Written("running.contrat_id")}
    known |= dict.fromkeys(LOGINS, Written("running.login"))
    asked = Samples(contract.schemas, known)
    paths = asked.paths(contract.request)
    login = next((_path(paths[name]) for name in LOGINS if name in paths), None)
    request = asked.element(contract.request)
    prm, contrat = (_read(name, paths, request) for name in ("pointId", "contratId"))
    answer = Samples(contract.schemas, {}).element(contract.response)
    return {
        "nom": contract.service,
        "version": contract.version,
        "package": package,
        "dossier": folder,
        "operation": etree.QName(contract.request).localname,
        "prm": prm,
        "login": login,
        "contrat": contrat,
        "bloc": _block([prm, login, contrat if login else None]),
        "prm_absent": PRM,
        "request": _source(request),
        "answer": _source(answer),
        "tree": isinstance(answer, Mapping),
        "dated": "date(" in _source(answer),
        "request_dated": "date(" in _source(request),
    }


def _read(name: str, paths: Mapping[str, tuple[str, ...]], request: Any) -> str | None:
    """Return how an element is read, if every demand has it."""
    path = paths.get(name)
    if path is None:
        return None
    for step in path:
        if step not in request:
            return None
        request = request[step]
    return _path(path)


def _block(elements: Sequence[str | None]) -> str | None:
    """Return how the block is read that holds all of `elements`, None where they share none."""
    blocks = {element.rpartition("[")[0] for element in elements if element is not None}
    return blocks.pop() if len(blocks) == 1 and "appel.body" not in blocks else None


def _path(path: tuple[str, ...]) -> str:
    return "appel.body" + "".join(f'["{step}"]' for step in path)


def _source(value: Any) -> str:
    return pformat(value, sort_dicts=False, width=92).replace("datetime.date(", "date(")


if __name__ == "__main__":
    main()
