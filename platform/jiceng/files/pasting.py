"""What is pasted from Word and from WeChat articles, made into plain structure: paragraphs, headings, lists, bold.

Only structure is repaired here; ``richtext.sanitise`` decides what stays. Text without the marks of either comes back as it is.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

# Tags that sanitised text does not have: it is read but once.
_SIGNS = re.compile(r"<(?:[^>]*\s(?:style|class|data-src)\s*=|o:p|!\[if|section|div|h1)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]\d\d)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*italic", re.IGNORECASE)
_LIST = re.compile(r"MsoList|mso-list\s*:\s*l\d", re.IGNORECASE)
_IGNORED = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"[\s(（]*(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])\s*[.、)）．]")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

# Their content is no text. ``xml`` and ``o:p``: Word's own.
SILENT = {"script", "style", "xml", "title", "head", "template", "noscript", "svg", "math", "iframe", "object", "textarea"}
VOID = {"img", "br", "hr", "input", "meta", "link", "col", "wbr", "source"}
FLOWS = {"p", "div", "section", "article", "header", "footer", "main", "center", "address", "pre", "dd", "dt", "dl"}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
FRAMES = {"ul", "ol", "table", "thead", "tbody", "tr", "blockquote", "figure"}
CELLS = {"li", "td", "th", "figcaption"}
INLINE = {"b": "strong", "strong": "strong", "i": "em", "em": "em", "u": "u", "s": "s", "strike": "s", "del": "s"}
DEEPEST = 200


def repaired(html: str) -> str:
    """``html`` with its structure in plain tags; anything without marks of Word or WeChat unchanged. Never raises."""
    if not _SIGNS.search(html):
        return html
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Writes as it reads. ``open``: what each open tag of the source became; ``marks``: inline tags in force."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.open: list[tuple[str, list[str]]] = []
        self.marks: list[str] = []
        self.place: list[str] = []  # frames and cells that are open in what is written
        self.paragraph = ""  # the open paragraph or heading
        self.silent = 0
        self.list = ""  # "ul" or "ol" while items of Word follow one another
        self.item: str | None = None  # the marker of Word's item, while it is read

    # --- Source -------------------------------------------------------------------------------------------------------
    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attributes}
        style = facts.get("style", "")
        if tag in VOID:
            return self._void(tag, facts)
        if len(self.open) >= DEEPEST:
            return None
        became: list[str] = []
        if self.silent or tag in SILENT or _UNSEEN.search(style):
            self.silent += 1
            became.append("silent")
        elif _IGNORED.search(style):
            became.append("marker")
        elif tag in HEADINGS or "MsoTitle" in facts.get("class", ""):
            self._begin(HEADINGS.get(tag, "h2"))
        elif tag in FLOWS:
            self._end_paragraph()
            if tag == "p" and _LIST.search(f"{facts.get('class', '')} {style}"):
                self.item = ""
            elif self.list:
                self._end_list()
        elif tag in FRAMES or tag in CELLS:
            self._end_paragraph()
            self._end_list()
            spans = "".join(f' {name}="{escape(facts[name])}"' for name in ("colspan", "rowspan") if name in facts)
            self._write(f"<{tag}{spans}>")
            self.place.append(tag)
            became.append(tag)
        else:
            became += self._mark(tag, facts, style)
        self.open.append((tag, became))
        return None

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _became in self.open):
            return
        while self.open:
            name, became = self.open.pop()
            self._undo(name, became)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if any("marker" in became for _name, became in self.open):
            self.item = (self.item or "") + data
            return
        text = re.sub(r"[\s\u200b\ufeff]+", " ", data)
        if text.strip() or (text and (self.paragraph or self._in_cell())):
            self._ready()
            self.written.append(escape(text, quote=False))

    def unknown_decl(self, data: str) -> None:
        """``<![if !supportLists]>`` and the like say nothing."""

    # --- Written ------------------------------------------------------------------------------------------------------
    def finished(self) -> str:
        while self.open:
            self._undo(*self.open.pop())
        self._end_paragraph()
        self._end_list()
        return "".join(self.written)

    def _void(self, tag: str, facts: dict[str, str]) -> None:
        if self.silent:
            return
        if tag == "br" and (self.paragraph or self._in_cell()):
            self._write("<br>")
        elif tag == "hr":
            self._end_paragraph()
            self._write("<hr>")
        elif tag == "img" and facts.get("src"):
            self._ready()
            self._write(f'<img src="{escape(facts["src"])}" alt="{escape(facts.get("alt", ""))}">')

    def _mark(self, tag: str, facts: dict[str, str], style: str) -> list[str]:
        wanted = [INLINE[tag]] if tag in INLINE else []
        if tag == "a" and facts.get("href"):
            wanted.append(f'a href="{escape(facts["href"])}"')
        if _BOLD.search(style):
            wanted.append("strong")
        if _ITALIC.search(style):
            wanted.append("em")
        fresh = [mark for mark in wanted if mark not in self.marks]
        for mark in fresh:
            self.marks.append(mark)
            if self.paragraph or self._in_cell():
                self._write(f"<{mark}>")
        return [f"mark:{mark}" for mark in fresh]

    def _undo(self, tag: str, became: list[str]) -> None:
        for what in reversed(became):
            if what == "silent":
                self.silent -= 1
            elif what.startswith("mark:"):
                self._unmark(what[5:])
            elif what in self.place:
                self._end_paragraph()
                self._end_list()
                if self.written[-1] == "<br>":
                    self.written.pop()
                self.place.remove(what)
                self._write(f"</{what}>")
        if tag in FLOWS or tag in HEADINGS:
            self._end_paragraph()

    def _unmark(self, mark: str) -> None:
        if self.paragraph or self._in_cell():
            self._write(f"</{mark.split(' ')[0]}>")
        if mark in self.marks:
            self.marks.remove(mark)

    def _ready(self) -> None:
        """Something is about to be shown: it needs a paragraph, an item of a list, or a cell."""
        if self.paragraph:
            return
        if self.item is not None:
            kind = "ol" if _NUMBER.match(self.item) else "ul"
            if self.list != kind:
                self._end_list()
                self._write(f"<{kind}>")
                self.list = kind
            self._begin("li")
        elif not self._in_cell():
            self._begin("p")

    def _begin(self, tag: str) -> None:
        self._end_paragraph(keep_item=tag == "li")
        if self.list and tag != "li":
            self._end_list()
        self.paragraph = tag
        self._write(f"<{tag}>" + "".join(f"<{mark}>" for mark in self.marks))

    def _end_paragraph(self, *, keep_item: bool = False) -> None:
        if self.paragraph:
            closing = "".join(f"</{mark.split(' ')[0]}>" for mark in reversed(self.marks))
            self._write(f"{closing}</{self.paragraph}>")
            self.paragraph = ""
        elif self._in_cell() and self.written and not self.written[-1].startswith(("<td", "<th", "<li", "<br", "</")):
            self._write("<br>")
        if not keep_item:
            self.item = None

    def _end_list(self) -> None:
        if self.list:
            self._write(f"</{self.list}>")
            self.list = ""

    def _in_cell(self) -> bool:
        return bool(self.place) and self.place[-1] in CELLS

    def _write(self, html: str) -> None:
        self.written.append(html)
