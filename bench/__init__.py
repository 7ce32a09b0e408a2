"""How fast the simulator answers its costliest usual call, a 7-day curve of a C5.

`python -m bench` prints the time of a call inside the real B2B application, and its rate over
mutual TLS next to what the same server does with ready bytes of the same size.
"""
