"""What is in the database; importing this knows every table."""

from coach.storage.tables.accounts import ApiKey, AuditEntry, FailedSignIn, SetupLink, SignIn, User
from coach.storage.tables.base import Base
from coach.storage.tables.calls import Call, FoundHabit, PastReport, Worker
from coach.storage.tables.operations import Delivery, DisabledRule, Replay, RuleChange, Setting, Webhook
from coach.storage.tables.practice import Assignment, PracticeTalk
from coach.storage.tables.reviews import QueuedCall, StandingDraw, StoredReview

__all__ = [
    "ApiKey",
    "Assignment",
    "AuditEntry",
    "Base",
    "Call",
    "Delivery",
    "DisabledRule",
    "FailedSignIn",
    "FoundHabit",
    "PastReport",
    "PracticeTalk",
    "QueuedCall",
    "Replay",
    "RuleChange",
    "Setting",
    "SetupLink",
    "SignIn",
    "StandingDraw",
    "StoredReview",
    "User",
    "Webhook",
    "Worker",
]
