"""What the pytest plugin gives to a test."""
