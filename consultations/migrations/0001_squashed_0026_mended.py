"""Everything up to 0026 at once, for new databases: step by step it took them half a minute.

A database that has taken some of the steps takes the rest of them; from then on the only way back
is `migrate consultations zero`. Once each database has run `migrate` with this file, `replaces` can
go, and the steps with the tests of them: all but the groups of 0002, which move here; then
`migrate consultations --prune` forgets them. What the steps did to rows has nothing to do in an
empty database.
"""

import consultations.models.addresses
import consultations.models.consultation
import consultations.models.digest
import consultations.models.invitation
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.contrib.postgres.search
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from importlib import import_module

from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


# The name of a module that is imported cannot begin with a digit.
groups = import_module('consultations.migrations.0002_cache_and_groups')


class Together(Operation):
    """Reach the state of all these operations at once, and make its tables as they end.

    Between any two of them Django would make all models anew. A table is made whole, with the
    columns, indexes and constraints that later operations of the list give to its model.
    """

    def __init__(self, operations):
        """Take them in an order in which each finds the models that it names."""
        self.operations = operations

    def state_forwards(self, app_label, state):
        """Change the state, whose models are made when they are asked for again."""
        state.__dict__.pop('apps', None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Make the tables, then the foreign keys between them, then the triggers."""
        for made in (migrations.CreateModel, pgtrigger.migrations.AddTrigger):
            for operation in self.operations:
                if isinstance(operation, made):
                    operation.database_forwards(app_label, schema_editor, to_state, to_state)
            while schema_editor.deferred_sql:
                schema_editor.execute(schema_editor.deferred_sql.pop(0))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Drop the tables."""
        for operation in reversed(self.operations):
            if isinstance(operation, migrations.CreateModel):
                operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self):
        """Say what it does."""
        return 'Make every table'


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('consultations', '0001_initial'),
        ('consultations', '0002_cache_and_groups'),
        ('consultations', '0003_names_in_words'),
        ('consultations', '0004_questions'),
        ('consultations', '0005_documents'),
        ('consultations', '0006_invitations'),
        ('consultations', '0007_desk'),
        ('consultations', '0008_rest_of_three'),
        ('consultations', '0009_transitions'),
        ('consultations', '0010_queue'),
        ('consultations', '0011_marks_and_campaigns'),
        ('consultations', '0012_redaction'),
        ('consultations', '0013_appeals'),
        ('consultations', '0014_exports'),
        ('consultations', '0015_erasure'),
        ('consultations', '0016_merged'),
        ('consultations', '0017_editions'),
        ('consultations', '0018_official_response'),
        ('consultations', '0019_rest'),
        ('consultations', '0020_results'),
        ('consultations', '0021_final'),
        ('consultations', '0022_pack'),
        ('consultations', '0023_origins'),
        ('consultations', '0024_shared_workbooks'),
        ('consultations', '0025_company'),
        ('consultations', '0026_mended'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        # equality of foreign keys inside an exclusion constraint, and inside an index of words
        django.contrib.postgres.operations.BtreeGistExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        Together([
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(default=consultations.models.addresses.new_reference, max_length=8, unique=True, verbose_name='reference')),
                    ('state', models.CharField(choices=[('submitted', 'waiting for a moderator'), ('published', 'published'), ('held', 'held by a moderator'), ('rejected', 'not published'), ('hidden', 'hidden'), ('withdrawn', 'withdrawn'), ('erased', 'erased')], default='submitted', max_length=12, verbose_name='state')),
                    ('public_text', models.TextField(blank=True, verbose_name='public text')),
                    ('search', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector(models.Func(models.F('public_text'), models.Value('</>'), models.Value('   '), function='translate', output_field=models.TextField()), config='english'), output_field=django.contrib.postgres.search.SearchVectorField())),
                    ('stance', models.CharField(choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20, verbose_name='stance')),
                    ('kind', models.CharField(choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30, verbose_name='kind')),
                    ('signed', models.BooleanField(default=False, verbose_name='shown with a name')),
                    ('listed', models.BooleanField(default=False, verbose_name='shown in public')),
                    ('counted', models.BooleanField(default=False, verbose_name='counted in figures')),
                    ('counted_since', models.DateTimeField(blank=True, null=True, verbose_name='counted since')),
                    ('waiting', models.BooleanField(default=False, verbose_name='waits for its first decision')),
                    ('reviewed', models.BooleanField(default=False, verbose_name='seen by a moderator')),
                    ('redacted', models.BooleanField(default=False, verbose_name='words removed')),
                    ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('first_published_at', models.DateTimeField(blank=True, null=True, verbose_name='first published')),
                ],
                options={
                    'verbose_name': 'comment',
                    'verbose_name_plural': 'comments',
                    'ordering': ['-submitted_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='CommentVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('stance', models.CharField(choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20, verbose_name='stance')),
                    ('text', models.TextField(blank=True, verbose_name='comment')),
                    ('permission', models.CharField(choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], max_length=12, verbose_name='permission to publish')),
                    ('written_at', models.DateTimeField(verbose_name='written')),
                    ('key', models.UUIDField(verbose_name='key of the form')),
                    ('screened', models.BooleanField(default=False, verbose_name='looked at by computer')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                    ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='consultations.comment', verbose_name='comment')),
                ],
                options={
                    'verbose_name': 'version of a comment',
                    'verbose_name_plural': 'versions of comments',
                    'ordering': ['number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(default=consultations.models.addresses.new_reference, max_length=8, unique=True, verbose_name='reference')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('file_name', models.CharField(max_length=100, verbose_name='file')),
                    ('kind', models.CharField(choices=[('pdf', 'PDF'), ('docx', 'DOCX'), ('odt', 'ODT'), ('xlsx', 'XLSX'), ('csv', 'CSV')], max_length=4, verbose_name='kind')),
                    ('size', models.PositiveIntegerField(verbose_name='size')),
                    ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                    ('permission', models.CharField(choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], default='named', max_length=12, verbose_name='permission to publish')),
                    ('state', models.CharField(choices=[('draft', 'saved, not sent'), ('aside', 'saved, not the one to send'), ('submitted', 'waits for a moderator'), ('published', 'published'), ('rejected', 'not published'), ('hidden', 'no longer shown'), ('replaced', 'replaced by a newer one'), ('withdrawn', 'withdrawn')], max_length=12, verbose_name='state')),
                    ('uploaded_at', models.DateTimeField(verbose_name='added')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                    ('why_withdrawn', models.CharField(blank=True, max_length=500, verbose_name='why it was withdrawn')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                ],
                options={
                    'verbose_name': 'document',
                    'verbose_name_plural': 'documents',
                    'ordering': ['-uploaded_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='Fingerprint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('band', models.BigIntegerField(verbose_name='band')),
                ],
                options={
                    'verbose_name': 'fingerprint',
                    'verbose_name_plural': 'fingerprints',
                },
            ),
            migrations.CreateModel(
                name='LedgerEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sequence', models.PositiveIntegerField(verbose_name='sequence')),
                    ('act', models.CharField(max_length=40, verbose_name='act')),
                    ('at', models.DateTimeField(verbose_name='at')),
                    ('format', models.PositiveSmallIntegerField(default=1, verbose_name='format')),
                    ('payload_hash', models.CharField(max_length=64, verbose_name='hash of the payload')),
                    ('previous_hash', models.CharField(blank=True, max_length=64, verbose_name='hash before')),
                    ('hash', models.CharField(max_length=64, verbose_name='hash')),
                ],
                options={
                    'verbose_name': 'ledger entry',
                    'verbose_name_plural': 'ledger',
                    'ordering': ['consultation', 'sequence', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='QuestionAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('submitted', 'sent'), ('withdrawn', 'withdrawn'), ('set_aside', 'set aside')], default='submitted', max_length=12, verbose_name='state')),
                    ('submitted_at', models.DateTimeField(verbose_name='sent')),
                ],
                options={
                    'verbose_name': 'answer to a question',
                    'verbose_name_plural': 'answers to questions',
                    'ordering': ['question__number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Reason',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('text', models.TextField(verbose_name='what the author is told')),
                    ('rule', models.CharField(blank=True, help_text='Told with the reason, in one sentence.', max_length=300, verbose_name='the rule it rests on')),
                    ('remedy', models.TextField(blank=True, help_text='Told only while the consultation is open.', verbose_name='what the author can do')),
                    ('still_counts', models.BooleanField(default=False, help_text='The stance stays in the totals although the text is not published.', verbose_name='still counted in figures')),
                    ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('retired', models.BooleanField(default=False, verbose_name='no longer offered')),
                ],
                options={
                    'verbose_name': 'reason',
                    'verbose_name_plural': 'reasons',
                    'ordering': ['order', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Suppression',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254, unique=True, verbose_name='address')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('since', models.DateTimeField(verbose_name='since')),
                ],
                options={
                    'verbose_name': 'suppressed address',
                    'verbose_name_plural': 'suppressed addresses',
                    'ordering': ['-since', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('kind', models.CharField(blank=True, choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30, verbose_name='kind')),
                    ('acting_for', models.CharField(blank=True, choices=[('self', 'Myself'), ('organisation', 'An organisation')], max_length=12, verbose_name='answers for')),
                    ('is_staff', models.BooleanField(default=False, verbose_name='may open the admin')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                    ('is_sample', models.BooleanField(default=False, verbose_name='sample data')),
                    ('shortcuts', models.BooleanField(default=True, verbose_name='single-key shortcuts in the moderation queue')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                    ('erasure_ended_at', models.DateTimeField(blank=True, null=True, verbose_name='erasure ended')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'person',
                    'verbose_name_plural': 'people',
                    'ordering': ['-date_joined', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Appeal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.TextField(verbose_name="in the author's words")),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                    ('outcome', models.CharField(choices=[('pending', 'waiting to be decided'), ('upheld', 'upheld'), ('dismissed', 'dismissed'), ('void', 'ended without a decision')], default='pending', max_length=12, verbose_name='outcome')),
                    ('answer', models.TextField(blank=True, verbose_name='what the author is told')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                    ('independent', models.BooleanField(blank=True, null=True, verbose_name='independent')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                    ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ],
                options={
                    'verbose_name': 'appeal',
                    'verbose_name_plural': 'appeals',
                    'ordering': ['-made_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='Likeness',
                fields=[
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='likeness', serialize=False, to='consultations.commentversion', verbose_name='version')),
                    ('exact', models.BigIntegerField(verbose_name='hash of the words')),
                    ('joined', models.CharField(choices=[('found', 'found by computer'), ('joined', 'joined by a moderator'), ('split', 'split off by a moderator')], default='found', max_length=8, verbose_name='how it joined')),
                    ('own', models.BooleanField(default=False, verbose_name='has something of its own')),
                    ('latest', models.BooleanField(default=True, verbose_name='sent last')),
                ],
                options={
                    'verbose_name': 'likeness',
                    'verbose_name_plural': 'likenesses',
                },
            ),
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('batch', models.UUIDField(verbose_name='batch')),
                    ('salt', models.CharField(max_length=32, null=True)),
                    ('hash', models.CharField(max_length=64, verbose_name='hash')),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='seal', serialize=False, to='consultations.commentversion', verbose_name='version')),
                ],
            ),
            migrations.AddField(
                model_name='commentversion',
                name='drafted_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by'),
            ),
            migrations.AddField(
                model_name='commentversion',
                name='written_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by'),
            ),
            migrations.AddField(
                model_name='comment',
                name='public_version',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion', verbose_name='public version'),
            ),
            migrations.AddField(
                model_name='comment',
                name='submitted_version',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion', verbose_name='submitted version'),
            ),
            migrations.CreateModel(
                name='Consultation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('slug', models.SlugField(max_length=80, unique=True, verbose_name='address')),
                    ('introduction', models.TextField(help_text='Markdown', verbose_name='introduction')),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published')], default='draft', max_length=12, verbose_name='state')),
                    ('opens_at', models.DateTimeField(blank=True, null=True, verbose_name='opens')),
                    ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='closes')),
                    ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                    ('owner', models.CharField(max_length=200, verbose_name='owner')),
                    ('owner_kind', models.CharField(choices=[('department', 'Government department'), ('public_body', 'Other public body'), ('private', 'Private or voluntary body')], max_length=20, verbose_name='what the owner is')),
                    ('confidentiality', models.TextField(help_text='Markdown', verbose_name='confidentiality text')),
                    ('lawful_basis', models.TextField(verbose_name='lawful basis for personal data')),
                    ('response_clock', models.BooleanField(default=False, verbose_name='an official response is due twelve weeks after closing')),
                    ('contact_email', models.EmailField(max_length=254, verbose_name='contact e-mail address')),
                    ('other_ways', models.TextField(blank=True, help_text='Markdown: post, telephone, formats', verbose_name='other ways to respond')),
                    ('answers_shown', models.CharField(choices=[('open', 'while the consultation is open'), ('closed', 'only after it has closed')], default='open', max_length=12, verbose_name='answers are shown')),
                    ('moderation', models.CharField(choices=[('before', 'before publication'), ('after', 'after publication')], default='before', max_length=12, verbose_name='moderation')),
                    ('cadence', models.CharField(choices=[('weekly', 'every Tuesday at 7am'), ('quickening', 'every Tuesday at 7am, and every Friday in the last fortnight'), ('daily', 'every day at 7am')], default='weekly', max_length=12, verbose_name='digests')),
                    ('release', models.CharField(choices=[('at_once', 'at once'), ('by_hand', 'when an officer releases it'), ('after_quiet', 'after a quiet time, unless it is held')], default='at_once', editable=False, max_length=12, verbose_name='a digest goes out')),
                    ('quiet_hours', models.PositiveSmallIntegerField(default=24, editable=False, verbose_name='hours of quiet before a digest goes out')),
                    ('visibility', models.CharField(choices=[('public', 'public'), ('invited', 'invited organisations only')], default='public', max_length=12, verbose_name='visibility')),
                    ('target_days', models.PositiveSmallIntegerField(default=3, verbose_name="days to a moderator's decision")),
                    ('reports_to_hide', models.PositiveSmallIntegerField(default=0, help_text="By so many different people, since it was last decided on. 0: never. No single person's report hides anything, so 1 is no choice.", verbose_name="readers' reports that take a comment from view until a moderator reads it")),
                    ('language', models.CharField(choices=[('en', 'English'), ('cy', 'Welsh')], default='en', max_length=8, verbose_name='language of the comments')),
                    ('digests_held_at', models.DateTimeField(editable=False, null=True, verbose_name='digests held since')),
                    ('digests_held_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='why digests are held')),
                    ('final_asked_at', models.DateTimeField(editable=False, null=True, verbose_name='final summary asked for')),
                    ('official_told_at', models.DateTimeField(editable=False, null=True, verbose_name='official response told')),
                    ('privacy_version', models.CharField(default='1', max_length=20, verbose_name='version of the privacy notice')),
                    ('preview_token', models.CharField(default=consultations.models.consultation.new_preview_token, editable=False, max_length=40)),
                    ('is_sample', models.BooleanField(default=False, editable=False, verbose_name='sample data')),
                ],
                options={
                    'verbose_name': 'consultation',
                    'verbose_name_plural': 'consultations',
                    'ordering': ['-opens_at', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('closes_at__isnull', False), ('opens_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='consultation_published_has_dates'), models.CheckConstraint(condition=models.Q(('closes_at__isnull', True), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='consultation_closes_after_opening'), models.CheckConstraint(condition=models.Q(('reports_to_hide', 1), _negated=True), name='consultation_hides_for_no_single_report'), models.CheckConstraint(condition=models.Q(('quiet_hours__range', (1, 72))), name='consultation_quiet_hours')],
                },
            ),
            migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('since', models.DateTimeField(verbose_name='waiting since')),
                    ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                    ('marks', models.JSONField(blank=True, default=list, verbose_name='marks')),
                    ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                    ('appeal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.appeal', verbose_name='appeal')),
                    ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='claimed by')),
                    ('comment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.comment', verbose_name='comment')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'case',
                    'verbose_name_plural': 'moderation queue',
                    'ordering': ['since', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Correction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('changes', models.JSONField(default=list, verbose_name='what changed')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='consultations.consultation', verbose_name='consultation')),
                    ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ],
                options={
                    'verbose_name': 'correction',
                    'verbose_name_plural': 'corrections',
                    'ordering': ['number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('verb', models.CharField(choices=[('publish', 'published'), ('reject', 'rejected'), ('hold', 'held'), ('hide', 'hidden'), ('confirm', 'claim confirmed'), ('refuse', 'claim refused'), ('dismiss', 'report read, nothing to do'), ('uphold', 'report upheld, comment hidden'), ('undo', 'decision undone'), ('overturn', 'appeal upheld, shown after all'), ('let_stand', 'appeal dismissed, the decision stands'), ('redact', 'words removed'), ('unredact', 'words put back')], max_length=12, verbose_name='decision')),
                    ('state_before', models.CharField(max_length=12, verbose_name='state before')),
                    ('state_after', models.CharField(max_length=12, verbose_name='state after')),
                    ('note', models.TextField(blank=True, verbose_name='note for colleagues')),
                    ('decided_at', models.DateTimeField(verbose_name='decided')),
                    ('stood', models.JSONField(blank=True, default=dict, verbose_name='as it stood before')),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='consultations.case', verbose_name='case')),
                    ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                    ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='consultations.decision', verbose_name='undoes')),
                    ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='consultations.commentversion', verbose_name='version')),
                    ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason', verbose_name='reason')),
                ],
                options={
                    'verbose_name': 'decision',
                    'verbose_name_plural': 'decisions',
                    'ordering': ['-decided_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='appeal',
                name='decision',
                field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='consultations.decision', verbose_name='decision'),
            ),
            migrations.CreateModel(
                name='DocumentContent',
                fields=[
                    ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='bytes', serialize=False, to='consultations.document', verbose_name='document')),
                    ('content', models.BinaryField(verbose_name='content')),
                ],
                options={
                    'verbose_name': 'content of a document',
                    'verbose_name_plural': 'contents of documents',
                },
            ),
            migrations.AddField(
                model_name='document',
                name='consultation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='consultations.consultation', verbose_name='consultation'),
            ),
            migrations.AddField(
                model_name='document',
                name='uploaded_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by'),
            ),
            migrations.AddField(
                model_name='case',
                name='document',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.document', verbose_name='document'),
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('slot', models.DateTimeField(verbose_name='due')),
                    ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='period')),
                    ('built_at', models.DateTimeField(verbose_name='made')),
                    ('facts', models.JSONField(verbose_name='facts')),
                    ('method', models.CharField(max_length=80, verbose_name='method')),
                    ('hash', models.CharField(max_length=64, verbose_name='hash of the content')),
                    ('state', models.CharField(choices=[('waiting', 'waiting for its release'), ('held', 'held'), ('released', 'published'), ('discarded', 'discarded'), ('withdrawn', 'withdrawn')], default='waiting', max_length=12, verbose_name='state')),
                    ('final', models.BooleanField(default=False, verbose_name='final summary')),
                    ('readers', models.PositiveIntegerField(default=0, verbose_name='readers')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'edition',
                    'verbose_name_plural': 'editions',
                    'ordering': ['-slot', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='EditionAct',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('act', models.CharField(choices=[('held', 'held'), ('released', 'published'), ('discarded', 'discarded'), ('withdrawn', 'withdrawn')], max_length=12, verbose_name='what was done')),
                    ('at', models.DateTimeField(verbose_name='when')),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='consultations.edition', verbose_name='edition')),
                ],
                options={
                    'verbose_name': 'act on an edition',
                    'verbose_name_plural': 'acts on editions',
                    'ordering': ['edition', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='EditionWorkbook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content', models.BinaryField(verbose_name='content')),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='workbook', to='consultations.edition', verbose_name='edition')),
                ],
                options={
                    'verbose_name': 'workbook of an edition',
                    'verbose_name_plural': 'workbooks of editions',
                    'ordering': ['edition', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Industry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('edition', models.CharField(max_length=40, verbose_name='edition')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('starts', models.DateField(blank=True, null=True, verbose_name='in force from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='in force until')),
                ],
                options={
                    'verbose_name': 'industry',
                    'verbose_name_plural': 'industries',
                    'ordering': ['order', django.db.models.functions.text.Lower('name'), 'pk'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('code', 'edition'), name='industry_code_edition')],
                },
            ),
            migrations.CreateModel(
                name='Job',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(choices=[('preview', 'preview of the next edition'), ('mail_preview', 'preview of the next edition, by e-mail'), ('import', 'import of responses'), ('export', 'file to download'), ('verify', 'verification of the ledger'), ('pack', 'evidence pack')], max_length=20, verbose_name='what')),
                    ('order', models.JSONField(blank=True, default=dict, verbose_name='order')),
                    ('asked_at', models.DateTimeField(verbose_name='asked')),
                    ('state', models.CharField(choices=[('asked', 'asked'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='asked', max_length=12, verbose_name='state')),
                    ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='lease until')),
                    ('result', models.JSONField(blank=True, null=True, verbose_name='result')),
                    ('error', models.CharField(blank=True, max_length=500, verbose_name='error')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                    ('expires_at', models.DateTimeField(verbose_name='expires')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'job',
                    'verbose_name_plural': 'jobs',
                    'ordering': ['-asked_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='JobPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('content', models.BinaryField(verbose_name='content')),
                    ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='consultations.job', verbose_name='job')),
                ],
                options={
                    'verbose_name': 'part of a file',
                    'verbose_name_plural': 'parts of files',
                    'ordering': ['job', 'number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='LedgerPayload',
                fields=[
                    ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='payload', serialize=False, to='consultations.ledgerentry', verbose_name='entry')),
                    ('salt', models.CharField(max_length=32)),
                    ('content', models.JSONField(verbose_name='payload')),
                ],
            ),
            migrations.AddField(
                model_name='ledgerentry',
                name='consultation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger_entries', to='consultations.consultation', verbose_name='consultation'),
            ),
            migrations.CreateModel(
                name='LedgerOrigin',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('last', models.PositiveIntegerField(verbose_name='last entry that came')),
                    ('number', models.BigIntegerField(verbose_name="the consultation's number there")),
                    ('came_at', models.DateTimeField(verbose_name='came')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger_origins', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'origin of a ledger',
                    'verbose_name_plural': 'origins of ledgers',
                    'ordering': ['consultation', 'last', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='LedgerNumber',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('model', models.CharField(max_length=60, verbose_name='model')),
                    ('there', models.BigIntegerField(verbose_name='number there')),
                    ('here', models.BigIntegerField(verbose_name='number here')),
                    ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='consultations.ledgerorigin', verbose_name='origin')),
                ],
                options={
                    'verbose_name': 'number of a row elsewhere',
                    'verbose_name_plural': 'numbers of rows elsewhere',
                    'ordering': ['origin', 'model', 'there', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('claim', models.CharField(choices=[('pending', 'waiting to be checked'), ('confirmed', 'confirmed'), ('refused', 'refused')], default='pending', max_length=12, verbose_name='claim')),
                    ('role', models.CharField(choices=[('contributor', 'contributor'), ('lead', 'lead')], default='contributor', max_length=12, verbose_name='role')),
                    ('claimed_at', models.DateTimeField(verbose_name='claimed')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                    ('refusal', models.TextField(blank=True, verbose_name='why it was refused')),
                    ('appeal', models.TextField(blank=True, verbose_name='what the claimant says against it')),
                    ('appealed_at', models.DateTimeField(blank=True, null=True, verbose_name='appealed')),
                    ('independent', models.BooleanField(blank=True, null=True, verbose_name='independent')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                    ('shares', models.BooleanField(default=False, verbose_name='shares its desk while it waits')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                    ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='guests', to='consultations.membership', verbose_name='host')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'claim to speak for an organisation',
                    'verbose_name_plural': 'claims to speak for organisations',
                    'ordering': ['-claimed_at', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='case',
                name='membership',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.membership', verbose_name='membership'),
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stream', models.PositiveSmallIntegerField(choices=[(0, 'codes'), (1, 'receipts and decisions'), (2, 'digests and milestones'), (3, 'invitations')], verbose_name='stream')),
                    ('dedupe_key', models.CharField(max_length=120, unique=True, verbose_name='key')),
                    ('to', models.EmailField(max_length=254, verbose_name='to')),
                    ('letter', models.JSONField(default=dict, verbose_name='letter')),
                    ('state', models.CharField(choices=[('queued', 'queued'), ('claimed', 'claimed'), ('handed', 'handed over'), ('sent', 'sent'), ('unknown', 'unknown'), ('failed', 'failed'), ('suppressed', 'suppressed')], default='queued', max_length=12, verbose_name='state')),
                    ('queued_at', models.DateTimeField(verbose_name='queued')),
                    ('not_before', models.DateTimeField(verbose_name='not before')),
                    ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='lease until')),
                    ('lease', models.UUIDField(blank=True, null=True, verbose_name='lease')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                    ('doubts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='doubts')),
                    ('message_id', models.CharField(max_length=120, verbose_name='Message-ID')),
                    ('reply', models.CharField(blank=True, max_length=500, verbose_name="the relay's last words")),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                    ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.consultation', verbose_name='consultation')),
                    ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='consultations.edition', verbose_name='edition')),
                    ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'delivery',
                    'verbose_name_plural': 'deliveries',
                    'ordering': ['-queued_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='OfficialAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('status', models.CharField(choices=[('accepted', 'Accepted'), ('partly', 'Accepted in part'), ('not_accepted', 'Not accepted'), ('others', 'For others to decide'), ('considering', 'Still considering')], max_length=12, verbose_name='status')),
                    ('asked', models.TextField(help_text='Markdown', verbose_name='we asked')),
                    ('said', models.TextField(help_text='Markdown', verbose_name='you said')),
                    ('will', models.TextField(help_text='Markdown', verbose_name='we will')),
                    ('progress', models.TextField(blank=True, help_text='Markdown; in later versions', verbose_name='what has happened since')),
                    ('written_at', models.DateTimeField(verbose_name='written')),
                    ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='reviewed')),
                    ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                    ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                    ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
                    ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ],
                options={
                    'verbose_name': 'official answer',
                    'verbose_name_plural': 'official answers',
                    'ordering': ['recommendation', 'number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='OfficialCitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sentence', models.PositiveSmallIntegerField(null=True, verbose_name='sentence')),
                    ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='consultations.officialanswer', verbose_name='official answer')),
                    ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='official_citations', to='consultations.comment', verbose_name='comment')),
                    ('edition', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.edition', verbose_name='edition')),
                ],
                options={
                    'verbose_name': 'citation',
                    'verbose_name_plural': 'citations',
                },
            ),
            migrations.CreateModel(
                name='OfficialDelay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=500, verbose_name='reason')),
                    ('given_at', models.DateTimeField(verbose_name='given')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='official_delays', to='consultations.consultation', verbose_name='consultation')),
                    ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ],
                options={
                    'verbose_name': 'reason for a late official response',
                    'verbose_name_plural': 'reasons for late official responses',
                    'ordering': ['given_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('reference', models.CharField(default=consultations.models.addresses.new_reference, editable=False, max_length=8, unique=True, verbose_name='reference')),
                    ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), blank=True, default=list, help_text='Parted by commas; a claimant whose address matches is shown as such.', size=None, verbose_name='e-mail domains')),
                    ('starts', models.DateField(blank=True, null=True, verbose_name='began')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='ended')),
                    ('is_sample', models.BooleanField(default=False, verbose_name='sample data')),
                    ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.industry', verbose_name='industry')),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='consultations.organisation', verbose_name='merged into')),
                    ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='consultations.organisation', verbose_name='successor')),
                ],
                options={
                    'verbose_name': 'organisation',
                    'verbose_name_plural': 'organisations',
                    'ordering': [django.db.models.functions.text.Lower('name'), 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Note',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField(verbose_name='note')),
                    ('written_at', models.DateTimeField(verbose_name='written')),
                    ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.consultation', verbose_name='consultation')),
                    ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='desk_notes', to='consultations.membership', verbose_name='host')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.organisation', verbose_name='organisation')),
                ],
                options={
                    'verbose_name': 'note between colleagues',
                    'verbose_name_plural': 'notes between colleagues',
                    'ordering': ['written_at', 'pk'],
                    'default_permissions': (),
                },
            ),
            migrations.AddField(
                model_name='membership',
                name='organisation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='consultations.organisation', verbose_name='organisation'),
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='contact')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('token', models.CharField(default=consultations.models.invitation.new_invitation_token, editable=False, max_length=40, unique=True)),
                    ('invited_at', models.DateTimeField(verbose_name='invited')),
                    ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='opened')),
                    ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded')),
                    ('declined_at', models.DateTimeField(blank=True, null=True, verbose_name='said no')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back')),
                    ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='accepted by')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='consultations.consultation', verbose_name='consultation')),
                    ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='consultations.organisation', verbose_name='organisation')),
                ],
                options={
                    'verbose_name': 'invitation',
                    'verbose_name_plural': 'invitations',
                    'ordering': [django.db.models.functions.text.Lower('organisation__name'), 'email', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='ColleagueInvitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('role', models.CharField(choices=[('contributor', 'contributor'), ('lead', 'lead')], max_length=12, verbose_name='role')),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('invited_at', models.DateTimeField(verbose_name='invited')),
                    ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='consultations.membership', verbose_name='by')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='colleague_invitations', to='consultations.organisation', verbose_name='organisation')),
                ],
                options={
                    'verbose_name': 'invitation of a colleague',
                    'verbose_name_plural': 'invitations of colleagues',
                    'ordering': ['-invited_at', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='user',
                name='organisation',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='consultations.organisation', verbose_name='answers for the organisation'),
            ),
            migrations.CreateModel(
                name='OrganisationKind',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('edition', models.CharField(max_length=40, verbose_name='edition')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('starts', models.DateField(blank=True, null=True, verbose_name='in force from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='in force until')),
                    ('stakeholder_kind', models.CharField(choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30, verbose_name='kind of stakeholder')),
                    ('is_representative', models.BooleanField(default=False, verbose_name='represents others')),
                ],
                options={
                    'verbose_name': 'kind of organisation',
                    'verbose_name_plural': 'kinds of organisation',
                    'ordering': ['order', django.db.models.functions.text.Lower('name'), 'pk'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('code', 'edition'), name='organisationkind_code_edition')],
                },
            ),
            migrations.AddField(
                model_name='organisation',
                name='kind',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='consultations.organisationkind', verbose_name='kind'),
            ),
            migrations.AddField(
                model_name='comment',
                name='shown_organisation_kind',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisationkind', verbose_name='shown organisation kind'),
            ),
            migrations.CreateModel(
                name='PersonalCopy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_at', models.DateTimeField(verbose_name='asked')),
                    ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='lease until')),
                    ('content', models.BinaryField(null=True, verbose_name='content')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                    ('expires_at', models.DateTimeField(db_index=True, verbose_name='expires')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': "copy of a person's data",
                    'verbose_name_plural': "copies of people's data",
                    'ordering': ['-asked_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('kind', models.CharField(choices=[('single', 'single choice'), ('several', 'several choices'), ('scale', 'scale from 1 to 5'), ('short', 'short text'), ('long', 'long text')], max_length=8, verbose_name='kind of answer')),
                    ('words', models.CharField(max_length=300, verbose_name='question')),
                    ('hint', models.CharField(blank=True, max_length=500, verbose_name='hint')),
                    ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='choices')),
                    ('lowest', models.CharField(blank=True, max_length=60, verbose_name='what 1 means')),
                    ('highest', models.CharField(blank=True, max_length=60, verbose_name='what 5 means')),
                    ('required', models.BooleanField(default=False, verbose_name='has to be answered')),
                    ('asks_why', models.BooleanField(default=False, verbose_name='asks “Why do you say so?”')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'question',
                    'verbose_name_plural': 'questions',
                    'ordering': ['consultation', 'number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='QuestionAnswerVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('chosen', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='chosen')),
                    ('text', models.TextField(blank=True, verbose_name='answer')),
                    ('why', models.TextField(blank=True, verbose_name='why')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('written_at', models.DateTimeField(verbose_name='written')),
                    ('key', models.UUIDField(verbose_name='stamp of the draft')),
                    ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                    ('drafted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                    ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.question', verbose_name='question')),
                    ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='consultations.questionanswer', verbose_name='answer')),
                ],
                options={
                    'verbose_name': 'version of an answer',
                    'verbose_name_plural': 'versions of answers',
                    'ordering': ['number', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='questionanswer',
                name='current',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.questionanswerversion', verbose_name='current'),
            ),
            migrations.AddField(
                model_name='questionanswer',
                name='question',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='consultations.question', verbose_name='question'),
            ),
            migrations.CreateModel(
                name='Rate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=32, verbose_name='key')),
                    ('hour', models.DateTimeField(db_index=True, verbose_name='hour')),
                    ('count', models.PositiveIntegerField(default=0, verbose_name='count')),
                ],
                options={
                    'verbose_name': 'rate',
                    'verbose_name_plural': 'rates',
                    'constraints': [models.UniqueConstraint(fields=('key', 'hour'), name='rate_once_an_hour')],
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('read_at', models.DateTimeField(verbose_name='read')),
                    ('what', models.CharField(choices=[('comment', 'comment'), ('answers', 'answers to questions'), ('document', 'document')], max_length=12, verbose_name='what')),
                    ('reference', models.CharField(max_length=8, verbose_name='reference')),
                    ('version', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='version')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='consultations.consultation', verbose_name='consultation')),
                    ('read_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='readings', to=settings.AUTH_USER_MODEL, verbose_name='read by')),
                ],
                options={
                    'verbose_name': 'reading of an unpublished text',
                    'verbose_name_plural': 'readings of unpublished texts',
                    'ordering': ['-read_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='document',
                name='reason',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason', verbose_name='reason'),
            ),
            migrations.AddField(
                model_name='comment',
                name='reason',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason', verbose_name='reason'),
            ),
            migrations.CreateModel(
                name='Recommendation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recommendations', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'recommendation',
                    'verbose_name_plural': 'recommendations',
                    'ordering': ['consultation', 'number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Quote',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                    ('block', models.CharField(choices=[('support', 'In support'), ('opposition', 'In opposition'), ('neither', 'Neither, or no view')], max_length=12, verbose_name='block')),
                    ('start', models.PositiveIntegerField(verbose_name='from character')),
                    ('end', models.PositiveIntegerField(verbose_name='to character')),
                    ('why', models.CharField(max_length=200, verbose_name='why it was chosen')),
                    ('salt', models.CharField(max_length=32)),
                    ('hash', models.CharField(max_length=64, verbose_name='salted hash of the words')),
                    ('corrected_at', models.DateTimeField(blank=True, null=True, verbose_name='corrected')),
                    ('correction', models.CharField(blank=True, max_length=200, verbose_name='why it was corrected')),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='consultations.edition', verbose_name='edition')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='consultations.commentversion', verbose_name='version')),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendation', verbose_name='recommendation')),
                ],
                options={
                    'verbose_name': 'quote',
                    'verbose_name_plural': 'quotes',
                    'ordering': ['edition', 'recommendation', 'position', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='question',
                name='recommendation',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='consultations.recommendation', verbose_name='recommendation'),
            ),
            migrations.AddField(
                model_name='officialanswer',
                name='recommendation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='official_answers', to='consultations.recommendation', verbose_name='recommendation'),
            ),
            migrations.AddField(
                model_name='document',
                name='recommendation',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='consultations.recommendation', verbose_name='recommendation'),
            ),
            migrations.AddField(
                model_name='comment',
                name='recommendation',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='consultations.recommendation', verbose_name='recommendation'),
            ),
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('label', models.CharField(blank=True, max_length=120, verbose_name='name for colleagues')),
                    ('size', models.PositiveIntegerField(default=0, verbose_name='comments')),
                    ('own', models.PositiveIntegerField(default=0, verbose_name='with something of their own')),
                    ('settled', models.BooleanField(default=False, verbose_name='settled by a moderator')),
                    ('made_at', models.DateTimeField(verbose_name='found')),
                    ('pattern', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='consultations.commentversion', verbose_name='commonest text')),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='campaigns', to='consultations.recommendation', verbose_name='recommendation')),
                ],
                options={
                    'verbose_name': 'campaign',
                    'verbose_name_plural': 'campaigns',
                    'ordering': ['-size', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='RecommendationVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('text', models.TextField(help_text='Markdown', verbose_name='text')),
                    ('what_changed', models.TextField(blank=True, help_text='Markdown', verbose_name='what has changed since publication')),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('correction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='consultations.correction', verbose_name='correction')),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='consultations.recommendation', verbose_name='recommendation')),
                ],
                options={
                    'verbose_name': 'version of a recommendation',
                    'verbose_name_plural': 'versions of recommendations',
                    'ordering': ['number', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='recommendation',
                name='current',
                field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendationversion', verbose_name='current text'),
            ),
            migrations.AddField(
                model_name='commentversion',
                name='answered',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendationversion', verbose_name='version answered'),
            ),
            migrations.CreateModel(
                name='Redaction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('start', models.PositiveIntegerField(verbose_name='from character')),
                    ('end', models.PositiveIntegerField(verbose_name='to character')),
                    ('mask', models.CharField(max_length=80, verbose_name='what is read in their place')),
                    ('redacted_at', models.DateTimeField(verbose_name='removed')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='put back')),
                    ('carried_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.redaction', verbose_name='carried from')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put back by')),
                    ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason', verbose_name='reason')),
                    ('redacted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='removed by')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='consultations.commentversion', verbose_name='version')),
                ],
                options={
                    'verbose_name': 'removal of words',
                    'verbose_name_plural': 'removals of words',
                    'ordering': ['version', 'start', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Region',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('edition', models.CharField(max_length=40, verbose_name='edition')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('starts', models.DateField(blank=True, null=True, verbose_name='in force from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='in force until')),
                ],
                options={
                    'verbose_name': 'region',
                    'verbose_name_plural': 'regions',
                    'ordering': ['order', django.db.models.functions.text.Lower('name'), 'pk'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('code', 'edition'), name='region_code_edition')],
                },
            ),
            migrations.AddField(
                model_name='organisation',
                name='region',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.region', verbose_name='region'),
            ),
            migrations.CreateModel(
                name='ExpectedShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(blank=True, choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30, verbose_name='kind')),
                    ('percent', models.PositiveSmallIntegerField(verbose_name='expected share, in per cent')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expected_shares', to='consultations.consultation', verbose_name='consultation')),
                    ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region', verbose_name='region')),
                ],
                options={
                    'verbose_name': 'expected share of the respondents',
                    'verbose_name_plural': 'expected shares of the respondents',
                    'ordering': ['consultation', 'kind', 'region__order', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='comment',
                name='region',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region', verbose_name='region'),
            ),
            migrations.AddField(
                model_name='comment',
                name='shown_region',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region', verbose_name='shown region'),
            ),
            migrations.AddField(
                model_name='user',
                name='region',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.region', verbose_name='region'),
            ),
            migrations.CreateModel(
                name='Report',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('why', models.CharField(choices=[('personal_data', 'It tells something private about a person'), ('abusive', 'It insults or threatens somebody'), ('false_claim', 'It claims falsely to speak for somebody'), ('copied', 'It is copied from somewhere else'), ('off_topic', 'It is about something else'), ('other', 'Another reason')], max_length=20, verbose_name='what is wrong')),
                    ('words', models.TextField(blank=True, verbose_name="in the reader's words")),
                    ('made_at', models.DateTimeField(verbose_name='reported')),
                    ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='consultations.comment', verbose_name='comment')),
                    ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reporter')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion', verbose_name='version')),
                ],
                options={
                    'verbose_name': 'report of a comment',
                    'verbose_name_plural': 'reports of comments',
                    'ordering': ['-made_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='case',
                name='report',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.report', verbose_name='report'),
            ),
            migrations.CreateModel(
                name='Response',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('shared', models.BooleanField(default=False, verbose_name='shared before the claim is confirmed')),
                    ('reference', models.CharField(default=consultations.models.addresses.new_reference, max_length=8, unique=True, verbose_name='reference')),
                    ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                    ('kind', models.CharField(choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30, verbose_name='kind')),
                    ('for_organisation', models.BooleanField(default=False, verbose_name='for an organisation')),
                    ('organisation_name', models.CharField(blank=True, max_length=200, verbose_name='organisation')),
                    ('channel', models.CharField(choices=[('web', 'this site'), ('email', 'e-mail'), ('post', 'post'), ('meeting', 'meeting'), ('elsewhere', 'another website')], default='web', max_length=12, verbose_name='channel')),
                    ('external_reference', models.CharField(blank=True, max_length=120, verbose_name='external reference')),
                    ('received_on', models.DateField(blank=True, null=True, verbose_name='received')),
                    ('late_reason', models.CharField(blank=True, max_length=500, verbose_name='late, accepted: why')),
                    ('typed_at', models.DateTimeField(blank=True, null=True, verbose_name='typed')),
                    ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked')),
                    ('permission', models.CharField(choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], max_length=12, verbose_name='permission to publish')),
                    ('notices', models.CharField(max_length=40, verbose_name='notices accepted')),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'sent'), ('withdrawn', 'withdrawn')], default='draft', max_length=12, verbose_name='state')),
                    ('started_at', models.DateTimeField(verbose_name='begun')),
                    ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='consultations.consultation', verbose_name='consultation')),
                    ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='consultations.membership', verbose_name='membership')),
                    ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='consultations.organisation', verbose_name='organisation')),
                    ('organisation_kind', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.organisationkind', verbose_name='organisation kind')),
                    ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.region', verbose_name='region')),
                    ('respondent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to=settings.AUTH_USER_MODEL, verbose_name='respondent')),
                    ('typed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='typed by')),
                ],
                options={
                    'verbose_name': 'response',
                    'verbose_name_plural': 'responses',
                    'ordering': ['-started_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='QuestionDraft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stamp', models.UUIDField(default=uuid.uuid4, verbose_name='stamp')),
                    ('based_on', models.PositiveSmallIntegerField(default=0, verbose_name='version of the comment')),
                    ('written_at', models.DateTimeField(verbose_name='saved')),
                    ('begun_at', models.DateTimeField(verbose_name='begun')),
                    ('chosen', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='chosen')),
                    ('text', models.TextField(blank=True, verbose_name='answer')),
                    ('why', models.TextField(blank=True, verbose_name='why')),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.question', verbose_name='question')),
                    ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.response', verbose_name='response')),
                ],
                options={
                    'verbose_name': 'draft of an answer',
                    'verbose_name_plural': 'drafts of answers',
                    'ordering': ['question__number', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='questionanswerversion',
                name='response',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.response', verbose_name='response'),
            ),
            migrations.AddField(
                model_name='questionanswer',
                name='response',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='question_answers', to='consultations.response', verbose_name='response'),
            ),
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stamp', models.UUIDField(default=uuid.uuid4, verbose_name='stamp')),
                    ('based_on', models.PositiveSmallIntegerField(default=0, verbose_name='version of the comment')),
                    ('written_at', models.DateTimeField(verbose_name='saved')),
                    ('begun_at', models.DateTimeField(verbose_name='begun')),
                    ('stance', models.CharField(blank=True, choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20, verbose_name='stance')),
                    ('text', models.TextField(blank=True, verbose_name='comment')),
                    ('permission', models.CharField(blank=True, choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], max_length=12, verbose_name='permission to publish')),
                    ('answering', models.PositiveSmallIntegerField(verbose_name='version of the recommendation')),
                    ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.recommendation', verbose_name='recommendation')),
                    ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='consultations.response', verbose_name='response')),
                ],
                options={
                    'verbose_name': 'draft',
                    'verbose_name_plural': 'drafts',
                    'ordering': ['recommendation__number', 'pk'],
                },
            ),
            migrations.AddField(
                model_name='document',
                name='response',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='consultations.response', verbose_name='response'),
            ),
            migrations.CreateModel(
                name='ConfidentialityRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.TextField(verbose_name='why it should be kept confidential')),
                    ('asked_at', models.DateTimeField(verbose_name='asked')),
                    ('outcome', models.CharField(choices=[('pending', 'waiting for the owner'), ('granted', 'granted'), ('refused', 'refused')], default='pending', max_length=12, verbose_name='outcome')),
                    ('words', models.TextField(blank=True, verbose_name='what the respondent is told')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                    ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                    ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confidentiality_requests', to='consultations.response', verbose_name='response')),
                ],
                options={
                    'verbose_name': 'request for confidentiality',
                    'verbose_name_plural': 'requests for confidentiality',
                    'ordering': ['-asked_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='commentversion',
                name='response',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.response', verbose_name='response'),
            ),
            migrations.AddField(
                model_name='comment',
                name='response',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='consultations.response', verbose_name='response'),
            ),
            migrations.CreateModel(
                name='Results',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.PositiveBigIntegerField(null=True, verbose_name='last entry of the record')),
                    ('counted_at', models.DateTimeField(null=True, verbose_name='counted')),
                    ('seconds', models.FloatField(default=0, verbose_name='seconds that it took')),
                    ('lease_until', models.DateTimeField(null=True, verbose_name='lease until')),
                    ('figures', models.JSONField(null=True, verbose_name='figures')),
                    ('company', models.JSONField(default=dict, verbose_name='unpublished comments in the figures')),
                    ('consultation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'results',
                    'verbose_name_plural': 'results',
                },
            ),
            migrations.CreateModel(
                name='Role',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('right', models.CharField(choices=[('officer', 'officer'), ('moderator', 'moderator'), ('analyst', 'analyst'), ('auditor', 'auditor')], max_length=12, verbose_name='right')),
                    ('starts_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                    ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='consultations.consultation', verbose_name='consultation')),
                    ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'role',
                    'verbose_name_plural': 'roles',
                    'ordering': ['right', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='SharedWorkbook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.PositiveBigIntegerField(null=True, verbose_name='last entry of the record')),
                    ('built_at', models.DateTimeField(null=True, verbose_name='built')),
                    ('seconds', models.FloatField(default=0, verbose_name='seconds that it took')),
                    ('lease_until', models.DateTimeField(null=True, verbose_name='lease until')),
                    ('size', models.PositiveBigIntegerField(default=0, verbose_name='bytes')),
                    ('consultation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='shared_workbook', to='consultations.consultation', verbose_name='consultation')),
                ],
                options={
                    'verbose_name': 'shared workbook',
                    'verbose_name_plural': 'shared workbooks',
                },
            ),
            migrations.CreateModel(
                name='SharedWorkbookPart',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('content', models.BinaryField(verbose_name='content')),
                    ('workbook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='consultations.sharedworkbook', verbose_name='shared workbook')),
                ],
                options={
                    'verbose_name': 'part of a shared workbook',
                    'verbose_name_plural': 'parts of shared workbooks',
                    'ordering': ['workbook', 'number', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='ShownTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('listed', models.IntegerField(default=0)),
                    ('organisation_kind', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisationkind')),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_tallies', to='consultations.recommendation')),
                    ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region')),
                ],
            ),
            migrations.CreateModel(
                name='SignOff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('represents', models.TextField(blank=True, verbose_name='whom we represent')),
                    ('consulted', models.TextField(blank=True, verbose_name='whom we consulted')),
                    ('outcome', models.CharField(choices=[('final', 'Yes, it is final'), ('subject', 'No, it is subject to approval'), ('approved', 'It was approved')], max_length=12, verbose_name='is it final?')),
                    ('body', models.CharField(blank=True, max_length=120, verbose_name='who approves it')),
                    ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected on')),
                    ('signed_at', models.DateTimeField(verbose_name='signed')),
                    ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_offs', to='consultations.response', verbose_name='response')),
                    ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='signed by')),
                ],
                options={
                    'verbose_name': 'sign-off',
                    'verbose_name_plural': 'sign-offs',
                    'ordering': ['-signed_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='response',
                name='shown_sign_off',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consultations.signoff', verbose_name='shown sign off'),
            ),
            migrations.AddField(
                model_name='response',
                name='sign_off',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consultations.signoff', verbose_name='sign off'),
            ),
            migrations.CreateModel(
                name='SizeBand',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=40, verbose_name='code')),
                    ('edition', models.CharField(max_length=40, verbose_name='edition')),
                    ('name', models.CharField(max_length=200, verbose_name='name')),
                    ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                    ('starts', models.DateField(blank=True, null=True, verbose_name='in force from')),
                    ('ends', models.DateField(blank=True, null=True, verbose_name='in force until')),
                ],
                options={
                    'verbose_name': 'size band',
                    'verbose_name_plural': 'size bands',
                    'ordering': ['order', django.db.models.functions.text.Lower('name'), 'pk'],
                    'abstract': False,
                    'constraints': [models.UniqueConstraint(fields=('code', 'edition'), name='sizeband_code_edition')],
                },
            ),
            migrations.AddField(
                model_name='response',
                name='size_band',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.sizeband', verbose_name='size band'),
            ),
            migrations.AddField(
                model_name='organisation',
                name='size_band',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.sizeband', verbose_name='size band'),
            ),
            migrations.CreateModel(
                name='Subscription',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('choice', models.CharField(choices=[('every', 'Every digest'), ('milestones', 'Milestones only: before the close, closed, the final summary, and the official response'), ('nothing', 'Nothing'), ('unchosen', 'The official response alone, as long as you choose nothing else')], max_length=12, verbose_name='choice')),
                    ('token', models.CharField(default=consultations.models.digest.new_unsubscribe_token, max_length=22, unique=True)),
                    ('chosen_at', models.DateTimeField(verbose_name='chosen')),
                    ('complained_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='complained')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='consultations.consultation', verbose_name='consultation')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'subscription',
                    'verbose_name_plural': 'subscriptions',
                    'ordering': ['-chosen_at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Tally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('employer', 'Employer'), ('local_leader', 'Local leader'), ('represents_employers', 'Represents employers'), ('represents_local_government', 'Represents local government'), ('other', 'Other')], max_length=30)),
                    ('stance', models.CharField(choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20)),
                    ('counted', models.IntegerField(default=0)),
                    ('listed', models.IntegerField(default=0)),
                    ('waiting', models.IntegerField(default=0)),
                    ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tallies', to='consultations.recommendation')),
                    ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region')),
                ],
            ),
            migrations.CreateModel(
                name='TrustedOrganisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                    ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trusted_organisations', to='consultations.consultation', verbose_name='consultation')),
                    ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                    ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisation', verbose_name='organisation')),
                ],
                options={
                    'verbose_name': 'trusted organisation',
                    'verbose_name_plural': 'trusted organisations',
                    'ordering': ['-starts_at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='Upload',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(choices=[('contacts', 'organisations to invite'), ('responses', 'responses to import')], max_length=20, verbose_name='what')),
                    ('uploaded_at', models.DateTimeField(verbose_name='uploaded')),
                    ('name', models.CharField(max_length=200, verbose_name='name of the file')),
                    ('content', models.BinaryField(verbose_name='content')),
                    ('expires_at', models.DateTimeField(db_index=True, verbose_name='expires')),
                    ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.consultation', verbose_name='consultation')),
                    ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ],
                options={
                    'verbose_name': 'uploaded file',
                    'verbose_name_plural': 'uploaded files',
                    'ordering': ['-uploaded_at', '-pk'],
                },
            ),
            migrations.AddField(
                model_name='job',
                name='upload',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='consultations.upload', verbose_name='upload'),
            ),
            migrations.CreateModel(
                name='AnswerSeal',
                fields=[
                    ('batch', models.UUIDField(verbose_name='batch')),
                    ('salt', models.CharField(max_length=32, null=True)),
                    ('hash', models.CharField(max_length=64, verbose_name='hash')),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='seal', serialize=False, to='consultations.questionanswerversion', verbose_name='version')),
                ],
                options={
                    'indexes': [models.Index(fields=['batch', 'version'], name='answer_seal_batch')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='answerseal',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND to_jsonb(NEW) - 'salt' = to_jsonb(OLD) - 'salt' THEN RETURN NEW; END IF; RAISE EXCEPTION 'seals are append-only';", hash='60edede1eaf96dad8d6c9a6b9d34da11c329a93c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_8e48c', table='consultations_answerseal', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='answerseal',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'seals are append-only';", hash='3846cb38b242526c508da05bafbdffba04d39ca6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_b20e1', table='consultations_answerseal', when='BEFORE')),
            ),
            migrations.AddField(
                model_name='likeness',
                name='campaign',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='consultations.campaign', verbose_name='campaign'),
            ),
            migrations.AddField(
                model_name='likeness',
                name='recommendation',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.recommendation', verbose_name='recommendation'),
            ),
            migrations.AddField(
                model_name='fingerprint',
                name='likeness',
                field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fingerprints', to='consultations.likeness', verbose_name='likeness'),
            ),
            migrations.AddIndex(
                model_name='seal',
                index=models.Index(fields=['batch', 'version'], name='seal_batch'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='seal',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND to_jsonb(NEW) - 'salt' = to_jsonb(OLD) - 'salt' THEN RETURN NEW; END IF; RAISE EXCEPTION 'seals are append-only';", hash='ff4af9416d489bb3cdf5891c3f74db9a28222551', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_22e79', table='consultations_seal', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='seal',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'seals are append-only';", hash='0296987c6f7afb79f65cbfc5977a32658f8dda2f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_ec053', table='consultations_seal', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='correction',
                constraint=models.UniqueConstraint(fields=('consultation', 'number'), name='correction_number'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='correction',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.made_by_id IS NULL AND to_jsonb(NEW) - 'made_by_id' = to_jsonb(OLD) - 'made_by_id' THEN RETURN NEW; END IF; RAISE EXCEPTION 'corrections are append-only';", hash='042c4b61edf0104043e593adda980493c86659b7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_bbed6', table='consultations_correction', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='correction',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'corrections are append-only';", hash='470d58064ae53b6c629cc7fd0b07f3d98f8309c7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_95d9b', table='consultations_correction', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='appeal',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', 'pending')), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='appeal_decided_has_instant'),
            ),
            migrations.AddConstraint(
                model_name='appeal',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('independent__isnull', False), ('outcome__in', ['upheld', 'dismissed'])), models.Q(('decided_by__isnull', True), ('independent__isnull', True), ('outcome__in', ['pending', 'void'])), _connector='OR'), name='appeal_decided_by_somebody'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='appeal',
                trigger=pgtrigger.compiler.Trigger(name='appeal_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decision_id" IS DISTINCT FROM (NEW."decision_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR (OLD."words" IS DISTINCT FROM (NEW."words") AND (NEW."erased_at" IS NULL OR NOT (NEW."words" = \'\'))))', func="RAISE EXCEPTION 'the words of an appeal are never changed, only erased';", hash='659fc6753bbad1817955677921b5f55ec807f965', operation='UPDATE', pgid='pgtrigger_appeal_stands_36fd0', table='consultations_appeal', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='appeal',
                trigger=pgtrigger.compiler.Trigger(name='appeal_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'appeals are never deleted, only erased';", hash='43e93239047b4b7e6f863545c7bc5b610e1accc4', operation='DELETE', pgid='pgtrigger_appeal_never_deleted_069a6', table='consultations_appeal', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='appeal',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'appeals are never deleted, only erased';", hash='362d2422f1e67f5791ace9294b14817bae0138c6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_baf24', table='consultations_appeal', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='documentcontent',
                constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(models.Func(models.F('content'), function='octet_length', output_field=models.IntegerField()), 10485760), name='document_content_size'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='documentcontent',
                trigger=pgtrigger.compiler.Trigger(name='bytes_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'a document is never changed: withdraw it, add another';", hash='aff4e90c35ae348357323cdb4683cc1884516761', operation='UPDATE', pgid='pgtrigger_bytes_never_change_2bdbe', table='consultations_documentcontent', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'held', 'released', 'withdrawn'))), fields=('consultation', 'number'), name='edition_number'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(condition=models.Q(('final', False)), fields=('consultation', 'slot'), name='edition_slot'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(condition=models.Q(('final', True)), fields=('consultation', 'slot'), name='edition_final_slot'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=models.UniqueConstraint(condition=models.Q(('final', True), ('state__in', ('waiting', 'held', 'released'))), fields=('consultation',), name='edition_one_final'),
            ),
            migrations.AddConstraint(
                model_name='edition',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('final', False), ('state__in', ('waiting', 'held', 'released', 'withdrawn'))), expressions=[('consultation', '='), ('period', '&&')], name='edition_periods_never_overlap'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='edition',
                trigger=pgtrigger.compiler.Trigger(name='frozen_but_for_its_standing', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE'\n   AND to_jsonb(NEW) - 'state' - 'readers' = to_jsonb(OLD) - 'state' - 'readers'\n   AND (OLD.state, NEW.state) IN (('waiting', 'discarded'), ('waiting', 'held'), ('waiting', 'released'), ('held', 'discarded'), ('held', 'released'), ('released', 'withdrawn'))\n   AND (NEW.readers = OLD.readers OR NEW.state = 'released')\n   AND EXISTS (SELECT FROM consultations_editionact\n                WHERE edition_id = NEW.id AND act = NEW.state)\nTHEN RETURN NEW; END IF;\nRAISE EXCEPTION 'editions are frozen when made';\n", hash='08e36598dcc367206705a7423e601765ddf1b8ac', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_but_for_its_standing_5337d', table='consultations_edition', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='edition',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are frozen when made';", hash='e345660f40be98a83fff447487fc2ff07db95ebe', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_e675b', table='consultations_edition', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='editionact',
                constraint=models.UniqueConstraint(fields=('edition', 'act'), name='edition_act_once'),
            ),
            migrations.AddConstraint(
                model_name='editionact',
                constraint=models.CheckConstraint(condition=models.Q(('act', 'released'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='edition_act_says_why'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='editionact',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN RETURN NEW; END IF; RAISE EXCEPTION 'acts on editions are append-only';", hash='74254472d3d23a599d1321f5dac93307964f4439', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_06837', table='consultations_editionact', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='editionact',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'acts on editions are append-only';", hash='d0c99b054e864d0b7cdb10cfaefba3bb785fc790', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_0aa2d', table='consultations_editionact', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='jobpart',
                constraint=models.UniqueConstraint(fields=('job', 'number'), name='job_part_once'),
            ),
            migrations.AddConstraint(
                model_name='ledgerentry',
                constraint=models.UniqueConstraint(fields=('consultation', 'sequence'), name='ledger_sequence'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgerentry',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the ledger is append-only';", hash='e5e2582569afc61b8a9f5a00e0efbf5861b646e3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_aa09e', table='consultations_ledgerentry', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgerentry',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the ledger is append-only';", hash='8158cf731a0a152f3e7330dfcf550a2f73c8166b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_a3abb', table='consultations_ledgerentry', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='ledgerorigin',
                constraint=models.UniqueConstraint(fields=('consultation', 'last'), name='ledger_origin_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgerorigin',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the origins of a ledger are append-only';", hash='bbbdb46d98fa2f45226654c840abecd0c3522eea', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_3bd6f', table='consultations_ledgerorigin', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgerorigin',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the origins of a ledger are append-only';", hash='d4b22183f1659d5eac9ecf3b414bef410b7cf59c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_9d733', table='consultations_ledgerorigin', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='ledgernumber',
                constraint=models.UniqueConstraint(fields=('origin', 'model', 'there'), name='number_there_once'),
            ),
            migrations.AddConstraint(
                model_name='ledgernumber',
                constraint=models.UniqueConstraint(fields=('origin', 'model', 'here'), name='number_here_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgernumber',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the origins of a ledger are append-only';", hash='abe309848beb5e68c3a777892000963cb2f14828', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_62e4e', table='consultations_ledgernumber', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ledgernumber',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the origins of a ledger are append-only';", hash='721d635d4bb1d9968ff20ad4e7864d527a4c00d8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_83603', table='consultations_ledgernumber', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('state', 'queued')), fields=['stream', 'not_before', 'id'], name='message_due'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('state__in', ['claimed', 'handed'])), fields=['lease_until'], name='message_leased'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('state__in', ['unknown', 'failed'])), fields=['state'], name='message_doubtful'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(fields=['edition', 'state'], name='message_of_edition'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(fields=['message_id'], name='message_by_id'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='message_newest'),
            ),
            migrations.AddConstraint(
                model_name='officialcitation',
                constraint=models.UniqueConstraint(condition=models.Q(('comment__isnull', False)), fields=('answer', 'comment'), name='official_citation_comment_once'),
            ),
            migrations.AddConstraint(
                model_name='officialcitation',
                constraint=models.UniqueConstraint(condition=models.Q(('edition__isnull', False)), fields=('answer', 'edition', 'sentence'), name='official_citation_sentence_once'),
            ),
            migrations.AddConstraint(
                model_name='officialcitation',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', False), ('edition__isnull', True), ('sentence__isnull', True)), models.Q(('comment__isnull', True), ('edition__isnull', False), ('sentence__isnull', False)), _connector='OR'), name='official_citation_of_one_thing'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialcitation',
                trigger=pgtrigger.compiler.Trigger(name='cited_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF EXISTS (\n    SELECT FROM consultations_officialanswer\n    WHERE id = COALESCE(OLD.answer_id, NEW.answer_id) AND published_at IS NOT NULL\n) THEN RAISE EXCEPTION 'what was published as the official response is kept: add a version'; END IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='c5fa3b5c5fa74154ed92b239d22f642e1c7fa467', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_cited_once_published_187c9', table='consultations_officialcitation', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialcitation',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'what was published as the official response is kept: add a version';", hash='ea075293339bd357d486983b6f8dfd7cd04c9ea6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_4d5bd', table='consultations_officialcitation', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialdelay',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.given_by_id IS NULL AND to_jsonb(NEW) - 'given_by_id' = to_jsonb(OLD) - 'given_by_id' THEN RETURN NEW; END IF; RAISE EXCEPTION 'reasons for a delay are kept';", hash='f98cf08ccc971f95bbbbbf6186568d9357bf8e55', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_ead0a', table='consultations_officialdelay', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialdelay',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'reasons for a delay are kept';", hash='3911c6de2f09f1fad94c9838db34d6056d5d8f98', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_83854', table='consultations_officialdelay', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='note',
                index=models.Index(fields=['organisation', 'consultation'], name='note_of_a_desk'),
            ),
            migrations.AddConstraint(
                model_name='membership',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user', 'organisation'), name='membership_once'),
            ),
            migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('claim', 'pending'), ('decided_at__isnull', True)), models.Q(models.Q(('claim', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='membership_decided'),
            ),
            migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('claimed_at')), _connector='OR'), name='membership_ends_after_claim'),
            ),
            migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(('claim', 'pending'), models.Q(('host__isnull', True), ('shares', False)), _connector='OR'), name='membership_hosts_while_pending'),
            ),
            migrations.AddConstraint(
                model_name='membership',
                constraint=models.CheckConstraint(condition=models.Q(('host__isnull', True), ('shares', False), _connector='OR'), name='membership_hosts_or_joins'),
            ),
            migrations.AddIndex(
                model_name='invitation',
                index=models.Index(fields=['email'], name='invitation_address'),
            ),
            migrations.AddConstraint(
                model_name='invitation',
                constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('consultation', 'email'), name='invitation_once_an_address'),
            ),
            migrations.AddConstraint(
                model_name='invitation',
                constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='invitation_address_in_small_letters'),
            ),
            migrations.AddConstraint(
                model_name='invitation',
                constraint=models.CheckConstraint(condition=models.Q(('reminded_at__isnull', True), ('reminded_at__gte', models.F('invited_at')), _connector='OR'), name='invitation_reminded_after_invited'),
            ),
            migrations.AddConstraint(
                model_name='colleagueinvitation',
                constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True)), name='colleague_invited_once'),
            ),
            migrations.AddConstraint(
                model_name='colleagueinvitation',
                constraint=models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='colleague_invitation_has_one_end'),
            ),
            migrations.AddIndex(
                model_name='personalcopy',
                index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['asked_at'], name='personal_copy_waiting'),
            ),
            migrations.AddConstraint(
                model_name='personalcopy',
                constraint=models.UniqueConstraint(fields=('person', 'asked_by'), name='personal_copy_once'),
            ),
            migrations.AddConstraint(
                model_name='personalcopy',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', True), ('done_at__isnull', True)), models.Q(('content__isnull', False), ('done_at__isnull', False)), _connector='OR'), name='personal_copy_done_has_content'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reading',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF TG_OP = 'UPDATE' AND NEW.read_by_id IS NULL AND to_jsonb(NEW) - 'read_by_id' = to_jsonb(OLD) - 'read_by_id' THEN RETURN NEW; END IF; RAISE EXCEPTION 'readings are append-only';", hash='c1d23d4937d5cd20b6369bcc868009d89275b99f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_9b328', table='consultations_reading', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reading',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'readings are append-only';", hash='b4d9a7b478b78888aaa3cccbfa9e6184646a9d78', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_808d7', table='consultations_reading', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='decision',
                index=models.Index(fields=['-decided_at', '-id'], name='decision_newest'),
            ),
            migrations.AddConstraint(
                model_name='decision',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('undoes__isnull', False), ('verb', 'undo')), models.Q(models.Q(('verb', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='decision_undo_names_what'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='decision',
                trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'decisions are append-only';", hash='a1e8e48d164606ba9ddad6a55bf374c2ef2e1f44', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_5aba1', table='consultations_decision', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='decision',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'decisions are append-only';", hash='4c24de2154a1315a176dacd7f62e2eb2d059601d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_9959a', table='consultations_decision', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='quote',
                constraint=models.UniqueConstraint(fields=('edition', 'recommendation', 'position'), name='quote_position'),
            ),
            migrations.AddConstraint(
                model_name='quote',
                constraint=models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='quote_has_words'),
            ),
            migrations.AddConstraint(
                model_name='question',
                constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('consultation', 'number'), name='question_number'),
            ),
            migrations.AddConstraint(
                model_name='question',
                constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='question_from_one'),
            ),
            migrations.AddConstraint(
                model_name='question',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['single', 'several']), ('options__len__gte', 2)), models.Q(models.Q(('kind__in', ['single', 'several']), _negated=True), ('options__len', 0)), _connector='OR'), name='question_choices_have_options'),
            ),
            migrations.AddConstraint(
                model_name='question',
                constraint=models.CheckConstraint(condition=models.Q(('asks_why', False), models.Q(('kind__in', ['short', 'long']), _negated=True), _connector='OR'), name='question_why_of_a_choice'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='question',
                trigger=pgtrigger.compiler.Trigger(name='fixed_once_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF EXISTS (\n    SELECT FROM consultations_consultation AS held\n    WHERE held.id = OLD.consultation_id\n        AND held.state = 'published' AND held.opens_at <= statement_timestamp()\n) OR EXISTS (SELECT FROM consultations_questiondraft WHERE question_id = OLD.id)\nOR EXISTS (SELECT FROM consultations_questionanswer WHERE question_id = OLD.id) THEN\n    RAISE EXCEPTION 'a question that may have been answered stays as it is';\nEND IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='5d88db121a31a58005918ee93981d1e26e1fc8ee', operation='UPDATE OR DELETE', pgid='pgtrigger_fixed_once_asked_38e3a', table='consultations_question', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='question',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'questions that may have been answered are kept';", hash='0ecdf112bff8ba590553dd7d645f9aa48860f996', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_5ec0c', table='consultations_question', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='officialanswer',
                constraint=models.UniqueConstraint(fields=('recommendation', 'number'), name='official_answer_number'),
            ),
            migrations.AddConstraint(
                model_name='officialanswer',
                constraint=models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('recommendation',), name='official_answer_one_draft'),
            ),
            migrations.AddConstraint(
                model_name='officialanswer',
                constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('reviewed_at__isnull', False), _connector='OR'), name='official_answer_published_was_reviewed'),
            ),
            migrations.AddConstraint(
                model_name='officialanswer',
                constraint=models.CheckConstraint(condition=models.Q(('written_by__isnull', True), ('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('written_by')), _negated=True), _connector='OR'), name='official_answer_reviewed_by_another'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialanswer',
                trigger=pgtrigger.compiler.Trigger(name='fixed_once_published', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR\n    to_jsonb(NEW) - 'written_by_id' - 'reviewed_by_id' - 'published_by_id'\n    <> to_jsonb(OLD) - 'written_by_id' - 'reviewed_by_id' - 'published_by_id')\nTHEN RAISE EXCEPTION 'what was published as the official response is kept: add a version'; END IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='a5b0b434188e7b3560343b843aa2a8aa47d2347d', operation='UPDATE OR DELETE', pgid='pgtrigger_fixed_once_published_ceb38', table='consultations_officialanswer', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='officialanswer',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'what was published as the official response is kept: add a version';", hash='5e75a612fed70479a5b69a34258899e47f9a783c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_9aada', table='consultations_officialanswer', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='campaign',
                index=models.Index(fields=['-size', 'id'], name='campaign_largest'),
            ),
            migrations.AddConstraint(
                model_name='campaign',
                constraint=models.UniqueConstraint(fields=('recommendation', 'number'), name='campaign_number'),
            ),
            migrations.AddConstraint(
                model_name='recommendationversion',
                constraint=models.UniqueConstraint(fields=('recommendation', 'number'), name='recommendation_version_number'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='recommendationversion',
                trigger=pgtrigger.compiler.Trigger(name='fixed_once_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF EXISTS (\n    SELECT FROM consultations_recommendation AS asked\n    JOIN consultations_consultation AS held ON held.id = asked.consultation_id\n    WHERE asked.id = OLD.recommendation_id\n        AND held.state = 'published' AND held.opens_at <= statement_timestamp()\n) OR EXISTS (SELECT FROM consultations_commentversion WHERE answered_id = OLD.id) THEN\n    RAISE EXCEPTION 'words that may have been answered are kept: add a version';\nEND IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='6f07ff00905ec332d872925da7b6d3f36568bdcd', operation='UPDATE OR DELETE', pgid='pgtrigger_fixed_once_open_af295', table='consultations_recommendationversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='recommendationversion',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'words that may have been answered are kept';", hash='095539ce631b1ba427411602264c1b61f17a5e3d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_60364', table='consultations_recommendationversion', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='recommendation',
                constraint=models.UniqueConstraint(fields=('consultation', 'number'), name='recommendation_number'),
            ),
            migrations.AddConstraint(
                model_name='recommendation',
                constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='recommendation_from_one'),
            ),
            migrations.AddConstraint(
                model_name='redaction',
                constraint=models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='redaction_has_words'),
            ),
            migrations.AddConstraint(
                model_name='redaction',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='redaction_ended_by_somebody'),
            ),
            migrations.AddConstraint(
                model_name='redaction',
                constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at__isnull', True)), expressions=[('version', '='), (models.Func('start', 'end', function='int4range', output_field=django.contrib.postgres.fields.ranges.IntegerRangeField()), '&&')], name='redactions_never_overlap'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='redaction',
                trigger=pgtrigger.compiler.Trigger(name='only_ended', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL\n    AND to_jsonb(NEW) - 'ended_at' - 'ended_by_id' = to_jsonb(OLD) - 'ended_at' - 'ended_by_id'\nTHEN RETURN NEW; END IF;\nRAISE EXCEPTION 'redactions are ended, and never changed or deleted';\n", hash='f445be6e50cb87a02365f44a90ca62cd2c39ff2d', operation='UPDATE', pgid='pgtrigger_only_ended_1f008', table='consultations_redaction', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='redaction',
                trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'redactions are ended, and never changed or deleted';", hash='ee9c02bf2ed9ece8ef7aa46ce4f30ca7b552be55', operation='DELETE', pgid='pgtrigger_never_deleted_8232c', table='consultations_redaction', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='redaction',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'redactions are ended, and never changed or deleted';", hash='2984b5fc3070fa4eb7010775af2792663cf6dbb2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_1db7a', table='consultations_redaction', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='expectedshare',
                constraint=models.UniqueConstraint(fields=('consultation', 'kind', 'region'), name='expected_share_once', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='expectedshare',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), ('region__isnull', False)), models.Q(models.Q(('kind', ''), _negated=True), ('region__isnull', True)), _connector='OR'), name='expected_share_of_one_facet'),
            ),
            migrations.AddConstraint(
                model_name='expectedshare',
                constraint=models.CheckConstraint(condition=models.Q(('percent__gte', 1), ('percent__lte', 100)), name='expected_share_is_a_share'),
            ),
            migrations.AddIndex(
                model_name='user',
                index=models.Index(condition=models.Q(('erased_at__isnull', False), ('erasure_ended_at__isnull', True)), fields=['erased_at'], name='user_being_erased'),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once'),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('acting_for', ''), ('is_active', False), ('is_staff', False), ('is_superuser', False), ('kind', ''), ('name', ''), ('organisation__isnull', True), ('region__isnull', True)), _connector='OR'), name='user_erased_is_nobody'),
            ),
            migrations.AddConstraint(
                model_name='user',
                constraint=models.CheckConstraint(condition=models.Q(('erasure_ended_at__isnull', True), ('erased_at__isnull', False), _connector='OR'), name='user_erasure_ends_after_it_began'),
            ),
            migrations.AddIndex(
                model_name='report',
                index=models.Index(fields=['reporter', 'made_at'], name='report_of_person'),
            ),
            migrations.AddConstraint(
                model_name='report',
                constraint=models.UniqueConstraint(fields=('comment', 'reporter'), name='report_once_a_person'),
            ),
            migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['since', 'id'], name='case_waiting'),
            ),
            migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['consultation', 'since', 'id'], name='case_waiting_here'),
            ),
            migrations.AddIndex(
                model_name='case',
                index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['-closed_at', '-id'], name='case_decided'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('appeal__isnull', True), ('comment__isnull', False), ('document__isnull', True), ('membership__isnull', True), ('report__isnull', True)), models.Q(('appeal__isnull', True), ('comment__isnull', True), ('document__isnull', True), ('membership__isnull', False), ('report__isnull', True)), models.Q(('appeal__isnull', True), ('comment__isnull', True), ('document__isnull', True), ('membership__isnull', True), ('report__isnull', False)), models.Q(('appeal__isnull', True), ('comment__isnull', True), ('document__isnull', False), ('membership__isnull', True), ('report__isnull', True)), models.Q(('appeal__isnull', False), ('comment__isnull', True), ('document__isnull', True), ('membership__isnull', True), ('report__isnull', True)), _connector='OR'), name='case_one_subject'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('comment',), name='case_comment_waits_once'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('membership__isnull', False)), fields=('consultation', 'membership'), name='case_claim_waits_once'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('report',), name='case_report_once'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('document__isnull', False)), fields=('document',), name='case_document_waits_once'),
            ),
            migrations.AddConstraint(
                model_name='case',
                constraint=models.UniqueConstraint(condition=models.Q(('appeal__isnull', False)), fields=('appeal',), name='case_appeal_once'),
            ),
            migrations.AddConstraint(
                model_name='questiondraft',
                constraint=models.UniqueConstraint(fields=('response', 'question'), name='question_draft_once_a_question'),
            ),
            migrations.AddConstraint(
                model_name='questionanswerversion',
                constraint=models.UniqueConstraint(fields=('answer', 'number'), name='question_version_number'),
            ),
            migrations.AddConstraint(
                model_name='questionanswerversion',
                constraint=models.UniqueConstraint(fields=('response', 'key'), name='question_version_key'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='questionanswerversion',
                trigger=pgtrigger.compiler.Trigger(name='answers_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."answer_id" IS DISTINCT FROM (NEW."answer_id") OR OLD."response_id" IS DISTINCT FROM (NEW."response_id") OR OLD."question_id" IS DISTINCT FROM (NEW."question_id") OR OLD."chosen" IS DISTINCT FROM (NEW."chosen") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR ((OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."why" IS DISTINCT FROM (NEW."why")) AND (NEW."erased_at" IS NULL OR NOT (NEW."text" = \'\') OR NOT (NEW."why" = \'\'))))', func="RAISE EXCEPTION 'an answer that was sent is never changed, only erased';", hash='882c3a5ba2f8ee339878060576636b02a86bf2ab', operation='UPDATE', pgid='pgtrigger_answers_never_change_6246e', table='consultations_questionanswerversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='questionanswerversion',
                trigger=pgtrigger.compiler.Trigger(name='answers_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'versions of answers are never deleted, only erased';", hash='3ad7fb4bd2f93213374065c3d20388ae5e1c7f95', operation='DELETE', pgid='pgtrigger_answers_never_deleted_e70a2', table='consultations_questionanswerversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='questionanswerversion',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'versions of answers are never deleted, only erased';", hash='b1f1a198fc2afcdb03ace0661b77d0dfae567797', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_27bd3', table='consultations_questionanswerversion', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='questionanswer',
                constraint=models.UniqueConstraint(fields=('response', 'question'), name='question_answer_once_a_question'),
            ),
            migrations.AddConstraint(
                model_name='draft',
                constraint=models.UniqueConstraint(fields=('response', 'recommendation'), name='draft_once_a_recommendation'),
            ),
            migrations.AddIndex(
                model_name='document',
                index=models.Index(condition=models.Q(('response__isnull', False), ('state', 'published')), fields=['consultation', '-published_at', '-id'], name='document_of_respondents'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('recommendation__isnull', True), ('response__isnull', False)), models.Q(('response__isnull', True), ('state__in', ['published', 'withdrawn'])), _connector='OR'), name='document_of_owner_or_respondent'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', 10485760)), name='document_size'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='document_withdrawn_has_instant'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), models.Q(('file_name', ''), ('state', 'withdrawn'), ('title', '')), _connector='OR'), name='document_erased_is_withdrawn'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.CheckConstraint(condition=models.Q(('response__isnull', True), models.Q(('sent_at__isnull', True), ('state__in', ['draft', 'aside'])), models.Q(models.Q(('state__in', ['draft', 'aside']), _negated=True), ('sent_at__isnull', False)), _connector='OR'), name='document_sent_has_instant'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.UniqueConstraint(condition=models.Q(('response__isnull', False), ('state', 'draft')), fields=('response',), name='document_drafted_once'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.UniqueConstraint(condition=models.Q(('response__isnull', False), ('state', 'submitted')), fields=('response',), name='document_waits_once'),
            ),
            migrations.AddConstraint(
                model_name='document',
                constraint=models.UniqueConstraint(condition=models.Q(('response__isnull', False), ('state', 'published')), fields=('response',), name='document_public_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='never_replaced_in_silence', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."recommendation_id" IS DISTINCT FROM (NEW."recommendation_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."permission" IS DISTINCT FROM (NEW."permission") OR OLD."uploaded_at" IS DISTINCT FROM (NEW."uploaded_at") OR ((OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."file_name" IS DISTINCT FROM (NEW."file_name") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256")) AND (NEW."erased_at" IS NULL OR NOT (NEW."title" = \'\') OR NOT (NEW."file_name" = \'\') OR NOT (NEW."sha256" = \'\'))) OR (OLD."response_id" IS DISTINCT FROM (NEW."response_id") AND OLD."sent_at" IS NOT NULL))', func="RAISE EXCEPTION 'a document is never changed: withdraw it, add another';", hash='d266800cad71724c2c71143d42f9e5587e796489', operation='UPDATE', pgid='pgtrigger_never_replaced_in_silence_b8fab', table='consultations_document', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='kept_once_known', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.sent_at IS NOT NULL OR (OLD.response_id IS NULL AND EXISTS (\n    SELECT FROM consultations_consultation AS held\n    WHERE held.id = OLD.consultation_id\n        AND held.state = 'published' AND held.opens_at <= statement_timestamp()\n)) THEN\n    RAISE EXCEPTION 'a document that was sent or published is withdrawn, not deleted';\nEND IF;\nRETURN OLD;\n", hash='a5b65c0ed65519f22acdd10e6bb558233d4d888e', operation='DELETE', pgid='pgtrigger_kept_once_known_2d9d1', table='consultations_document', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='confidentialityrequest',
                constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('response',), name='confidentiality_waits_once'),
            ),
            migrations.AddConstraint(
                model_name='confidentialityrequest',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', 'pending')), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='confidentiality_decided'),
            ),
            migrations.AddIndex(
                model_name='commentversion',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('text'), models.Value('</>'), models.Value('   '), function='translate', output_field=models.TextField()), config='english'), name='version_words'),
            ),
            migrations.AddIndex(
                model_name='commentversion',
                index=models.Index(django.db.models.functions.text.MD5('text'), name='version_same_text'),
            ),
            migrations.AddIndex(
                model_name='commentversion',
                index=models.Index(condition=models.Q(('screened', False)), fields=['id'], name='comment_version_unscreened'),
            ),
            migrations.AddConstraint(
                model_name='commentversion',
                constraint=models.UniqueConstraint(fields=('comment', 'number'), name='comment_version_number'),
            ),
            migrations.AddConstraint(
                model_name='commentversion',
                constraint=models.UniqueConstraint(fields=('response', 'key'), name='comment_version_key'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='commentversion',
                trigger=pgtrigger.compiler.Trigger(name='words_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."comment_id" IS DISTINCT FROM (NEW."comment_id") OR OLD."response_id" IS DISTINCT FROM (NEW."response_id") OR OLD."answered_id" IS DISTINCT FROM (NEW."answered_id") OR OLD."stance" IS DISTINCT FROM (NEW."stance") OR OLD."permission" IS DISTINCT FROM (NEW."permission") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR (OLD."text" IS DISTINCT FROM (NEW."text") AND (NEW."erased_at" IS NULL OR NOT (NEW."text" = \'\'))))', func="RAISE EXCEPTION 'the words of a comment are never changed, only erased';", hash='d45442546f055af505a7ccdfca4e07e75d7a7ba3', operation='UPDATE', pgid='pgtrigger_words_never_change_7588b', table='consultations_commentversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='commentversion',
                trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'versions of comments are never deleted, only erased';", hash='0e70287006e65aab0c5c1e0074aeb24fa975f25e', operation='DELETE', pgid='pgtrigger_never_deleted_6a9ff', table='consultations_commentversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='commentversion',
                trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'versions of comments are never deleted, only erased';", hash='30a424d53993fce34e551d160e1afcf0b6e0c919', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_88aa6', table='consultations_commentversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='commentversion',
                trigger=pgtrigger.compiler.Trigger(name='erased_words_are_forgotten', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."erased_at" IS NOT NULL AND OLD."erased_at" IS NULL)', func='\nPERFORM pg_advisory_xact_lock(13252929, (SELECT recommendation_id FROM consultations_comment WHERE id = NEW.comment_id)::int);\nDELETE FROM consultations_fingerprint WHERE likeness_id IN (NEW.id);\nWITH gone AS (\n    DELETE FROM consultations_likeness WHERE version_id IN (NEW.id)\n RETURNING campaign_id, own, latest\n)\nUPDATE consultations_campaign AS campaign\n   SET size = size - few.n, own = campaign.own - few.own\n  FROM (SELECT campaign_id, count(*) FILTER (WHERE latest) AS n,\n               count(*) FILTER (WHERE latest AND own) AS own\n          FROM gone GROUP BY campaign_id) AS few\n WHERE campaign.id = few.campaign_id;\nRETURN NULL;\n', hash='2ea44b98e61d54e3d2ecb3ff3a719f4e7bc91953', operation='UPDATE', pgid='pgtrigger_erased_words_are_forgotten_9b3d7', table='consultations_commentversion', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(models.F('recommendation'), models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('listed', True)), name='comment_listed'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(models.F('recommendation'), models.F('kind'), models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('listed', True)), name='comment_listed_kind'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(models.F('recommendation'), models.F('stance'), models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('listed', True)), name='comment_listed_stance'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(models.F('recommendation'), models.F('shown_region'), models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('listed', True)), name='comment_listed_region'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(models.F('recommendation'), models.F('shown_organisation_kind'), models.OrderBy(models.F('first_published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('listed', True)), name='comment_listed_organisation'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(fields=['recommendation', 'id'], name='comment_keys'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=models.Index(condition=models.Q(('listed', True)), fields=['recommendation', 'kind', 'region'], name='comment_shared_region'),
            ),
            migrations.AddIndex(
                model_name='comment',
                index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('listed', True)), fields=['recommendation', 'search'], name='comment_search'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.UniqueConstraint(fields=('response', 'recommendation'), name='comment_once_a_recommendation'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.CheckConstraint(condition=models.Q(('listed', False), models.Q(('counted', True), ('first_published_at__isnull', False), ('public_version__isnull', False), ('state', 'published')), _connector='OR'), name='comment_listed_is_published'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.CheckConstraint(condition=models.Q(('counted', False), ('state__in', ['published', 'hidden', 'rejected']), _connector='OR'), name='comment_counted_was_decided'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.CheckConstraint(condition=models.Q(('waiting', False), ('state__in', ['submitted', 'held']), _connector='OR'), name='comment_waiting_is_submitted'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.CheckConstraint(condition=models.Q(('listed', True), models.Q(('shown_region__isnull', True), ('signed', False)), _connector='OR'), name='comment_shown_is_listed'),
            ),
            migrations.AddConstraint(
                model_name='comment',
                constraint=models.CheckConstraint(condition=models.Q(('signed', True), ('shown_organisation_kind__isnull', True), _connector='OR'), name='comment_organisation_kind_is_signed'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='date_counted', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.counted <> (NEW.counted_since IS NOT NULL))', func="\n    IF NOT NEW.counted THEN\n        NEW.counted_since := NULL;\n    ELSIF TG_OP = 'UPDATE' THEN\n        NEW.counted_since := coalesce(OLD.counted_since, statement_timestamp());\n    ELSE\n        NEW.counted_since := coalesce(NEW.first_published_at, statement_timestamp());\n    END IF;\n    RETURN NEW;\n", hash='e805e0dbc1a71f9cc435db2638f51c22ad01fabd', operation='INSERT OR UPDATE', pgid='pgtrigger_date_counted_d3a26', table='consultations_comment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='count_comments', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'UPDATE' AND (OLD.kind, OLD.region_id, OLD.stance)\n            IS DISTINCT FROM (NEW.kind, NEW.region_id, NEW.stance) THEN\n        PERFORM FROM consultations_tally\n          WHERE recommendation_id = NEW.recommendation_id\n            AND (kind = OLD.kind AND region_id IS NOT DISTINCT FROM OLD.region_id\n                 AND stance = OLD.stance\n                 OR kind = NEW.kind AND region_id IS NOT DISTINCT FROM NEW.region_id\n                 AND stance = NEW.stance)\n          ORDER BY id FOR NO KEY UPDATE;\n    END IF;\n    IF TG_OP IN ('UPDATE', 'DELETE') AND (OLD.counted OR OLD.listed OR OLD.waiting) THEN\n        UPDATE consultations_tally\n           SET counted = counted - OLD.counted::int,\n               listed = listed - OLD.listed::int,\n               waiting = waiting - OLD.waiting::int\n         WHERE recommendation_id = OLD.recommendation_id AND kind = OLD.kind\n           AND region_id IS NOT DISTINCT FROM OLD.region_id AND stance = OLD.stance;\n    END IF;\n    IF TG_OP = 'UPDATE' AND (NEW.counted OR NEW.listed OR NEW.waiting) THEN\n        INSERT INTO consultations_tally AS tally\n               (recommendation_id, kind, region_id, stance, counted, listed, waiting)\n        VALUES (NEW.recommendation_id, NEW.kind, NEW.region_id, NEW.stance,\n                NEW.counted::int, NEW.listed::int, NEW.waiting::int)\n        ON CONFLICT ON CONSTRAINT tally_once\n        DO UPDATE SET counted = tally.counted + EXCLUDED.counted,\n                      listed = tally.listed + EXCLUDED.listed,\n                      waiting = tally.waiting + EXCLUDED.waiting;\n    END IF;\n    RETURN NULL;\n", hash='0bb3a725e8a586e415f1d93fe97c7dde09d93393', operation='UPDATE OR DELETE', pgid='pgtrigger_count_comments_98b8b', table='consultations_comment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='count_added', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF (SELECT count(*) FROM (SELECT FROM added LIMIT 2) AS two) > 1 THEN\n        PERFORM FROM consultations_tally AS tally\n          WHERE EXISTS (SELECT FROM added\n                         WHERE added.recommendation_id = tally.recommendation_id\n                           AND added.kind = tally.kind AND added.stance = tally.stance\n                           AND added.region_id IS NOT DISTINCT FROM tally.region_id)\n          ORDER BY tally.id FOR NO KEY UPDATE;\n    END IF;\n    INSERT INTO consultations_tally AS tally\n           (recommendation_id, kind, region_id, stance, counted, listed, waiting)\n    SELECT recommendation_id, kind, region_id, stance,\n           sum(counted::int), sum(listed::int), sum(waiting::int)\n      FROM added WHERE counted OR listed OR waiting\n     GROUP BY recommendation_id, kind, region_id, stance\n     ORDER BY recommendation_id, kind, region_id, stance\n    ON CONFLICT ON CONSTRAINT tally_once\n    DO UPDATE SET counted = tally.counted + EXCLUDED.counted,\n                  listed = tally.listed + EXCLUDED.listed,\n                  waiting = tally.waiting + EXCLUDED.waiting;\n    RETURN NULL;\n', hash='cce17acb3347d4a1d1bed6201eb2bd8982bb14eb', level='STATEMENT', operation='INSERT', pgid='pgtrigger_count_added_667ae', referencing='REFERENCING NEW TABLE AS added ', table='consultations_comment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='count_shown', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF OLD.shown_region_id IS DISTINCT FROM NEW.shown_region_id\n            OR OLD.shown_organisation_kind_id IS DISTINCT FROM NEW.shown_organisation_kind_id THEN\n        INSERT INTO consultations_showntally AS tally\n               (recommendation_id, region_id, organisation_kind_id, listed)\n        SELECT recommendation, region, kind, sum(n)\n          FROM (VALUES\n               (OLD.recommendation_id, OLD.shown_region_id, NULL::bigint, -1),\n               (NEW.recommendation_id, NEW.shown_region_id, NULL, 1),\n               (OLD.recommendation_id, NULL, OLD.shown_organisation_kind_id, -1),\n               (NEW.recommendation_id, NULL, NEW.shown_organisation_kind_id, 1)\n               ) AS change (recommendation, region, kind, n)\n         WHERE region IS NOT NULL OR kind IS NOT NULL\n         GROUP BY recommendation, region, kind HAVING sum(n) <> 0\n         ORDER BY recommendation, region, kind\n        ON CONFLICT ON CONSTRAINT shown_tally_once\n        DO UPDATE SET listed = tally.listed + EXCLUDED.listed;\n    END IF;\n    RETURN NULL;\n', hash='7afc7976f072bc5295226acf877d76211f8377fc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_count_shown_27f54', table='consultations_comment', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='state_follows', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', func="\nIF (OLD.state, NEW.state) IN (('held', 'erased'), ('held', 'published'), ('held', 'rejected'), ('held', 'submitted'), ('held', 'withdrawn'), ('hidden', 'erased'), ('hidden', 'published'), ('hidden', 'submitted'), ('hidden', 'withdrawn'), ('published', 'erased'), ('published', 'hidden'), ('published', 'withdrawn'), ('rejected', 'erased'), ('rejected', 'submitted'), ('rejected', 'withdrawn'), ('submitted', 'erased'), ('submitted', 'held'), ('submitted', 'published'), ('submitted', 'rejected'), ('submitted', 'withdrawn'), ('withdrawn', 'erased'), ('withdrawn', 'published'), ('withdrawn', 'submitted')) THEN\n    RETURN NEW;\nEND IF;\nIF (OLD.state, NEW.state) IN (('published', 'held'), ('published', 'submitted'), ('rejected', 'held')) AND (\n    SELECT decision.verb = 'undo' AND decision.state_before = OLD.state\n           AND decision.state_after = NEW.state\n      FROM consultations_decision AS decision\n      JOIN consultations_case AS held ON held.id = decision.case_id\n     WHERE held.comment_id = NEW.id ORDER BY decision.id DESC LIMIT 1\n) THEN\n    RETURN NEW;\nEND IF;\nIF (OLD.state, NEW.state) IN (('rejected', 'published')) AND (\n    SELECT appeal.outcome = 'upheld'\n      FROM consultations_decision AS decision\n      JOIN consultations_case AS held ON held.id = decision.case_id\n      LEFT JOIN consultations_appeal AS appeal ON appeal.decision_id = decision.id\n     WHERE held.comment_id = NEW.id AND decision.verb = 'reject'\n     ORDER BY decision.id DESC LIMIT 1\n) THEN\n    RETURN NEW;\nEND IF;\nIF (OLD.state, NEW.state) IN (('held', 'hidden'), ('submitted', 'hidden')) AND NEW.reason_id IS NULL AND EXISTS (\n    SELECT FROM consultations_response AS mine\n      JOIN consultations_membership AS member ON member.id = mine.membership_id\n      JOIN consultations_response AS theirs ON theirs.consultation_id = mine.consultation_id\n           AND theirs.organisation_id = member.organisation_id AND theirs.submitted_at IS NOT NULL\n     WHERE mine.id = NEW.response_id AND mine.organisation_id IS NULL\n           AND member.claim = 'confirmed'\n) THEN\n    RETURN NEW;\nEND IF;\nRAISE EXCEPTION USING ERRCODE = 'check_violation',\n    MESSAGE = 'a comment does not go from ' || OLD.state || ' to ' || NEW.state;\n", hash='80a89a02eda3b900a75e40dc57ca2f05a76634c9', operation='UPDATE OF "state"', pgid='pgtrigger_state_follows_708c6', table='consultations_comment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='state_begins', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.state NOT IN ('published', 'submitted'))", func="RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'a comment does not begin as ' || NEW.state;", hash='f1d25954015ecd4dfa46df8ff7fc1942f24ff887', operation='INSERT', pgid='pgtrigger_state_begins_af730', table='consultations_comment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='comment',
                trigger=pgtrigger.compiler.Trigger(name='taken_back_is_forgotten', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IN (\'withdrawn\', \'erased\') AND OLD."state" IS DISTINCT FROM (NEW."state"))', func='\nPERFORM pg_advisory_xact_lock(13252929, (NEW.recommendation_id)::int);\nDELETE FROM consultations_fingerprint WHERE likeness_id IN (SELECT id FROM consultations_commentversion WHERE comment_id = NEW.id);\nWITH gone AS (\n    DELETE FROM consultations_likeness WHERE version_id IN (SELECT id FROM consultations_commentversion WHERE comment_id = NEW.id)\n RETURNING campaign_id, own, latest\n)\nUPDATE consultations_campaign AS campaign\n   SET size = size - few.n, own = campaign.own - few.own\n  FROM (SELECT campaign_id, count(*) FILTER (WHERE latest) AS n,\n               count(*) FILTER (WHERE latest AND own) AS own\n          FROM gone GROUP BY campaign_id) AS few\n WHERE campaign.id = few.campaign_id;\nRETURN NULL;\n', hash='d778ba287b97e426a42b47545af872eda28d0893', operation='UPDATE', pgid='pgtrigger_taken_back_is_forgotten_92792', table='consultations_comment', when='AFTER')),
            ),
            migrations.AddConstraint(
                model_name='role',
                constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('consultation', 'user', 'right'), name='role_once'),
            ),
            migrations.AddConstraint(
                model_name='sharedworkbookpart',
                constraint=models.UniqueConstraint(fields=('workbook', 'number'), name='shared_workbook_part_once'),
            ),
            migrations.AddConstraint(
                model_name='showntally',
                constraint=models.UniqueConstraint(fields=('recommendation', 'region', 'organisation_kind'), name='shown_tally_once', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='showntally',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('organisation_kind__isnull', True), ('region__isnull', False)), models.Q(('organisation_kind__isnull', False), ('region__isnull', True)), _connector='OR'), name='shown_tally_of_one_facet'),
            ),
            migrations.AddConstraint(
                model_name='signoff',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('body', ''), ('expected_on__isnull', True), ('outcome', 'final')), models.Q(models.Q(('outcome', 'final'), _negated=True), models.Q(('body', ''), _negated=True), ('expected_on__isnull', False)), _connector='OR'), name='sign_off_names_who_approves'),
            ),
            migrations.AddConstraint(
                model_name='signoff',
                constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'approved')), fields=('response',), name='sign_off_approved_once'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='signoff',
                trigger=pgtrigger.compiler.Trigger(name='stated_words_never_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."represents" IS DISTINCT FROM (NEW."represents") OR OLD."consulted" IS DISTINCT FROM (NEW."consulted") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."expected_on" IS DISTINCT FROM (NEW."expected_on") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at"))', func="RAISE EXCEPTION 'what was signed never changes: sign anew';", hash='0b5c56099fff73e722753a39217e50fb03a8209e', operation='UPDATE', pgid='pgtrigger_stated_words_never_change_0c8c3', table='consultations_signoff', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='response',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('name', 'organisation_name', config='simple'), name='response_names'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.UniqueConstraint(condition=models.Q(('organisation__isnull', True), ('respondent__isnull', False), ('shared', False)), fields=('consultation', 'respondent'), name='response_once_a_person'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.UniqueConstraint(condition=models.Q(('organisation__isnull', True), ('shared', True)), fields=('consultation', 'membership'), name='response_once_a_shared_desk'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.UniqueConstraint(condition=models.Q(('organisation__isnull', False)), fields=('consultation', 'organisation'), name='response_once_an_organisation'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.UniqueConstraint(condition=models.Q(('external_reference', ''), _negated=True), fields=('consultation', 'channel', 'external_reference'), name='response_external_reference'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='response_sent_has_instant'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.CheckConstraint(condition=models.Q(('channel', 'web'), ('received_on__isnull', False), _connector='OR'), name='response_on_paper_has_day'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.CheckConstraint(condition=models.Q(('checked_at__isnull', True), ('typed_at__isnull', False), _connector='OR'), name='response_checked_was_typed'),
            ),
            migrations.AddConstraint(
                model_name='response',
                constraint=models.CheckConstraint(condition=models.Q(('typed_by__isnull', True), ('checked_by__isnull', True), models.Q(('checked_by', models.F('typed_by')), _negated=True), _connector='OR'), name='response_checked_by_another'),
            ),
            migrations.AddIndex(
                model_name='organisation',
                index=models.Index(django.db.models.functions.text.Lower('name'), name='organisation_name'),
            ),
            migrations.AddConstraint(
                model_name='organisation',
                constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), models.Q(('successor', models.F('id')), _negated=True), _connector='OR'), name='organisation_succeeded_by_another'),
            ),
            migrations.AddConstraint(
                model_name='organisation',
                constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='organisation_merged_into_another'),
            ),
            migrations.AddIndex(
                model_name='subscription',
                index=models.Index(condition=models.Q(('choice', 'every')), fields=['consultation', 'user'], name='subscription_every'),
            ),
            migrations.AddConstraint(
                model_name='subscription',
                constraint=models.UniqueConstraint(fields=('user', 'consultation'), name='subscription_once'),
            ),
            migrations.AddConstraint(
                model_name='tally',
                constraint=models.UniqueConstraint(fields=('recommendation', 'kind', 'region', 'stance'), name='tally_once', nulls_distinct=False),
            ),
            migrations.AddConstraint(
                model_name='trustedorganisation',
                constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('consultation', 'organisation'), name='trust_once'),
            ),
            migrations.AddConstraint(
                model_name='trustedorganisation',
                constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='trust_ends_after_it_starts'),
            ),
            migrations.AddIndex(
                model_name='job',
                index=models.Index(condition=models.Q(('state__in', ['asked', 'running'])), fields=['asked_at'], name='job_waiting'),
            ),
            migrations.AddIndex(
                model_name='likeness',
                index=models.Index(fields=['recommendation', 'exact'], name='likeness_exact'),
            ),
            migrations.AddIndex(
                model_name='likeness',
                index=models.Index(condition=models.Q(('latest', False)), fields=['version'], name='likeness_earlier'),
            ),
            migrations.AddIndex(
                model_name='fingerprint',
                index=models.Index(fields=['band', 'likeness'], name='fingerprint_band'),
            ),
        ]),
        migrations.RunPython(groups.create_cache_table, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(groups.create_groups, migrations.RunPython.noop, elidable=False),
    ]
