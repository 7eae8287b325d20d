"""keyslip: finds long-lived keys and says offline what each may do, for whom and for how long."""

__version__ = "0.1.0"
