"""A value on a line, moved by keys and by the mouse."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class Slider(Widget, can_focus=True):
    """A horizontal slider over a grid of values.

    The line ends at `maximum`; keys may lead further, up to `most`: an arrow at the end then stands for the knob.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"slider--filled", "slider--knob", "slider--empty"}
    DEFAULT_CSS = """
    Slider {
        height: 1;
        min-width: 3;
        & > .slider--filled { color: $primary; }
        & > .slider--knob { color: $foreground; text-style: bold; }
        & > .slider--empty { color: $foreground 25%; }
        &:focus > .slider--filled { color: $accent; }
        &:focus > .slider--knob { color: $accent; text-style: bold; }
        &:hover > .slider--knob { color: $accent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Less", show=False),
        Binding("right", "move(1)", "More", show=False),
        Binding("shift+left", "leap(-1)", "Much less", show=False),
        Binding("shift+right", "leap(1)", "Much more", show=False),
        Binding("home", "to_end(False)", "Least", show=False),
        Binding("end", "to_end(True)", "Most", show=False),
    ]

    value: reactive[float] = reactive(0.0)
    """Where the knob stands. Setting it is silent; only a hand on the slider posts `Changed`."""

    class Changed(Message):
        """Someone moved the knob."""

        def __init__(self, slider: Slider, value: float) -> None:
            super().__init__()
            self.slider, self.value = slider, value

        @property
        def control(self) -> Slider:
            """The slider, for `@on(Slider.Changed, "#...")`."""
            return self.slider

    def __init__(
        self,
        value: float,
        minimum: float,
        maximum: float,
        *,
        step: float = 1.0,
        coarse: float | None = None,
        most: float | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Create a slider.

        Args:
            value: Where the knob stands at first.
            minimum: The line's left end.
            maximum: The line's right end.
            step: What a key adds, and the distance of the grid's points.
            coarse: What a key with shift adds; ten steps by default.
            most: The largest value that keys reach; `maximum` by default.
            name: As for any widget.
            id: As for any widget.
            classes: As for any widget.
        """
        super().__init__(name=name, id=id, classes=classes)
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
        self.coarse = 10.0 * step if coarse is None else coarse
        self.most = maximum if most is None else most
        self.set_reactive(Slider.value, value)

    def render_line(self, y: int) -> Strip:
        """Return the line with its knob."""
        width = self.size.width
        if y > 0 or width < 1:
            return Strip.blank(width, self.rich_style)
        knob = self._cell()
        return Strip(
            [
                Segment("\u2501" * knob, self.get_component_rich_style("slider--filled")),
                Segment(self._knob(), self.get_component_rich_style("slider--knob")),
                Segment("\u2500" * (width - knob - 1), self.get_component_rich_style("slider--empty")),
            ],
            width,
        )

    def _knob(self) -> str:
        """Return the knob's sign: another with the focus, an arrow where the value is beyond the line."""
        if self.value > self.maximum:
            return "\u25b6" if self.has_focus else "\u25b7"
        return "\u25c9" if self.has_focus else "\u25cf"

    def _cell(self) -> int:
        """Return the cell that the knob stands in."""
        share = (self.value - self.minimum) / (self.maximum - self.minimum)
        return round(min(max(share, 0.0), 1.0) * (self.size.width - 1))

    def _move_to(self, value: float) -> None:
        """Put the knob on the grid's point nearest to `value`, and tell."""
        most = max(self.most, self.value)  # which a flag may have set beyond what keys reach
        steps = round((min(max(value, self.minimum), most) - self.minimum) / self.step)
        value = min(most, self.minimum + steps * self.step)
        if value != self.value:
            self.value = value
            self.post_message(self.Changed(self, value))

    def _move_to_cell(self, x: int) -> None:
        """Put the knob under the mouse."""
        if (length := self.size.width - 1) > 0:
            share = min(max(x / length, 0.0), 1.0)
            self._move_to(self.minimum + share * (self.maximum - self.minimum))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the knob."""
        event.stop()
        self.capture_mouse()
        self._move_to_cell(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the knob."""
        if self.app.mouse_captured is self:
            event.stop()
            self._move_to_cell(event.x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the knob."""
        if self.app.mouse_captured is self:
            event.stop()
            self.release_mouse()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn the value up by the wheel."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn the value down by the wheel."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, steps: int) -> None:
        """Turn, unless something around has rows out of sight: the wheel is for those, but with the focus or ctrl."""
        scrolls = any(isinstance(node, Widget) and node.allow_vertical_scroll for node in self.ancestors)
        if self.has_focus or event.ctrl or not scrolls:
            event.stop()
            self.action_move(steps)

    def action_move(self, steps: int) -> None:
        """Move the knob by steps of the grid."""
        self._move_to(self.value + steps * self.step)

    def action_leap(self, direction: int) -> None:
        """Move the knob a good way."""
        self._move_to(self.value + direction * self.coarse)

    def action_to_end(self, right: bool) -> None:
        """Move the knob to an end of the line."""
        self._move_to(self.maximum if right else self.minimum)


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class Demo(App[None]):
        """A slider alone."""

        def compose(self) -> ComposeResult:
            """Show a slider from 0 to 2."""
            yield Slider(0.8, 0.0, 2.0, step=0.05)

    Demo().run()
