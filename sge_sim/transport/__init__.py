"""The listeners: their sockets, servers and processes, and who is at the other end.

- the web services, HTTPS with client certificates, and Data Connect, HTTPS without: both
  `server.HttpsServer`, with a context of `tls` and the bounds of `listener.Limits`;
- administration, HTTP on the loopback: `admin_server.AdminServer`;
- `listener.bind` and `bind_loopback` make their sockets, `supervisor.supervise` their processes;
- `message` holds what an application receives and returns, `handshake` says why a client was not
  let in.
"""
