"""The administration: REST and dashboard on loopback, for the person who runs the simulator."""
