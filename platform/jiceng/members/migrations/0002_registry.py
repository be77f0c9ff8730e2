"""Kinds, history, memberships, posts, sealed numbers, imports, exports and what is asked of and shown about people."""

import django.db.models.deletion
import jiceng.kernel.clock
import jiceng.kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_stored_file"),
        ("members", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(max_length=40)),
                ("text_version", models.PositiveSmallIntegerField(default=1)),
                ("text_hash", models.CharField(max_length=64)),
                ("channel", models.CharField(max_length=10)),
                ("granted_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("purpose", "-granted_at"),
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reveal", "查看完整信息"),
                            ("card", "查看通讯录名片"),
                            ("export", "导出名册"),
                            ("api", "接口读取"),
                        ],
                        max_length=8,
                    ),
                ),
                ("fields", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("happened_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=12)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ("-happened_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("import", "导入"), ("roster", "比对全员名册")], default="import", max_length=8
                    ),
                ),
                (
                    "source",
                    models.CharField(choices=[("console", "后台"), ("api", "接口")], default="console", max_length=8),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "已上传"),
                            ("checking", "正在检查"),
                            ("checked", "待确认"),
                            ("applying", "正在导入"),
                            ("applied", "已导入"),
                            ("undoing", "正在撤销"),
                            ("undone", "已撤销"),
                            ("failed", "未能完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("valid_rows", "只导入没有错误的行"), ("all_or_nothing", "全部正确才导入")],
                        default="valid_rows",
                        max_length=14,
                    ),
                ),
                ("content_sealed", models.BinaryField(blank=True, null=True)),
                ("file_name", models.CharField(blank=True, max_length=150)),
                ("sheet", models.CharField(blank=True, max_length=60)),
                ("header_row", models.PositiveIntegerField(default=1)),
                ("headers", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("unit_choices", models.JSONField(default=dict)),
                ("creates_units", models.BooleanField(default=False)),
                ("clears_blanks", models.BooleanField(default=False)),
                ("is_automatic", models.BooleanField(default=False)),
                ("accepts_many_leavers", models.BooleanField(default=False)),
                ("counts", models.JSONField(default=dict)),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("created_by_kind", models.CharField(max_length=12)),
                ("created_by_id", models.CharField(blank=True, max_length=64)),
                ("created_by_name", models.CharField(blank=True, max_length=150)),
                ("created_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "新增"),
                            ("changed", "更新"),
                            ("unchanged", "无变化"),
                            ("duplicate", "疑似重复"),
                            ("error", "错误"),
                        ],
                        max_length=10,
                    ),
                ),
                ("faults", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("candidates", models.JSONField(default=list)),
                ("decision", models.CharField(blank=True, max_length=60)),
                ("fields", models.CharField(blank=True, max_length=500)),
                ("values_sealed", models.BinaryField()),
                ("before_sealed", models.BinaryField(blank=True, null=True)),
                ("is_applied", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "body",
                    models.CharField(
                        choices=[
                            ("party", "党组织"),
                            ("union", "工会"),
                            ("league", "共青团"),
                            ("women", "妇联"),
                            ("staff", "职工"),
                            ("masses", "群众"),
                        ],
                        max_length=10,
                    ),
                ),
                ("state", models.CharField(max_length=20)),
                ("started_on", models.DateField(blank=True, null=True)),
                ("confirmed_on", models.DateField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("body", "created_at"),
            },
        ),
        migrations.CreateModel(
            name="MembershipPeriod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(max_length=20)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ("valid_from",),
            },
        ),
        migrations.CreateModel(
            name="PersonChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("console", "后台修改"),
                            ("self", "本人修改"),
                            ("approved", "审批通过"),
                            ("import", "批量导入"),
                            ("api", "接口"),
                            ("merge", "合并重复人员"),
                            ("undo", "撤销修改"),
                            ("system", "系统"),
                        ],
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=12)),
                ("actor_id", models.CharField(blank=True, max_length=64)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("fields", models.CharField(max_length=500)),
                ("changes_sealed", models.BinaryField()),
                ("batch_id", models.UUIDField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("secretary", "书记"),
                            ("deputy_secretary", "副书记"),
                            ("organisation", "组织委员"),
                            ("publicity", "宣传委员"),
                            ("discipline", "纪检委员"),
                            ("youth", "青年委员"),
                            ("committee_member", "委员"),
                            ("group_leader", "组长"),
                            ("chair", "主席"),
                            ("deputy_chair", "副主席"),
                            ("head", "负责人"),
                            ("deputy_head", "副负责人"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=30)),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ("started_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="ProfileChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("fields", models.CharField(max_length=200)),
                ("wanted_sealed", models.BinaryField()),
                ("note", models.CharField(blank=True, max_length=200)),
                ("base_version", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "审批中"),
                            ("applied", "已生效"),
                            ("rejected", "未通过"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-requested_at",),
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("joiner", "新进人员"), ("leaver", "离开人员"), ("mover", "调动人员")], max_length=8
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "待审批"),
                            ("applied", "已生效"),
                            ("rejected", "未通过"),
                            ("outdated", "已过时"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("key_index", models.BinaryField(blank=True, null=True)),
                ("facts_sealed", models.BinaryField()),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-found_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="RosterExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "排队中"),
                            ("running", "正在生成"),
                            ("ready", "可下载"),
                            ("failed", "未能完成"),
                            ("cancelled", "已取消"),
                            ("expired", "已过期"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("filters", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=200)),
                ("is_sensitive", models.BooleanField(default=False)),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("user_name", models.CharField(max_length=150)),
                ("failure", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("download_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("started_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("-started_on",),
            },
        ),
        migrations.CreateModel(
            name="UnitKind",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=20)),
                (
                    "tree",
                    models.CharField(
                        choices=[
                            ("party", "党组织"),
                            ("union", "工会"),
                            ("league", "共青团"),
                            ("women", "妇联"),
                            ("admin", "行政部门"),
                        ],
                        max_length=10,
                    ),
                ),
                ("term_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("order", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("order", "code"),
            },
        ),
        migrations.CreateModel(
            name="UnitPeriod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("position", models.PositiveIntegerField(default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
            ],
            options={
                "ordering": ("valid_from",),
            },
        ),
        migrations.CreateModel(
            name="UnitSuccession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("merge", "合并"), ("split", "拆分"), ("dissolve", "撤销")], max_length=10
                    ),
                ),
                ("happened_on", models.DateField()),
            ],
            options={
                "ordering": ("happened_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="VisibilityRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=jiceng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=20)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("self", "本人"),
                            ("officers", "任职干部"),
                            ("same_unit", "同一组织的成员"),
                            ("members", "本单位其他成员"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("hidden", "不显示"), ("masked", "部分隐藏"), ("full", "完整显示")], max_length=8
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="unit",
            name="members_unit_sibling_name",
        ),
        migrations.AddField(
            model_name="person",
            name="birth_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="education",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="person",
            name="email",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="person",
            name="employee_number",
            field=models.CharField(blank=True, max_length=40, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="ethnicity",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="person",
            name="gender",
            field=models.CharField(blank=True, choices=[("male", "男"), ("female", "女")], max_length=6),
        ),
        migrations.AddField(
            model_name="person",
            name="hire_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="id_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("resident", "居民身份证"),
                    ("passport", "护照"),
                    ("hk_macao_permit", "港澳居民来往内地通行证"),
                    ("taiwan_permit", "台湾居民来往大陆通行证"),
                    ("foreign_permit", "外国人永久居留身份证"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="id_number_index",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="id_number_sealed",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="initial",
            field=models.CharField(default="#", editable=False, max_length=1),
        ),
        migrations.AddField(
            model_name="person",
            name="is_listed",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="person",
            name="left_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="office_phone",
            field=models.CharField(blank=True, max_length=30),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_index",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_sealed",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_tail_index",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="state",
            field=models.CharField(
                choices=[("active", "在册"), ("left", "已离开"), ("deceased", "已去世"), ("merged", "已合并")],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="person",
            name="work_start_date",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="code",
            field=models.CharField(blank=True, max_length=40, null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="dissolved_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="founded_on",
            field=models.DateField(default=jiceng.kernel.clock.today),
        ),
        migrations.AddField(
            model_name="unit",
            name="tree",
            field=models.CharField(
                choices=[
                    ("party", "党组织"),
                    ("union", "工会"),
                    ("league", "共青团"),
                    ("women", "妇联"),
                    ("admin", "行政部门"),
                ],
                default="admin",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="unit",
            name="kind",
            field=models.CharField(default="department", max_length=40),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["initial", "pinyin", "name", "id"], name="members_person_initial"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["updated_at", "id"], name="members_person_updated"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone_index"], name="members_person_phone"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone_tail_index"], name="members_person_phone_tail"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name"], name="members_person_name"),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["updated_at", "id"], name="members_unit_updated"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("id_number_index", None), _negated=True),
                fields=("id_number_index",),
                name="members_person_id_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("employee_number", None), _negated=True),
                fields=("employee_number",),
                name="members_person_employee_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("id_number_index", None), ("id_number_sealed", None)),
                    models.Q(("id_number_index__isnull", False), ("id_number_sealed__isnull", False)),
                    _connector="OR",
                ),
                name="members_person_id_number_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phone_index", None), ("phone_sealed", None)),
                    models.Q(("phone_index__isnull", False), ("phone_sealed__isnull", False)),
                    _connector="OR",
                ),
                name="members_person_phone_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("state", "merged"), _connector="OR"),
                name="members_person_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dissolved_on", None)),
                fields=("parent", "name"),
                name="members_unit_sibling_name",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", None), _negated=True), fields=("code",), name="members_unit_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dissolved_on", None), ("dissolved_on__gte", models.F("founded_on")), _connector="OR"
                ),
                name="members_unit_period",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="disclosures", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="members.importbatch"
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="members.unit",
            ),
        ),
        migrations.AddField(
            model_name="membershipperiod",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="members.membership"
            ),
        ),
        migrations.AddField(
            model_name="membershipperiod",
            name="unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="personchange",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="posts", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="profilechange",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="profile_changes", to="members.person"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="members.importbatch"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="rosterexport",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="files.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="rosterexport",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="term",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="terms", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="term",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="posts",
                to="members.term",
            ),
        ),
        migrations.AddField(
            model_name="unitperiod",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="unitperiod",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="periods", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="unitsuccession",
            name="predecessor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="successions", to="members.unit"
            ),
        ),
        migrations.AddField(
            model_name="unitsuccession",
            name="successor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="origins", to="members.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="visibilityrule",
            constraint=models.UniqueConstraint(fields=("field", "audience"), name="members_visibility_field_audience"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("person", "purpose"), name="members_consent_open"
            ),
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["person", "-happened_at"], name="members_disclosure_person"),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["batch", "outcome", "number"], name="members_importrow_outcome"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="members_importrow_number"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("ended_on", None)), fields=["unit", "body"], name="members_membership_unit"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("ended_on", None)), fields=["body", "state"], name="members_membership_state"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["updated_at", "id"], name="members_membership_updated"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("person", "body"), name="members_membership_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None), ("started_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="members_membership_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_on", None),
                    ("started_on", None),
                    ("confirmed_on__gte", models.F("started_on")),
                    _connector="OR",
                ),
                name="members_membership_confirmed",
            ),
        ),
        migrations.AddIndex(
            model_name="membershipperiod",
            index=models.Index(fields=["unit", "valid_from"], name="members_membershipperiod_unit"),
        ),
        migrations.AddConstraint(
            model_name="membershipperiod",
            constraint=models.UniqueConstraint(
                fields=("membership", "valid_from"), name="members_membershipperiod_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipperiod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)), fields=("membership",), name="members_membershipperiod_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"),
                name="members_membershipperiod_order",
            ),
        ),
        migrations.AddIndex(
            model_name="personchange",
            index=models.Index(fields=["person", "-made_at"], name="members_personchange_person"),
        ),
        migrations.AddConstraint(
            model_name="profilechange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")), fields=("person",), name="members_profilechange_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False), ("state", "pending")),
                fields=("person", "kind"),
                name="members_proposal_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key_index__isnull", False), ("state", "pending")),
                fields=("key_index", "kind"),
                name="members_proposal_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterexport",
            constraint=models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(("state", "waiting"), ("state", "running"), _connector="OR"),
                name="members_export_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="term",
            index=models.Index(condition=models.Q(("ended_on", None)), fields=["ends_on"], name="members_term_ends"),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("unit",), name="members_term_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("started_on"))), name="members_term_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="term",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"),
                name="members_term_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["updated_at", "id"], name="members_post_updated"),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("unit", "person", "kind"), name="members_post_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"),
                name="members_post_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitperiod",
            constraint=models.UniqueConstraint(fields=("unit", "valid_from"), name="members_unitperiod_start"),
        ),
        migrations.AddConstraint(
            model_name="unitperiod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)), fields=("unit",), name="members_unitperiod_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="unitperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"),
                name="members_unitperiod_order",
            ),
        ),
    ]
