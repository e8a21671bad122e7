"""What is wrong with a body that was sent."""

from __future__ import annotations


class UnusableError(ValueError):
    """A member cannot be used; `member` is its path from the body, such as `Datastreams[0]/name`.

    `reason` is a clause without a full stop.
    """

    def __init__(self, member: str, reason: str) -> None:
        super().__init__(f"{member}: {reason}")
        self.member = member
        self.reason = reason
