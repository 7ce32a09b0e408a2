"""What a thread keeps of the messages that it read, and when another one is to take its place.

libxml2, as lxml uses it, keeps every name that a thread has met until that thread ends. A real
message brings none; a hostile one brings tens of thousands, new ones each time.
"""

import threading
from typing import Final

_MOST: Final = 2**18


class Wear(threading.local):
    """How many bytes of messages the present thread has parsed in its life."""

    parsed = 0

    @property
    def is_out(self) -> bool:
        """Whether the thread is to be replaced, now that it has time."""
        return self.parsed > _MOST


WEAR: Final = Wear()
