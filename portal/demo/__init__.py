"""The demonstration: `manage.py demo`, its ribbon, its outbox page and its changes of person.

Nothing here is mounted, or loaded, in production; `check --deploy` fails where it is.
"""
