"""The verdict on a client certificate, the same for the door and for `cert check`.

Only the leaf is needed on each request: the chain is found again by signature, from what was
presented or from what is known. It is found once: the outcome of what depends on the certificate
alone is kept under a digest, while dates, revocation and registration are looked at every time.
The certificates themselves aren't kept, but for some that were accepted: a client that isn't let in
may send one of 90 kB each time.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Final, Protocol

from sge_sim.clock import legal_date, start_of_day
from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment, KindActeur
from sge_sim.machine import monde
from sge_sim.machine.once import Turns
from sge_sim.pki.authorities import Authority
from sge_sim.pki.certificates import fingerprint, name_text, read_certificate
from sge_sim.pki.chains import BrokenChain
from sge_sim.pki.checks import CERTIFICATE_CHECKS, Candidate
from sge_sim.pki.deadlines import FIN_CHROME
from sge_sim.pki.request_rules import (
    REQUEST_CHECKS,
    CertificateSituation,
    Kept,
    Registered,
    certificat_enregistre,
)
from sge_sim.pki.simulated import RevocationList
from sge_sim.pki.trust import TrustStore
from sge_sim.refus import Refus, Rule, hold, refusals
from sge_sim.settings import VerifieEku

_KEPT: Final = 512
"""Certificates of which something is kept: some 3 kB each, ten of one made to take room."""
_ACCEPTED_KEPT: Final = 64
_UNREADABLE: Final = "le certificat présenté ne peut pas être lu"


class Registration(Protocol):
    """The register of actors' certificates."""

    def __call__(self, fingerprint: str, environment: Environment) -> Registered | None:
        """Return what is registered under a SHA-256 `fingerprint` (lower-case hexadecimal)."""


@dataclass(frozen=True)
class Verdict:
    """What the policy says of a certificate in an environment.

    `subject` is its name as text, empty for bytes that are no certificate. `reasons` holds every
    fault, in the order of the rules; none means accepted. `authority` is the authority of the
    list that issued it, `acteur` the actor for whom it is registered, `kind` what that actor is,
    `valid_until` its last instant (UTC); each may be known of a refused certificate too.
    """

    environment: Environment
    fingerprint: str
    subject: str
    reasons: tuple[Refus, ...]
    authority: Authority | None
    acteur: str | None
    valid_until: datetime | None = None
    kind: KindActeur | None = None

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against the certificate."""
        return not self.reasons

    def explain(self) -> str:
        """Return the refusal in French, one reason a line, each followed by what to do."""
        if self.accepted:
            return f"Certificat accepté en {self.environment}."
        return "\n".join(
            [
                f"Certificat refusé en {self.environment} :",
                *(f"- {refusal.explain()}" for refusal in self.reasons),
            ]
        )


CERTIFICAT_LISIBLE: Final = Rule(
    "certificat_lisible",
    "illisible",
    "RFC 5280 §4",
    "assumed",
    "un certificat X.509 à clé RSA, EC ou Ed25519",
)

_Accepted = tuple[Verdict, CertificateSituation]


class Policy:
    """The certificate policy of one environment.

    Without `registration`, a certificate needn't be registered. `www_counts_as_same` accepts a
    certificate for `www.example.fr` and `example.fr` (assumed refused: the FAQ knows no
    exception). `verifie_eku` says how its extended key use is looked at.
    """

    def __init__(
        self,
        environment: Environment,
        trust: TrustStore,
        registration: Registration | None = None,
        *,
        www_counts_as_same: bool = False,
        verifie_eku: VerifieEku = VerifieEku.AUTO,
    ) -> None:
        self.environment = environment
        self.trust = trust
        self._registration = registration
        self._www_counts_as_same = www_counts_as_same
        self._verifie_eku = verifie_eku
        # In the time zone of those it is compared with, which costs a twentieth.
        self._strict_after = start_of_day(FIN_CHROME).astimezone(UTC)
        self._revocation_lists = {
            authority.intermediate: RevocationList(
                authority.revocation_file, authority.intermediate
            )
            for authority in trust.simulated
        }
        self._request_checks = tuple(
            control
            for control in REQUEST_CHECKS
            if registration or control is not certificat_enregistre
        )
        self._kept: OrderedDict[bytes, Kept | None] = OrderedDict()
        self._lock = monde.Lock()
        self._turns = Turns()
        self._accepted: dict[tuple[bytes, tuple[bytes, ...], bool], _Accepted] = {}

    def judge(
        self,
        leaf: bytes,
        now: datetime,
        presented: Sequence[bytes] = (),
        registration: Registration | None = None,
    ) -> Verdict:
        """Return the verdict on the DER certificate `leaf` at `now` (machine time, aware).

        `presented` are the DER certificates that came with it, in any order; those handed in at
        registration are used when they don't suffice. `registration` is the register as the caller
        sees it. Never raises for what a client sends: bytes that are no certificate are refused.
        """
        registration = registration or self._registration
        # What is kept of a certificate holds until the day from which clientAuth is wanted.
        late = now >= self._strict_after
        sent = (leaf, tuple(presented), late)
        known = self._accepted.get(sent)
        if known is not None and self._still_accepted(known, now, registration):
            return known[0]
        verdict, situation = self._judge(leaf, now, presented, registration)
        if situation is not None and verdict.accepted:
            if len(self._accepted) >= _ACCEPTED_KEPT:
                self._accepted.clear()
            self._accepted[sent] = verdict, situation
        return verdict

    def _still_accepted(
        self, known: _Accepted, now: datetime, registration: Registration | None
    ) -> bool:
        """Tell whether all that may change since a certificate was accepted is as it was."""
        verdict, situation = known
        if registration is not None:
            registered = registration(verdict.fingerprint, self.environment)
            if registered is not situation.registered:
                return False
        kept, _, registered, elsewhere = situation
        today = CertificateSituation(kept, now, registered, elsewhere)
        return hold(self._request_checks, today)

    def _judge(
        self,
        leaf: bytes,
        now: datetime,
        presented: Sequence[bytes],
        registration: Registration | None,
    ) -> tuple[Verdict, CertificateSituation | None]:
        name = fingerprint(leaf)
        registered = registration(name, self.environment) if registration else None
        jour = legal_date(now)
        kept = self._kept_of(leaf, presented, jour)
        if kept and kept.chain_dates is None and registered is not None:
            kept = self._kept_of(leaf, (*presented, *registered.intermediates), jour)
        acteur = registered.acteur if registered else None
        if kept is None:
            unreadable = (Refus(CERTIFICAT_LISIBLE, _UNREADABLE),)
            return Verdict(self.environment, name, "", unreadable, None, acteur), None
        situation = CertificateSituation(
            kept,
            now,
            registered,
            None if registered else self._registered_elsewhere(name, registration),
        )
        reasons = kept.refusals + refusals(self._request_checks, situation)
        verdict = Verdict(
            self.environment,
            name,
            kept.subject,
            reasons,
            kept.authority,
            acteur,
            kept.dates[1],
            registered.kind if registered else None,
        )
        return verdict, situation

    def _kept_of(self, leaf: bytes, presented: Sequence[bytes], jour: date) -> Kept | None:
        """Return what is kept of a certificate, None for bytes that are none; one thread looks for
        it, others wait."""
        late = b"late" if jour >= FIN_CHROME else b""
        digest = _digest(leaf, *presented, late)
        with self._turns.of(digest):
            with self._lock:
                if digest in self._kept:
                    self._kept.move_to_end(digest)
                    return self._kept[digest]
            kept = self._judge_certificate(leaf, presented, jour)
            with self._lock:
                self._kept[digest] = kept
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return kept

    def _judge_certificate(
        self, leaf: bytes, presented: Sequence[bytes], jour: date
    ) -> Kept | None:
        try:
            certificate = read_certificate(leaf)
        except ValueError:
            return None
        others = []
        for der in presented:
            with suppress(ValueError):
                others.append(read_certificate(der))
        found = self.trust.chain_of(certificate, others)
        chain, broken = (None, found) if isinstance(found, BrokenChain) else (found, None)
        candidate = Candidate(
            certificate,
            self.environment,
            self.trust.authorities,
            chain,
            broken,
            self.trust.authority_of(chain) if chain else None,
            self._www_counts_as_same,
            self._verifie_eku,
            jour,
        )
        return Kept(
            name_text(certificate.subject),
            certificate.serial_number,
            (certificate.not_valid_before_utc, certificate.not_valid_after_utc),
            candidate.authority,
            (chain.valid_from, chain.valid_until) if chain else None,
            refusals(CERTIFICATE_CHECKS, candidate),
            self._revocation_lists.get(chain.issuer) if chain else None,
        )

    def _registered_elsewhere(
        self, name: str, registration: Registration | None
    ) -> Environment | None:
        if registration is None:
            return None
        for environment in ENVIRONMENTS:
            if environment != self.environment and registration(name, environment):
                return environment
        return None


def _digest(*certificates: bytes) -> bytes:
    """Return a digest of certificates in their order, the same for no others."""
    digest = sha256()
    for der in certificates:
        digest.update(len(der).to_bytes(8))
        digest.update(der)
    return digest.digest()
