"""The administration that tests ask: in this process, or that of a simulator that serves."""

from admin_kit import control_room
from running_simulator import kept_open, start_simulator

from sge_sim.clock import parse_instant

room = kept_open(control_room, now=parse_instant("2025-03-10T10:00"))
administered = kept_open(start_simulator, "--population-size", "0", scope="session")
