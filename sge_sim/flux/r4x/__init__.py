"""R4Q, R4H, R4M: load curves of C1-C4 and P1-P3 points."""
