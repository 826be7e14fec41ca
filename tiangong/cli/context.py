"""`tiangong context`: several fleets on one machine, by name."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from tiangong.author.clone import Clone
from tiangong.cli.contexts import NAMED, Contexts, Entry, contexts_file, looked_for, read_contexts, write_contexts
from tiangong.cli.output import Format, answer, answers, items, say, tell
from tiangong.errors import Misuse, Place
from tiangong.model.answer import AnswerMetadata, ContextSummary
from tiangong.model.scalar import NAME

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Several fleets on one machine: add, use, list.")
COLUMNS = {"": "mark", "CONTEXT": "name", "FOLDER": "folder"}

ContextName = Annotated[str, typer.Argument(metavar="NAME", help="The context.")]


@app.command("list")
def list_(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """List the contexts; the chosen one is marked."""
    kept = read_contexts(os.environ)
    found = [_summary(kept, name) for name in kept.contexts]
    if output is not Format.TABLE:
        answers(found, output)
    elif found:
        rows = [{"mark": "*" if o.current else "", "name": o.metadata.name, "folder": o.folder} for o in found]
        items(rows, output, columns=COLUMNS)
    else:
        tell("context/none")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="How it is to be called.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The clone; by default the one I am in.")] = Path(),
    *,
    use_it: Annotated[bool, typer.Option("--use", help="Use it from now on.")] = False,
) -> None:
    """Give a clone a name."""
    if not re.fullmatch(NAME, name):
        raise Misuse.of("context/bad-name", name=name)
    root = str(Clone.find(folder.absolute(), {}).root)
    kept = read_contexts(os.environ)
    there = kept.contexts.get(name)
    if there is not None and there.folder != root:
        raise Misuse.of("context/exists", Place(str(contexts_file(os.environ))), name=name, folder=there.folder)
    current = name if use_it else kept.current
    write_contexts(os.environ, Contexts(current=current, contexts={**kept.contexts, name: Entry(folder=root)}))
    say("context/added", name=name, folder=root)
    if use_it:
        say("context/used", name=name, folder=root)


@app.command()
def use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The context; empty quotes for none.")],
) -> None:
    """Choose the context that is used outside of any clone."""
    kept = read_contexts(os.environ)
    folder = kept.folder(name) if name else None
    write_contexts(os.environ, kept.model_copy(update={"current": name}))
    if folder:
        say("context/used", name=name, folder=str(folder))
    else:
        say("context/unused")


@app.command()
def remove(name: ContextName) -> None:
    """Forget a name; the clone stays."""
    kept = read_contexts(os.environ)
    folder = kept.folder(name)
    rest = {one: entry for one, entry in kept.contexts.items() if one != name}
    write_contexts(os.environ, Contexts(current="" if kept.current == name else kept.current, contexts=rest))
    say("context/removed", name=name, folder=str(folder))


@app.command()
def show(output: Annotated[Format, typer.Option("-o", help="How to print it.")] = Format.TABLE) -> None:
    """Show which clone a command would work in here, and why."""
    start, environ = looked_for()
    root = Clone.find(start, environ).root
    kept = read_contexts(os.environ)
    names = [name for name, entry in kept.contexts.items() if entry.folder == str(root)]
    if output is not Format.TABLE:
        found = AnswerMetadata(name=names[0] if names else "")
        current = bool(names) and kept.current in names
        answer(ContextSummary(metadata=found, folder=str(root), current=current, present=True), output)
    elif named := os.environ.get(NAMED):
        say("context/named", name=named, folder=str(root))
    elif start.resolve().is_relative_to(root):
        say("context/here", folder=str(root))
    elif kept.current in names:
        say("context/chosen", name=kept.current, folder=str(root))
    else:
        say("context/repo", folder=str(root))


def _summary(kept: Contexts, name: str) -> ContextSummary:
    folder = kept.contexts[name].folder
    present = (Path(folder) / "tiangong.yaml").is_file()
    return ContextSummary(
        metadata=AnswerMetadata(name=name), folder=folder, current=kept.current == name, present=present
    )
