"""What the demonstration starts with."""

from __future__ import annotations

from .world import World

TEMPLATES = [
    {"template_id": "tmpl-todo-0000000000000000000000000000001", "title": "事项提醒", "content": "事项：{{thing1.DATA}}\n时间：{{time2.DATA}}\n说明：{{thing3.DATA}}"},
    {"template_id": "tmpl-meet-0000000000000000000000000000002", "title": "会议通知", "content": "会议主题：{{thing1.DATA}}\n发布时间：{{time2.DATA}}\n发布单位：{{thing4.DATA}}"},
    {"template_id": "tmpl-repl-0000000000000000000000000000003", "title": "咨询回复", "content": "咨询事项：{{thing1.DATA}}\n回复时间：{{time2.DATA}}\n回复内容：{{thing3.DATA}}"},
]  # fmt: skip
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 -- opens the simulator only


def seed(world: World, oauth_domain: str) -> None:
    """Two Official Accounts and a WeCom application for administrators to connect, and six people."""
    if world.accounts:
        return
    domains = [oauth_domain]
    templates = [dict(row) for row in TEMPLATES]
    world.add_account("oa", "wxdemo0000000001", SECRET, "红旗先锋", oauth_domains=domains, templates=templates)
    world.add_account(
        "oa",
        "wxdemo0000000002",
        SECRET,
        "和谐家园服务号",
        oauth_domains=domains,
        templates=[dict(row) for row in templates],
    )
    world.add_account("wecom", "wwdemo00000001", SECRET, "企业微信工作台", agent_id="1000002", oauth_domains=domains)
    for number, name in enumerate(("小林", "老周", "阿芳", "大刘", "陈老师", "小吴"), 1):
        world.add_person(name, userid=f"user{number:02}")
