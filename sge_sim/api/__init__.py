"""The REST interface of a simulator: what it gives and takes, and who calls it."""
