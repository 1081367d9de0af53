import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0012_duplicate_attempts_by_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='deployment',
            name='held',
            field=models.BooleanField(db_default=False, default=False, verbose_name='held'),
        ),
        migrations.CreateModel(
            name='FlowVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('url', models.URLField(verbose_name='address')),
                ('numbers', models.JSONField(default=list, verbose_name='numbers')),
                ('sent', models.JSONField(verbose_name='what was sent')),
                ('deployed_at', models.DateTimeField(verbose_name='deployed')),
                ('channel', models.CharField(choices=[('phone', 'phone'), ('staff', 'staff'), ('api', 'API'), ('calendar', 'calendar'), ('import', 'import'), ('online', 'customer, online'), ('system', 'system')], max_length=10, verbose_name='channel')),
                ('actor', models.CharField(blank=True, max_length=100, verbose_name='by')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='calls.voiceagent', verbose_name='agent')),
                ('restores', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='calls.flowversion', verbose_name='puts back')),
            ],
            options={
                'verbose_name': 'version of the conversation',
                'verbose_name_plural': 'versions of the conversation',
                'ordering': ('-number',),
                'constraints': [models.UniqueConstraint(fields=('agent', 'number'), name='flow_version_number_once')],
            },
        ),
    ]
