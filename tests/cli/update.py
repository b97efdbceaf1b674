"""Writes the transcripts anew, all or those named. What still matches stays as it is, with its `[...]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from transcript import FOLDER, play, read_transcript

from dovetail.cli.main import main


def update(names: list[str]) -> int:
    for file in sorted(FOLDER.glob("*.txt")):
        if names and file.stem not in names:
            continue
        transcript = read_transcript(file.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            outcomes = play(transcript, Path(folder), main)
        kept = [
            run.expected if outcome.matches(run.expected) else outcome
            for run, outcome in zip(transcript.runs, outcomes, strict=True)
        ]
        text = transcript.render(kept)
        if text != file.read_text(encoding="utf-8"):
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.stem}")
    return 0


if __name__ == "__main__":
    sys.exit(update(sys.argv[1:]))
