"""What stands between a connection and the services, beside the certificate policy.

- `b2b_application`: the application of the web services, which goes through all of these;
- `certificats`: the client certificates, those of the first start and those handed in;
- `gates`: what it refuses, beside certificates; opening hours and HTTP Basic, each of which may
  close the door to a request;
- `origine`: the author of a call, a client or sge-sim itself;
- `cadence`: how many calls an actor sends to a service in a second;
- `pannes`: the answer to a call that a panne strikes;
- `variantes`: the form of an answer, among those that its contract allows.
"""
