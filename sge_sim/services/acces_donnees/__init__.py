"""Access services: ordered, renewed, stopped, and what they publish (GUI 0498, GUI 0531)."""
