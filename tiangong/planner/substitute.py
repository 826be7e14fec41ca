"""`${…}` in step values: whole values keep their type, no expressions, no nesting; an unknown name is a problem."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tiangong.errors import Place, Problem, problem
from tiangong.model.reference import RESERVED, artifact_named, texts

NAME = re.compile(r"\$\{([^{}]*)\}")
STANDING = ("secret.", "artifact.")
SCRIPT_FLAGS = frozenset({"-c", "-e"})


@dataclass(frozen=True, slots=True)
class Values:
    """What names stand for, flat: `config.listen`, `release.version`, `env.labels.region` and so on."""

    known: Mapping[str, Any]
    place: Place

    def fill(self, value: Any, field: str, problems: list[Problem]) -> Any:
        """Return a value with all names filled in, collecting what can't be."""
        if isinstance(value, dict):
            return {key: self.fill(inner, f"{field}.{key}", problems) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(inner, f"{field}[{index}]", problems) for index, inner in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        if "${" in NAME.sub("", value):
            problems.append(problem("plan/open-name", Place(self.place.path, field=field), value=value))
            return value
        return self._filled(value, field, problems)

    def _filled(self, value: str, field: str, problems: list[Problem]) -> Any:
        """A text with names in it; only names of secrets and artifacts may bring in words that stand for such."""
        whole = NAME.fullmatch(value)
        if whole:
            filled = self._look_up(whole[1], field, problems)
        else:
            filled = NAME.sub(lambda found: self._within_text(found[1], field, problems), value)
        meant = sum(found[1].startswith(STANDING) for found in NAME.finditer(value))
        if sum(len(RESERVED.findall(text)) for text in texts(filled)) > meant:
            problems.append(problem("plan/reserved-word", Place(self.place.path, field=field)))
        return filled

    def _within_text(self, name: str, field: str, problems: list[Problem]) -> str:
        value = self._look_up(name, field, problems)
        if isinstance(value, str) and artifact_named(value):
            problems.append(problem("plan/artifact-in-text", Place(self.place.path, field=field), name=name))
        return _as_text(value)

    def _look_up(self, name: str, field: str, problems: list[Problem]) -> Any:
        if name in self.known:
            return self.known[name]
        known = ", ".join(self.known)
        problems.append(problem("plan/unknown-name", Place(self.place.path, field=field), name=name, known=known))
        return ""


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def unsafe_in_shell(spec: Mapping[str, Any], place: Place, field: str) -> Iterator[Problem]:
    """Where names may not stand in a shell step (D22): text a shell or an interpreter would read as a program."""
    if "${" in str(spec.get("script", "")):
        yield problem("plan/name-in-script", Place(place.path, field=f"{field}.script"))
    for part in ("run", "undo", "unless"):
        words = spec.get(part)
        if not isinstance(words, list):
            continue
        for index, word in enumerate(words):
            if not isinstance(word, str) or "${" not in word:
                continue
            after_flag = index > 0 and words[index - 1] in SCRIPT_FLAGS
            if after_flag or not NAME.fullmatch(word):
                yield problem("plan/name-in-run", Place(place.path, field=f"{field}.{part}[{index}]"), word=word)
