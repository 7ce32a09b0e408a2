"""What Spyne's stations hand on to each other."""

from typing import Any

from sge_sim.door.exchange import Exchange
from sge_sim.soap import _spyne_compat as spyne


class Context(spyne.MethodContext):  # type: ignore[misc]
    """A context without what Spyne does for those who make a mistake with it.

    A name that is no attribute of its isn't caught, and its events, to which nobody listens, cost
    nothing. `udc` is the exchange.
    """

    def __init__(self, server: spyne.ServerBase) -> None:
        super().__init__(server, self.SERVER)

    def of(self, exchange: Exchange) -> "Context":
        """Return a context as new as this one for an exchange.

        Spyne's own making ties a knot of six objects, which would keep the message and its answer
        until the next collection of garbage: here it is tied once.
        """
        new = object.__new__(Context)
        new.__dict__.update(self.__dict__)
        new.udc = exchange
        return new

    descriptor: Any = None  # a plain attribute, where Spyne has a property
    __setattr__ = object.__setattr__
    fire_event: Any = {}.get  # takes the name of an event, does nothing
