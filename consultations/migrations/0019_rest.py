"""Addresses of people who were erased are kept under a key, no longer as plain hashes."""

import hashlib
import hmac

from django.conf import settings
from django.db import migrations


def add_key(apps, schema_editor):
    """Hash once more, with the key of `mail.addresses`, what was hashed without one."""
    suppressions = apps.get_model('consultations', 'Suppression').objects.filter(
        address__startswith='sha256:'
    )
    key = hashlib.sha256(b'suppressed address' + settings.SECRET_KEY.encode()).digest()
    for row in suppressions.order_by('pk'):
        digest = row.address.removeprefix('sha256:')
        row.address = 'hmac:' + hmac.new(key, digest.encode(), 'sha256').hexdigest()
        row.save(update_fields=['address'])


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0016_merged'),
    ]

    operations = [
        migrations.RunPython(add_key, migrations.RunPython.noop),
    ]
