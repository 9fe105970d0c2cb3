"""Where results go, and how a run ends when some files could not be used."""

from collections.abc import Sequence
from pathlib import Path

import typer

from coach.cli.calls import Failure

PARTLY_FAILED = 7


def is_folder(output: Path) -> bool:
    """Whether an output is a folder for one file a call: it is one, or its name has no ending."""
    return output.is_dir() or not output.suffix


def finish(failures: Sequence[Failure], written: int) -> None:
    """End with the failures told: the only one as it is, several as a list and an exit code of their own."""
    if not failures:
        return
    if len(failures) == 1 and not written:
        raise failures[0].error
    typer.secho(f"完成 {written} 通，另有 {len(failures)} 个文件没能用上：", fg=typer.colors.YELLOW, err=True)
    for failure in failures:
        typer.echo(f"  {failure.path}：{failure.error}", err=True)
    raise typer.Exit(PARTLY_FAILED if written else failures[0].error.exit_code)
