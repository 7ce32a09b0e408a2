"""C15: what happened to the points of a supplier's contract."""
