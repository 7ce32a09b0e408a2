"""What runs: the state of a simulator is opened, then each of its processes serves its part."""
