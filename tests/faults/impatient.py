"""The portal's settings for a test whose relay stalls: nobody waits for twenty seconds.

Beat asks for the outbox's two tasks alone, so that the workers' time is the mails'.
"""

from portal import settings
from portal.settings import *  # noqa: F403

EMAIL_TIMEOUT = 5
CELERY_BEAT_SCHEDULE = {
    name: settings.CELERY_BEAT_SCHEDULE[name] for name in ("share_outbox", "sweep_outbox")
}
