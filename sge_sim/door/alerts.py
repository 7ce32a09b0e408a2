"""What the journal says of a client that TLS turned away.

The client only sees an alert of one word. OpenSSL names the first fault that it met; the policy,
which looks at everything, says the others and what to do.
"""

from sge_sim.pki.policy import Verdict
from sge_sim.transport.handshake import Cause, HandshakeFailure


def alert_detail(failure: HandshakeFailure, verdict: Verdict | None) -> str:
    """Return the reason of a refused handshake in French, a line for each fault.

    `verdict` is the policy's on the certificate that came, None when none came. Where it knows
    the issuer that OpenSSL didn't find, the client has kept its intermediate to itself.
    """
    reason = failure.cause.value
    if failure.cause is Cause.ISSUER_NOT_FOUND and verdict is not None:
        known = not any(one.rule.code == "chaine" for one in verdict.reasons)
        reason = (
            "le certificat intermédiaire n'a pas été envoyé : le présenter à la suite du sien"
            if known
            else "l'émetteur du certificat présenté est inconnu : autorité non reconnue"
        )
    lines = [f"Alerte TLS : {reason} ({failure.detail})"]
    if verdict is not None:
        lines += [f"- {one.explain()}" for one in verdict.reasons]
    return "\n".join(lines)
