"""The files that subscriptions and orders produce.

`r50`, `r151`, `r4x`, `r171`, `hdm` and `infra_j` write bytes from a point and a few references,
without database nor clock; `envoi` holds what they are given, `periodes` says which days a file
covers and when it leaves. `packaging` zips, `chiffrement` encrypts, `canaux` and its two modules
deliver. `publication` makes what is due and `livraison` sends it: they alone know the state.
"""
