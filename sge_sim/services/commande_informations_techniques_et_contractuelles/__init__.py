"""ITC of M023, v1.0: orders technical and contractual data of many points (GUI 0502)."""
