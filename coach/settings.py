"""What is set in the environment, read once by an edge."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class LlmSettings(BaseSettings):
    """`COACH_LLM_URL`, `COACH_LLM_MODEL`, `COACH_LLM_KEY`: a model that voices the customer of a practice; none without
    an address.
    """

    model_config = SettingsConfigDict(env_prefix="COACH_LLM_", extra="ignore")

    url: str = ""
    model: str = "default"
    key: SecretStr = SecretStr("")
