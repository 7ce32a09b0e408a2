"""What stands between a connection and the services, beside the certificate policy.

- `b2b_application`: the application of the web services, which goes through all of these;
- `certificats`: the client certificates, those of the first start and those handed in;
- `gates`: what it refuses, beside certificates; opening hours and HTTP Basic, each of which may
  close the door to a request;
- `origine`: whose call it is, a client's or sge-sim's own;
- `cadence`: how many calls an actor sends to a service in a second;
- `pannes`: what a panne makes of a call.
"""
