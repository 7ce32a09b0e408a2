"""The report of a campaign, and the files it is written to."""
