"""The protocols of cases: what the files of their releases may name.

A release is of one protocol. Who sends its cases is a sender of the same protocol
(`sge_sim.homologation.client.sender`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sge_sim.domaine.nomenclatures import PACKAGES
from sge_sim.domaine.plateformes import Existence
from sge_sim.services.declared import declared_services, existences

Versions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Protocole:
    """A protocol: `packages` gives all that its releases may list, in the order of every list
    of them.

    `versions` gives, for the name of a release, the versions of each service that its cases may
    call, `existences` when those were served that weren't always. A code of refusal matches `code`,
    which sentences call `code_dit`. `reperes` are the marks that a request may hold; the sender
    gives what stands for them.
    """

    nom: str
    packages: Callable[[], tuple[str, ...]]
    versions: Callable[[str], Versions]
    code: re.Pattern[str]
    code_dit: str
    reperes: tuple[str, ...]
    existences: Callable[[], Mapping[str, Existence]] = dict


def _packages_of_sge() -> tuple[str, ...]:
    own = (service.package for service in declared_services().values())
    return tuple(dict.fromkeys((*PACKAGES, *own)))


def _versions_of_sge(release: str) -> Versions:
    numero = release.removeprefix("sge-")
    found: dict[str, tuple[str, ...]] = {}
    for service in declared_services().values():
        listed = (service.version,) * service.is_listed_in(numero)
        found[service.nom] = found.get(service.nom, ()) + listed
    return found


def _versions_of_data_connect(_release: str) -> Versions:
    from sge_sim.tables.dataconnect import APIS, version_of_api

    apis = {api: (version_of_api(api),) for api in APIS}
    return {"oauth2": ("3",), "dataconnect": ("1", "2"), SIMULATEUR: ("1",), **apis}


SIMULATEUR: Final = "simulateur"
"""In Data Connect's cases: what is done to a simulator itself, such as moving its clock."""

SOAP: Final = Protocole(
    nom="soap",
    packages=_packages_of_sge,
    versions=_versions_of_sge,
    code=re.compile("SGT[0-9A-Z]{3,4}"),
    code_dit="un code SGT",
    reperes=("{login}", "{contrat_id}"),
    existences=existences,
)


def reperes_of_sge(login: str, contrat_id: str) -> dict[str, str]:
    """Return the values of the marks of SGE's cases."""
    return dict(zip(SOAP.reperes, (login, contrat_id), strict=True))


DATA_CONNECT: Final = Protocole(
    nom="data-connect",
    packages=lambda: ("data-connect",),
    versions=_versions_of_data_connect,
    code=re.compile("[A-Za-z0-9][A-Za-z0-9_ -]{1,39}"),
    code_dit="un code d'erreur tel que ADAM-ERR0123",
    reperes=("{client_id}", "{client_secret}"),
)
PROTOCOLES: Final[Mapping[str, Protocole]] = {
    protocole.nom: protocole for protocole in (SOAP, DATA_CONNECT)
}
