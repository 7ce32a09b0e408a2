"""IFJ: what was measured of a point in the last 24 hours."""
