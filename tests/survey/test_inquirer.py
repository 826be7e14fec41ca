"""Questions that may never be answered."""

import threading

import pytest

from tiangong.errors import Failed
from tiangong.job import Inquirer, wait_for


def test_an_answer() -> None:
    assert Inquirer().ask("x", lambda: 42, 20.0) == 42


def test_what_went_wrong_is_handed_on() -> None:
    def wrong() -> int:
        raise KeyError("wrong")

    inquirer = Inquirer()
    with pytest.raises(KeyError, match="wrong"):
        inquirer.ask("x", wrong, 20.0)
    assert inquirer.ask("x", lambda: 1, 20.0) == 1


def test_a_timeout_of_the_question_is_not_ours() -> None:
    def slow() -> int:
        raise TimeoutError("theirs")

    with pytest.raises(TimeoutError, match="theirs"):
        Inquirer().ask("x", slow, 20.0)


def test_no_answer_in_time_and_no_second_question_about_it() -> None:
    gate = threading.Event()
    inquirer = Inquirer()

    def hang() -> bool:
        return gate.wait()

    with pytest.raises(Failed) as caught:
        inquirer.ask("x", hang, 0.01)
    assert caught.value.problems[0].code == "step/deadline"
    assert inquirer.begin("x", hang) is None
    assert inquirer.ask("y", lambda: 1, 20.0) == 1, "about something else"
    with pytest.raises(Failed):
        wait_for(None, 20.0)
    gate.set()
    while inquirer.begin("x", lambda: True) is None:
        threading.Event().wait(0.001)


def test_threads_keep_no_process() -> None:
    gate = threading.Event()
    Inquirer().begin("x", gate.wait)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "ask x"]
    assert thread.daemon
    gate.set()
