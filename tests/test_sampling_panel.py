import math

import pytest
from msgspec import structs
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.events import MouseScrollDown
from textual.widgets import Static

from model.config import SamplingSettings
from tui.knobs import HOTTEST, Knob, turn, turned
from tui.manners import BY_NAME, MANNERS, in_force
from tui.widgets.sampling_panel import SamplingPanel, meaning, named
from tui.widgets.slider import Slider


class PanelApp(App[None]):
    """Grants every wish, unless told to refuse."""

    def __init__(self, *, grants: bool = True) -> None:
        super().__init__()
        self.grants = grants
        self.wishes: list[SamplingSettings] = []

    def compose(self) -> ComposeResult:
        yield SamplingPanel()

    def on_sampling_panel_changed(self, event: SamplingPanel.Changed) -> None:
        self.wishes.append(event.sampling)
        panel = self.query_one(SamplingPanel)
        panel.sampling = event.sampling if self.grants else panel.sampling

    def shown(self, name: str) -> str:
        return str(self.query_one(f"#{name}-text", Static).content).strip()


class LowApp(PanelApp):
    CSS = "SamplingPanel { height: 100%; }"


def test_turning_moves_the_temperature_along_its_grid() -> None:
    settings = SamplingSettings(temperature=0.8)
    assert turn(settings, 0.05).temperature == 0.85
    assert turn(settings, -0.05).temperature == 0.75
    assert turn(SamplingSettings(temperature=0.83), 0.05).temperature == 0.9
    assert turn(SamplingSettings(temperature=0.03), -0.05).temperature == 0.0
    assert turn(SamplingSettings(temperature=0.0), -0.05).temperature == 0.0
    assert turn(SamplingSettings(temperature=HOTTEST), 0.05).temperature == HOTTEST


def test_turning_there_and_back_changes_nothing() -> None:
    settings = SamplingSettings(temperature=0.0, top_k=3)
    for _ in range(60):
        settings = turn(settings, 0.05)
    assert settings.temperature == 3.0
    for _ in range(60):
        settings = turn(settings, -0.05)
    assert settings == SamplingSettings(temperature=0.0, top_k=3)


def test_words_for_temperatures_get_bolder() -> None:
    assert meaning(0.0) == "likeliest"
    assert meaning(1.0) == "as learnt"
    assert (meaning(0.85), meaning(0.95), meaning(1.05)) == ("calm", "a little calm", "a little bold")
    assert meaning(1.1) == "bold"
    assert meaning(1.5) == "wild"
    assert meaning(3.0) == "noise"


async def test_the_panel_shows_the_settings_in_words() -> None:
    app = PanelApp()
    async with app.run_test(size=(34, 8)) as pilot:
        assert app.shown("temperature") == "temperature 0.80  calm"
        assert app.shown("top-k") == app.shown("top-p") == "all"
        assert app.shown("rate") == "60/s"
        app.query_one(SamplingPanel).sampling = SamplingSettings(2.75, top_k=7, top_p=0.9, rate=math.inf)
        await pilot.pause()
        assert app.shown("temperature") == "temperature 2.75  noise"
        assert (app.shown("top-k"), app.shown("top-p"), app.shown("rate")) == ("7", "0.9", "full speed")


@pytest.mark.parametrize(
    ("slider", "key", "wish"),
    [
        ("temperature", "right", SamplingSettings(temperature=0.85)),
        ("temperature", "left", SamplingSettings(temperature=0.75)),
        ("temperature", "shift+right", SamplingSettings(temperature=1.05)),
        ("temperature", "home", SamplingSettings(temperature=0.0)),
        ("temperature", "end", SamplingSettings(temperature=2.0)),
        ("top-k", "left", SamplingSettings(top_k=100)),
        ("top-k", "home", SamplingSettings(top_k=1)),
        ("top-p", "left", SamplingSettings(top_p=0.99)),
        ("rate", "end", SamplingSettings(rate=math.inf)),
        ("rate", "right", SamplingSettings(rate=90)),
    ],
)
async def test_a_key_on_a_slider_is_a_wish(slider: str, key: str, wish: SamplingSettings) -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(f"#{slider}", Slider).focus()
        await pilot.press(key)
        await pilot.pause()
        assert app.wishes == [wish]
        assert app.query_one(SamplingPanel).sampling == wish


async def test_keys_lead_beyond_the_end_of_the_line() -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one("#temperature", Slider).focus()
        await pilot.press("end", "right", "right")
        await pilot.pause()
        assert app.shown("temperature").startswith("temperature 2.10")


async def test_a_value_beyond_the_line_is_an_arrow_at_its_end() -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        slider = app.query_one("#temperature", Slider)
        slider.focus()
        await pilot.press("end")
        await pilot.pause()
        assert slider.render_line(0).text[-1] == "\u25c9"
        await pilot.press("right")
        await pilot.pause()
        assert slider.render_line(0).text[-1] == "\u25b6"
        slider.blur()
        await pilot.pause()
        assert slider.render_line(0).text[-1] == "\u25b7"


@pytest.mark.parametrize("size", [(34, 8), (80, 1)])
async def test_every_word_for_a_temperature_has_room(size: tuple[int, int]) -> None:
    app = LowApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        room = app.query_one("#temperature-text", Static).size.width
        for hundredth in range(0, 505, 5):
            app.query_one(SamplingPanel).sampling = SamplingSettings(temperature=hundredth / 100)
            assert len(app.shown("temperature")) <= room


async def test_a_refused_wish_leaves_no_trace() -> None:
    app = PanelApp(grants=False)
    async with app.run_test(size=(60, 12)) as pilot:
        slider = app.query_one("#temperature", Slider)
        slider.focus()
        await pilot.press("right")
        await pilot.pause()
        assert app.wishes == [SamplingSettings(temperature=0.85)]
        assert app.shown("temperature").startswith("temperature 0.80")
        assert slider.value == 0.8


async def test_the_mouse_drags_the_knob() -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        slider = app.query_one("#temperature", Slider)
        last = slider.size.width - 1
        await pilot.mouse_down(slider, offset=(last // 2, 0))
        await pilot.hover(slider, offset=(last, 0))
        await pilot.mouse_up(slider, offset=(last, 0))
        await pilot.hover(slider, offset=(0, 0))
        await pilot.pause()
        assert app.wishes[0].temperature == pytest.approx(1.0, abs=0.05)
        assert app.wishes[-1].temperature == 2.0


@pytest.mark.parametrize("size", [(80, 1), (80, 2), (34, 1), (20, 2), (2, 1)])
async def test_with_little_room_all_stands_in_one_row(size: tuple[int, int]) -> None:
    app = LowApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        panel = app.query_one(SamplingPanel)
        assert panel.has_class("-compact")
        assert not app.query_one("#top-k", Slider).region
        if size[0] >= 34:
            assert app.query_one("#temperature", Slider).size.width >= 8


async def test_setting_a_slider_is_silent() -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.query_one(SamplingPanel).sampling = SamplingSettings(temperature=1.5)
        await pilot.pause()
        assert app.query_one("#temperature", Slider).value == 1.5
        assert app.wishes == []


class TallApp(PanelApp):
    """Has more rows than there is room for."""

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield from super().compose()
            yield Static("\n" * 40)


@pytest.mark.parametrize(
    ("kind", "focused", "ctrl", "turns"),
    [
        (PanelApp, False, False, True),
        (TallApp, False, False, False),
        (TallApp, False, True, True),
        (TallApp, True, False, True),
    ],
)
async def test_the_wheel_turns_the_knob_under_the_mouse_where_there_is_nothing_to_scroll(
    kind: type[PanelApp], focused: bool, ctrl: bool, turns: bool
) -> None:
    app = kind()
    async with app.run_test(size=(60, 12)) as pilot:
        slider = app.query_one("#top-p", Slider)
        (slider if focused else app.query_one("#temperature", Slider)).focus()
        await pilot.pause()
        slider.post_message(MouseScrollDown(slider, 1, 0, 0, -1, 0, False, False, ctrl))
        await pilot.pause()
        assert app.wishes == [SamplingSettings(top_p=0.99)] * turns


# ------------------------------------------------------------------------------------------- manners


def test_each_manner_is_known_by_its_settings_whatever_the_rate() -> None:
    for manner in MANNERS:
        applied = manner.applied(SamplingSettings(0.33, top_k=4, rate=7.0))
        assert in_force(applied) is manner
        assert applied.rate == 7.0
    assert in_force(SamplingSettings(temperature=0.81)) is None
    assert in_force(SamplingSettings(temperature=0.8, top_k=3)) is None


def test_the_usual_way_is_balanced() -> None:
    assert in_force(SamplingSettings()) is BY_NAME["balanced"]


def test_the_manner_in_force_is_marked_by_more_than_colour() -> None:
    assert str(named(SamplingSettings())) == "\u25cb careful  \u25cf balanced  \u25cb wild"
    assert "\u25cf" not in str(named(SamplingSettings(temperature=0.77)))


async def test_a_click_on_a_manner_asks_for_all_of_it() -> None:
    class FramedApp(PanelApp):
        CSS = "SamplingPanel { border: round white; }"

    app = FramedApp()
    async with app.run_test(size=(60, 12)) as pilot:
        panel = app.query_one(SamplingPanel)
        row = app.screen._compositor.render_strips()[panel.region.bottom - 1].text
        await pilot.click(offset=(row.index("careful"), panel.region.bottom - 1))
        await pilot.pause()
        assert app.wishes == [SamplingSettings(temperature=0.5, top_p=0.9)]
        assert "\u25cf careful" in str(panel.border_subtitle)


async def test_only_the_value_that_was_turned_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PanelApp()
    async with app.run_test(size=(60, 12)) as pilot:
        panel = app.query_one(SamplingPanel)
        written: list[str | None] = []
        update = Static.update

        def noted(static: Static, *arguments: object, **keywords: object) -> None:
            written.append(static.id)
            update(static, *arguments, **keywords)  # type: ignore[arg-type]

        monkeypatch.setattr(Static, "update", noted)
        panel.sampling = SamplingSettings(temperature=1.25)
        await pilot.pause()
        assert written == ["temperature-text"]
        assert app.shown("temperature").startswith("temperature 1.25")


@pytest.mark.parametrize(
    ("knob", "value", "direction", "there"),
    [
        ("top_k", 70, -1, 60),
        ("top_k", 70, 1, 100),
        ("top_k", 500, -1, 100),
        ("top_k", 500, 1, 0),
        ("top_k", 100, 1, 0),
        ("top_p", 0.42, -1, 0.4),
        ("top_p", 0.42, 1, 0.5),
        ("rate", 33.0, -1, 30),
    ],
)
def test_a_knob_between_two_stops_goes_to_the_next(knob: Knob, value: float, direction: int, there: float) -> None:
    sampling = structs.replace(SamplingSettings(), **{knob: value})
    assert getattr(turned(sampling, knob, direction), knob) == there
