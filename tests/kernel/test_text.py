"""What people type, cleaned once for every form and serializer."""

import pytest

from jiceng.kernel.errors import Invalid
from jiceng.kernel.text import clean


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  支部大会 \n", "支部大会"),
        ("𠮷野家 䶮 😀", "𠮷野家 䶮 😀"),
        ("é", "é"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("\u200b\ufeff", ""),
        ("一行\n二行\t", "一行\n二行"),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


@pytest.mark.parametrize("raw", ["a\x00b", "a\x1bb", "\ud800"])
def test_control_characters_and_lone_surrogates_are_refused(raw):
    with pytest.raises(Invalid) as refusal:
        clean(raw)
    assert refusal.value.detail.endswith("。")
