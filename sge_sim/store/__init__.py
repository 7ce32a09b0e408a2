"""The database: the only room that speaks SQL.

`database` opens it and brings it up to date; `models` lists the tables; `points`, `acteurs`,
`journal` and `horloge` define them and answer the questions asked of them; `search` finds points
by criteria; `journal_writer` records the exchanges.
"""
