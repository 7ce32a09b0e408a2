"""The tables of the state, a module for each subject, and the questions asked of them.

`models` lists all the tables. What a call reads goes by values: `point_facts`, `acteur_facts` and
`mesures_facts`, through statements that are `prepared`. What an order leaves is rows, which
`ecritures` writes at once.
"""
