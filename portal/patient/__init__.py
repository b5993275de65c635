"""Django's own PostgreSQL, but for a server that falls silent: see `base`."""
