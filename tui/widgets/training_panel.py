"""Train, pause, one step, start over; and the settings of the network and of its training."""

from __future__ import annotations

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from model.config import NetworkSettings, TrainingSettings
from model.live import FIXED
from model.protocol import Gauges, RunState
from tui.draft import Draft
from tui.keymap import shown_keys
from tui.recipe import COMMON, PRESET, RATE
from tui.setting import Setting
from tui.widgets.line_button import LineButton
from tui.widgets.setting_field import SettingField

DIVERGED = "Training went astray: lower the learning rate to go on, or start over."


class TrainingPanel(Vertical):
    """What is filled in is a draft until it is entered; what can change while it trains then acts at once.

    The panel has the settings that are used most; the recipe's own screen has all, and fills in the same draft.
    """

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    draft: reactive[Draft] = reactive(lambda: Draft(NetworkSettings(), TrainingSettings()), repaint=False, init=False)
    """What is filled in."""

    class LearningRateChanged(Message):
        """Another learning rate was entered."""

        def __init__(self, learning_rate: float) -> None:
            super().__init__()
            self.learning_rate = learning_rate

    class Steered(Message):
        """Something else was entered that acts at once."""

        def __init__(self, training: TrainingSettings) -> None:
            super().__init__()
            self.training = training

    def __init__(self, network: NetworkSettings, training: TrainingSettings) -> None:
        super().__init__(id="training")
        self.border_title = "2 Training"
        self.set_reactive(TrainingPanel.draft, Draft(network, training))
        self._visited: Setting | None = None
        self._followed: tuple[NetworkSettings | None, TrainingSettings | None] = (None, None)

    def compose(self) -> ComposeResult:
        """Buttons, fields, the way to all the others, and one line of advice."""
        with Horizontal(id="training-buttons"):
            yield LineButton("Train", id="train", action="screen.toggle_training")
            yield LineButton("One step", id="one-step", action="screen.one_step")
            yield LineButton("Start over", id="start-over", action="screen.start_over")
        for setting in COMMON:
            yield SettingField(setting, self.draft)
        more = Content.assemble("Recipe…  ", (shown_keys(self)["recipe"], "$accent"))
        yield LineButton(more, id="more-settings", action="screen.recipe")
        yield Static(id="training-hint", markup=False)

    def on_mount(self) -> None:
        """Say something helpful from the start."""
        self._show()

    # ------------------------------------------------------------------------------ following the run

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Follow the run: its state, and its settings where they are others than was asked for."""
        in_force = (new.network, new.training)
        if in_force == self._followed and old.state is new.state:
            return
        if in_force != self._followed:
            self._followed = in_force
            self.draft = self.draft.follow(*in_force)
        self.query_one("#train", Button).label = "Pause" if new.state is RunState.TRAINING else "Train"
        self._show_hint()

    def bring(self, network: NetworkSettings | None, training: TrainingSettings | None) -> None:
        """Fill in all that a saved network brings; it was asked for with it."""
        self.draft = Draft(network or self.draft.network, training or self.draft.training)

    def refuse(self) -> None:
        """Something could not be done: what was asked for is filled in, and is in force only if it was before."""
        network, training = self._followed
        if network is not None and training is not None:
            self.draft = self.draft.refused(network, training)

    # ------------------------------------------------------------------------------------ filling it in

    def watch_draft(self) -> None:
        """Show what is filled in."""
        if self.is_mounted:
            self._show()

    def take(self) -> tuple[NetworkSettings, TrainingSettings]:
        """The settings that are filled in, which from now on are what was asked for.

        Raises:
            SettingsError: If a field has something that cannot be used.
        """
        self.draft = self.draft.take()
        return self.draft.network, self.draft.training

    def edit(self, field: SettingField) -> None:
        """Take in what stands in a field; what is picked, and can be changed while it trains, acts at once."""
        setting = field.setting
        self.draft = self.draft.edit(setting, field.take())
        if setting.live and not setting.typed:
            self.steer(setting)

    def turn_back(self) -> bool:
        """Fill in what was there before a preset that was turned to and not begun with; returns whether that was so.

        What cannot be used is not left behind either.
        """
        self.draft = self.draft.mend()
        turned = self._visited is PRESET and self.draft.turned
        if turned:
            self.draft = self.draft.unpick()
        return turned

    def steer(self, setting: Setting) -> None:
        """Let what is filled in for a setting act on the network that is there; where it cannot be used, ring."""
        if self.draft.complaint(setting):
            self.app.bell()
            return
        self.draft = self.draft.accept(setting)
        wanted = self.draft.training
        if setting.name == RATE:
            self.post_message(self.LearningRateChanged(wanted.learning_rate))
            return
        # Another text may be on its way already, with settings that the network that is there cannot take.
        running = self.gauges.training or wanted
        kept = {name: getattr(running, name) for name in FIXED}
        self.post_message(self.Steered(replace(wanted, **kept)))

    @property
    def first_used(self) -> SettingField:
        """The first field with something that cannot be used, else the first."""
        fields = list(self.query(SettingField))
        return next((field for field in fields if self.draft.complaint(field.setting)), fields[0])

    @property
    def wrong_elsewhere(self) -> bool:
        """Whether what cannot be used is not in this panel."""
        wrong = self.draft.wrong
        return bool(wrong) and not set(wrong) & set(COMMON)

    def on_setting_field_edited(self, message: SettingField.Edited) -> None:
        """Check what is typed."""
        message.stop()
        self.edit(message.field)

    def on_setting_field_visited(self, message: SettingField.Visited) -> None:
        """Explain the field that the person is in."""
        message.stop()
        if message.here:
            self._visited = message.field.setting
        elif self._visited is message.field.setting:
            self._visited = None
        self._show_hint()

    async def on_setting_field_entered(self, message: SettingField.Entered) -> None:
        """Let what can act do so; anything else is a question of a new network."""
        message.stop()
        setting = message.field.setting
        if setting.live or self.draft.complaint(setting):
            self.steer(setting)
        else:
            await self.run_action("screen.start_over")

    async def on_click(self, event: events.Click) -> None:
        """Let what is filled in act, by a click on the line that says how: as Enter does."""
        hint = self.query_one("#training-hint").region
        if not hint.contains_point(event.screen_offset) or not self.draft.changed or self.draft.wrong:
            return
        event.stop()
        entered = self._entered
        if not entered.live:
            await self.run_action("screen.start_over")
        elif entered in COMMON:
            self.steer(entered)
        else:
            await self.run_action("screen.recipe")

    @property
    def _entered(self) -> Setting:
        """Of what is filled in and not used yet, what the line below is about."""
        changed = self.draft.changed
        needing = [setting for setting in changed if not setting.live]
        return needing[0] if needing else self._visited if self._visited in changed else changed[0]

    # ------------------------------------------------------------------------------------ what it says

    def _show(self) -> None:
        for field in self.query(SettingField):
            field.show(self.draft)
        self._show_hint()

    def _show_hint(self) -> None:
        """Under the fields, first what is wrong, then what Enter does, then what a field is."""
        complaint = self._complaint()
        hint = self.query_one("#training-hint", Static)
        hint.set_class(bool(complaint) or self.gauges.state is RunState.DIVERGED, "-wrong")
        hint.set_class(not complaint and bool(self.draft.changed), "-changed")
        hint.update(complaint or self._advice(), layout=False)

    def _complaint(self) -> str:
        wrong = self.draft.wrong
        if not wrong:
            return ""
        return self.draft.complaint(self._visited if self._visited in wrong else wrong[0])

    def _advice(self) -> str:
        changed, keys = self.draft.changed, shown_keys(self)
        if any(not setting.live for setting in changed):
            if self._visited is PRESET:
                return f"Enter starts over with it, {keys['back']} turns back; {keys['recipe']} tells what it sets."
            return f"Enter or {keys['start-over']} starts over with a new network of this recipe."
        if changed:
            entered = self._entered
            if entered not in COMMON:
                return f"{entered.label} is filled in and not used yet: {keys['recipe']} shows it."
            return f"Enter uses this {entered.label.lower()} from the next step on."
        if self.gauges.state is RunState.DIVERGED:
            return DIVERGED
        if self._visited is not None:
            return self._visited.explanation
        in_force = self.gauges.training
        if in_force is not None and in_force.batch_size < self.draft.training.batch_size:
            return f"This text is short: it is read at {in_force.batch_size} places side by side."
        return "A new shape starts a new network; the learning rate acts at once."
