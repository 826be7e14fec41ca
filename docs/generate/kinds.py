"""The documents: where each kind stands, who signs it, and its fields, from the models."""

from collections.abc import Iterator
from typing import Any

from docs.generate.fields import Field, doc_of, fields_of
from docs.generate.markdown import code, plain, table, whole
from tiangong.documents.schema import SAID
from tiangong.executors.registry import PluginSettings
from tiangong.model.acts import Withdrawal
from tiangong.model.answers import ANSWERS
from tiangong.model.document import Document
from tiangong.model.kinds import KINDS
from tiangong.settings import AgentSettings
from tiangong.trust.roles import KINDS_OF, WITHDRAWN_BY, role_for, signs

INTRO = """\
What people write. Every document has `apiVersion: tiangong.dev/v1`, `kind`, `metadata` and `spec`; an unknown field is
an error. Durations are written `90s 15m 3h 7d`, times with an offset (`2026-12-01T08:00:00+01:00`), sizes `4GiB`.
`metadata.repo`, `generation` and `change` are stamped by signing, never typed. JSON Schemas stand in `schemas/`.
A field listed as *not supported yet* is refused by name, never accepted and ignored."""
ENVELOPE = ("apiVersion", "kind", "metadata")
STAMPED = "stamped by signing"


def page() -> str:
    """`reference/documents.md`."""
    listed = ((f"[{kind}](#{kind.lower()})", code(model.path), _signer(kind)) for kind, model in KINDS.items())
    return whole(
        "Documents",
        INTRO,
        table(("kind", "path", "signed by"), listed),
        *(part for kind, model in KINDS.items() for part in _kind(kind, model)),
        "## metadata\n",
        _fields(_metadata()),
        "## agent.yaml\n",
        plain(doc_of(AgentSettings)) + " See [the agent](agent.md).\n",
        _fields(fields_of(AgentSettings)),
        plain(doc_of(PluginSettings)) + " What stands under `config` depends on the type: [executors](executors.md).\n",
        "## Roles\n",
        table(
            ("role", "signs"),
            ((code(role), ", ".join(sorted(signs(role))) or "nothing") for role in KINDS_OF),
        ),
        "## What is answered and said\n",
        "Kinds that nobody writes: with `-o json` a command answers with these, an agent signs the last three.\n",
        table(("kind", ""), ((code(kind), doc_of(model)) for kind, model in {**ANSWERS, **SAID}.items())),
    )


def _signer(kind: str) -> str:
    role = role_for(kind)
    if kind == Withdrawal.__name__:
        ends = (f"role `{by}` for a {what.lower()}" for what, by in WITHDRAWN_BY.items())
        return ", ".join(ends) + ", the people named for policies in the trust root for a revocation"
    return (
        f"role `{role}`"
        if role
        else f"the people named for {'roots' if kind == 'TrustRoot' else 'policies'} in the trust root"
    )


def _kind(kind: str, model: type[Document]) -> Iterator[str]:
    yield f"## {kind}\n"
    spec: Any = model.model_fields["spec"].annotation
    yield f"{plain(doc_of(model))} Signed by {_signer(kind)}.\n"
    if doc_of(spec):
        yield plain(doc_of(spec)) + "\n"
    fields = [field for field in fields_of(model) if field.name.split(".")[0] not in ENVELOPE and field.name != "spec"]
    yield _fields(field for field in fields if field.built)
    missing = [code(field.name) for field in fields if not field.built]
    yield f"Not supported yet: {', '.join(missing)}.\n" if missing else ""


def _metadata() -> Iterator[Field]:
    return (field for field in fields_of(KINDS["Installation"]) if field.name.startswith("metadata."))


def _fields(fields: Iterator[Field]) -> str:
    rows = ((code(one.name), one.type, one.default, one.about) for one in fields if one.built)
    return table(("field", "type", "default", ""), rows)
