import re

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

HOSTILE = '"><script>alert(1)</script>'


def render(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    return Template("{% load jiceng %}" + source).render(
        Context({"request": request, "csrf_token": "t0ken", **context})
    )


class PersonForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=20, help_text="与证件一致。")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="同意", required=False)
    note = forms.CharField(label="备注", widget=forms.Textarea, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def _attributes(html: str, tag: str) -> dict[str, str]:
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', re.search(rf"<{tag}\b[^>]*>", html).group(0)))


def test_field_ties_label_help_and_error_to_the_control():
    html = render("{% field form.name %}", form=PersonForm({"kind": "a"}))
    control = _attributes(html, "input")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"].split() == ["id_name-help", "id_name-error"]
    assert all(f'id="{name}"' in html for name in control["aria-describedby"].split())
    assert f'<label for="{control["id"]}">' in html


def test_field_without_fault_says_nothing_of_faults():
    html = render("{% field form.name %}", form=PersonForm())
    assert "aria-invalid" not in html
    assert _attributes(html, "input")["aria-describedby"] == "id_name-help"


def test_choices_are_a_group_with_a_legend():
    html = render("{% field form.kind %}", form=PersonForm({"name": "李"}))
    assert "<fieldset" in html
    assert "<legend>类别" in html
    assert 'aria-describedby="id_kind-error"' in html
    assert len(re.findall(r'<label class="choice" for="id_kind_\d">', html)) == 2


@pytest.mark.parametrize(
    ("name", "expected"), [("agree", "choice"), ("note", "<textarea"), ("secret", 'type="hidden"')]
)
def test_each_kind_of_widget(name, expected):
    assert expected in render(f"{{% field form.{name} %}}", form=PersonForm())


def test_field_escapes_what_was_typed():
    assert "<script>" not in render("{% form_fields form %}", form=PersonForm({"name": HOSTILE, "note": HOSTILE}))


def test_form_errors_counts_fields():
    form = PersonForm({})
    form.add_error(None, "整体有误。")
    html = render("{% form_errors form %}", form=form)
    assert "整体有误。" in html
    assert "有 2 处需要修改" in html
    assert render("{% form_errors form %}", form=PersonForm()).strip() == ""


def test_query_replace_keeps_the_rest():
    assert render("{% query_replace page=2 %}", "/?q=a&page=1") == "?q=a&amp;page=2"
    assert render("{% query_replace q=None page='' %}", "/?q=a&page=1") == "?"


def test_query_replace_escapes():
    assert "<" not in render("{% query_replace page=2 %}", "/?q=%3Cscript%3E")


def test_sort_header_turns_around_and_drops_the_cursor():
    first = render('{% sort_header "name" "姓名" %}', "/?cursor=abc")
    assert 'href="?ordering=name"' in first
    assert "aria-sort" not in first
    second = render('{% sort_header "name" "姓名" %}', "/?ordering=name")
    assert 'href="?ordering=-name"' in second
    assert 'aria-sort="ascending"' in second


def test_pager():
    html = render('{% pager next="n1" previous="p1" count=3 %}', "/?q=a")
    assert 'href="?q=a&amp;cursor=n1"' in html
    assert 'href="?q=a&amp;cursor=p1"' in html
    assert "共 3 条" in html
    assert render("{% pager %}").strip() == ""


def test_load_more_is_a_real_link():
    html = render('{% load_more next="n1" %}')
    assert '<a class="btn wide" href="?cursor=n1" hx-get="?cursor=n1"' in html
    assert "<a" not in render("{% load_more next=None %}")


def test_switch_is_a_form_that_works_without_script():
    html = render('{% switch "/x/" True "新闻" target="#m" %}')
    assert '<form class="switch" method="post" action="/x/"' in html
    assert 'value="t0ken"' in html
    assert 'name="on" value="0"' in html
    assert 'role="switch" aria-checked="true" aria-label="新闻"' in html
    assert 'name="on" value="1"' in render('{% switch "/x/" False "新闻" %}')
    assert " disabled" in render('{% switch "/x/" False "新闻" disabled=True %}')


def test_block_tags_keep_markup_and_escape_texts():
    html = render('{% page_header title %}<a class="btn">加</a>{% endpage_header %}', title=HOSTILE)
    assert '<a class="btn">加</a>' in html
    assert "<script>" not in html
    assert "<b>" in render("{% card title='t' %}<b>粗</b>{% endcard %}")
    assert "<i>" in render("{% empty %}<i>斜</i>{% endempty %}")
    assert "<u>" in render("{% filters %}<u>线</u>{% endfilters %}")


def test_blocks_escape_variables_inside():
    html = render("{% card %}{{ text }}{% endcard %}{% empty %}{{ text }}{% endempty %}", text=HOSTILE)
    assert "<script>" not in html


@pytest.mark.parametrize(
    "source", ["{% avatar text %}", "{% badge text %}", "{% stat text text %}", "{% qr 'x' label=text %}"]
)
def test_tags_escape(source):
    assert "<script>" not in render(source, text=HOSTILE)


def test_diff_shows_only_what_changed():
    html = render("{% diff before after %}", before={"a": 1, "b": True}, after={"a": 1, "b": False, "c": HOSTILE})
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == ["b", "c"]
    assert "<del>是</del>" in html
    assert "<ins>否</ins>" in html
    assert "<script>" not in html
    assert "没有变化" in render("{% diff before after %}", before={}, after=None)


def test_qr_is_inline_and_without_style():
    html = render("{% qr 'https://example.org/invite/x/' %}")
    assert "<svg" in html
    assert "style=" not in html
    assert 'role="img"' in html
