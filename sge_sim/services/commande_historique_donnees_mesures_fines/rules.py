"""The control table of MFI (GUI 0502 v1.4.0 §2.1.2; order assumed)."""

from sge_sim.services.m023 import RULES_DES_DATES, RULES_M023, quota_du_jour

RULES = (*RULES_M023, *RULES_DES_DATES, quota_du_jour)
