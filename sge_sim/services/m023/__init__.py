"""MFI, MFA and ITC of M023, v1.0: order the data of many points (GUI 0502 v1.4.0)."""
