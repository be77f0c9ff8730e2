"""The first columns get their kinds; tenants that have columns already get those of 党员特色 too."""

from django.db import migrations

KINDS = """
UPDATE news_column SET kind = CASE code WHEN 'assessments' THEN 'assessment' WHEN 'documents' THEN 'document'
    WHEN 'notices' THEN 'activity' END
WHERE code IN ('assessments', 'documents', 'notices')
    AND NOT EXISTS (SELECT 1 FROM news_article WHERE news_article.column_id = news_column.id)
"""
FEATURES = """
INSERT INTO news_column (id, code, name, kind, section, needs_review, allows_comments, takes_contributions, "order", is_active)
SELECT gen_random_uuid(), wanted.code, wanted.name, wanted.kind, 'features', wanted.contributed, TRUE, wanted.contributed,
    wanted.position, TRUE
FROM (VALUES ('lessons', '微党课', 'lesson', FALSE, 110), ('achievements', '新成果', 'achievement', TRUE, 120),
    ('cases', '好案例', 'case', TRUE, 130)) AS wanted (code, name, kind, contributed, position)
WHERE EXISTS (SELECT 1 FROM news_column)
    AND NOT EXISTS (SELECT 1 FROM news_column AS taken WHERE taken.code = wanted.code OR taken.name = wanted.name)
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0002_editorial_flow")]

    operations = [
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
        migrations.RunSQL(FEATURES, migrations.RunSQL.noop),
    ]
