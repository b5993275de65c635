"""Management commands of the wiring: demo and bench."""
