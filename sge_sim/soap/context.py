"""What Spyne's stations hand on to each other."""

from typing import Any

from sge_sim.soap import _spyne_compat as spyne


class Context(spyne.MethodContext):  # type: ignore[misc]
    """A context without what Spyne does for those who make a mistake with it.

    A name that is no attribute of its isn't caught, and its events, to which nobody listens, cost
    nothing. `udc` is the exchange.
    """

    def __init__(self, server: spyne.ServerBase) -> None:
        super().__init__(server, self.SERVER)

    descriptor: Any = None  # a plain attribute, where Spyne has a property
    __setattr__ = object.__setattr__
    fire_event: Any = {}.get  # takes the name of an event, does nothing
