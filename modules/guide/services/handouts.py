"""Handouts for notice boards: one A4 page with a code to scan, and what to do then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import Text
from jiceng.kernel.pdf import draw_qr

from .. import errors

if TYPE_CHECKING:
    from fpdf import FPDF

WIDTH, MARGIN, QR_SIZE = 210, 20, 90
RED, GREY, BLACK = (178, 34, 34), (110, 110, 110), (30, 30, 30)


@dataclass(frozen=True, slots=True)
class Handout:
    """``module``: without it there is no such page. ``route``: where the code leads. ``steps``: what to do, in order."""

    kind: str
    title: Text
    about: Text
    route: str
    steps: tuple[Text, ...]
    module: str = "guide"


HANDOUTS = (
    Handout("join", _("扫码进入我们的服务平台"), _("贴在单位门口、会议室，成员扫码开始使用。"), "h5-home", (
        _("用微信扫上面的码"), _("登录，或用单位给您的邀请链接"), _("照着“新手指南”做完几步"),
    )),
    Handout("guide", _("不会用？看新手指南"), _("贴在值班室，谁来问都可以自己看。"), "h5-guide-home", (
        _("用微信扫上面的码"), _("点想知道的那一篇"), _("还不清楚，问本单位的管理员"),
    )),
    Handout("yellowpages", _("找电话、问几点开门，看生活黄页"), _("贴在大厅、楼道，没有账号也能查公开的条目。"),
        "h5-yellowpages-list", (_("用微信扫上面的码"), _("搜名称、拼音或首字母"), _("电话点一下就能拨")), "yellowpages",
    ),
    Handout("volunteering", _("一起来做志愿者"), _("贴在社区、窗口，公开的志愿项目谁都能看。"), "h5-volunteering-list", (
        _("用微信扫上面的码"), _("选一个有空的班次"), _("登录后点“报名”"),
    ), "volunteering"),
    Handout("help", _("有困难，扫码求助"), _("贴在楼道、服务大厅，居民不用注册。"), "h5-volunteering-help", (
        _("用微信扫上面的码"), _("写清要帮什么、怎么联系您"), _("记下回执号，可以查到办到哪一步"),
    ), "volunteering"),
)  # fmt: skip


def offered(modules: frozenset[str] | None) -> list[Handout]:
    """Those of the modules that are on."""
    return [handout for handout in HANDOUTS if modules is None or handout.module in modules]


def get_handout(kind: str, modules: frozenset[str] | None) -> Handout:
    """Raises ``HandoutMissing``."""
    found = next((handout for handout in offered(modules) if handout.kind == kind), None)
    if found is None:
        raise errors.HandoutMissing
    return found


def handout_pdf(handout: Handout, *, organisation: str, address: str) -> bytes:
    """A4, with its font inside. ``address``: the whole address that the code leads to; it is printed below, too."""
    # Takes 0.2 s to import: only whoever prints waits for it.
    from fpdf import FPDF
    from pylopdf_fonts_zh_cn import serif_path

    pdf = FPDF("P", "mm", "A4")
    pdf.set_title(str(handout.title))
    pdf.set_auto_page_break(False)
    pdf.add_page()
    pdf.add_font("song", "", serif_path())
    _text(pdf, organisation, size=22, top=22, colour=GREY)
    _text(pdf, str(handout.title), size=34, top=42, colour=RED)
    draw_qr(pdf, address, left=(WIDTH - QR_SIZE) / 2, top=84, size=QR_SIZE)
    _text(pdf, address, size=11, top=84 + QR_SIZE + 4, colour=GREY)
    for number, step in enumerate(handout.steps, start=1):
        _text(pdf, f"{number}. {step}", size=22, top=184 + number * 18, colour=BLACK)
    return bytes(pdf.output())


def _text(pdf: FPDF, text: str, *, size: float, top: float, colour: tuple[int, int, int]) -> None:
    """Centred; long lines are broken between any two characters, as Chinese is."""
    from fpdf.enums import WrapMode

    pdf.set_font("song", size=size)
    pdf.set_text_color(*colour)
    pdf.set_xy(MARGIN, top)
    pdf.multi_cell(w=WIDTH - 2 * MARGIN, h=size * 0.5, text=text, align="C", wrapmode=WrapMode.CHAR)
