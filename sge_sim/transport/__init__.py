"""The two listeners: their sockets, servers and processes, and who is at the other end.

- B2B, HTTPS with client certificates: `server.B2BServer`, with the context of
  `tls.build_server_context` and the bounds of `limits.Limits`;
- administration, HTTP on the loopback: `admin_server.AdminServer`;
- `sockets.bind` and `bind_loopback` make their sockets, `supervisor.supervise` their processes;
- `message` holds what an application receives and returns, `handshake` says why a client was not
  let in.
"""
