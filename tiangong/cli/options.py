"""Options that mean the same in every command that signs; importing them loads nothing but typer."""

from pathlib import Path
from typing import Annotated

import typer

KeyFile = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Sign with this SSH key.")]
Person = Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Sign as this person or machine.")]
Push = Annotated[bool, typer.Option("--push", help="Push afterwards.")]
Branch = Annotated[str | None, typer.Option("--branch", metavar="B", help="Commit on a new branch.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be signed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Message = Annotated[str, typer.Option("--message", "-m", metavar="MSG", help="What the commit says.")]
EnvGlob = Annotated[str, typer.Option("--env", metavar="GLOB,…", help="Environments whose name fits.")]
Labels = Annotated[list[str] | None, typer.Option("-l", metavar="K=V", help="Environments with this label.")]
NoLint = Annotated[bool, typer.Option("--no-lint", help="Although lint finds mistakes.")]
