"""Generated pages are as the program is now."""

import pytest

from docs.generate import DOCS, pages
from docs.generate.fields import fields_of
from tiangong.model.kinds import KINDS

PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_a_page_is_fresh(path: object) -> None:
    text = next(text for known, text in PAGES.items() if known == path)
    assert text == next(known for known in PAGES if known == path).read_text(encoding="utf-8"), "run: make docs"


def test_fields_are_named_as_in_yaml() -> None:
    found = {field.name: field for field in fields_of(KINDS["Environment"])}
    assert found["spec.windows.allow[].for"].type == "duration"
    assert found["spec.windows.allow[].for"].default == "**required**"
    assert found["spec.envelope.shell.commands"].type == "list of: text"
    assert not {field.name: field for field in fields_of(KINDS["Product"])}["spec.windows"].built
    assert "starts nothing any more" in found["spec.state"].about
    release = {field.name: field for field in fields_of(KINDS["Release"])}
    assert release["spec.config.NAME.type"].type.startswith("`string`, ")
    assert release["spec.steps[].with"].default == ""
