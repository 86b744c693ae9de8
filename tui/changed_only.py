"""Painting less: the lines of what has changed, and not of all that lies between one change and the next."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.geometry import Region

if TYPE_CHECKING:
    from textual._compositor import ChopsUpdate
    from textual.widget import Widget


class ChangedOnly(Compositor):
    """Textual's compositor, but that an update passes over widgets in which nothing has changed.

    Textual asks each widget within the rectangle around all changes for its lines, and throws away those that did not
    change. On this screen something changes near the top and near the foot many times a second, so that nearly all of
    it would be gone through.
    """

    _changed: Collection[Region] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return what is to be painted anew."""
        self.cuts  # noqa: B018 - where widgets begin and end is found out now, and kept: it is of all of them
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        """The widgets in sight, front to back, each with region and clip; in an update, those that have changed."""
        visible = super().visible_widgets
        if not self._changed:
            return visible
        return {
            widget: (region, clip)
            for widget, (region, clip) in visible.items()
            if any(region.overlaps(changed) and clip.overlaps(changed) for changed in self._changed)
        }
