"""Passwords that are guessed first are refused, and the message says why; sentences of one's own are taken."""

from __future__ import annotations

import pytest

from survey_server.problems import ProblemError
from survey_server.services.credentials import make_one_time_password
from survey_server.services.password_rules import check_new_password

OWN = ("lan.tran", "Trần Thị Lan", "Thị xã Hương Thủy", "Hương Thủy")


def refusal(password: str) -> str | None:
    try:
        check_new_password(password, OWN)
    except ProblemError as error:
        return error.problem.code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "matkhau1", "Matkhau@123", "M@tKh4u123", "mật khẩu 1", "mttq2012", "MTTQ@2012", "m.t.t.q.2012", "Ubmttq62",
        "mattran2012", "khaosat62", "abc@12345", "Abcd1234", "aaaaaaaa", "abababab", "qwerty123", "1qaz2wsx",
        "P@ssw0rd", "password1!", "iloveyou", "anhyeuem1314", "Hà Nội 2012", "haiphong@2012", "huongthuy123",
        "tranthilan1976", "Lan.Tran76", "lan12345", "vietnam6868", "admin@123", "a1b2c3d4", "zyxwvu99",
    ],
)  # fmt: skip
def test_a_password_of_common_words_names_and_runs_is_refused(password: str) -> None:
    assert refusal(password) == "password_common"


@pytest.mark.parametrize(
    "password", ["12345678", "0912345678", "19051890", "024 3825 0000", "001176000123", "11223344"]
)
def test_a_password_of_digits_alone_is_refused(password: str) -> None:
    assert refusal(password) == "password_digits"


@pytest.mark.parametrize("password", ["", "abc", "x7Kp9qd"])
def test_a_short_password_is_refused(password: str) -> None:
    assert refusal(password) == "password_short"


def test_a_password_that_would_not_be_read_to_its_end_is_refused() -> None:
    assert refusal("con cò bay lả " * 37) == "password_long"


@pytest.mark.parametrize(
    "password",
    ["mot mat khau dai", "con cò bay lả", "vườn xoài bến đò", "Ngôi nhà cuối dốc 12", "русский пароль",
     "hoa lan nở muộn", "kx7mp3dw9hqr", "8402917365018264"],
)  # fmt: skip
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    assert refusal(password) is None


def test_a_one_time_password_keeps_the_rules() -> None:
    made = {make_one_time_password() for _ in range(300)}
    assert len(made) == 300
    assert {refusal(password) for password in made} == {None}


def test_a_one_time_password_that_the_rules_refuse_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("2" * 60 + "kx7mp3dw9hqr" * 5)
    monkeypatch.setattr("survey_server.services.credentials.secrets.choice", lambda _: next(drawn))
    assert set(make_one_time_password()) > {"k", "x"}


def test_the_message_names_what_is_easy_to_guess() -> None:
    with pytest.raises(ProblemError) as refused:
        check_new_password("mttq2012", OWN)
    assert "“mttq”" in refused.value.problem.text("vi")
    assert "“mttq”" in refused.value.problem.text("en")
    assert refused.value.problem.hint("vi")
