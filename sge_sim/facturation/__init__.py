"""The supplier's invoice of transport: prices, computing, checking.

`grammaires` are data, by which `grammaire` reads and writes documents that `arbres` fills; `prix`,
`lignes` and `calcul` compute blocks, `ecriture` tells them; `lecture` reads what is told, and
`comparaison`, `verification` and `explication` judge it.
"""
