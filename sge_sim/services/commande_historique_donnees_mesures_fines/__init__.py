"""MFI of M023, v1.0: orders fine measures of many points (GUI 0502 v1.4.0)."""
