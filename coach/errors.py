"""The errors a user can cause, each with a Chinese sentence that says what is wrong and what to do.

    CoachError                 exit code 1, HTTP status 400
    ├── InputError             the conversation cannot be read        exit 3, status 422
    │   └── EmptyCallError     nothing in it to judge                 exit 3, status 422
    ├── RuleFileError          a file in rules/ is wrong              exit 4, status 500
    ├── ModelError             a trained model cannot be used         exit 8, status 500
    ├── RecordingError         the recording cannot be used           exit 5, status 422
    ├── MissingPartError       an optional part is not installed      exit 6, status 501
    ├── StorageError           the database or its folder fails       exit 9, status 503
    └── AccessError            not allowed, or not signed in          exit 1, status 403
        ├── NotFoundError      no such thing, or not for this visitor exit 1, status 404
        └── ThrottledError     too many wrong passwords               exit 1, status 429

Foreign errors are translated where they arise, with `from`. Only the edges turn these into exit codes or statuses.
"""


class CoachError(Exception):
    """The root. `str(error)` is the sentence shown to the user."""

    exit_code = 1
    status = 400


class InputError(CoachError):
    """A conversation that cannot be read."""

    exit_code = 3
    status = 422


class EmptyCallError(InputError):
    """A conversation in which nobody says anything."""


class RuleFileError(CoachError):
    """One or more mistakes in files that a user edits; one line each, `path:line: key: what is wrong`."""

    exit_code = 4
    status = 500

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class ModelError(CoachError):
    """A trained model that is missing, damaged or not the one its card describes."""

    exit_code = 8
    status = 500


class RecordingError(CoachError):
    """A recording that cannot be decoded or holds no speech."""

    exit_code = 5
    status = 422


class MissingPartError(CoachError):
    """An optional part that is not installed, with the command that installs it."""

    exit_code = 6
    status = 501


class StorageError(CoachError):
    """The database or the folder of recordings that cannot be used now."""

    exit_code = 9
    status = 503


class AccessError(CoachError):
    """Something that this visitor may not do."""

    status = 403


class NotFoundError(AccessError):
    """Something that does not exist, or not for this visitor: he cannot tell which."""

    status = 404


class ThrottledError(AccessError):
    """Too many attempts."""

    status = 429
