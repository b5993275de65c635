"""Who drafted what another sent, why a claim was refused and what is said against it, and addresses
of the erased under a key, no longer as plain hashes.
"""

import hashlib
import hmac

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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
        ("consultations", "0018_official_response"),
    ]

    operations = [
        migrations.AddField(
            model_name='commentversion',
            name='drafted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by'),
        ),
        migrations.AddField(
            model_name='membership',
            name='appeal',
            field=models.TextField(blank=True, verbose_name='what the claimant says against it'),
        ),
        migrations.AddField(
            model_name='membership',
            name='appealed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='appealed'),
        ),
        migrations.AddField(
            model_name='membership',
            name='refusal',
            field=models.TextField(blank=True, verbose_name='why it was refused'),
        ),
        migrations.AddField(
            model_name='questionanswerversion',
            name='drafted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by'),
        ),
        migrations.RunPython(add_key, migrations.RunPython.noop),
    ]
