"""A recorded exchange made anew: as a command to copy, as lines of zeep, or sent again.

- `moyens`: what it takes to call as an actor: a certificate, its key, the server's authority;
- `copies`: an exchange as a line of curl, or as a program that uses zeep;
- `envoi`: sends the request of an exchange again, as it was or changed;
- `difference`: what two messages differ by.
"""
