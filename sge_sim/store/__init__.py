"""The database: the only room that speaks SQL.

`database` opens it, `schema` brings it up to date, `models` lists the tables, `snapshot` keeps
the whole aside. The other modules each define the tables of a subject and answer the questions
asked of them: `search` finds points by criteria, `certificats` and `logins` are what the door reads
on each request, `journal_writer` records exchanges, `clock` keeps the simulated time.
"""
