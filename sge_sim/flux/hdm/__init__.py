"""HDM: the history of a point."""
