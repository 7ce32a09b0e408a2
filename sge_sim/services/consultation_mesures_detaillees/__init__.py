"""ConsultationMesuresDetaillees: curve, energies, maximum powers (GUI 0488), indexes since v3.0.

Both versions share their demand, their control table and what they read; each writes its own
answer.
"""
