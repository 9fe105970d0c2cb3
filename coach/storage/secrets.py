"""Passwords as Argon2 hashes, and digests of the long random secrets that browsers, machines and links hold."""

import hashlib
import secrets
from functools import lru_cache

from pwdlib import PasswordHash

from coach.errors import InputError

_SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 200


def check_password(password: str) -> None:
    """Raises InputError for a password that is too short, too long or all the same."""
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise InputError(f"密码至少 {_SHORTEST_PASSWORD} 个字符，最多 {_LONGEST_PASSWORD} 个。")
    if len(set(password)) < 3:
        raise InputError("密码太好猜了，请用几种不同的字符。")


def hashed(password: str) -> str:
    """A password as it is kept."""
    return hasher().hash(password)


def is_password(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept; takes as long where none is kept, so that names cannot be guessed."""
    matches = hasher().verify(password[:_LONGEST_PASSWORD], kept or _nobodys())
    return matches and bool(kept)


def digest_of(secret: str) -> str:
    """Secrets are long and random, so that a plain digest is enough to keep them."""
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache(maxsize=1)
def hasher() -> PasswordHash:
    """Argon2 with the parameters its authors recommend."""
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hasher().hash(secrets.token_urlsafe(16))
