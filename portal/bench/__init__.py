"""What `manage.py bench` measures: each subject in a file, with the limits it is compared with.

Nothing of the site imports this package. It writes to the scratch database that the command's
environment starts (`portal.demo.environment`), and to no other.
"""
