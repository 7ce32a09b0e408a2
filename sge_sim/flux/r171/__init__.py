"""R171: daily indexes of C1-C4 and P1-P3 points."""
