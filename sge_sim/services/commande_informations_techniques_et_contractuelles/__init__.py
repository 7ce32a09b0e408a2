"""ITC of M023, v1.0: orders technical and contractual data of many points (GUI 0502 v1.4.0)."""
