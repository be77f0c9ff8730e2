"""Tenants made before there were these two built-in roles get them."""

from django.db import migrations

ADD = """
INSERT INTO access_role (id, code, name, is_builtin, created_at)
SELECT gen_random_uuid(), wanted.code, wanted.name, TRUE, now()
FROM (VALUES ('reviewer', '审核员'), ('secretary', '组织负责人')) AS wanted (code, name)
WHERE EXISTS (SELECT 1 FROM access_role WHERE code = 'administrator')
    AND NOT EXISTS (SELECT 1 FROM access_role AS taken WHERE taken.code = wanted.code)
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_password_link")]

    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
