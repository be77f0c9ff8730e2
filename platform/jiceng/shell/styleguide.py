"""The living style guide: every component in every mode, for developers. Mounted only where DEBUG is on."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from .preferences import MODES, THEMES

PAGES = ("index", "h5", "list", "article", "mine", "console", "form", "parts", "ops", "auth")
_TILES = (
    ("要闻", "newspaper"), ("课程", "graduation-cap"), ("考试", "clipboard-check"), ("活动", "calendar-days"),
    ("扫码签到", "scan-line"), ("通讯录", "contact"), ("组织", "landmark"), ("民主评议", "vote"),
)  # fmt: skip
_GROUPS = (
    ("概览", (("数据看板", "layout-dashboard"), ("模块管理", "blocks"))),
    ("组织", (("组织与成员", "users"), ("数据导入", "upload"))),
    ("内容", (("新闻", "newspaper"), ("审核", "badge-check"))),
    ("开放", (("API 密钥", "key-round"), ("Webhook", "webhook"))),
)
_PEOPLE = ("刘平涛", "高洋桂", "赵桂刚", "周秀涛", "赵超杰", "黄伟敏", "徐涛丽", "陈霞")
_NEWS = (
    ("登记窗口党支部组织“重走长征路”健步走活动", "要闻", "flag", 3),
    ("我单位三名同志荣获市级优秀共产党员称号", "通知", "award", 90),
    ("关于做好 2026 年第四季度“三会一课”工作的通知", "通知", "", 1500),
    ("青年突击队深入街道社区开展不动产登记政策宣讲", "支部动态", "megaphone", 4000),
)


class SampleForm(forms.Form):
    """One field of every kind; shown with errors."""

    name = forms.CharField(label="姓名", max_length=20, help_text="请填写身份证上的姓名。")
    phone = forms.CharField(label="手机号", required=False)
    unit = forms.ChoiceField(label="所在支部", choices=[("1", "机关第一党支部"), ("2", "登记窗口党支部")])
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    joined = forms.DateField(label="入职日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), required=False)
    kinds = forms.MultipleChoiceField(
        label="身份", choices=[("a", "党员"), ("b", "工会会员"), ("c", "团员")], widget=forms.CheckboxSelectMultiple
    )
    grade = forms.ChoiceField(label="等次", choices=[("1", "优秀"), ("2", "合格")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="已核对本人信息")


@require_GET
def page(request: HttpRequest, name: str = "index") -> HttpResponse:
    """``?mode=``, ``?theme=`` and ``?accent=`` show the page in that mode."""
    if name not in PAGES:
        raise Http404
    return render(request, f"jiceng/styleguide/{name}.html", sample(request, name))


def sample(request: HttpRequest, name: str) -> dict[str, Any]:
    """Invented content for the page ``name``."""
    now, query = timezone.now(), request.GET
    form = SampleForm({"name": "", "phone": "138", "kinds": ["a"], "grade": "1", "unit": "1"})
    form.add_error("phone", "请输入 11 位手机号。")
    return {
        "mode": query.get("mode") if query.get("mode") in MODES else "normal",
        "theme": query.get("theme") if query.get("theme") in THEMES else "auto",
        "tenant": SimpleNamespace(name="某市不动产登记服务中心党委", theme=query.get("accent", "red")),
        "actor": SimpleNamespace(display_name="李明"),
        "nav": _navigation(),
        "pages": PAGES,
        "form": form,
        "news": [_article(now, *item) for item in _NEWS],
        "people": [{"name": person, "phone": f"1380000{index:04}", "points": 900 - 37 * index}
                   for index, person in enumerate(_PEOPLE)],
        "months": [("6月", 120), ("7月", 260), ("8月", 180), ("9月", 320), ("10月", 280), ("11月", 405)],
        "series": {"阅读": [("周一", 40), ("周二", 88), ("周三", 61), ("周四", 95), ("周五", 120)],
                   "发布": [("周一", 5), ("周二", 9), ("周三", 14), ("周四", 7), ("周五", 21)]},
        "shares": [("正式党员", 162), ("预备党员", 21), ("入党积极分子", 14), ("其他", 4)],
        "before": {"名称": "新闻", "每页条数": 20, "评论": False},
        "after": {"名称": "新闻聚焦", "每页条数": 20, "评论": True},
        "rows": [("用户名", "liming"), ("最近登录", "11月23日 09:05"), ("两步验证", "已开启")],
        "tabs": [{"label": label, "url": "#", "active": index == 0}
                 for index, label in enumerate(("推荐", "要闻", "通知", "支部动态", "党史"))],
        "crumbs": [("组织与成员", "#"), ("编辑成员", "")] if name == "form" else None,
    }  # fmt: skip


def _article(now: Any, title: str, tag: str, icon: str, minutes: int) -> dict[str, Any]:
    return {"title": title, "tag": tag, "icon": icon, "at": now - timedelta(minutes=minutes), "note": "1576 阅读"}


def _navigation() -> SimpleNamespace:
    tabs = (("首页", "house"), ("学习", "book-open"), ("应用", "layout-grid"), ("我的", "circle-user-round"))
    return SimpleNamespace(
        tabs=[_entry(label, icon, index == 0) for index, (label, icon) in enumerate(tabs)],
        grid=[_entry(label, icon, False) for label, icon in _TILES],
        groups=[
            SimpleNamespace(label=label, entries=[_entry(name, icon, name == "组织与成员") for name, icon in entries])
            for label, entries in _GROUPS
        ],
    )


def _entry(label: str, icon: str, active: bool) -> SimpleNamespace:
    return SimpleNamespace(label=label, icon=icon, url="#", active=active)
