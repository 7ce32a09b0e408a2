"""sge-sim: a simulator of the SGE SOAP web services of the French electricity distributor."""

__version__ = "0.1.0"
