"""What stands between a connection and the services, beside the certificate policy.

- `gates`: opening hours and HTTP Basic, each of which may close the door to a request;
- `passwords`: those of HTTP Basic, kept as digests;
- `cadence`: how many calls an actor sends to a service in a second;
- `alerts`: what the journal says of a client that TLS turned away.
"""
