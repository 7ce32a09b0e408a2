"""Campaigns, run or watched: the case of each call, its outcome, the verdicts."""
