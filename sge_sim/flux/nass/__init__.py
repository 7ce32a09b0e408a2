"""NASS: the ends of services."""
