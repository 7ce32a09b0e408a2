"""Starts a new service from its contract: `make service NOM=… WSDL=…` (see CONTRIBUTING.md)."""
