"""What the connections of one process have in common."""

import logging
import ssl
import threading
from collections.abc import Callable
from typing import TypeAlias

from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.limits import ByteBudget, Limits
from sge_sim.transport.message import Request, Response

Application: TypeAlias = Callable[[Request], Response]
"""What answers the requests; called by several threads at once."""

_log = logging.getLogger(__name__)


class Listener:
    """The application, the TLS context of the moment, and what is left of the bounds.

    `keeping` says whether connections are kept after an answer: until the server stops.
    """

    def __init__(
        self,
        application: Application,
        tls_context: ssl.SSLContext,
        limits: Limits,
        on_handshake_failure: Callable[[HandshakeFailure], None],
    ) -> None:
        self.application = application
        self.tls_context = tls_context
        self.limits = limits
        self.requests = ByteBudget(limits.max_buffered_bytes)
        self.answers = ByteBudget(limits.max_unsent_bytes)
        self.slots = threading.BoundedSemaphore(limits.max_connections)
        self.keeping = True
        self._on_handshake_failure = on_handshake_failure

    def report(self, failure: HandshakeFailure) -> None:
        """Tell the application about a client that was not let in."""
        try:
            self._on_handshake_failure(failure)
        except Exception as error:
            _log.error("Un échec de négociation TLS n'a pas pu être consigné : %s", error)
