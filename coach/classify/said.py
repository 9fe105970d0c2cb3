"""What a classifier looks at: the rep's words, and the customer's right before them."""

from dataclasses import dataclass

from coach.text import fold, said


@dataclass(frozen=True, slots=True)
class Said:
    """A rep turn in its context; both texts as they were said. `before` is empty where the customer said nothing."""

    text: str
    before: str = ""

    @property
    def spoken(self) -> str:
        """The turn without marks, folded, so that typed and recognised text look alike."""
        return said(fold(self.text))

    @property
    def spoken_before(self) -> str:
        """The customer's turn, likewise."""
        return said(fold(self.before))
