"""The database: the only room that speaks SQL.

`database` opens it, `schema` brings it up to date, `models` lists the tables. `points`,
`mesures`, `acteurs`, `certificats`, `commandes`, `flux` and `journal` each define their tables
and answer the questions asked of them; `search` finds points by criteria, `journal_writer`
records exchanges, `clock` keeps the simulated time.
"""
