"""The kit of an actor, in one zip."""
