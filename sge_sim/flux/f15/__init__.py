"""F15: the invoices of a supplier's contract."""
