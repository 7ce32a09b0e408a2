"""A record of what a confrontation found: one file, that its maker reads before it is sent.

It holds counts, names of the contracts and words of the program, no value: `read_temoignage`
refuses one that holds anything else, and one of which a byte was changed. It is signed by a key of
the user's (Ed25519), or unsigned.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sge_sim import __version__
from sge_sim.confronte import jeu, sources
from sge_sim.confronte.differences import AUTRE, Classe, EcartVu, may_name, may_tell
from sge_sim.confronte.jeu import Confrontation
from sge_sim.confronte.vocabulaire import contracts
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.domaine.temoignages import Rassemble
from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, read_user_file, write_atomically
from sge_sim.machine.once import computed_once
from sge_sim.services.registry import SERVICES

_LARGEST: Final = 2**24
_REASONS: Final = frozenset(
    {
        *(sources.NO_ANSWER, sources.NO_SERVICE, jeu.UNKNOWN_POINT, jeu.FORMER_ORDER, jeu.CLOSED),
        *(jeu.POINT_NOT_MADE, jeu.ALL_POINTS, jeu.MASKED_NAME),
    }
)
_DIGEST: Final = 64


@computed_once()
def _rules() -> frozenset[str]:
    return frozenset(rule.of(each.nom).name for each in SERVICES for rule in each.controls)


@computed_once()
def _services() -> frozenset[str]:
    return frozenset(path.strip("/").replace("/v", " v") for path in contracts())


def _known(holds: Any) -> AfterValidator:
    def check(text: str) -> str:
        if not holds(text):
            raise ValueError("ce n'est pas un mot que sge-sim connaît")
        return text

    return AfterValidator(check)


_Service = Annotated[str, _known(lambda text: text in _services())]
_Regle = Annotated[str, _known(lambda text: text in _rules())]
_Raison = Annotated[str, _known(_REASONS.__contains__)]
_Mot = Annotated[str, _known(may_tell)]
_Element = Annotated[str, _known(may_name)]
_Compte = Annotated[int, Field(ge=1, le=10**9)]
_Mois = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LigneVue(_Strict):
    """A difference, and how many exchanges have it."""

    classe: Classe
    service: _Service
    element: _Element
    attendu: _Mot
    vu: _Mot
    regle: Annotated[str, _known(lambda text: not text or text in _rules())]
    provenance: Provenance | Literal[""]
    nombre: _Compte


class DitDuTemoignage(_Strict):
    """What a record says. `tirage` tells two that say the same from a copy."""

    forme: Literal[1]
    sge_sim: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){1,3}$")]
    tirage: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    mois: list[_Mois]
    services: dict[_Service, _Compte]
    ecartes: dict[_Raison, _Compte]
    confirmees: dict[_Regle, _Compte]
    contredites: dict[_Regle, _Compte]
    differences: list[LigneVue]


class TemoignageSigne(_Strict):
    """A record: what it says, its digest, and who signed it, None where nobody did."""

    constat: DitDuTemoignage
    empreinte: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{_DIGEST}}}$")]
    signataire: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")] | None

    @property
    def rassemble(self) -> Rassemble:
        """What of it is gathered; a rule that it saw both ways is contradicted."""
        said = self.constat
        signer = "" if self.signataire is None else _digest(bytes.fromhex(self.signataire))[:32]
        confirmed = [name for name in said.confirmees if name not in said.contredites]
        return Rassemble(self.empreinte, signer, said.mois, confirmed, [*said.contredites])


def made_of(found: Confrontation, mois: str | None = None) -> DitDuTemoignage:
    """Return what a confrontation found, as a record says it; `mois` is that in which the platform
    was asked, where the exchanges don't tell it."""
    return DitDuTemoignage(
        forme=1,
        sge_sim=__version__,
        tirage=monde.urandom(16).hex(),
        mois=sorted(found.mois) or ([] if mois is None else [mois]),
        services=_sorted(found.services),
        ecartes=_sorted(found.bilan.ecartes),
        confirmees=_of_services(found.confirmees),
        contredites=_of_services(found.contredites),
        differences=[_line(each, found.differences[each]) for each in sorted(found.differences)],
    )


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _of_services(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of the rules of services: those of the door are the simulator's own."""
    return {name: count for name, count in sorted(counts.items()) if name in _rules()}


def _line(difference: EcartVu, nombre: int) -> LigneVue:
    """Return a difference as it may be told."""
    shown = {
        "element": difference.element if may_name(difference.element) else AUTRE,
        "attendu": difference.attendu if may_tell(difference.attendu) else AUTRE,
        "vu": difference.vu if may_tell(difference.vu) else AUTRE,
        "regle": difference.regle if difference.regle in _rules() else "",
    }
    return LigneVue(**{**vars(difference), **shown}, nombre=nombre)


def signed(constat: DitDuTemoignage, key: Path | None) -> TemoignageSigne:
    """Return the record, signed by the key of a file, unsigned without one.

    Raises `UsageError` for a file that isn't such a key.
    """
    content = _canonical(constat)
    digest = _digest(content)
    if key is None:
        return TemoignageSigne(constat=constat, empreinte=digest, signataire=None, signature=None)
    try:
        private = load_pem_private_key(read_user_file(key, _LARGEST), None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(
            f"{key} n'est pas une clé Ed25519 sans mot de passe : sge-sim confronte key en écrit "
            "une."
        )
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return TemoignageSigne(
        constat=constat,
        empreinte=digest,
        signataire=public.hex(),
        signature=private.sign(content).hex(),
    )


def write_key(path: Path) -> None:
    """Write a new key, for its owner alone; raises `UsageError` where the file is there."""
    if path.exists():
        raise UsageError(f"{path} existe déjà : donner un autre nom, ou employer cette clé.")
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(path, pem, PRIVATE)


def bytes_of(temoignage: TemoignageSigne) -> bytes:
    """Return the bytes of a record: there is one way to write it."""
    content = temoignage.model_dump(mode="json")
    return f"{json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def read_temoignage(path: Path) -> TemoignageSigne:
    """Return the record of a file.

    Raises `UsageError` for what is no record, holds a word that sge-sim doesn't know, or was
    changed since it was made.
    """
    content = read_user_file(path, _LARGEST)
    try:
        found = TemoignageSigne.model_validate_json(content)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "forme"
        place = re.sub("[^A-Za-z0-9._]", "", where)[:40]
        raise UsageError(
            f"{path} n'est pas un témoignage lisible par cette version ({place}) : en demander un "
            "autre à qui l'a fait."
        ) from None
    said = _canonical(found.constat)
    if (
        bytes_of(found) != content
        or _digest(said) != found.empreinte
        or not _is_signed(found, said)
    ):
        raise UsageError(f"{path} a été modifié depuis qu'il fut écrit : ne pas s'y fier.")
    return found


def _is_signed(temoignage: TemoignageSigne, said: bytes) -> bool:
    """Whether the signature is that of the signer, or there is neither."""
    if temoignage.signataire is None or temoignage.signature is None:
        return temoignage.signataire is None and temoignage.signature is None
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(temoignage.signataire))
    try:
        public.verify(bytes.fromhex(temoignage.signature), said)
    except InvalidSignature:
        return False
    return True


def _canonical(constat: DitDuTemoignage) -> bytes:
    content = constat.model_dump(mode="json")
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def gathered(known: list[Rassemble], found: list[TemoignageSigne]) -> list[Rassemble]:
    """Return the records known and found, each once: one that was signed again is the same."""
    together = {each.empreinte: each for each in known}
    for each in found:
        before = together.get(each.empreinte)
        if before is None or (not before.signataire and each.signataire):
            together[each.empreinte] = each.rassemble
    return list(together.values())
