"""Drawing that every PDF of ours may need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from fpdf import FPDF


def draw_qr(pdf: FPDF, text: str, *, left: float, top: float, size: float) -> None:
    """A code without its margin, black, ``size`` units wide and high. Made of rectangles: sharp in every print."""
    rows = [bytes(row) for row in segno.make(text, error="m").matrix]
    side = size / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        for across, is_dark in enumerate(row):
            if is_dark:
                pdf.rect(left + across * side, top + down * side, side, side, style="F")
