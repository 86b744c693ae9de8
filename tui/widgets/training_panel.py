"""Train, pause, one step, start over; and the settings of the network and of its training."""

from __future__ import annotations

import dataclasses
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from model.config import NetworkSettings, SettingsError, TrainingSettings
from model.protocol import Gauges, RunState
from tui.widgets.setting_field import Setting, SettingField

NETWORK = (
    Setting("hidden_size", "Hidden size", "Memory cells of each layer; more are slower."),
    Setting("layers", "Layers", "Recurrent layers, stacked on each other."),
)
TRAINING = (
    Setting("seq_length", "Sequence length", "Characters that a gradient flows back through."),
    Setting("batch_size", "Batch size", "Places of the text that are read side by side."),
    Setting(
        "learning_rate",
        "Learning rate",
        "How far a step goes; acts at once.",
        whole=False,
        factor=1.25,
    ),
)
LIVE = "learning_rate"
DIVERGED = "The loss is no longer a number. Lower the learning rate, then train on or start over."


class TrainingPanel(Vertical):
    """What is filled in is a draft until it is entered; the learning rate alone acts on the network that is there."""

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""

    class LearningRateChanged(Message):
        """Another learning rate was entered."""

        def __init__(self, learning_rate: float) -> None:
            super().__init__()
            self.learning_rate = learning_rate

    def __init__(self, network: NetworkSettings, training: TrainingSettings) -> None:
        super().__init__(id="training")
        self.border_title = "2 Training"
        self.network = network
        """As last asked for."""
        self.training = training
        """As last asked for; a short text may be trained with fewer streams."""
        self._visited: SettingField | None = None
        self._followed: tuple[NetworkSettings | None, TrainingSettings | None] = (None, None)

    def compose(self) -> ComposeResult:
        """Buttons, fields, and one line of advice."""
        with Horizontal(id="training-buttons"):
            yield Button("Train", id="train", action="screen.toggle_training", compact=True)
            yield Button("One step", id="one-step", action="screen.one_step", compact=True)
            yield Button("Start over", id="start-over", action="screen.start_over", compact=True)
        for setting in NETWORK:
            yield SettingField(setting, getattr(self.network, setting.name))
        for setting in TRAINING:
            yield SettingField(setting, getattr(self.training, setting.name))
        yield Static(id="training-hint", markup=False)

    def on_mount(self) -> None:
        """Say something helpful from the start."""
        self._show_hint()

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Follow the run: its state, and its settings where they are others than was asked for."""
        in_force = (new.network, new.training)
        if in_force == self._followed and old.state is new.state:
            return
        if in_force != self._followed:
            self._followed = in_force
            self._follow(*in_force)
        self.query_one("#train", Button).label = "Pause" if new.state is RunState.TRAINING else "Train"
        self._show_hint()

    def _follow(self, network: NetworkSettings | None, training: TrainingSettings | None) -> None:
        """Fill in what another network brings, a checkpoint say; what is being edited stays."""
        for setting in NETWORK:
            self._replace(setting, self.network, network)
        for setting in TRAINING:
            # Fewer streams than asked for: the text is short, the next one may not be.
            if not (setting.name == "batch_size" and training and training.batch_size < self.training.batch_size):
                self._replace(setting, self.training, training)
        self.network = network or self.network
        if training is not None:
            streams = max(training.batch_size, self.training.batch_size)
            self.training = dataclasses.replace(training, batch_size=streams)

    def bring(self, network: NetworkSettings | None, training: TrainingSettings | None) -> None:
        """Fill in all that a saved network brings; it was asked for with it."""
        self.network, self.training = network or self.network, training or self.training
        for setting in (*NETWORK, *TRAINING):
            self._field(setting).fill(getattr(self.network if setting in NETWORK else self.training, setting.name))
        self._show_hint()

    @property
    def first_used(self) -> SettingField:
        """The first field with something that cannot be used, else the first."""
        fields = list(self.query(SettingField))
        return next((field for field in fields if self._complaint(field)), fields[0])

    def _replace(self, setting: Setting, old: object, new: object) -> None:
        field = self._field(setting)
        if new is not None and field.text == setting.write(getattr(old, setting.name)):
            field.fill(getattr(new, setting.name))

    def _field(self, setting: Setting) -> SettingField:
        return self.query_one("#" + setting.name.replace("_", "-"), SettingField)

    def draft(self) -> tuple[NetworkSettings, TrainingSettings]:
        """The settings as they are filled in.

        Raises:
            SettingsError: If a field has something that cannot be used.
        """
        network: dict[str, Any] = {setting.name: self._field(setting).value for setting in NETWORK}
        training: dict[str, Any] = {setting.name: self._field(setting).value for setting in TRAINING}
        return dataclasses.replace(self.network, **network), dataclasses.replace(self.training, **training)

    def take(self) -> tuple[NetworkSettings, TrainingSettings]:
        """The draft, which from now on is what was asked for.

        Raises:
            SettingsError: If a field has something that cannot be used.
        """
        self.network, self.training = self.draft()
        self._show_hint()
        return self.network, self.training

    def _complaint(self, field: SettingField) -> str:
        """What is wrong with a field, "" where nothing is."""
        settings = self.network if field.setting in NETWORK else self.training
        try:
            changes: dict[str, Any] = {field.setting.name: field.value}
            dataclasses.replace(settings, **changes)
        except SettingsError as error:
            return str(error)
        return ""

    def _is_changed(self, field: SettingField) -> bool:
        settings = self.network if field.setting in NETWORK else self.training
        return bool(field.value != getattr(settings, field.setting.name))

    def on_setting_field_edited(self, message: SettingField.Edited) -> None:
        """Check what is typed."""
        message.stop()
        self._show_hint()

    def on_setting_field_visited(self, message: SettingField.Visited) -> None:
        """Explain the field that the person is in."""
        message.stop()
        if message.here:
            self._visited = message.field
        elif self._visited is message.field:
            self._visited = None
        self._show_hint()

    async def on_setting_field_entered(self, message: SettingField.Entered) -> None:
        """Let the learning rate act; anything else is a question of a new network."""
        message.stop()
        if self._complaint(message.field):
            self.app.bell()
        elif message.field.setting.name == LIVE:
            learning_rate = float(message.field.value)
            self.training = dataclasses.replace(self.training, learning_rate=learning_rate)
            self._show_hint()
            self.post_message(self.LearningRateChanged(learning_rate))
        else:
            await self.run_action("screen.start_over")

    def _show_hint(self) -> None:
        """Mark the fields; under them, first what is wrong, then what Enter does, then what a field is."""
        fields = list(self.query(SettingField))
        complaints = {field: self._complaint(field) for field in fields}
        for field in fields:
            field.mark(wrong=bool(complaints[field]), changed=self._is_changed(field))
        wrong = next((field for field in fields if complaints[field]), None)
        if self._visited is not None and complaints.get(self._visited):
            wrong = self._visited
        changed = [field for field in fields if self._is_changed(field)]
        hint = self.query_one("#training-hint", Static)
        hint.set_class(wrong is not None or self.gauges.state is RunState.DIVERGED, "-wrong")
        hint.set_class(wrong is None and bool(changed), "-changed")
        hint.update(self._hint(complaints[wrong] if wrong else "", changed), layout=False)

    def _hint(self, complaint: str, changed: list[SettingField]) -> str:
        if complaint:
            return complaint[0].upper() + complaint[1:] + "."
        if any(field.setting.name != LIVE for field in changed):
            return "Enter or ctrl+n starts over with a new network of this shape."
        if changed:
            return "Enter uses this learning rate from the next step on."
        if self.gauges.state is RunState.DIVERGED:
            return DIVERGED
        if self._visited is not None:
            return self._visited.setting.explanation
        in_force = self.gauges.training
        if in_force is not None and in_force.batch_size < self.training.batch_size:
            return f"This text is short: it is read at {in_force.batch_size} places side by side."
        return "A new shape starts a new network; the learning rate acts at once."
