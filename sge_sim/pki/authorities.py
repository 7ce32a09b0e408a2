"""The authorities whose certificates SGE accepts, read from `certs/authorities.yaml`.

The list is data: admitting an authority is an entry in that file. A name recognises nothing by
itself: `AuthorityList.recognise` is to be given names read on certificates whose signatures have
been verified (`sge_sim.pki.chains`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment
from sge_sim.domaine.provenance import PROVENANCES, Provenance
from sge_sim.errors import UsageError
from sge_sim.machine.data_files import data_path

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_BYTES = 2**20
_NAMES = ("issuer_organisation", "issuer_common_name", "root_organisation", "root_common_name")


@dataclass(frozen=True)
class Recognition:
    """One way to recognise an authority: patterns for names of the verified issuer and root.

    `*` stands for anything, case doesn't count, a pattern that is `None` asks nothing.
    """

    issuer_organisation: str | None
    issuer_common_name: str | None
    root_organisation: str | None
    root_common_name: str | None
    source: str
    provenance: Provenance

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

    slug: str
    name: str
    issued_today_by: str
    environments: frozenset[Environment]
    grants_client_authentication: bool
    source: str
    provenance: Provenance
    recognised_by: tuple[Recognition, ...]

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
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            raise UsageError(f"La liste d'autorités {path} dépasse 1 Mio : en donner une autre.")
        document = yaml.safe_load(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"La liste d'autorités {path} ne peut pas être lue : vérifier le chemin et les droits."
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(
            f"La liste d'autorités {path} n'est pas du YAML, ou est trop imbriquée : "
            "corriger sa syntaxe."
        ) from error
    return _Reader(path).authority_list(document)


def _bears(name: x509.Name, oid: x509.ObjectIdentifier, pattern: str | None) -> bool:
    return pattern is None or any(
        fnmatchcase(str(attribute.value).casefold(), pattern.casefold())
        for attribute in name.get_attributes_for_oid(oid)
    )


@dataclass(frozen=True)
class _Reader:
    """Checks the document field by field; its errors name the entry at fault."""

    path: Path

    def authority_list(self, document: object) -> AuthorityList:
        entries = document.get("authorities") if isinstance(document, dict) else None
        if not isinstance(entries, list) or not entries:
            raise self.fault("attend une liste sous la clé « authorities »")
        authorities = tuple(self.authority(entry) for entry in entries)
        slugs = [authority.slug for authority in authorities]
        for slug in slugs:
            if slugs.count(slug) > 1:
                raise self.fault(f"contient deux fois l'autorité « {slug} »")
        return AuthorityList(authorities)

    def authority(self, entry: object) -> Authority:
        slug = entry.get("slug") if isinstance(entry, dict) else None
        # Text alone is shown: a few aliases make any other value as long as they please.
        where = f"l'entrée « {slug[:64]} »" if isinstance(slug, str) else "une entrée"
        fields = self.fields(entry, where, required=tuple(Authority.__dataclass_fields__))
        slug = self.text(fields, "slug", where)
        if not _SLUG.fullmatch(slug):
            raise self.fault(f"{where} : « slug » n'admet que a-z, 0-9 et le tiret")
        environments = fields["environments"]
        if not isinstance(environments, list) or not all(e in ENVIRONMENTS for e in environments):
            raise self.fault(f"{where} : « environments » est une liste de {_or(ENVIRONMENTS)}")
        grants = fields["grants_client_authentication"]
        if not isinstance(grants, bool):
            raise self.fault(f"{where} : « grants_client_authentication » vaut true ou false")
        ways = fields["recognised_by"]
        if not isinstance(ways, list) or not ways:
            raise self.fault(f"{where} : « recognised_by » est une liste d'au moins un motif")
        return Authority(
            slug=slug,
            name=self.text(fields, "name", where),
            issued_today_by=self.text(fields, "issued_today_by", where),
            environments=frozenset(environments),
            grants_client_authentication=grants,
            source=self.text(fields, "source", where),
            provenance=self.provenance(fields, where),
            recognised_by=tuple(self.recognition(way, where) for way in ways),
        )

    def recognition(self, way: object, where: str) -> Recognition:
        where = f"{where}, « recognised_by »"
        fields = self.fields(way, where, required=("source", "provenance"), optional=_NAMES)
        patterns = {name: self.text(fields, name, where) for name in _NAMES if name in fields}
        if not any(pattern.strip("*? ") for pattern in patterns.values()):
            raise self.fault(f"{where} : donner au moins un nom parmi {_or(_NAMES)}")
        return Recognition(
            **{name: patterns.get(name) for name in _NAMES},
            source=self.text(fields, "source", where),
            provenance=self.provenance(fields, where),
        )

    def fields(
        self, entry: object, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Mapping[str, Any]:
        if not isinstance(entry, dict):
            raise self.fault(f"{where} n'est pas un ensemble de champs")
        for name in required:
            if name not in entry:
                raise self.fault(f"{where} : il manque « {name} »")
        for name in entry:
            if name not in required and name not in optional:
                raise self.fault(f"{where} : « {str(name)[:64]} » n'est pas un champ connu")
        return entry

    def text(self, fields: Mapping[str, Any], name: str, where: str) -> str:
        value = fields[name]
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{where} : « {name} » est un texte non vide")
        return value

    def provenance(self, fields: Mapping[str, Any], where: str) -> Provenance:
        for provenance in PROVENANCES:
            if fields["provenance"] == provenance:
                return provenance
        raise self.fault(f"{where} : « provenance » vaut {_or(PROVENANCES)}")

    def fault(self, what: str) -> UsageError:
        return UsageError(f"Liste d'autorités {self.path} : {what} ; corriger le fichier.")


def _or(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} ou {values[-1]}"
