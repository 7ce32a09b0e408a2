"""The control table of ITC (GUI 0502 v1.4.0 §2.1.2; order assumed)."""

from sge_sim.services.m023 import RULES_M023, quota_du_jour

RULES = (*RULES_M023, quota_du_jour)
