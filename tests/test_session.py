"""The session with a real engine process behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from model.checkpoint import load_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import LoadCorpus, RunUpdate, SetSampling, StartSampling, Train, Update
from model.session import EngineError, EngineSession, NotSavedError

NETWORK = NetworkSettings(hidden_size=8)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)
LOAD = LoadCorpus(("counting",), NETWORK, TRAINING)
PATIENCE = 30.0


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely unburied."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[EngineSession]:
    session = EngineSession.start(tmp_path / "engine.log", rescue=tmp_path / "rescued.safetensors")
    yield session
    session.kill()
    assert not is_running(session.pid)
    assert (tmp_path / "engine.log").read_text() == ""


async def until(session: EngineSession, happened: Callable[[RunUpdate], object]) -> RunUpdate:
    """Take in updates until one satisfies `happened`."""

    async def search() -> RunUpdate:
        async for update in session.updates(lambda: 1000.0):
            for run in update.runs:
                if happened(run):
                    return run
        raise AssertionError("the engine ended first")

    return await asyncio.wait_for(search(), PATIENCE)


async def test_a_run_is_trained_and_played_in_another_process(session: EngineSession) -> None:
    session.send(LOAD)
    session.send(StartSampling())
    assert (await until(session, lambda run: run.losses)).losses[0].step == 1
    assert (await until(session, lambda run: run.written)).written[0].text
    assert session.pid != os.getpid()


async def test_stopping_saves_the_run_and_ends_the_process(session: EngineSession, tmp_path: Path) -> None:
    session.send(LOAD)
    await until(session, lambda run: run.gauges.step > 3)
    notices = await session.stop(str(tmp_path / "last.safetensors"))
    assert [notice.severity for notice in notices] == ["information"]
    assert load_checkpoint(tmp_path / "last.safetensors").step > 3
    assert not is_running(session.pid)


async def test_a_run_that_cannot_be_saved_is_said_at_the_end(session: EngineSession, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    session.send(LOAD)
    await until(session, lambda run: run.losses)
    path = str(tmp_path / "file" / "last.safetensors")
    with pytest.raises(NotSavedError, match=r"could not save .*/last\.safetensors: File exists"):
        await session.stop(path)
    with pytest.raises(NotSavedError, match=r"could not save .*/last\.safetensors: File exists"):
        await session.stop(path, anyway=True)
    assert not is_running(session.pid)


async def test_a_run_that_cannot_be_saved_goes_on_and_can_be_saved_elsewhere(
    session: EngineSession, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    session.send(LOAD)
    before = await until(session, lambda run: run.losses)
    with pytest.raises(NotSavedError):
        await session.stop(str(tmp_path / "file" / "last.safetensors"))
    await until(session, lambda run: run.gauges.step > before.gauges.step + 5)
    await session.stop(str(tmp_path / "last.safetensors"))
    assert load_checkpoint(tmp_path / "last.safetensors").step > before.gauges.step + 5


async def test_no_update_is_lost_where_the_engine_did_not_wait_for_the_last_to_be_taken(session: EngineSession) -> None:
    for update in (Update(1), Update(2, unsaved=True), Update(3, stopped=True)):
        session._arrived(update)
    assert [update.number async for update in session.updates(lambda: 1000.0)] == [1, 2, 3]


async def test_the_end_of_the_engine_ends_the_updates(session: EngineSession) -> None:
    session.send(LOAD)
    await until(session, lambda run: run.losses)
    stopping = asyncio.ensure_future(session.stop())
    async for update in session.updates(lambda: 1000.0):
        last = update
    assert last.stopped
    await stopping


async def test_the_death_of_the_engine_is_noticed_and_said(session: EngineSession) -> None:
    session.send(LOAD)
    await until(session, lambda run: run.losses)
    os.kill(session.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"was killed by signal 9$"):
        await until(session, lambda _: False)
    session.send(Train())  # nobody listens, nothing breaks


async def test_an_engine_that_hangs_is_killed_when_it_is_told_to_stop(session: EngineSession) -> None:
    session.send(LOAD)
    await until(session, lambda run: run.losses)
    os.kill(session.pid, signal.SIGSTOP)
    with pytest.raises(EngineError, match="was killed by signal 9"):
        await asyncio.wait_for(session.stop(), PATIENCE)
    assert not is_running(session.pid)


async def test_an_interrupt_at_the_terminal_does_not_reach_the_engine(session: EngineSession) -> None:
    session.send(LOAD)
    first = await until(session, lambda run: run.losses)
    os.kill(session.pid, signal.SIGINT)
    await until(session, lambda run: run.gauges.step > first.gauges.step + 5)


async def test_the_engine_writes_evenly_while_a_large_step_is_under_way(session: EngineSession) -> None:
    """Characters keep their order and arrive in many small portions within one training step."""
    large = TrainingSettings(seq_length=400, batch_size=48)
    session.send(LoadCorpus(("counting",), NetworkSettings(hidden_size=192), large))
    session.send(SetSampling(SamplingSettings(rate=200.0)))
    await until(session, lambda run: run.gauges.step == 1)
    session.send(StartSampling())
    portions = 0

    def next_step(run: RunUpdate) -> bool:
        nonlocal portions
        portions += bool(run.written)
        return run.gauges.step > 2

    await until(session, next_step)
    assert portions >= 5


def test_nothing_is_left_when_the_app_is_killed(tmp_path: Path) -> None:
    """A stand-in for the app starts an engine, says who it is, and is killed."""
    rescue = tmp_path / "rescued.safetensors"
    app = f"""
import asyncio, pathlib
from model.session import EngineSession
from model.protocol import LoadCorpus
from model.config import NetworkSettings, TrainingSettings

async def main():
    session = EngineSession.start(pathlib.Path({str(tmp_path / "log")!r}), rescue=pathlib.Path({str(rescue)!r}))
    session.send(LoadCorpus(("counting",), NetworkSettings(8), TrainingSettings(8, 4)))
    async for update in session.updates(lambda: 100.0):
        if any(run.gauges.step > 3 for run in update.runs):
            print(session.pid, flush=True)

asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", app], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    engine = int(process.stdout.readline())
    assert is_running(engine)
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while is_running(engine) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(engine)
    # what was learnt is not lost with the app
    assert load_checkpoint(rescue).step > 3


async def test_commands_are_never_taken_for_a_text(session: EngineSession) -> None:
    session.send(LoadCorpus(("-",), NETWORK, TRAINING))
    assert (await until(session, lambda run: run.notices)).notices[0].severity == "error"
    session.send(LOAD)
    await until(session, lambda run: run.losses)
