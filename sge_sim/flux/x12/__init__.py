"""X12 and X13: the affaires of a supplier's contract."""
