"""The files that subscriptions and orders produce.

A folder declares its flux in `flux.py` (`sge_sim.flux.flux` says what a flux is), and `registry`
finds them: no other module knows the name of one. What writes is beside, `ecriture` of most:
`envoi` holds what it is given. `due_lots` finds what is due, as `lots`; `publication` has
`fabrication` make it, and `livraison` sends it. `packaging` zips, `chiffrement` encrypts, `canaux`
and `canal_sftp` deliver.
"""
