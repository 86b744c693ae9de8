"""The knobs of sampling: temperature, top-k, top-p, and how fast to write; and three ways to set them by name."""

from __future__ import annotations

import math

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from model.config import SamplingSettings
from tui.knobs import HOTTEST, RATE_STOPS, TEMPERATURE_STEP, TOP_K_STOPS, TOP_P_STOPS, nearest
from tui.manners import BY_NAME, MANNERS, in_force
from tui.widgets.slider import Slider


def meaning(temperature: float) -> str:
    """Return in a word or two how it writes at a temperature."""
    if temperature == 0.0:
        return "likeliest"
    if temperature == 1.0:
        return "as learnt"
    careful = ((0.35, "very careful"), (0.65, "careful"), (0.9, "calm"), (1.0, "a little calm"))
    daring = ((1.1, "a little bold"), (1.35, "bold"), (1.75, "wild"), (2.5, "nearly noise"))
    for below, word in (*careful, *daring):
        if temperature < below:
            return word
    return "noise"


def named(sampling: SamplingSettings) -> Content:
    """Return the manners as words that can be clicked, the one in force marked."""
    words = []
    for manner in MANNERS:
        on = manner is in_force(sampling)
        sign = "\u25cf" if on else "\u25cb"
        word = Content.assemble((f"{sign} {manner.name}", "bold $accent" if on else ""))
        words.append(word.stylize(Style.from_meta({"@click": f"write_like({manner.name!r})"})))
    return Content("  ").join(words)


class SamplingPanel(Vertical):
    """Shows the sampling settings in force, and asks for others.

    It shows what it was given: a wish goes up as `Changed`, and whoever grants it sets `sampling`. With room
    for fewer than three rows, all stands in one.
    """

    DEFAULT_CSS = """
    SamplingPanel {
        height: auto;
        padding: 0 1;
        & .sampling-row { height: 1; }
        & .sampling-name { width: 7; color: $text-muted; }
        & .sampling-value { width: 11; padding: 0 0 0 1; }
        & .sampling-row Slider { width: 1fr; }
        & #temperature-block { height: 2; layout: vertical; }
        & #sampling-summary { display: none; width: auto; color: $text-muted; }
        &.-compact {
            & .sampling-row { display: none; }
            & #temperature-block { height: 1; layout: horizontal; }
            & #temperature-text { width: 32; }
            & #temperature { width: 1fr; margin: 0 2 0 0; }
            & #sampling-summary { display: block; }
        }
        &.-slim {
            & #temperature-text { width: 18; }
            & #sampling-summary { display: none; }
        }
    }
    """

    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, always_update=True, repaint=False)
    """The settings in force."""

    class Changed(Message):
        """Someone wishes for other settings."""

        def __init__(self, sampling: SamplingSettings) -> None:
            super().__init__()
            self.sampling = sampling

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._summary = ""  # on the screen
        self._manners = Content()  # likewise
        self._values: dict[str, tuple[str, str]] = {}  # likewise, with their remarks

    def compose(self) -> ComposeResult:
        """Make a slider for each setting."""
        with Container(id="temperature-block"):
            yield Static(id="temperature-text", markup=False)
            yield Slider(0.8, 0.0, 2.0, step=TEMPERATURE_STEP, coarse=0.25, most=HOTTEST, id="temperature")
            yield Static(id="sampling-summary", markup=False)
        for name, stops in (("top-k", TOP_K_STOPS), ("top-p", TOP_P_STOPS), ("rate", RATE_STOPS)):
            with Horizontal(classes="sampling-row"):
                yield Static(name, classes="sampling-name", markup=False)
                yield Slider(0, 0, len(stops) - 1, coarse=3, id=name)
                yield Static(id=f"{name}-text", classes="sampling-value", markup=False)

    def watch_sampling(self) -> None:
        """Show the settings in force."""
        if self.is_mounted:
            self._show()

    def put_back(self) -> None:
        """Show them again where a wish was not granted."""
        self._show()

    def on_mount(self) -> None:
        """Show the settings that were given before there was a screen."""
        self._show()

    def on_resize(self) -> None:
        """Put all into one row where there is no room for more."""
        compact = self.size.height < 3
        self.set_class(compact, "-compact")
        self.set_class(compact and self.size.width < 74, "-slim")

    @on(Slider.Changed)
    def wish(self, event: Slider.Changed) -> None:
        """Ask for what a slider says."""
        event.stop()
        wished = self.sampling
        match event.slider.id:
            case "temperature":
                wished = replace(wished, temperature=round(event.value, 2))
            case "top-k":
                wished = replace(wished, top_k=int(TOP_K_STOPS[round(event.value)]))
            case "top-p":
                wished = replace(wished, top_p=TOP_P_STOPS[round(event.value)])
            case "rate":
                wished = replace(wished, rate=RATE_STOPS[round(event.value)])
        self.post_message(self.Changed(wished))

    def action_write_like(self, name: str) -> None:
        """Ask for all settings of a manner."""
        self.post_message(self.Changed(BY_NAME[name].applied(self.sampling)))

    def _show(self) -> None:
        """Write the values, and put each knob in its place."""
        sampling = self.sampling
        top_k = "all" if sampling.top_k == 0 else str(sampling.top_k)
        top_p = "all" if sampling.top_p >= 1.0 else f"{sampling.top_p:.2g}"
        rate = "full speed" if math.isinf(sampling.rate) else f"{sampling.rate:g}/s"
        self._say("temperature", f"temperature {sampling.temperature:.2f}", meaning(sampling.temperature))
        self._say("top-k", top_k)
        self._say("top-p", top_p)
        self._say("rate", rate)
        summary = f"top-k {top_k}  top-p {top_p}  {rate}"
        if summary != self._summary:  # its width is its own: all of the screen is laid out anew
            self._summary = summary
            self.query_one("#sampling-summary", Static).update(summary)
        if (manners := named(sampling)) != self._manners:
            self._manners = manners
            self.border_subtitle = manners
        self._slider("temperature").value = sampling.temperature
        self._slider("top-k").value = nearest(TOP_K_STOPS, sampling.top_k)
        self._slider("top-p").value = nearest(TOP_P_STOPS, sampling.top_p)
        self._slider("rate").value = nearest(RATE_STOPS, sampling.rate)

    def _slider(self, name: str) -> Slider:
        return self.query_one(f"#{name}", Slider)

    def _say(self, name: str, value: str, remark: str = "") -> None:
        """Show a value, with a remark in a quieter shade."""
        if self._values.get(name) == (value, remark):
            return
        self._values[name] = value, remark
        content = Content.assemble((f"{value}  ", "bold"), (remark, "$foreground-muted"))
        self.query_one(f"#{name}-text", Static).update(content, layout=False)  # its width is given


if __name__ == "__main__":
    from textual.app import App

    class Demo(App[None]):
        """The panel alone; every wish is granted."""

        def compose(self) -> ComposeResult:
            """Show the panel."""
            yield SamplingPanel()

        def on_sampling_panel_changed(self, event: SamplingPanel.Changed) -> None:
            """Grant the wish."""
            self.query_one(SamplingPanel).sampling = event.sampling

    Demo().run()
