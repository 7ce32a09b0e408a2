"""A client of SGE, as an actor has one, and a simulator of its own to call."""
