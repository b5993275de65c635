
import consultations.models.addresses
import consultations.models.consultation
import consultations.models.digest
import django.contrib.postgres.constraints
import django.contrib.postgres.operations
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        # equality of foreign keys inside an exclusion constraint, and inside an index of words
        django.contrib.postgres.operations.BtreeGistExtension(),
        django.contrib.postgres.operations.BtreeGinExtension(),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=consultations.models.addresses.new_reference, max_length=8, unique=True, verbose_name='reference')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waiting for a moderator'), ('published', 'published'), ('held', 'held by a moderator'), ('rejected', 'not published'), ('hidden', 'hidden'), ('withdrawn', 'withdrawn'), ('erased', 'erased')], default='draft', max_length=12, verbose_name='state')),
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
            name='Reason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('text', models.TextField(verbose_name='what the author is told')),
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
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
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
            name='CommentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('stance', models.CharField(choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20, verbose_name='stance')),
                ('text', models.TextField(blank=True, verbose_name='comment')),
                ('permission', models.CharField(choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], max_length=12, verbose_name='permission to publish')),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('key', models.UUIDField(verbose_name='key of the form')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='consultations.comment')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'version of a comment',
                'verbose_name_plural': 'versions of comments',
                'ordering': ['number', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='comment',
            name='draft_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion'),
        ),
        migrations.AddField(
            model_name='comment',
            name='public_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion'),
        ),
        migrations.AddField(
            model_name='comment',
            name='submitted_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion'),
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
                ('cadence', models.CharField(choices=[('weekly', 'every Tuesday at 7am'), ('daily', 'every day at 7am')], default='weekly', max_length=12, verbose_name='digests')),
                ('visibility', models.CharField(choices=[('public', 'public'), ('invited', 'invited organisations only')], default='public', max_length=12, verbose_name='visibility')),
                ('target_days', models.PositiveSmallIntegerField(default=3, verbose_name="days to a moderator's decision")),
                ('digests_held_at', models.DateTimeField(editable=False, null=True, verbose_name='digests held since')),
                ('digests_held_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='why digests are held')),
                ('privacy_version', models.CharField(default='1', max_length=20, verbose_name='version of the privacy notice')),
                ('preview_token', models.CharField(default=consultations.models.consultation.new_preview_token, editable=False, max_length=40)),
                ('is_sample', models.BooleanField(default=False, editable=False, verbose_name='sample data')),
            ],
            options={
                'verbose_name': 'consultation',
                'verbose_name_plural': 'consultations',
                'ordering': ['-opens_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('closes_at__isnull', False), ('opens_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='consultation_published_has_dates'), models.CheckConstraint(condition=models.Q(('closes_at__isnull', True), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='consultation_closes_after_opening')],
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
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='consultations.consultation')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'correction',
                'verbose_name_plural': 'corrections',
                'ordering': ['number', 'pk'],
            },
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
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='consultations.consultation')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ['-slot', 'pk'],
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
                ('what', models.CharField(choices=[('preview', 'preview of the next edition'), ('mail_preview', 'preview of the next edition, by e-mail')], max_length=20, verbose_name='what')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='asked', max_length=12, verbose_name='state')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='lease until')),
                ('result', models.JSONField(blank=True, null=True, verbose_name='result')),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='error')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='consultations.consultation')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LedgerPayload',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='payload', serialize=False, to='consultations.ledgerentry')),
                ('salt', models.CharField(max_length=32)),
                ('content', models.JSONField(verbose_name='payload')),
            ],
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='consultation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger_entries', to='consultations.consultation'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.CharField(choices=[('pending', 'waiting to be checked'), ('confirmed', 'confirmed'), ('refused', 'refused')], default='pending', max_length=12, verbose_name='claim')),
                ('role', models.CharField(choices=[('contributor', 'contributor'), ('lead', 'lead')], default='contributor', max_length=12, verbose_name='role')),
                ('claimed_at', models.DateTimeField(verbose_name='claimed')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'claim to speak for an organisation',
                'verbose_name_plural': 'claims to speak for organisations',
                'ordering': ['-claimed_at', 'pk'],
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
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.comment')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.consultation')),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.membership')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'moderation queue',
                'ordering': ['since', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.PositiveSmallIntegerField(choices=[(0, 'codes'), (1, 'receipts and decisions'), (2, 'digests and milestones')], verbose_name='stream')),
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
                ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.consultation')),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='consultations.edition')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['-queued_at', '-pk'],
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
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='consultations.organisation')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='consultations.organisation')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': [django.db.models.functions.text.Lower('name'), 'pk'],
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='consultations.organisation'),
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
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisationkind'),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('publish', 'published'), ('reject', 'rejected'), ('hold', 'held'), ('hide', 'hidden'), ('confirm', 'claim confirmed'), ('refuse', 'claim refused'), ('dismiss', 'report read, nothing to do'), ('uphold', 'report upheld, comment hidden')], max_length=12, verbose_name='decision')),
                ('state_before', models.CharField(max_length=12, verbose_name='state before')),
                ('state_after', models.CharField(max_length=12, verbose_name='state after')),
                ('note', models.TextField(blank=True, verbose_name='note for colleagues')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='consultations.case')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='consultations.commentversion')),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason')),
            ],
            options={
                'verbose_name': 'decision',
                'verbose_name_plural': 'decisions',
                'ordering': ['-decided_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='comment',
            name='reason',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.reason'),
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recommendations', to='consultations.consultation')),
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
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='consultations.edition')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='consultations.commentversion')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendation')),
            ],
            options={
                'verbose_name': 'quote',
                'verbose_name_plural': 'quotes',
                'ordering': ['edition', 'recommendation', 'position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='comment',
            name='recommendation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='consultations.recommendation'),
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
                ('correction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='consultations.correction')),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='consultations.recommendation')),
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
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendationversion'),
        ),
        migrations.AddField(
            model_name='commentversion',
            name='answered',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.recommendationversion'),
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
        migrations.AddField(
            model_name='comment',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region'),
        ),
        migrations.AddField(
            model_name='comment',
            name='shown_region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region'),
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
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='consultations.comment')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion')),
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
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.report'),
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='consultations.consultation')),
                ('membership', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to='consultations.membership')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='consultations.organisation')),
                ('organisation_kind', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.organisationkind')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.region')),
                ('respondent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='responses', to=settings.AUTH_USER_MODEL)),
                ('typed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'response',
                'verbose_name_plural': 'responses',
                'ordering': ['-started_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stamp', models.UUIDField(default=uuid.uuid4, verbose_name='stamp')),
                ('stance', models.CharField(blank=True, choices=[('strongly_support', 'Strongly support'), ('support', 'Support'), ('neither', 'Neither support nor oppose'), ('oppose', 'Oppose'), ('strongly_oppose', 'Strongly oppose'), ('no_view', 'No view')], max_length=20, verbose_name='stance')),
                ('text', models.TextField(blank=True, verbose_name='comment')),
                ('permission', models.CharField(blank=True, choices=[('named', 'Publish with my name'), ('unnamed', 'Publish without my name'), ('unpublished', 'Do not publish')], max_length=12, verbose_name='permission to publish')),
                ('based_on', models.PositiveSmallIntegerField(default=0, verbose_name='version of the comment')),
                ('answering', models.PositiveSmallIntegerField(verbose_name='version of the recommendation')),
                ('written_at', models.DateTimeField(verbose_name='saved')),
                ('begun_at', models.DateTimeField(verbose_name='begun')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recommendation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.recommendation')),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='consultations.response')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
                'ordering': ['recommendation__number', 'pk'],
            },
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
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confidentiality_requests', to='consultations.response')),
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
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.response'),
        ),
        migrations.AddField(
            model_name='comment',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='consultations.response'),
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('right', models.CharField(choices=[('officer', 'officer'), ('moderator', 'moderator'), ('analyst', 'analyst'), ('auditor', 'auditor')], max_length=12, verbose_name='right')),
                ('starts_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='consultations.consultation')),
                ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'ordering': ['right', 'pk'],
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
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='consultations.sizeband'),
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
                ('choice', models.CharField(choices=[('every', 'Every digest'), ('milestones', 'Milestones only: closing soon, and closed'), ('nothing', 'Nothing')], max_length=12, verbose_name='choice')),
                ('token', models.CharField(default=consultations.models.digest.new_unsubscribe_token, max_length=22, unique=True)),
                ('chosen_at', models.DateTimeField(verbose_name='chosen')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='consultations.consultation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL)),
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
            name='Seal',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='seal', serialize=False, to='consultations.commentversion')),
                ('batch', models.UUIDField(verbose_name='batch')),
                ('salt', models.CharField(max_length=32, null=True)),
                ('hash', models.CharField(max_length=64, verbose_name='hash')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'version'], name='seal_batch')],
            },
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
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('consultation', 'number'), name='edition_number'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('consultation', 'slot'), name='edition_slot'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('consultation', '='), ('period', '&&')], name='edition_periods_never_overlap'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are frozen when made';", hash='e6caf79ee4c590868c3742231b6eb11de30c3c5f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_814aa', table='consultations_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='append_only_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'editions are frozen when made';", hash='e345660f40be98a83fff447487fc2ff07db95ebe', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_truncate_e675b', table='consultations_edition', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'running'])), fields=['asked_at'], name='job_waiting'),
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
            index=models.Index(models.OrderBy(models.F('queued_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='message_newest'),
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
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['-decided_at', '-id'], name='decision_newest'),
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
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once'),
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
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', False), ('membership__isnull', True), ('report__isnull', True)), models.Q(('comment__isnull', True), ('membership__isnull', False), ('report__isnull', True)), models.Q(('comment__isnull', True), ('membership__isnull', True), ('report__isnull', False)), _connector='OR'), name='case_one_subject'),
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
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('response', 'recommendation'), name='draft_once_a_recommendation'),
        ),
        migrations.AddConstraint(
            model_name='confidentialityrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', 'pending')), fields=('response',), name='confidentiality_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='confidentialityrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', 'pending')), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='confidentiality_decided'),
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
        migrations.AddConstraint(
            model_name='role',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('consultation', 'user', 'right'), name='role_once'),
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
            model_name='response',
            constraint=models.UniqueConstraint(condition=models.Q(('organisation__isnull', True), ('respondent__isnull', False)), fields=('consultation', 'respondent'), name='response_once_a_person'),
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
    ]
