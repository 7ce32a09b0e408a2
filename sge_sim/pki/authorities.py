"""The authorities whose certificates SGE accepts, read from `certs/authorities.yaml`.

The list is data: admitting an authority is an entry in that file. A name recognises nothing by
itself: `AuthorityList.recognise` is to be given names read on certificates whose signatures have
been verified (`sge_sim.pki.chains`).
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import ConfigDict, Field

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.domaine.provenance import Provenance
from sge_sim.errors import UsageError
from sge_sim.machine.data_files import data_path
from sge_sim.machine.yaml_files import read_yaml_as

_Text = Annotated[str, Field(pattern=r"\S")]
_FIELDS: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Recognition:
    """One way to recognise an authority: patterns for names of the verified issuer and root.

    `*` stands for anything, case doesn't count, a pattern that is `None` asks nothing.
    """

    __pydantic_config__ = _FIELDS

    source: _Text
    provenance: Provenance
    issuer_organisation: _Text | None = None
    issuer_common_name: _Text | None = None
    root_organisation: _Text | None = None
    root_common_name: _Text | None = None

    def __post_init__(self) -> None:
        issuer = (self.issuer_organisation, self.issuer_common_name)
        root = (self.root_organisation, self.root_common_name)
        if not any(name and name.strip("*? ") for name in (*issuer, *root)):
            raise ValueError("donner au moins un nom de l'émetteur ou de la racine")

    def matches(self, issuer: x509.Name, root: x509.Name) -> bool:
        """Tell whether the verified `issuer` and `root` bear all the names asked for."""
        return (
            _bears(issuer, NameOID.ORGANIZATION_NAME, self.issuer_organisation)
            and _bears(issuer, NameOID.COMMON_NAME, self.issuer_common_name)
            and _bears(root, NameOID.ORGANIZATION_NAME, self.root_organisation)
            and _bears(root, NameOID.COMMON_NAME, self.root_common_name)
        )


@dataclass(frozen=True)
class Authority:
    """An authority of the list: where it is admitted, and how its certificates are recognised.

    `grants_client_authentication` is false for an authority whose certificates no longer carry
    the extended key use clientAuth; the policy then doesn't ask for it.
    """

    __pydantic_config__ = _FIELDS

    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: _Text
    issued_today_by: _Text
    environments: frozenset[Environment]
    grants_client_authentication: bool
    source: _Text
    provenance: Provenance
    recognised_by: Annotated[tuple[Recognition, ...], Field(min_length=1)]

    @property
    def granted_use(self) -> x509.ObjectIdentifier:
        """The extended key use of the certificates that it issues to actors today."""
        if self.grants_client_authentication:
            return ExtendedKeyUsageOID.CLIENT_AUTH
        return ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True)
class AuthorityList:
    """The authorities in the order in which they are tried."""

    __pydantic_config__ = _FIELDS

    authorities: Annotated[tuple[Authority, ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        slugs = [one.slug for one in self.authorities]
        for slug in slugs:
            if slugs.count(slug) > 1:
                raise ValueError(f"l'autorité « {slug} » y est deux fois")

    def find(self, slug: str) -> Authority:
        """Return the authority called `slug`; raises `UsageError` for an unknown one."""
        for authority in self.authorities:
            if authority.slug == slug:
                return authority
        known = ", ".join(authority.slug for authority in self.authorities)
        raise UsageError(f"L'autorité « {slug} » n'est pas dans la liste : choisir parmi {known}.")

    def recognise(self, issuer: x509.Name, root: x509.Name) -> Authority | None:
        """Return the first authority that the names of a *verified* issuer and root tell."""
        for authority in self.authorities:
            if any(way.matches(issuer, root) for way in authority.recognised_by):
                return authority
        return None

    def names(self, environment: Environment) -> str:
        """Return the names of those admitted in `environment`, for a message."""
        return ", ".join(a.name for a in self.authorities if environment in a.environments)


def load_authorities(path: Path | None = None) -> AuthorityList:
    """Read the list from `path`, or the one that comes with the simulator.

    Raises `UsageError` when the file can't be read or isn't of the expected shape.
    """
    path = path or data_path("certs") / "authorities.yaml"
    return read_yaml_as(path, AuthorityList)


def _bears(name: x509.Name, oid: x509.ObjectIdentifier, pattern: str | None) -> bool:
    return pattern is None or any(
        fnmatchcase(str(attribute.value).casefold(), pattern.casefold())
        for attribute in name.get_attributes_for_oid(oid)
    )
