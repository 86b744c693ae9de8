"""The texts that were learnt lately, in a small file in the state folder."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from corpora.choice import TextChoice
from corpora.info import Treatment
from tui.whole_file import whole_file

MOST = 12


class RecentTexts:
    """The newest first; a file that is missing, broken or cannot be written costs no more than the memory of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def all(self) -> tuple[TextChoice, ...]:
        """Read them; what is no text in the file is passed over."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return ()
        found = [_choice(each) for each in kept] if isinstance(kept, list) else []
        return tuple(choice for choice in found if choice is not None)[:MOST]

    def add(self, choice: TextChoice) -> None:
        """Put a text first; it is there once, as it was read last."""
        with self._lock:
            others = [each for each in self.all() if each.sources != choice.sources]
            kept = [_fields(each) for each in (choice, *others)][:MOST]
            try:
                with whole_file(self.path) as file:
                    file.write(json.dumps(kept, indent=1).encode())
            except OSError:
                return

    def add_soon(self, choice: TextChoice) -> None:
        """Do so in a thread: a slow disk is not to be felt, not even on leaving."""
        threading.Thread(target=self.add, args=(choice,), name="remember", daemon=True).start()


def vanished(choice: TextChoice) -> bool:
    """Tell whether a part of a text is no longer where it was; may take as long as a far disk takes."""
    try:
        return not choice.named and not all(Path(source).exists() for source in choice.sources)
    except (OSError, ValueError):
        return True


def _fields(choice: TextChoice) -> dict[str, Any]:
    treatments = sorted(kind.value for kind in choice.treatments)
    return {"sources": choice.sources, "treatments": treatments, "encoding": choice.encoding}


def _choice(kept: object) -> TextChoice | None:
    try:
        fields: Any = kept
        sources, encoding = fields["sources"], fields["encoding"]
        if not sources or not isinstance(sources, list) or not isinstance(encoding, (str, type(None))):
            return None
        return TextChoice(tuple(map(str, sources)), frozenset(map(Treatment, fields["treatments"])), encoding)
    except (KeyError, TypeError, ValueError):
        return None
