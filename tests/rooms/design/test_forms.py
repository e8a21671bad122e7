"""Forms as residents meet them: labels, hints, errors, and links that lead to the mistake."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.safestring import mark_safe

from hereabouts.design.api import DayField, error_items
from hereabouts.design.forms import GovukBoundField
from tests.rooms.design.markup import Page
from tests.rooms.design.routes import TrialForm

pytestmark = pytest.mark.django_db

TYPED = {
    "name": '<script>"Ann"</script>',
    "email": "ann",
    "about": "x" * 41,
    "ward": "e",
    "kind": "bin",
    "who": ["ride"],
    "seen_day": "31",
    "seen_month": "2",
    "seen_year": "2026",
    "count": "three",
}


@pytest.fixture
def empty(client: Client) -> Page:
    return Page(client.get("/trial/form"))


@pytest.fixture
def sent(client: Client) -> Page:
    return Page(client.post("/trial/form", TYPED))


def test_every_field_has_a_label_or_a_legend(empty: Page) -> None:
    controls = empty.find("//main//input[not(@type='hidden')] | //main//select | //main//textarea")
    labelled = {label.get("for") for label in empty.find("//main//label")}
    assert len(controls) >= 18
    assert {control.get("id") for control in controls} <= labelled


@pytest.mark.parametrize(
    ("selector", "component"),
    [
        ("//input[@name='name' and @type='text']", "govuk-input"),
        ("//input[@name='email' and @type='email' and @autocomplete='email']", "govuk-input"),
        ("//textarea[@name='about']", "govuk-js-character-count"),
        ("//textarea[@name='plain']", "govuk-textarea"),
        ("//select[@name='ward']", "govuk-select"),
        ("//input[@name='kind' and @value='lamp']", "govuk-radios__input"),
        ("//input[@name='who' and @value='ride']", "govuk-checkboxes__input"),
        ("//input[@name='many' and @value='s' and @type='checkbox']", "govuk-checkboxes__input"),
        ("//input[@name='seen_month' and @inputmode='numeric']", "govuk-date-input__input"),
        ("//input[@name='count' and @inputmode='numeric' and @type='text']", "govuk-input"),
        ("//input[@name='width' and @inputmode='decimal']", "govuk-input"),
        ("//input[@name='photo' and @type='file']", "govuk-file-upload"),
        ("//input[@name='word' and @type='password']", "govuk-password-input__input"),
        ("//input[@name='agreed' and @type='checkbox']", "govuk-checkboxes__input"),
    ],
)
def test_each_widget_is_drawn_by_its_component(empty: Page, selector: str, component: str) -> None:
    assert component in empty.one(selector).get("class").split()


def test_hints_are_told_to_those_who_cannot_see_them(empty: Page) -> None:
    described = empty.one("//input[@name='name']").get("aria-describedby")
    assert (
        empty.one(f"//*[@id='{described}']").text_content().strip() == "As you like to be called."
    )


def test_the_browser_does_not_judge_in_its_own_words(empty: Page) -> None:
    assert empty.one("//main//form").get("novalidate") is not None
    assert empty.find("//main//*[@required] | //main//input[@maxlength]") == []


def test_a_form_with_a_file_says_so(empty: Page) -> None:
    assert empty.one("//main//form").get("enctype") == "multipart/form-data"


def test_a_clean_form_has_no_summary_and_a_plain_title(empty: Page) -> None:
    assert empty.find("//*[contains(@class, 'govuk-error-summary')]") == []
    assert empty.said("//title") == ["Tell us – Hereabouts"]


def test_an_erring_form_says_so_in_the_title(sent: Page) -> None:
    assert sent.said("//title") == ["Error: Tell us – Hereabouts"]


def test_every_link_of_the_summary_leads_to_something_on_the_page(sent: Page) -> None:
    links = [link.get("href") for link in sent.find("//*[@class='govuk-error-summary__body']//a")]
    assert len(links) >= 9
    assert {link[1:] for link in links} <= set(sent.ids())


def test_every_link_of_the_summary_leads_to_what_can_be_corrected(sent: Page) -> None:
    for link in sent.find("//*[@class='govuk-error-summary__body']//a"):
        target = sent.one(f"//*[@id='{link.get('href')[1:]}']")
        assert target.tag in ("input", "select", "textarea"), link.text_content()


def test_no_id_stands_twice(sent: Page) -> None:
    assert sorted(sent.ids()) == sorted(set(sent.ids()))


def test_an_error_stands_beside_its_field_too(sent: Page) -> None:
    described = sent.one("//input[@name='email']").get("aria-describedby").split()[-1]
    assert sent.one(f"//*[@id='{described}']").text_content().split() == (
        "Error: Enter a valid email address.".split()
    )


def test_a_hidden_fields_error_is_listed_without_a_link(sent: Page) -> None:
    plain = sent.said("//*[@class='govuk-error-summary__body']//li[not(a)]")
    assert plain == ["This field is required."]


def test_what_was_typed_survives_and_is_escaped(sent: Page) -> None:
    assert sent.one("//input[@name='name']").get("value") == TYPED["name"]
    assert '<script>"Ann"' not in sent.text
    assert sent.one("//option[@selected]").get("value") == "e"
    assert [box.get("value") for box in sent.find("//main//input[@checked]")] == ["bin", "ride"]
    assert sent.one("//input[@name='seen_day']").get("value") == "31"


def test_a_password_is_never_sent_back(client: Client) -> None:
    page = Page(client.post("/trial/form", {"word": "correct horse"}))
    assert page.one("//input[@name='word']").get("value") is None
    assert "correct horse" not in page.text


class Small(forms.Form):
    """A form for single questions about forms."""

    note = forms.CharField(required=False, label="Note")
    seen = DayField(label="Seen", required=False)
    kind = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("a", mark_safe("<b>A</b>")), ("b", "B & C")]
    )

    def clean(self) -> None:
        raise ValidationError("These do not fit together.")


def test_what_needs_no_answer_says_so() -> None:
    assert "Note (optional)" in str(Small())


def test_a_form_may_leave_that_word_out() -> None:
    form = Small()
    form.marks_optional = False  # type: ignore[attr-defined]
    assert "(optional)" not in str(form)


def test_choices_may_carry_hints_and_are_escaped() -> None:
    form = Small()
    form.fields["kind"].widget.option_hints = {"b": "Both <of> them"}  # type: ignore[attr-defined]
    drawn = str(form)
    assert "Both &lt;of&gt; them" in drawn
    assert "B &amp; C" in drawn


def test_an_error_of_the_whole_form_leads_to_its_first_field() -> None:
    items = error_items(Small({"kind": "a"}))
    assert [(item.text, item.href) for item in items] == [
        ("These do not fit together.", "#id_note")
    ]


def test_fields_know_their_component() -> None:
    field = Small()["note"]
    assert isinstance(field, GovukBoundField)
    assert field.component.name == "input"


@pytest.mark.parametrize(
    ("typed", "cleaned"), [(["3", "9", "2026"], date(2026, 9, 3)), (["", "", ""], None)]
)
def test_a_date_is_cleaned_to_a_day(typed: list[str], cleaned: date | None) -> None:
    assert DayField(required=False).clean(typed) == cleaned


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["", "", ""], "Enter a date"),
        (["3", "", "2026"], "has to include a day, a month and a year"),
        (["31", "2", "2026"], "Enter a real date"),
        (["3", "x", "2026"], "Enter a real date"),
        (["3", "9", "20260"], "Enter a real date"),
        (["3", "9", "9" * 30], "Enter a real date"),
    ],
)
def test_a_date_that_is_none_is_refused_in_one_sentence(typed: list[str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        DayField().clean(typed)


def test_a_date_keeps_its_value_when_shown_again() -> None:
    form = Small(initial={"seen": date(2026, 9, 3)})
    assert 'value="2026"' in str(form["seen"].as_field_group())


def test_the_trial_form_has_a_field_for_every_component() -> None:
    names = {field.component.name for field in TrialForm().visible_fields()}  # type: ignore[attr-defined]
    assert names == {
        *("input", "textarea", "character_count", "select", "radios", "checkboxes"),
        *("date", "file", "password", "bare"),
    }
