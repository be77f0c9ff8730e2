"""What 志愿服务 adds to the platform. Each part is declared in a file of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Manifest, Permission, joined, setting

from . import help, hours, projects, shifts
from .words import HELP, HOURS, JOIN, LOOK, ORGANISE

__all__ = ["MANIFEST", "VolunteeringSettings"]


@dataclass(frozen=True)
class VolunteeringSettings:
    code_seconds: int = setting(
        60, label=_("签到码有效秒数"), help=_("签到页上的二维码不断更换，过期的扫了无效。"), minimum=30, maximum=600
    )
    rounds_down: bool = setting(False, label=_("时长只舍不入"), help=_("服务时长以半小时为单位；不勾选则四舍五入。"))
    star_1_hours: int = setting(100, label=_("一星所需小时"), minimum=1, maximum=20000)
    star_2_hours: int = setting(300, label=_("二星所需小时"), minimum=1, maximum=20000)
    star_3_hours: int = setting(600, label=_("三星所需小时"), minimum=1, maximum=20000)
    star_4_hours: int = setting(1000, label=_("四星所需小时"), minimum=1, maximum=20000)
    star_5_hours: int = setting(1500, label=_("五星所需小时"), minimum=1, maximum=20000)
    stars_yearly: bool = setting(
        False, label=_("星级每年重新计算"), help=_("勾选后只按当年的时长定星级，累计时长不受影响。")
    )
    help_days: int = setting(3, label=_("求助应在几天内办结"), help=_("超过的列入“逾期”。"), minimum=1, maximum=30)
    help_per_network: int = setting(
        5, label=_("同一网络每小时最多求助次数"), help=_("防止恶意提交，超出的不接收。"), minimum=1, maximum=1000
    )
    help_per_hour: int = setting(60, label=_("全单位每小时最多求助次数"), minimum=1, maximum=10000)
    help_form_seconds: int = setting(
        3, label=_("求助页至少停留秒数"), help=_("比这更快的提交多半是程序。"), minimum=0, maximum=60
    )


BASE = Manifest(
    code="volunteering",
    name=_("志愿服务"),
    category="special",
    summary=_("发布项目和班次，报名、签到、核实时长、星级和证明一条线；群众不用账号也能在线求助。"),
    audiences=("party", "union", "league", "women", "masses"),
    service_types=("activity", "interaction"),
    icon="hand-heart",
    permissions=(
        Permission(JOIN, _("参加志愿服务、认领求助"), default_roles=("member", "editor", "auditor", "secretary")),
        Permission(ORGANISE, _("管理志愿项目、班次、考勤和队伍"), default_roles=("editor", "secretary")),
        Permission(HOURS, _("核实和更正服务时长、撤销证明"), default_roles=("editor", "secretary")),
        Permission(HELP, _("受理群众求助"), default_roles=("editor", "secretary")),
        Permission(LOOK, _("查看公开项目、在线求助、核验证明"), public=True),
    ),
    settings=VolunteeringSettings,
)

MANIFEST = joined(BASE, projects.PART, shifts.PART, hours.PART, help.PART)
