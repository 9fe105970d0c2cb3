"""What the service is told by its environment: read once, at the edge, from `COACH_*` variables."""

from functools import cached_property
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import StorageError

_APP = "sales-conversation-coach"


class Settings(BaseSettings):
    """Where the service keeps things and how much it does at once.

    `database_url` empty: a SQLite file in `data_folder`; `jobs_database_url` empty: the same PostgreSQL, else another file
    beside it. `workers` 0: as many recordings at once as cores and memory allow. `engine` and `model` hear recordings. `public_url` is
    how browsers reach the service; links and cookies follow it.
    """

    model_config = SettingsConfigDict(env_prefix="COACH_", extra="ignore", frozen=True)

    data_folder: Path = Field(default_factory=lambda: user_data_path(_APP, appauthor=False))
    database_url: str = ""
    jobs_database_url: str = ""
    workers: int = Field(default=0, ge=0, le=64)
    engine: str = "auto"
    model: str = "base"
    public_url: Annotated[str, AfterValidator(lambda url: url.rstrip("/"))] = "http://127.0.0.1:8000"
    log_level: str = Field(default="info", pattern="(?i)^(debug|info|warning|error)$")

    @cached_property
    def database(self) -> str:
        """The URL of the database, with a driver that is installed."""
        return self.database_url or f"sqlite:///{self.data_folder / 'coach.db'}"

    @cached_property
    def jobs_database(self) -> str:
        """The URL of the database of durable jobs."""
        if self.jobs_database_url:
            return self.jobs_database_url
        return self.database if self.database.startswith("postgresql") else f"sqlite:///{self.data_folder / 'jobs.db'}"

    @cached_property
    def work_folder(self) -> Path:
        """Where calls in work keep what was done of them; several workers on several machines share it or do it anew."""
        return self.data_folder / "work"

    @cached_property
    def recordings_folder(self) -> Path:
        """Where recordings are kept, by content."""
        return self.data_folder / "recordings"

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https, so that cookies may insist on it."""
        return self.public_url.startswith("https:")


class LlmSettings(BaseSettings):
    """`COACH_LLM_URL`, `COACH_LLM_MODEL`, `COACH_LLM_KEY`: a model that voices the customer of a practice; none without
    an address.
    """

    model_config = SettingsConfigDict(env_prefix="COACH_LLM_", extra="ignore", frozen=True)

    url: str = ""
    model: str = "default"
    key: SecretStr = SecretStr("")


def read_settings() -> Settings:
    """The settings of this process. Raises StorageError that names the variable and what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "、".join(f"COACH_{str(one['loc'][0]).upper()}" for one in error.errors())
        raise StorageError(f"环境变量 {wrong} 的值不对，请检查后再启动。") from error
