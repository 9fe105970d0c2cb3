"""Finding calls by what was said, their title or their customer: an index of pairs of characters, one way for Chinese and
for words of letters.

Chinese has no spaces, so every two neighbouring characters are a token; the last character of a run is one too, so that
each character begins one and a single character can be looked for. SQLite keeps the tokens in FTS5, PostgreSQL in a
tsvector; `pairs()` makes them for both.
"""

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, String, and_, bindparam, func, literal_column, select, text
from sqlalchemy.orm import Session

from coach.storage.tables import Call
from coach.text import fold

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_CHINESE = re.compile(f"[{_HAN}]")
_RUN = re.compile(rf"[{_HAN}]+|[^\W{_HAN}_]+")
_LONGEST_WORD = 40


def pairs(said: str) -> list[str]:
    """The tokens of a text, in order.

    >>> pairs("价格贵，WiFi 6")
    ['价格', '格贵', '贵', 'wifi', '6']
    """
    return [token for run in _runs(said) for token in ([*_pairs(run), run[-1]] if _is_chinese(run) else [run])]


def index(session: Session, call: Call, said: str) -> None:
    """Let a call be found by what was said in it, by its title and its customer; what it was found by before is forgotten."""
    call.words = fold("\n".join((call.title, call.customer, said))).replace("\0", " ")
    tokens = pairs(call.words)
    forget(session, call.id)
    if _is_sqlite(session):
        session.execute(
            text("INSERT INTO call_search (call_id, pairs) VALUES (:call_id, :pairs)"),
            {"call_id": call.id, "pairs": " ".join(tokens)},
        )
    else:
        session.flush()
        session.execute(
            text("INSERT INTO call_search (call_id, pairs) VALUES (:call_id, array_to_tsvector(:pairs))"),
            {"call_id": call.id, "pairs": sorted(set(tokens))},
        )


def forget(session: Session, call_id: str) -> None:
    """A call can no longer be found."""
    if _is_sqlite(session):
        session.execute(
            text(
                "DELETE FROM call_search WHERE rowid IN (SELECT rowid FROM call_search WHERE call_search MATCH :query)"
            ),
            {"query": f'call_id : "{call_id}"'},
        )
    else:
        session.execute(text("DELETE FROM call_search WHERE call_id = :call_id"), {"call_id": call_id})


def found_by(wanted: str, *, sqlite: bool) -> ColumnElement[bool] | None:
    """The condition that a call has all that is wanted, words apart; None if nothing can be looked for."""
    runs = list(_runs(wanted))
    if not runs:
        return None
    if sqlite:
        query = " AND ".join(_fts5(run) for run in runs)
        ids = select(literal_column("call_id", String)).select_from(text("call_search"))
        return Call.id.in_(ids.where(text("call_search MATCH :said").bindparams(said=f"pairs : ({query})")))
    lexemes = [lexeme for run in runs for lexeme in _lexemes(run)]
    ids = select(literal_column("call_id", String)).select_from(text("call_search"))
    matching = ids.where(text("pairs @@ CAST(:said AS tsquery)").bindparams(bindparam("said", " & ".join(lexemes))))
    # The tsvector keeps no places (it could not for long calls): whether pairs follow each other, the text tells.
    exact = [func.strpos(Call.words, run) > 0 for run in runs if _is_chinese(run) and len(run) > 2]
    return and_(Call.id.in_(matching), *exact)


def _runs(said: str) -> Iterator[str]:
    """Stretches of Chinese characters, and words of other letters and digits."""
    for run in _RUN.findall(fold(said).lower()):
        yield run if _is_chinese(run) else run[:_LONGEST_WORD]


def _is_chinese(run: str) -> bool:
    return _CHINESE.match(run) is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _fts5(run: str) -> str:
    if _is_chinese(run) and len(run) > 1:
        return f'"{" ".join(_pairs(run))}"'
    return f'"{run}" *'


def _lexemes(run: str) -> list[str]:
    if _is_chinese(run) and len(run) > 1:
        return [f"'{pair}'" for pair in _pairs(run)]
    return [f"'{run}':*"]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
