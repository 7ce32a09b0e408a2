"""`sge-sim doctor`: why calls don't pass."""
