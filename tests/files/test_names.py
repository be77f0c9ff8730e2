"""Names are text for people: whatever they try, they never become a path."""

from __future__ import annotations

import pytest

from jiceng.files.errors import TypeRefused
from jiceng.files.names import MAX_LENGTH, display_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("通知.PDF", "通知.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\a.txt", "a.txt"),
        ("CON.pdf", "_CON.pdf"),
        ("com1.tar.zip", "_com1.tar.zip"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("a\u200b.png", "a.png"),
        ('a<b>"c|?.txt', "a_b__c__.txt"),
        (" . 名 . .txt", "名.txt"),
        ("𠮷😀.jpg", "𠮷😀.jpg"),
    ],
)
def test_names_are_made_harmless(raw, shown):
    assert display_name(raw) == shown


def test_long_names_are_cut_and_keep_their_extension():
    name = display_name("长" * 300 + ".docx")
    assert len(name) == MAX_LENGTH and name.endswith("长.docx")


@pytest.mark.parametrize("raw", ["", "noextension", ".jpg", "a.", "a\x00.jpg", "a\ud800.jpg", "\u200b.jpg", "../.."])
def test_what_is_no_name_is_refused(raw):
    with pytest.raises(TypeRefused):
        display_name(raw)
