"""Text for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Text in one line, with control characters (escape sequences among them) written as \\x1b and the like."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
