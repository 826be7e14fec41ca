"""What must not be read isn't, in whatever form programs write it."""

import base64
import json
import threading
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from tiangong.report.redact import HIDDEN, Redactor

SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=8, max_size=40).map(
    str.strip
)


@given(SECRETS.filter(lambda s: len(s) >= 8), st.text(st.characters(codec="ascii", categories=["L"]), max_size=7))
def test_every_usual_form_is_hidden(secret: str, user: str) -> None:
    redactor = Redactor([secret])
    raw = secret.encode()
    for form in (secret, json.dumps(secret)[1:-1], quote(raw), quote(raw, safe=""), quote_plus(raw)):
        assert HIDDEN in redactor.clean(f"before {form} after"), form
    basic = base64.b64encode(f"{user}:".encode() + raw).decode()
    cleaned = redactor.clean(f"Authorization: Basic {basic}")
    assert HIDDEN in cleaned
    left = cleaned.rpartition(HIDDEN)[2].rstrip("=")
    assert len(left) <= 1, "only a character that the value doesn't decide alone"


def test_a_value_of_several_lines_is_hidden_by_line() -> None:
    redactor = Redactor(["-----BEGIN KEY-----\nabcdefgh\nij\n"])
    assert redactor.clean("x abcdefgh y") == f"x {HIDDEN} y"
    assert redactor.clean("ij") == "ij"


def test_values_may_be_learnt_while_others_clean() -> None:

    redactor = Redactor()

    def clean() -> None:
        for number in range(300):
            redactor.clean(f"secret-{number:04}")
            assert redactor.reach

    threads = [threading.Thread(target=clean) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(300):
        redactor.add([f"secret-{number:04}"])
    for thread in threads:
        thread.join()
    assert redactor.clean("secret-0299") == HIDDEN
    assert redactor.clean("secret-0000") == HIDDEN
