"""C15, R15, F15, X12 and X13: what a supplier is dits by its GRD-F contract."""
