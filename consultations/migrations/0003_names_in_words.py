"""Names of fields in words; a comment is never a draft."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

NAMES = {
    "case": {
        "claimed_by": "claimed by",
        "comment": "comment",
        "consultation": "consultation",
        "membership": "membership",
        "report": "report",
    },
    "comment": {
        "public_version": "public version",
        "reason": "reason",
        "recommendation": "recommendation",
        "region": "region",
        "response": "response",
        "shown_organisation_kind": "shown organisation kind",
        "shown_region": "shown region",
        "submitted_version": "submitted version",
    },
    "commentversion": {
        "answered": "version answered",
        "comment": "comment",
        "response": "response",
        "written_by": "written by",
    },
    "confidentialityrequest": {
        "asked_by": "asked by",
        "decided_by": "decided by",
        "response": "response",
    },
    "correction": {
        "consultation": "consultation",
        "made_by": "made by",
    },
    "decision": {
        "case": "case",
        "decided_by": "decided by",
        "reason": "reason",
        "version": "version",
    },
    "draft": {
        "recommendation": "recommendation",
        "response": "response",
        "written_by": "written by",
    },
    "edition": {
        "consultation": "consultation",
    },
    "job": {
        "asked_by": "asked by",
        "consultation": "consultation",
    },
    "ledgerentry": {
        "consultation": "consultation",
    },
    "ledgerpayload": {
        "entry": "entry",
    },
    "membership": {
        "decided_by": "decided by",
        "organisation": "organisation",
        "user": "person",
    },
    "message": {
        "consultation": "consultation",
        "edition": "edition",
        "settled_by": "settled by",
        "user": "person",
    },
    "organisation": {
        "merged_into": "merged into",
        "successor": "successor",
    },
    "quote": {
        "edition": "edition",
        "recommendation": "recommendation",
        "version": "version",
    },
    "recommendation": {
        "consultation": "consultation",
        "current": "current text",
    },
    "recommendationversion": {
        "correction": "correction",
        "recommendation": "recommendation",
    },
    "report": {
        "comment": "comment",
        "reporter": "reporter",
        "version": "version",
    },
    "response": {
        "checked_by": "checked by",
        "consultation": "consultation",
        "membership": "membership",
        "organisation": "organisation",
        "organisation_kind": "organisation kind",
        "region": "region",
        "respondent": "respondent",
        "size_band": "size band",
        "typed_by": "typed by",
    },
    "role": {
        "consultation": "consultation",
        "given_by": "given by",
        "user": "person",
    },
    "seal": {
        "version": "version",
    },
    "subscription": {
        "consultation": "consultation",
        "user": "person",
    },
}


class Name(Operation):
    """Give relations their names, all at once: no table changes.

    An operation for each would have Django make all models anew seventy times: seconds of every
    first start, and of every run of the tests.
    """

    def state_forwards(self, app_label, state):
        """Name the fields of `NAMES`."""
        for model, names in NAMES.items():
            fields = state.models[app_label, model].fields
            for name, words in names.items():
                field = fields[name].clone()
                field.verbose_name = field._verbose_name = words
                fields[name] = field
        state.reload_models({(app_label, model) for model in NAMES}, delay=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Change nothing."""

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Change nothing."""

    def describe(self):
        """Say what it does."""
        return "Name relations in words"


class Migration(migrations.Migration):

    dependencies = [
        ("consultations", "0002_cache_and_groups"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="comment",
            name="draft_version",
        ),
        migrations.AlterField(
            model_name="comment",
            name="state",
            field=models.CharField(choices=[("submitted", "waiting for a moderator"), ("published", "published"), ("held", "held by a moderator"), ("rejected", "not published"), ("hidden", "hidden"), ("withdrawn", "withdrawn"), ("erased", "erased")], default="submitted", max_length=12, verbose_name="state"),
        ),
        Name(),
    ]
