"""A message is translated when it is read, with all its parts."""

from __future__ import annotations

from survey_server.i18n import LibraryMessage, Message

NOT_UTF8 = Message("không phải mã UTF-8")  # in English: it is not UTF-8


def test_a_part_that_is_a_message_is_read_in_the_same_language() -> None:
    message = Message("{name}: {why}", name="x", why=NOT_UTF8)
    assert [message.text(each) for each in ("vi", "en")] == ["x: không phải mã UTF-8", "x: it is not UTF-8"]


def test_a_part_of_several_messages_is_read_as_a_list() -> None:
    assert Message("{all}.", all=(NOT_UTF8, "x")).text("en") == "it is not UTF-8; x."


def test_an_end_may_be_added_to_a_message() -> None:
    assert (NOT_UTF8 + ".key").text("en") == "it is not UTF-8.key"


def test_braces_in_a_part_are_text_and_doubled_ones_in_a_text_are_single() -> None:
    assert Message("{{{name}}}", name="{why}").text("vi") == "{{why}}"


def test_equal_texts_are_kept_apart_by_their_context() -> None:
    assert Message("chữ", "kind of value").text("en") == "text"
    assert Message("chữ").text("en") == "a text"


def test_a_library_s_text_is_translated_by_the_longest_beginning_that_is_known() -> None:
    assert "neo (&)" in LibraryMessage("found duplicate anchor 'a'", "yaml").text("vi")
    assert "viết hai lần" in LibraryMessage("found duplicate %YAML directive", "yaml").text("vi")


def test_a_library_s_parts_are_found_in_what_it_said() -> None:
    said = LibraryMessage("Length must be between 10 and 100", "marshmallow")
    assert said.text("vi") == "phải có từ 10 đến 100 ký tự"
    assert said.text("en") == "Length must be between 10 and 100"
