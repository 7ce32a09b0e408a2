"""The database of the state, as the threads of a process share it.

`database` opens it and gives its transactions; `lecture` reads the facts that a service names,
`memoire` keeps them for as long as `editions` sees no commit. `stored_clock` keeps the simulated
time, `guet` looks out for pannes.
"""
