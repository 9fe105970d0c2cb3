"""How every page is made from its template: what people said is escaped, and a name that is missing is an error."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def templates(*folders: Path) -> Environment:
    """The templates of a folder, and of others that it takes parts from."""
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = str  # texts of ours are Chinese unless the page says otherwise
    return environment
