"""Client certificates as SGE wants them: authorities, policy, issuing, revocation, inspection.

A pure library: files and certificates, no database, no server. Every instant it is given is the
machine's (`sge_sim.clock.machine_now`), never the simulated clock's: OpenSSL judges certificates
by the machine's time. The start imports `trust`, `policy` and `issuing` alone; the rest is
for the commands that ask for it.

    pki = open_pki(data_dir, now=machine_now())
    issued = issue_client_certificate(pki.simulated("gandi"), ["sge.example.fr"], now=machine_now())
    policy = Policy("homologation", pki.trust)
    verdict = policy.judge(issued.leaf.public_bytes(Encoding.DER), machine_now())
"""
