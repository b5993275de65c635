"""The table of Django's database cache, and the groups that open the admin's door."""

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import migrations

# Which models each group sees in the admin. What its members may do there, `policy` decides by
# their roles in each consultation.
READ_QUEUE = ["case", "comment", "decision", "membership", "organisation", "response", "reason"]
GROUPS = {
    # Who keeps what belongs to the whole site: reasons, organisations, suppressed addresses, accounts.
    "Site administrators": {
        "view": ["membership", "organisation", "reason", "user", "suppression", "region",
                 "organisationkind", "sizeband", "industry"],
        "change": ["organisation", "reason", "user", "membership"],
        "add": ["organisation", "reason"],
        "delete": ["suppression"],
    },
    "Officers": {
        "view": [*READ_QUEUE, "consultation", "recommendation", "correction", "edition", "message",
                 "ledgerentry", "role", "user", "suppression", "region", "organisationkind",
                 "sizeband", "industry", "subscription"],
        "change": ["case", "consultation", "recommendation", "role", "membership"],
        "add": ["consultation", "recommendation", "role"],
        "delete": [],
    },
    "Moderators": {
        "view": [*READ_QUEUE, "consultation", "recommendation"],
        "change": ["case"],
        "add": [],
        "delete": [],
    },
    "Analysts": {
        "view": ["comment", "consultation", "recommendation", "edition"],
        "change": [],
        "add": [],
        "delete": [],
    },
    "Auditors": {
        "view": ["ledgerentry", "decision", "consultation"],
        "change": [],
        "add": [],
        "delete": [],
    },
}


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def create_groups(apps, schema_editor):
    # Permissions are made after the last migration, which is too late for a group that holds them.
    emit_post_migrate_signal(0, False, schema_editor.connection.alias)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    for name, rights in GROUPS.items():
        group, _created = group_model.objects.get_or_create(name=name)
        codenames = [f"{verb}_{model}" for verb, models in rights.items() for model in models]
        found = permission_model.objects.filter(
            content_type__app_label="consultations", codename__in=codenames
        )
        group.permissions.set(found)


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(create_cache_table, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(create_groups, migrations.RunPython.noop, elidable=False),
    ]
