"""Enedis' REST interfaces of companies that hold contracts, on the listener of Data Connect.

Its token and its gateway come first; what is answered comes from the same points and readings.
"""
