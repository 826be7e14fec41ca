"""From bytes to documents: each mistake has its place, its sentence and its way out, and all are told at once."""

import pytest

from tiangong.documents.parse import parse, parse_model
from tiangong.errors import Misuse
from tiangong.messages import render
from tiangong.model.document import Model
from tiangong.model.environment import Installation
from tiangong.model.product import Release

HEAD = "apiVersion: tiangong.dev/v1\n"
SHOP = "environments/prod/installations/shop.yaml"
INSTALLATION = HEAD + "kind: Installation\nmetadata:\n  name: shop\n  environment: prod\n"
RELEASE = HEAD + "kind: Release\nmetadata: {name: shop@1.4.0}\n"
RELEASE_PATH = "products/shop/releases/1.4.0/release.yaml"
PROMOTION = HEAD + "kind: Promotion\nmetadata: {name: shop@1.4.0/stable}\n"
PROMOTION_PATH = "products/shop/promotions/stable/1.4.0.yaml"


def mistakes(text: str, path: str) -> list[tuple[str, str]]:
    with pytest.raises(Misuse) as caught:
        parse(text.encode(), path)
    assert all(render(problem).startswith(path) for problem in caught.value.problems)
    return [(p.code.removeprefix("document/"), str(p.place).removeprefix(path + ":")) for p in caught.value.problems]


def test_a_document_is_read_into_its_kind() -> None:
    document = parse((INSTALLATION + "spec:\n  product: shop\n  config: {listen: 8080}\n").encode(), SHOP)
    assert isinstance(document, Installation)
    assert (document.metadata.environment, document.spec.config) == ("prod", {"listen": 8080})


def test_all_mistakes_are_told_at_once_each_with_its_place() -> None:
    spec = (
        "spec:\n  downtimes: true\n  downtime: maybe\n  duration: 90\n  requires: []\n  health: check\n"
        "  config:\n    listen: {typ: integer, type: int}\n  steps:\n    - name: Place\n      whith: {}\n"
    )
    assert mistakes(RELEASE + spec, RELEASE_PATH) == [
        ("unknown-field", "5:14 spec.downtimes"),
        ("not-truth", "6:13 spec.downtime"),
        ("wrong-value", "7:13 spec.duration"),
        ("not-yet", "8:13 spec.requires"),
        ("not-list", "9:11 spec.health"),
        ("unknown-field", "11:19 spec.config.listen.typ"),
        ("not-one-of", "11:34 spec.config.listen.type"),
        ("missing-field", "13:7 spec.steps[0].executor"),
        ("not-a-name", "13:13 spec.steps[0].name"),
        ("unknown-field", "14:14 spec.steps[0].whith"),
    ]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("spec: {prodct: shop}", "did you mean product?"),
        ("spec: {zzz: 1}", "known here: product, channel, config, overrides, drift"),
        ("spec: {overrides: [{zzz: 1, versions: '1', config: {}}]}", "known here: versions, config"),
        ("spec: {product: Shop}", '"Shop" is not a name'),
        ("spec: {product: 1.10}", 'quote it: "1.10"'),
        ("spec: {product: [shop]}", "a list is not text"),
        ("spec: {config: [a]}", "a list is not a mapping of fields"),
        ("spec: {drift: fix}", '"fix" is not one of report, repair or ignore'),
        ("spec: {drift: true}", 'true is not text\n  fix: quote it: "true"'),
        ("spec: {overrides: [{versions: 'x y', config: {}}]}", '"x y" is not a version range such as'),
        ("spec:", "nothing is not a mapping of fields"),
        ("", "spec is missing"),
        ("spec: {pin: 1.4.0}", "spec.pin is not supported yet"),
    ],
)
def test_the_sentence_says_what_to_do(spec: str, sentence: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse(f"{INSTALLATION}{spec}\n".encode(), SHOP)
    assert sentence in render(caught.value.problems[0])


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("kind: Fleet", "wrong-api-version"),
        ("apiVersion: tiangong.dev/v2\nkind: Fleet", "wrong-api-version"),
        ("apiVersion: tiangong.dev/v1", "missing-field"),
        ("apiVersion: tiangong.dev/v1\nkind: fleet", "unknown-kind"),
        ("apiVersion: tiangong.dev/v1\nkind: [Fleet]", "unknown-kind"),
        ("apiVersion: tiangong.dev/v1\nkind: Fleet\nmetadata: {name: x}\nspec: {channels: []}", "too-few"),
    ],
)
def test_version_and_kind_come_first(head: str, code: str) -> None:
    assert mistakes(head + "\n", "tiangong.yaml")[0][0] == code


def test_a_nearby_kind_is_suggested() -> None:
    with pytest.raises(Misuse) as caught:
        parse((HEAD + "kind: Instalation\n").encode(), SHOP)
    assert "write kind: Installation" in render(caught.value.problems[0])


@pytest.mark.parametrize(
    ("text", "path", "code"),
    [
        (INSTALLATION + "spec: {}\n", "environments/prod/installations/web.yaml", "wrong-path"),
        (INSTALLATION + "spec: {}\n", "environments/dev/installations/shop.yaml", "wrong-path"),
        (INSTALLATION + "spec: {}\n", "profiles/shop.yaml", "kind-elsewhere"),
        (HEAD + "kind: Profile\nmetadata: {name: Shop}\nspec: {}\n", "profiles/Shop.yaml", "bad-name"),
        (HEAD + "kind: Profile\nmetadata: {name: ../x}\nspec: {}\n", "profiles/../x.yaml", "bad-name"),
        (
            HEAD + "kind: Profile\nmetadata: {name: x, environment: prod}\nspec: {}\n",
            "profiles/x.yaml",
            "environment-here",
        ),
        (HEAD + "kind: Installation\nmetadata: {name: shop}\nspec: {}\n", SHOP, "missing-field"),
        (
            RELEASE + "spec: {steps: [{name: a, executor: file}]}\n",
            "products/shop/releases/1.4.1/release.yaml",
            "wrong-path",
        ),
        (PROMOTION + "spec: {release: {name: shop@1.3.0}, to: stable}\n", PROMOTION_PATH, "not-as-named"),
        (PROMOTION + "spec: {release: {name: shop@1.4.0}, to: canary}\n", PROMOTION_PATH, "not-as-named"),
    ],
)
def test_path_name_and_kind_agree(text: str, path: str, code: str) -> None:
    assert [found for found, _ in mistakes(text, path)] == [code]


def test_the_version_of_a_root_is_its_name() -> None:
    quorum = "{people: {alice: [x]}}"
    root = f"{HEAD}kind: TrustRoot\nmetadata: {{name: '1'}}\nspec: {{version: 2, root: {quorum}, policy: {quorum}}}\n"
    assert mistakes(root, "trust/root/1.yaml") == [("not-as-named", "4:17 spec.version")]


def test_very_many_mistakes_are_counted_not_listed() -> None:
    found = mistakes(INSTALLATION + "spec:\n" + "".join(f"  x{i}: 1\n" for i in range(500)), SHOP)
    assert len(found) == 21
    assert found[-1][0] == "more"


class Settings(Model):
    """Like an agent's own file."""

    workers: int = 4
    ratio: float = 0.5
    zone: str = ""


def test_other_files_are_read_by_the_same_rules() -> None:
    assert parse_model(b"workers: 2\n", "agent.yaml", Settings) == Settings(workers=2)
    with pytest.raises(Misuse) as caught:
        parse_model(b"workers: two\nratio: x\nzone: 0.10\n", "agent.yaml", Settings)
    assert [p.code for p in caught.value.problems] == [
        "document/not-integer",
        "document/not-number",
        "document/quote-it",
    ]


def test_a_release_keeps_what_its_steps_say() -> None:
    spec = "spec: {steps: [{name: a, executor: file, with: {mode: '0640', n: 1, deep: {x: [1, 2.5, null]}}}]}\n"
    document = parse((RELEASE + spec).encode(), RELEASE_PATH)
    assert isinstance(document, Release)
    assert document.spec.steps[0].with_ == {"mode": "0640", "n": 1, "deep": {"x": [1, 2.5, None]}}
