"""Orders with a life: what an order creates, how it goes on, when and why it ends.

`souscription` and `demandes` take the orders that the services have accepted; `vie` holds the
states of a service and the collection of the curve that it needs, `evenements` what happens to a
point by itself; `echeances` makes all that is due happen, in order and once, and
`back_office` does it as time goes by. Nothing here knows of XML or of return codes.
"""
