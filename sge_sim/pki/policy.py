"""The verdict on a client certificate, the same for the door and for `cert check`.

Only the leaf is needed on each request: the chain is found again by signature, from what was
presented or from what is known. It is found once: what depends on the certificate alone is kept,
while dates, revocation and registration are looked at every time.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from sge_sim.pki.authorities import ENVIRONMENTS, Authority, Environment
from sge_sim.pki.certificates import fingerprint, read_certificate
from sge_sim.pki.chains import BrokenChain
from sge_sim.pki.checks import (
    CERTIFICATE_CHECKS,
    REQUEST_CHECKS,
    Candidate,
    Check,
    Registered,
    S,
    Situation,
    registered_for_an_actor,
)
from sge_sim.pki.revocation import RevocationList
from sge_sim.pki.trust import TrustStore
from sge_sim.provenance import Provenance
from sge_sim.store.codes import KindActeur


class Registration(Protocol):
    """The register of actors' certificates."""

    def __call__(self, fingerprint: str, environment: Environment) -> Registered | None:
        """Return what is registered under a SHA-256 `fingerprint` (lower-case hexadecimal)."""


@dataclass(frozen=True)
class Refusal:
    """One reason of a refusal, told to a tester in French, and what to do about it."""

    code: str
    reason: str
    remedy: str
    source: str
    provenance: Provenance


@dataclass(frozen=True)
class Verdict:
    """What the policy says of a certificate in an environment.

    `subject` is its name as text, empty for bytes that are no certificate. `reasons` holds every
    fault, in the order of the checks; none means accepted. `authority` is the authority of the
    list that issued it, `acteur` the actor for whom it is registered, `kind` what that actor is,
    `valid_until` its last instant (UTC); each may be known of a refused certificate too.
    """

    environment: Environment
    fingerprint: str
    subject: str
    reasons: tuple[Refusal, ...]
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
                *(f"- {one.reason}. {one.remedy}" for one in self.reasons),
            ]
        )


@dataclass(frozen=True)
class _Judged:
    """What is kept of a certificate between requests."""

    candidate: Candidate
    refusals: tuple[Refusal, ...]
    revocation: RevocationList | None


class Policy:
    """The certificate policy of one environment.

    Without `registration`, a certificate needn't be registered. `www_counts_as_same` accepts a
    certificate for `www.example.fr` and `example.fr` (assumed refused: the FAQ knows no
    exception). `kept` bounds how many certificates are remembered.
    """

    def __init__(
        self,
        environment: Environment,
        trust: TrustStore,
        registration: Registration | None = None,
        *,
        www_counts_as_same: bool = False,
        kept: int = 4096,
    ) -> None:
        self.environment = environment
        self.trust = trust
        self._registration = registration
        self._www_counts_as_same = www_counts_as_same
        self._revocation_lists = {
            one.intermediate: RevocationList(one.revocation_file, one.intermediate)
            for one in trust.simulated
        }
        self._request_checks = tuple(
            one for one in REQUEST_CHECKS if registration or one is not registered_for_an_actor
        )
        self._judged = lru_cache(maxsize=kept)(self._judge_certificate)
        self._fingerprint = lru_cache(maxsize=kept)(fingerprint)

    def judge(self, leaf: bytes, now: datetime, presented: Sequence[bytes] = ()) -> Verdict:
        """Return the verdict on the DER certificate `leaf` at `now` (machine time, aware).

        `presented` are the DER certificates that came with it, in any order; those handed in at
        registration are used when they don't suffice. Never raises for what a client sends: bytes
        that are no certificate are refused.
        """
        name = self._fingerprint(leaf)
        registered = self._registration(name, self.environment) if self._registration else None
        judged = self._judged(leaf, tuple(presented))
        if judged is not None and judged.candidate.chain is None and registered is not None:
            judged = self._judged(leaf, (*presented, *registered.intermediates))
        acteur = registered.acteur if registered else None
        if judged is None:
            return Verdict(self.environment, name, "", (_UNREADABLE,), None, acteur)
        situation = Situation(
            judged.candidate,
            now,
            judged.revocation,
            registered,
            None if registered else self._registered_elsewhere(name),
        )
        reasons = judged.refusals + _refusals(self._request_checks, situation)
        candidate = judged.candidate
        return Verdict(
            self.environment,
            name,
            candidate.subject,
            reasons,
            candidate.authority,
            acteur,
            candidate.valid_until,
            registered.kind if registered else None,
        )

    def _judge_certificate(self, leaf: bytes, presented: tuple[bytes, ...]) -> _Judged | None:
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
        )
        revocation = self._revocation_lists.get(chain.issuer) if chain else None
        return _Judged(candidate, _refusals(CERTIFICATE_CHECKS, candidate), revocation)

    def _registered_elsewhere(self, name: str) -> Environment | None:
        if self._registration is None:
            return None
        for environment in ENVIRONMENTS:
            if environment != self.environment and self._registration(name, environment):
                return environment
        return None


_UNREADABLE = Refusal(
    "illisible",
    "le certificat présenté ne peut pas être lu",
    "Présenter un certificat X.509 à clé RSA, EC ou Ed25519.",
    "RFC 5280 §4",
    "assumed",
)


def _refusals(checks: Sequence[Check[S]], subject: S) -> tuple[Refusal, ...]:
    return tuple(
        [
            Refusal(one.code, reason, one.remedy, one.source, one.provenance)
            for one in checks
            if (reason := one.find(subject)) is not None
        ]
    )
