"""What Spyne's stations hand on to each other."""

from typing import Any

from sge_sim.soap import _spyne_compat as spyne


class Context(spyne.MethodContext):  # type: ignore[misc]
    """A context without what Spyne does for those who make a mistake with it.

    A name that is no attribute of its isn't caught, and an event that nobody listens to costs
    nothing. `udc` is the exchange.
    """

    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **options: Any) -> None:
        if self.app.event_manager.handlers:
            super().fire_event(event, *args, **options)
