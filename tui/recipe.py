"""All settings of a network and of its training: one table, from which screens of fields are made."""

from __future__ import annotations

from typing import Final

from model.config import CELLS, INITIALISATIONS, OPTIMIZERS, SCHEDULES
from tui.setting import SWITCH, Setting, where

PRESET: Final = Setting("preset", "Recipe", "Preset", "A whole recipe by name; Recipe tells what it sets.", "choice")
"""Not a setting itself: a choice of all others at once."""

RATE: Final = "learning_rate"

SETTINGS: Final = (
    Setting("cell", "Network", "Cell", "What remembers: lstm, gru or a plain rnn.", "choice", CELLS),
    Setting("hidden_size", "Network", "Hidden size", "Memory cells of a layer; more are slower."),
    Setting("layers", "Network", "Layers", "Recurrent layers, stacked on each other.", step=1),
    Setting(
        "embedding_size",
        "Network",
        "Embedding size",
        "Numbers for a character; 0 is one-hot.",
        stops=(0, 8, 16, 32, 64, 128, 256, 512),
    ),
    Setting("tied", "Network", "Tied weights", "Decode with the embedding's own weights.", "switch", SWITCH),
    Setting("learned_state", "Network", "Learned state", "Learn the memory that texts begin with.", "switch", SWITCH),
    Setting("single_bias", "Network", "Single bias", "One bias a gate, where PyTorch has two.", "switch", SWITCH),
    Setting(
        "initialisation", "Network", "First weights", "How the first weights are drawn.", "choice", INITIALISATIONS
    ),
    Setting(
        "init_scale",
        "Network",
        "Their scale",
        "Of the first weights; 0 is 1/sqrt(size).",
        "number",
        stops=(0.0, 0.001, 0.01, 0.03, 0.05, 0.08, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0),
    ),
    Setting(
        "gate_mean",
        "Network",
        "Gate mean",
        "Mean of the first weights of the gates.",
        "number",
        stops=(-1.0, -0.5, 0.0, 0.5, 1.0),
        applies=where("cell", "lstm", "gru"),
    ),
    Setting(
        "forget_bias",
        "Network",
        "Forget bias",
        "1 remembers until told otherwise.",
        "number",
        stops=(-1.0, 0.0, 0.5, 1.0, 2.0, 3.0),
        applies=where("cell", "lstm"),
    ),
    Setting("seed", "Network", "Seed", "The same seed, the same first weights.", step=1),
    Setting("seq_length", "Learning", "Sequence length", "Characters that a gradient flows back."),
    Setting("batch_size", "Learning", "Batch size", "Places of the text that are read at once."),
    Setting("optimizer", "Learning", "Optimiser", "What makes a step of a gradient.", "choice", OPTIMIZERS),
    Setting(RATE, "Learning", "Learning rate", "How far a step goes against the gradient.", "number", factor=1.25),
    Setting(
        "momentum",
        "Learning",
        "Momentum",
        "Share of the last step that goes on.",
        "number",
        stops=(0.0, 0.5, 0.9, 0.95, 0.99),
        applies=where("optimizer", "sgd"),
    ),
    Setting(
        "decay_rate",
        "Learning",
        "Memory of squares",
        "How long it lasts; 0 is the usual.",
        "number",
        stops=(0.0, 0.9, 0.95, 0.99, 0.999),
        applies=where("optimizer", "adam", "adamw", "rmsprop"),
    ),
    Setting(
        "initial_sum",
        "Learning",
        "First sum",
        "What the sums of squares begin with.",
        "number",
        stops=(0.0, 1e-8, 0.001, 0.1),
        applies=where("optimizer", "adagrad"),
    ),
    Setting("loss_sum", "Learning", "Summed loss", "Add up a window's losses, else the mean.", "switch", SWITCH),
    Setting(
        "reset_every_window", "Learning", "Forgetful", "Begin every window with an empty memory.", "switch", SWITCH
    ),
    Setting("schedule", "Learning", "Schedule", "How the learning rate goes down.", "choice", SCHEDULES),
    Setting(
        "warmup_steps",
        "Learning",
        "Warm-up steps",
        "In which the learning rate rises from 0.",
        stops=(0, 10, 20, 50, 100, 200, 500, 1_000),
    ),
    Setting(
        "schedule_steps",
        "Learning",
        "Cosine steps",
        "Until it has fallen; 0 never falls here.",
        stops=(0, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000),
        applies=where("schedule", "cosine"),
    ),
    Setting(
        "final_rate",
        "Learning",
        "Final share",
        "Of the rate, left when it has fallen.",
        "number",
        stops=(0.0, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0),
        applies=where("schedule", "cosine"),
    ),
    Setting(
        "decay_after",
        "Learning",
        "Decay after",
        "Passes over the text before a drop.",
        "number",
        stops=(0.0, 1.0, 2.0, 4.0, 5.0, 10.0, 20.0, 50.0),
        applies=where("schedule", "step"),
    ),
    Setting(
        "decay_every",
        "Learning",
        "Decay every",
        "Passes over the text between two drops.",
        "number",
        stops=(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
        applies=where("schedule", "step"),
    ),
    Setting(
        "patience",
        "Learning",
        "Patience",
        "Validations without a better one: a drop.",
        stops=(1, 2, 3, 5, 10, 20, 50),
        applies=where("schedule", "plateau"),
    ),
    Setting(
        "decay_factor",
        "Learning",
        "Decay factor",
        "What a drop leaves of the learning rate.",
        "number",
        stops=(0.1, 0.2, 0.5, 0.8, 0.9, 0.97, 1.0),
        applies=where("schedule", "step", "plateau"),
    ),
    Setting(
        "dropout",
        "Regularisation",
        "Dropout",
        "Share of outputs silenced in learning.",
        "number",
        stops=(0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
    ),
    Setting("locked_dropout", "Regularisation", "Locked", "The same ones through a whole window.", "switch", SWITCH),
    Setting(
        "embedding_dropout",
        "Regularisation",
        "Of embeddings",
        "Share of their numbers silenced.",
        "number",
        stops=(0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
    ),
    Setting("shifted", "Regularisation", "Shifted epochs", "Each begins its streams elsewhere.", "switch", SWITCH),
    Setting(
        "weight_decay",
        "Regularisation",
        "Weight decay",
        "How fast weights shrink by themselves.",
        "number",
        stops=(0.0, 0.0001, 0.001, 0.01, 0.1, 1.0),
        applies=where("optimizer", "adamw"),
    ),
    Setting(
        "average",
        "Regularisation",
        "Averaging",
        "Of the weights; 0.99, say, and 0 is off.",
        "number",
        stops=(0.0, 0.9, 0.99, 0.995, 0.999, 0.9999),
    ),
    Setting(
        "clip_norm",
        "Care",
        "Clip the norm",
        "Longer gradients are shortened; 0 is off.",
        "number",
        stops=(0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    Setting(
        "clip_value",
        "Care",
        "Clip each number",
        "Of the gradient, to this size; 0 is off.",
        "number",
        stops=(0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    Setting("guard", "Care", "Guard", "Mends a loss that explodes or is stuck.", "switch", SWITCH),
    Setting(
        "stop_after",
        "Care",
        "Stop after",
        "Validations without a better; 0 is never.",
        stops=(0, 3, 5, 10, 20, 50, 100),
    ),
)
"""One for every field of the settings of network and training, in the order of the screen."""

BY_NAME: Final = {setting.name: setting for setting in (PRESET, *SETTINGS)}
GROUPS: Final = tuple(dict.fromkeys(setting.group for setting in SETTINGS))
COMMON: Final = tuple(
    BY_NAME[name] for name in ("preset", "cell", "hidden_size", "layers", "seq_length", "batch_size", RATE)
)
"""Those that are always at hand."""
