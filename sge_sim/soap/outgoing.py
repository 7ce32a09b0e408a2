"""The way out of a contract's endpoint: the message that the operation wrote, or a fault.

Faults have the SGT code in `detail/erreur/resultat`; `soap` is the prefix of the envelope.
"""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sge_sim.exchange import Exchange, Outcome
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.contract import Contract
from sge_sim.soap.operation import envelope
from sge_sim.soap.protocol import MIME_TYPE, SgtFault
from sge_sim.store.journal import DecidingRule


class Outgoing(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract's answers."""

    mime_type = MIME_TYPE

    def __init__(self, contract: Contract, faultstring: str) -> None:
        super().__init__(cleanup_namespaces=False)
        self._contract = contract
        self._faultstring = faultstring

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the message that the operation wrote, or write a fault."""
        if ctx.out_error is None:
            (ctx.out_document,) = ctx.out_object
            return
        exchange: Exchange = ctx.udc
        fault = _as_sgt(ctx.out_error)
        exchange.outcome = Outcome(fault.code, fault.explanation, _deciding(fault.rule))
        ctx.out_document = envelope(None, self._fault(fault, exchange))

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Hand the bytes over."""
        ctx.out_string = [ctx.out_document]

    def _fault(self, fault: SgtFault, exchange: Exchange) -> bytes:
        namespace, _, name = self._contract.fault[1:].partition("}")
        text = (
            "<soap:Fault><faultcode>soap:Server</faultcode>"
            f"<faultstring>{escape(self._faultstring)}</faultstring>"
            f"<detail><err:{name} xmlns:err={quoteattr(namespace)}>"
            f"<resultat code={quoteattr(fault.code)}>{escape(fault.label)}</resultat>"
            f"</err:{name}></detail></soap:Fault>"
        )
        return text.encode()


def _deciding(rule: Any) -> DecidingRule | None:
    if rule is None:
        return None
    return DecidingRule(
        name=rule.name,
        source=rule.source,
        provenance=rule.provenance,
        explanation=f"aurait été accepté : {rule.remede}",
    )


def _as_sgt(error: Any) -> SgtFault:
    """Return `error` as a fault of SGE: what Spyne itself refuses is a malformed message."""
    if isinstance(error, SgtFault):
        return error
    client = str(getattr(error, "faultcode", "")).startswith("Client")
    return SgtFault("SGT562" if client else "SGT500", explanation=str(error))
