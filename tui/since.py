"""How long ago something was, as people say it."""

from __future__ import annotations

from datetime import datetime

from tui import units

MINUTE, HOUR = 60, 3600


def since(when: str, now: datetime) -> str:
    """Return `just now`, `5 min ago`, `3 h ago`, `yesterday`, `4 days ago` or a date, in at most twelve cells.

    Args:
        when: ISO 8601; what is none has no answer.
        now: By the same clock.
    """
    try:
        then = datetime.fromisoformat(when).replace(tzinfo=None)
    except ValueError:
        return units.NOTHING
    seconds = (now - then).total_seconds()
    if seconds < MINUTE:
        return "just now"  # a clock that was put back too
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min ago"
    days = (now.date() - then.date()).days
    if days == 0 or seconds < 6 * HOUR:
        return f"{seconds // HOUR:.0f} h ago"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 14 else f"{then:%Y-%m-%d}"
