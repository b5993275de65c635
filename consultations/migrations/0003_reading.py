"""Reading: stems to search, counters of what is shown, organisations' own addresses, reports."""

import consultations.models.addresses
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# What the public is shown of authors whose comments are listed already, and how many of each.
COUNT_WHAT_IS_SHOWN = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE consultations_comment AS comment
   SET shown_organisation_kind_id = response.organisation_kind_id
  FROM consultations_response AS response
 WHERE response.id = comment.response_id AND comment.signed
   AND response.organisation_kind_id IS NOT NULL;
INSERT INTO consultations_showntally (recommendation_id, region_id, organisation_kind_id, listed)
SELECT recommendation_id, shown_region_id, NULL, count(*) FROM consultations_comment
 WHERE shown_region_id IS NOT NULL GROUP BY 1, 2
UNION ALL
SELECT recommendation_id, NULL, shown_organisation_kind_id, count(*) FROM consultations_comment
 WHERE shown_organisation_kind_id IS NOT NULL GROUP BY 1, 3;
SET CONSTRAINTS ALL DEFERRED;
"""


def name_organisations(apps, schema_editor):
    organisations = apps.get_model("consultations", "Organisation").objects.all()
    for organisation in organisations.only("pk").iterator():
        organisation.reference = consultations.models.addresses.new_reference()
        organisation.save(update_fields=["reference"])


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0002_cache_and_groups'),
    ]

    operations = [
        # a recommendation's key beside the stems in one index
        django.contrib.postgres.operations.BtreeGinExtension(),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('personal_data', 'It tells something private about a person'), ('abusive', 'It insults or threatens somebody'), ('false_claim', 'It claims falsely to speak for somebody'), ('copied', 'It is copied from somewhere else'), ('off_topic', 'It is about something else'), ('other', 'Another reason')], max_length=20, verbose_name='what is wrong')),
                ('words', models.TextField(blank=True, verbose_name="in the reader's words")),
                ('made_at', models.DateTimeField(verbose_name='reported')),
            ],
            options={
                'verbose_name': 'report of a comment',
                'verbose_name_plural': 'reports of comments',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ShownTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listed', models.IntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='report',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='consultations.comment'),
        ),
        migrations.AddField(
            model_name='report',
            name='reporter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='report',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.commentversion'),
        ),
        migrations.AddField(
            model_name='showntally',
            name='recommendation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_tallies', to='consultations.recommendation'),
        ),
        migrations.AddField(
            model_name='showntally',
            name='region',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.region'),
        ),
        migrations.AddField(
            model_name='showntally',
            name='organisation_kind',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisationkind'),
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
            model_name='report',
            constraint=models.UniqueConstraint(fields=('comment', 'reporter'), name='report_once_a_person'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['reporter', 'made_at'], name='report_of_person'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='reference',
            field=models.CharField(editable=False, max_length=8, null=True, verbose_name='reference'),
        ),
        migrations.RunPython(name_organisations, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='organisation',
            name='reference',
            field=models.CharField(default=consultations.models.addresses.new_reference, editable=False, max_length=8, unique=True, verbose_name='reference'),
        ),
        migrations.AddField(
            model_name='comment',
            name='shown_organisation_kind',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.organisationkind'),
        ),
        migrations.AddField(
            model_name='comment',
            name='search',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector(models.Func(models.F('public_text'), models.Value('</>'), models.Value('   '), function='translate', output_field=models.TextField()), config='english'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.RunSQL(COUNT_WHAT_IS_SHOWN, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_one_subject',
        ),
        migrations.AlterField(
            model_name='decision',
            name='verb',
            field=models.CharField(choices=[('publish', 'published'), ('reject', 'rejected'), ('hold', 'held'), ('hide', 'hidden'), ('confirm', 'claim confirmed'), ('refuse', 'claim refused'), ('dismiss', 'report read, nothing to do'), ('uphold', 'report upheld, comment hidden')], max_length=12, verbose_name='decision'),
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
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('listed', True)), fields=['recommendation', 'search'], name='comment_search'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='comment',
            trigger=pgtrigger.compiler.Trigger(name='count_shown', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF OLD.shown_region_id IS DISTINCT FROM NEW.shown_region_id\n            OR OLD.shown_organisation_kind_id IS DISTINCT FROM NEW.shown_organisation_kind_id THEN\n        INSERT INTO consultations_showntally AS tally\n               (recommendation_id, region_id, organisation_kind_id, listed)\n        SELECT recommendation, region, kind, sum(n)\n          FROM (VALUES\n               (OLD.recommendation_id, OLD.shown_region_id, NULL::bigint, -1),\n               (NEW.recommendation_id, NEW.shown_region_id, NULL, 1),\n               (OLD.recommendation_id, NULL, OLD.shown_organisation_kind_id, -1),\n               (NEW.recommendation_id, NULL, NEW.shown_organisation_kind_id, 1)\n               ) AS change (recommendation, region, kind, n)\n         WHERE region IS NOT NULL OR kind IS NOT NULL\n         GROUP BY recommendation, region, kind HAVING sum(n) <> 0\n         ORDER BY recommendation, region, kind\n        ON CONFLICT ON CONSTRAINT shown_tally_once\n        DO UPDATE SET listed = tally.listed + EXCLUDED.listed;\n    END IF;\n    RETURN NULL;\n', hash='7afc7976f072bc5295226acf877d76211f8377fc', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_count_shown_27f54', table='consultations_comment', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('listed', True), models.Q(('shown_region__isnull', True), ('signed', False)), _connector='OR'), name='comment_shown_is_listed'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('signed', True), ('shown_organisation_kind__isnull', True), _connector='OR'), name='comment_organisation_kind_is_signed'),
        ),
        migrations.AddField(
            model_name='case',
            name='report',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='consultations.report'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', False), ('membership__isnull', True), ('report__isnull', True)), models.Q(('comment__isnull', True), ('membership__isnull', False), ('report__isnull', True)), models.Q(('comment__isnull', True), ('membership__isnull', True), ('report__isnull', False)), _connector='OR'), name='case_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('report',), name='case_report_once'),
        ),
    ]
