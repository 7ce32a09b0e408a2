"""R50: load curves of C5 points."""
