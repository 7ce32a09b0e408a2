"""The way out of a contract's endpoint: the message that the operation wrote, or a fault.

Faults have the SGT code in `detail/erreur/resultat`; `soap` is the prefix of the envelope.
"""

from typing import Any
from xml.sax.saxutils import escape

from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.contract import Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.exchange import Exchange, Outcome
from sge_sim.soap.messages import envelope, info_demandeur
from sge_sim.soap.models import TEXT
from sge_sim.soap.protocol import MIME_TYPE, FaultStyle, SgtFault


class Outgoing(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract's answers."""

    mime_type = MIME_TYPE

    def __init__(self, contract: Contract, elements: ElementWriter, style: FaultStyle) -> None:
        super().__init__(cleanup_namespaces=False)
        self._contract = contract
        self._elements = elements
        self._style = style

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the message that the operation wrote, or write a fault."""
        if ctx.out_error is None:
            (ctx.out_document,) = ctx.out_object
            return
        exchange: Exchange = ctx.udc
        fault = _as_sgt(ctx.out_error)
        exchange.outcome = Outcome(fault.code, fault.constat, fault.rule)
        ctx.out_document = envelope([], self._fault(fault, exchange))

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Hand the bytes over."""
        ctx.out_string = [ctx.out_document]

    def _fault(self, fault: SgtFault, exchange: Exchange) -> list[bytes]:
        """Return a fault as the guides show it.

        The services of ConsultationMesuresDetaillees have a `faultstring` of their own, and tell
        the code alone (GUI 0488 §4.3). In the others it is the label, and what is known of the
        demand follows the code (GUI 0468 §3.2.2.2).
        """
        bare = self._style.bare(exchange.instant)
        code, libelle = ("", "") if bare else (fault.code, fault.libelle)
        detail_tree: dict[str, Any] = {"resultat": {"code": code, TEXT: libelle}}
        if self._style.faultstring is None:
            if prm := exchange.prm:
                detail_tree["infoFonctionnelles"] = {"pointId": prm}
            detail_tree.update(info_demandeur(exchange.login))
        faultstring = escape(self._style.faultstring or fault.libelle)
        prefix = "soap:" if bare else ""
        head = (
            f"<soap:Fault><{prefix}faultcode>soap:Server</{prefix}faultcode>"
            f"<{prefix}faultstring>{faultstring}</{prefix}faultstring><detail>"
        )
        detail = self._elements.parts(self._contract.fault, detail_tree)
        return [head.encode(), *detail, b"</detail></soap:Fault>"]


def _as_sgt(error: Any) -> SgtFault:
    """Return `error` as a fault of SGE: what Spyne itself refuses is a malformed message."""
    if isinstance(error, SgtFault):
        return error
    client = str(getattr(error, "faultcode", "")).startswith("Client")
    return SgtFault("SGT562" if client else "SGT500", constat=str(error))
