"""A certificate as a PDF: A4 across, with its font inside, so that it looks the same everywhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from jiceng.kernel.clock import local_zone
from jiceng.kernel.pdf import draw_qr

from ..models import Certificate

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.enums import WrapMode

WIDTH, HEIGHT = 297, 210
RED, GOLD, GREY, BLACK = (178, 34, 34), (190, 150, 70), (110, 110, 110), (30, 30, 30)
QR_SIZE = 30


def certificate_pdf(*, certificate: Certificate, organisation: str, verify_url: str) -> bytes:
    """One page. ``organisation``: who issues it. ``verify_url``: whole address that the code on it leads to.

    A character outside the font (some 31,000 have a shape) leaves an empty place.
    """
    # Takes 0.2 s to import: only whoever prints waits for it.
    from fpdf import FPDF
    from pylopdf_fonts_zh_cn import serif_path

    pdf = FPDF("L", "mm", "A4")
    pdf.set_title(f"{certificate.title} {certificate.number}")
    pdf.set_auto_page_break(False)
    pdf.add_page()
    pdf.add_font("song", "", serif_path())
    _frame(pdf)
    _line(pdf, _("结 业 证 书"), size=44, top=36, colour=RED)
    issued = certificate.issued_at.astimezone(local_zone()).date()
    _paragraph(pdf, certificate, issued)
    _foot(pdf, certificate, organisation, issued)
    draw_qr(pdf, verify_url, left=40, top=150, size=QR_SIZE)
    return bytes(pdf.output())


def _frame(pdf: FPDF) -> None:
    for colour, width, margin in ((RED, 1.6, 9), (GOLD, 0.5, 12.5)):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(width)
        pdf.rect(margin, margin, WIDTH - 2 * margin, HEIGHT - 2 * margin)


def _line(pdf: FPDF, text: str, *, size: float, top: float, colour: tuple[int, int, int], align: str = "C") -> None:
    pdf.set_font("song", size=size)
    pdf.set_text_color(*colour)
    pdf.set_xy(40, top)
    pdf.cell(w=WIDTH - 80, text=text, align=align)


def _paragraph(pdf: FPDF, certificate: Certificate, issued: date) -> None:
    _line(pdf, certificate.person_name, size=30, top=66, colour=BLACK)
    facts = {"year": issued.year, "month": issued.month, "day": issued.day, "title": certificate.title}
    words = _("于 %(year)d 年 %(month)d 月 %(day)d 日学完课程“%(title)s”") % facts
    if certificate.hours:
        words += _("，计 %(hours)s 学时") % {"hours": f"{float(certificate.hours):g}"}
    pdf.set_xy(45, 88)
    pdf.set_font("song", size=18)
    pdf.multi_cell(w=WIDTH - 90, h=11, text="　　" + words + _("，特发此证。"), align="L", wrapmode=_by_character())


def _by_character() -> WrapMode:
    """Chinese has no spaces to break lines at."""
    from fpdf.enums import WrapMode

    return WrapMode.CHAR


def _foot(pdf: FPDF, certificate: Certificate, organisation: str, issued: date) -> None:
    day = _("%(year)d 年 %(month)d 月 %(day)d 日")
    spoken = day % {"year": issued.year, "month": issued.month, "day": issued.day}
    _line(pdf, organisation, size=17, top=152, colour=BLACK, align="R")
    _line(pdf, spoken, size=14, top=163, colour=BLACK, align="R")
    if (until := certificate.expires_date) is not None:
        last = day % {"year": until.year, "month": until.month, "day": until.day}
        _line(pdf, _("有效期至 %(day)s") % {"day": last}, size=11, top=175, colour=GREY, align="R")
    pdf.set_xy(40 + QR_SIZE + 6, 166)
    pdf.set_font("song", size=11)
    pdf.set_text_color(*GREY)
    pdf.multi_cell(
        w=90, h=6, align="L", wrapmode=_by_character(),
        text=_("证书编号：%(number)s\n扫描左侧二维码核验真伪") % {"number": certificate.number},
    )  # fmt: skip
