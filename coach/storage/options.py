"""What administrators set in the service itself, kept in the database: how long things are kept, which words are masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from coach.errors import InputError
from coach.privacy import masked
from coach.storage.database import Database
from coach.storage.tables import Setting
from coach.transcript import Transcript

_LONGEST_DAYS = 3650
_MOST_WORDS = 500


class Options(BaseModel):
    """The options with what they are where nobody set them. Days of 0 keep for good; `masked_words` are hidden in every call
    that comes in, besides the numbers that identify a person.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    keep_recordings_days: int = Field(default=0, ge=0, le=_LONGEST_DAYS)
    keep_calls_days: int = Field(default=0, ge=0, le=_LONGEST_DAYS)
    masked_words: tuple[str, ...] = Field(default=(), max_length=_MOST_WORDS)


_NAMES: Mapping[str, str] = {
    "keep_recordings_days": f"录音保留天数（0 到 {_LONGEST_DAYS}）",
    "keep_calls_days": f"对话保留天数（0 到 {_LONGEST_DAYS}）",
    "masked_words": f"要打码的词（最多 {_MOST_WORDS} 个）",
}


@dataclass(frozen=True)
class OptionStore:
    """The options in a database."""

    database: Database

    def read(self) -> Options:
        """The options as they are set."""
        with self.database.reading() as session:
            return Options(**{one.key: one.value for one in session.scalars(select(Setting))})

    def masked(self, transcript: Transcript) -> Transcript:
        """A call that comes in, with personal numbers and the team's own words masked."""
        return masked(transcript, words=self.read().masked_words)

    def write(self, values: Mapping[str, Any]) -> Options:
        """Set some options; the others stay. Raises InputError that names what is out of range; then nothing is changed."""
        try:
            options = Options(**(self.read().model_dump() | dict(values)))
        except ValidationError as error:
            wrong = "、".join(dict.fromkeys(_NAMES[str(one["loc"][0])] for one in error.errors()))
            raise InputError(f"请检查：{wrong}。什么都没有改。") from error
        with self.database.begin() as session:
            for key, value in options.model_dump(mode="json").items():
                session.merge(Setting(key=key, value=value))
        return options
