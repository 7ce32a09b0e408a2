"""The administration of a simulator, in this process."""

from admin_kit import control_room
from running_simulator import kept_open

from sge_sim.clock import parse_instant

room = kept_open(control_room, now=parse_instant("2025-03-10T10:00"))
