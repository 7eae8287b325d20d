"""The one type in which a key travels: masked wherever it could be printed."""

from __future__ import annotations

from typing import NoReturn

MASK = "[secret]"


class Secret:
    """The bytes of a key. `repr`, `str`, f-strings and tracebacks show only a mask; `reveal()` is the one way in."""

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        self.__value = bytes(value)

    def reveal(self) -> bytes:
        """The key itself. Call it only to compute something from it, never to show it."""
        return self.__value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __len__(self) -> int:
        return len(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.__value == other.__value

    def __hash__(self) -> int:
        return hash(self.__value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")


def redact(value: bytes, prefix: bytes, hidden: bool = False) -> str:
    """What a report may show of a key: its public prefix, then at most an eighth of the body at each end, at most
    four characters, and nothing of bodies under 16 characters or of `hidden` ones (passwords)."""
    shown = prefix if value.startswith(prefix) else b""
    body = value[len(shown) :]
    ends = 0 if hidden or len(body) < 16 else min(4, len(body) // 8)
    head, tail = (body[:ends], body[-ends:]) if ends else (b"", b"")
    return f"{_printable(shown + head)}…{_printable(tail)}"


def _printable(value: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in value)
