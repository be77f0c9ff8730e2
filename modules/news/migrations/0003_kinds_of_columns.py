"""The first columns get their kinds; tenants that have columns already get those of 党员特色 and 通知公告 too."""

from django.db import migrations

KINDS = """
UPDATE news_column SET kind = CASE code WHEN 'assessments' THEN 'assessment' WHEN 'documents' THEN 'document'
    WHEN 'notices' THEN 'activity' END
WHERE code IN ('assessments', 'documents', 'notices')
    AND NOT EXISTS (SELECT 1 FROM news_article WHERE news_article.column_id = news_column.id)
"""
FEATURES = """
INSERT INTO news_column (id, code, name, kind, section, needs_review, allows_comments, takes_contributions, "order", is_active)
SELECT gen_random_uuid(), wanted.code, wanted.name, wanted.kind, wanted.section, wanted.contributed, wanted.section = 'features', wanted.contributed,
    wanted.position, TRUE
FROM (VALUES ('bulletins', '通知公告', 'article', 'news', FALSE, 15), ('lessons', '微党课', 'lesson', 'features', FALSE, 110),
    ('achievements', '新成果', 'achievement', 'features', TRUE, 120), ('cases', '好案例', 'case', 'features', TRUE, 130))
    AS wanted (code, name, kind, section, contributed, position)
WHERE EXISTS (SELECT 1 FROM news_column)
    AND NOT EXISTS (SELECT 1 FROM news_column AS taken WHERE taken.code = wanted.code OR taken.name = wanted.name)
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0002_editorial_flow")]

    operations = [
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
        migrations.RunSQL(FEATURES, migrations.RunSQL.noop),
    ]
