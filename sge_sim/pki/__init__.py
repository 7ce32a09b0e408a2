"""Client certificates as SGE wants them: authorities, policy, issuing, revocation, inspection.

A pure library: files and certificates, no database, no server. Every instant it is given is the
machine's (`sge_sim.clock.machine_now`), never the simulated clock's: OpenSSL judges certificates
by the machine's time.

    pki = open_pki(data_dir, now=machine_now())
    issued = issue_client_certificate(pki.simulated("gandi"), ["sge.example.fr"], now=machine_now())
    policy = Policy("homologation", pki.trust)
    verdict = policy.judge(issued.leaf.public_bytes(Encoding.DER), machine_now())
"""

from sge_sim.pki.authorities import (
    ENVIRONMENTS,
    Authority,
    AuthorityList,
    Environment,
    load_authorities,
)
from sge_sim.pki.certificates import fingerprint
from sge_sim.pki.checks import CERTIFICATE_CHECKS, REQUEST_CHECKS, Registered
from sge_sim.pki.deadlines import renewal_deadline
from sge_sim.pki.inspection import Inspection, inspect_files
from sge_sim.pki.installation import Pki, open_pki
from sge_sim.pki.issuing import (
    IssuedCertificate,
    IssuedFiles,
    issue_client_certificate,
    write_issued_certificate,
)
from sge_sim.pki.keys import KEY_TYPES, KeyType
from sge_sim.pki.policy import Policy, Refusal, Registration, Verdict
from sge_sim.pki.rendering import render_inspection
from sge_sim.pki.server_identity import DEFAULT_HOSTS, ServerIdentity, ensure_server_identity
from sge_sim.pki.simulated import SimulatedAuthority
from sge_sim.pki.trust import TrustStore, load_trust

__all__ = [
    "CERTIFICATE_CHECKS",
    "DEFAULT_HOSTS",
    "ENVIRONMENTS",
    "KEY_TYPES",
    "REQUEST_CHECKS",
    "Authority",
    "AuthorityList",
    "Environment",
    "Inspection",
    "IssuedCertificate",
    "IssuedFiles",
    "KeyType",
    "Pki",
    "Policy",
    "Refusal",
    "Registered",
    "Registration",
    "ServerIdentity",
    "SimulatedAuthority",
    "TrustStore",
    "Verdict",
    "ensure_server_identity",
    "fingerprint",
    "inspect_files",
    "issue_client_certificate",
    "load_authorities",
    "load_trust",
    "open_pki",
    "render_inspection",
    "renewal_deadline",
    "write_issued_certificate",
]
