"""Campaigns, run or watched: which case a call was, what came of it, the verdicts."""
