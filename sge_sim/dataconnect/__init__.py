"""Data Connect: OAuth2, the consent page, the REST interfaces of 2026 and v5.

A listener of its own, in a process of its own: nothing here is loaded where it isn't asked for.
What is answered comes from the points, the physics and the consents that SGE's services see.
"""
