"""R151: daily indexes and maximum powers of C5 points."""
