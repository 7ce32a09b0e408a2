"""ConsultationMesuresDetaillees: curve, energies, maximum powers, indexes since v3.0.

GUI 0488 v1.2.2, GUI 0497 v1.5.0 for v3.0.

Both versions share their demand, their control table and what they read; each writes its own
answer.
"""
