"""The database: the only room that speaks SQL.

`database` opens it, `schema` brings it up to date, `models` lists the tables, `snapshot` keeps
the whole aside. The other modules each define the tables of a subject and answer the questions
asked of them: `search` finds points by criteria, `logins` is what the door reads where a password
is asked for, `journal` records exchanges, `stored_clock` keeps the simulated time.

What a call reads goes by values: `fiches` are they, `lecture` reads them through statements that
are `prepared`, `memoire` keeps them for as long as `editions` sees no commit. What an order
changes goes by rows, in its transaction; `ecritures` is the row that all of those go by.
"""
