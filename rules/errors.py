"""Errors that a user can mend; anything else that escapes is a defect of ours."""

from __future__ import annotations


class KeyslipError(Exception):
    """Something only the user can mend: one line that says what is wrong, and a hint that says how to mend it.

    Raised where the fact is known, shown only by the front door, which then exits with 2.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message
