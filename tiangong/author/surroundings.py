"""What stands beside the documents of a new control repository: a README, the required check, and CI that runs it.

The tool never reads these files (D6); people change them as they like.
"""

from collections.abc import Iterator

from tiangong import __version__

ATTRIBUTES = (".gitattributes", "* -text\n")
"""Signatures are over exact bytes: git must not touch line ends (D2)."""
CHECK = "ci/verify.sh"
FORGES = ("github", "gitlab")

_README = """\
# {fleet}: control repository

Everything that runs in this fleet is decided by the signed documents in this repository. Agents pull it, check every
signature, and act; nobody pushes to them.

| folder | what it says |
|---|---|
| `tiangong.yaml`, `channels/` | the pipeline that releases pass through |
| `products/` | products, their releases, and which release entered which channel |
| `profiles/`, `environments/` | where things run, what is installed there, and what restricts it |
| `trust/` | who may sign what |

## Everyday

```
tiangong status                                        what is
tiangong release publish --version 1.0.0               in the product's own folder
tiangong promote PRODUCT@1.0.0 --to canary             let a release enter a channel
tiangong env new NAME --profile standard               a new environment, and the token for its agent
tiangong install PRODUCT --env NAME --channel CHANNEL  run it there, from that channel
tiangong set NAME/PRODUCT config.KEY=VALUE             one value; tiangong edit NAME/PRODUCT opens an editor
tiangong suspend NAME --for 2h --reason WORDS          hold every change there
tiangong why NAME                                      why nothing happens there
```

To change a document, edit it and run `tiangong commit -m MESSAGE`: that checks it, signs it with your SSH key and
commits it. A document without a good signature counts for nothing, whoever merged it.

## Keys

Machine keys were made in `.git/tiangong/keys` of the clone in which this repository was founded; they are not in Git.
Give `release` to the CI that publishes, `promoter` to whatever promotes, then delete them here or keep them safe.
To let another person sign, add their public key under `people:` in `trust/policy.yaml` and their name to a role.

## Required check

`{check}` must pass before anything is merged into `main`.
"""
_CHECK = """\
#!/bin/sh
# The required check of this repository: every document is in order, and signed by who may sign it.
# It needs git, Python 3.11 or newer, and: python -m pip install "tiangong-deploy=={version}"
set -eu
cd "$(dirname "$0")/.."
tiangong lint
tiangong verify
"""
_GITHUB = """\
name: tiangong
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  verify:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install "tiangong-deploy=={version}"
      - run: sh {check}
"""
_GITLAB = """\
verify:
  image: python:3.12
  variables:
    GIT_DEPTH: 0
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == "main"
  script:
    - python -m pip install "tiangong-deploy=={version}"
    - sh {check}
"""
_CALLERS = {"github": (".github/workflows/tiangong.yml", _GITHUB), "gitlab": (".gitlab-ci.yml", _GITLAB)}


def surroundings(fleet: str, ci: str) -> Iterator[tuple[str, str]]:
    """Path and text of each file; `ci`: one of `FORGES`, or empty for the script alone."""
    facts = {"fleet": fleet, "check": CHECK, "version": __version__}
    yield ATTRIBUTES
    yield "README.md", _README.format_map(facts)
    yield CHECK, _CHECK.format_map(facts)
    if ci:
        path, text = _CALLERS[ci]
        yield path, text.format_map(facts)
