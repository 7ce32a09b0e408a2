"""R15: the readings of the points of a supplier's contract."""
