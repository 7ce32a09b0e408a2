"""The authorities whose certificates SGE accepts, read from `certs/authorities.yaml`.

The list is data: admitting an authority is an entry in that file. A name recognises nothing by
itself: `AuthorityList.recognise` is to be given names read on certificates whose signatures have
been verified (`sge_sim.pki.chains`).
"""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, cast

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sge_sim.domaine.nomenclatures import ENVIRONMENTS, PROVENANCES, Environment, Provenance
from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.machine.yaml_files import Fields, read_mapping

_MESSAGE_MAX: Final = 300
_NAMES: Final = (
    *("issuer_organisation", "issuer_common_name"),
    *("root_organisation", "root_common_name"),
)
"""What a way of recognising may ask of names."""


@dataclass(frozen=True)
class Recognition:
    """One way to recognise an authority: patterns for names of the verified issuer and root.

    `*` stands for anything, case doesn't count, a pattern that is `None` asks nothing.
    """

    source: str
    provenance: Provenance
    issuer_organisation: str | None = None
    issuer_common_name: str | None = None
    root_organisation: str | None = None
    root_common_name: str | None = None

    def matches(self, issuer: x509.Name, root: x509.Name) -> bool:
        """Tell whether the verified `issuer` and `root` bear all the names asked for."""
        return (
            _bears(issuer, NameOID.ORGANIZATION_NAME, self.issuer_organisation)
            and _bears(issuer, NameOID.COMMON_NAME, self.issuer_common_name)
            and _bears(root, NameOID.ORGANIZATION_NAME, self.root_organisation)
            and _bears(root, NameOID.COMMON_NAME, self.root_common_name)
        )


@dataclass(frozen=True)
class ClientAuth:
    """Until when an authority signs certificates for clients (extended key use clientAuth).

    `chrome`: whether it is of the programme of Chrome's roots, whose rule ends clientAuth and whose
    lifetimes are those of the CA/B forum. From `on_demand_since` on clientAuth has to be asked for,
    from `ends` on there is none. None where no day is known. `days`: how long its certificates
    last, where that is less than what the ballot leaves.
    """

    chrome: bool
    source: str
    provenance: Provenance
    on_demand_since: date | None = None
    ends: date | None = None
    days: int | None = None


@dataclass(frozen=True)
class Authority:
    """An authority of the list: where it is admitted, and how its certificates are recognised.

    `grants_client_authentication` is false for an authority whose certificates no longer carry
    the extended key use clientAuth; the policy then doesn't ask for it.
    """

    slug: str
    name: str
    issued_today_by: str
    environments: frozenset[Environment]
    grants_client_authentication: bool
    source: str
    provenance: Provenance
    recognised_by: tuple[Recognition, ...]
    client_auth: ClientAuth | None = None

    def grants_on(self, jour: date) -> bool:
        """Tell whether what it issues on a day may carry clientAuth."""
        if not self.grants_client_authentication:
            return False
        ends = self.client_auth.ends if self.client_auth else None
        return ends is None or jour < ends

    @property
    def granted_use(self) -> x509.ObjectIdentifier:
        """The extended key use of the certificates that it issues to actors today."""
        if self.grants_client_authentication:
            return ExtendedKeyUsageOID.CLIENT_AUTH
        return ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True)
class AuthorityList:
    """The authorities in the order in which they are tried."""

    authorities: tuple[Authority, ...]

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
    try:
        fields = Fields(read_mapping(path), str(path), [])
    except ValueError as error:
        raise UsageError(f"{path} : {error}.") from error
    authorities = tuple(map(_authority, fields.children("authorities")))
    slugs = [authority.slug for authority in authorities]
    if not slugs:
        fields.wrong("authorities", "il manque une autorité")
    for slug in slugs:
        if slugs.count(slug) > 1:
            fields.wrong("authorities", f"l'autorité « {slug} » y est deux fois")
    fields.done()
    for mistake in fields.mistakes:
        raise UsageError(" ".join(mistake.split())[: len(str(path)) + _MESSAGE_MAX])
    return AuthorityList(authorities)


def _authority(fields: Fields) -> Authority:
    slug = fields.text("slug", pattern=r"[a-z0-9]+(-[a-z0-9]+)*", hint="en minuscules et tirets")
    grants = fields.flag("grants_client_authentication")
    if grants is None:
        fields.wrong("grants_client_authentication", "il manque true ou false")
    ways = tuple(map(_recognition, fields.children("recognised_by")))
    if not ways:
        fields.wrong("recognised_by", "il manque une façon de la reconnaître")
    read = Authority(
        slug=slug,
        name=_text(fields, "name"),
        issued_today_by=_text(fields, "issued_today_by"),
        environments=frozenset(
            cast("tuple[Environment, ...]", fields.choices("environments", ENVIRONMENTS))
        ),
        grants_client_authentication=bool(grants),
        source=_text(fields, "source"),
        provenance=_provenance(fields),
        recognised_by=ways,
        client_auth=_client_auth(fields.child("client_auth"))
        if fields.raw("client_auth")
        else None,
    )
    fields.done()
    return read


def _client_auth(fields: Fields) -> ClientAuth:
    read = ClientAuth(
        chrome=bool(fields.flag("chrome")),
        source=_text(fields, "source"),
        provenance=_provenance(fields),
        on_demand_since=_day(fields, "on_demand_since"),
        ends=_day(fields, "ends"),
        days=fields.integer("days"),
    )
    fields.done()
    return read


def _day(fields: Fields, key: str) -> date | None:
    return None if fields.raw(key) is None else fields.day(key)


def _recognition(fields: Fields) -> Recognition:
    read = Recognition(
        source=_text(fields, "source"),
        provenance=_provenance(fields),
        **{name: fields.text(name, optional=True) or None for name in _NAMES},
    )
    if not any((getattr(read, name) or "").strip("*? ") for name in _NAMES):
        fields.wrong(_NAMES[0], "donner au moins un nom de l'émetteur ou de la racine")
    fields.done()
    return read


def _text(fields: Fields, key: str) -> str:
    return fields.text(key, pattern=r".+", hint="un texte")


def _provenance(fields: Fields) -> Provenance:
    return cast(Provenance, fields.choice("provenance", PROVENANCES))


def _bears(name: x509.Name, oid: x509.ObjectIdentifier, pattern: str | None) -> bool:
    return pattern is None or any(
        fnmatchcase(str(attribute.value).casefold(), pattern.casefold())
        for attribute in name.get_attributes_for_oid(oid)
    )
