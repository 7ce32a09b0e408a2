"""Both searches of the services of a point (GUI 0475 v1.0.0; GUI 0537)."""
