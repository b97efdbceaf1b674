"""Every transcript in `transcripts/`: command, exit code, stdout, stderr, files. `dev.py update` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from dovetail.cli.main import main

from .transcript import FOLDER, Outcome, play, read_transcript

FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_transcript(file: Path, tmp_path: Path) -> None:
    transcript = read_transcript(file.read_text(encoding="utf-8"))
    assert transcript.runs
    outcomes = play(transcript, tmp_path, main)
    for run, outcome in zip(transcript.runs, outcomes, strict=True):
        if not outcome.matches(run.expected):
            assert outcome == run.expected, run.command


def test_there_are_transcripts() -> None:
    assert len(FILES) > 20


def test_a_difference_is_seen() -> None:
    """The comparison itself can fail."""
    expected = Outcome(stderr="error[DV002]: [...] here\n[...]\nend\n", exit="1")
    assert Outcome(stderr="error[DV002]: it is here\na\nb\nend\n", exit="1").matches(expected)
    assert Outcome(stderr="error[DV002]: here here\nend\n", exit="1").matches(expected)
    assert not Outcome(stderr="error[DV002]: it is here\na\nend\nmore\n", exit="1").matches(expected)
    assert not Outcome(stderr="error[DV002]: it is here\nend\n", exit="0").matches(expected)
    assert not Outcome(stderr="error[DV002]: it is here\nend\n", exit="1", made="x.so\n").matches(expected)
