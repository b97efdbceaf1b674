"""The cache: only what this user alone can have written is used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dovetail.build import cache
from dovetail.build.cache import Cache
from dovetail.diagnostics import Sink

KEY = "ab" * 32


def refused(sink: Sink) -> str:
    """The reason why the cache is not used."""
    assert cache.open_cache(sink) is None
    (found,) = sink.diagnostics
    assert found.code == "DV070"
    return found.message


def test_a_fresh_cache_is_private(private: Cache) -> None:
    assert os.stat(private.folder).st_mode & 0o777 == 0o700
    assert os.stat(private.entry(KEY)).st_mode & 0o077 == 0


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "open"))
    assert "written by others" in refused(sink)


def test_a_symbolic_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "link"))
    assert "symbolic link" in refused(sink)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "theirs"))
    monkeypatch.setattr(os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
    assert "another user" in refused(sink)


def test_a_file_in_the_way_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DOVETAIL_CACHE", str(tmp_path / "file" / "cache"))
    assert "cannot be made" in refused(sink)


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOVETAIL_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert cache.cache_folder() == Path.home() / ".cache" / "dovetail"


def test_a_seal_breaks_with_any_change(private: Cache) -> None:
    path = private.entry(KEY) / "module.so"
    assert not cache.is_sealed(path)
    cache.write_sealed(path, b"code")
    assert cache.is_sealed(path)
    path.write_bytes(b"other code")
    assert not cache.is_sealed(path)


def test_a_seal_does_not_make_a_file_of_others_good(private: Cache) -> None:
    path = private.entry(KEY) / "module.so"
    cache.write_sealed(path, b"code")
    path.chmod(0o722)
    assert not cache.is_sealed(path)
    path.chmod(0o700)
    moved = path.with_name("moved.so")
    path.rename(moved)
    path.symlink_to(moved)
    assert not cache.is_sealed(path)


def test_keys_never_climb(private: Cache) -> None:
    with pytest.raises(ValueError, match="not a cache key"):
        private.entry("../../etc")


def test_what_was_not_used_for_long_goes(private: Cache) -> None:
    old, used = private.entry("cd" * 32), private.entry(KEY)
    for entry in (old, used):
        cache.write_sealed(entry / "module.so", b"code")
    for file in old.iterdir():
        os.utime(file, (0, 0))
    assert cache.remove_old(private) == 1
    assert (old.exists(), used.exists()) == (False, True)
    cache.write_sealed(private.entry("cd" * 32) / "module.so", b"code")
    assert cache.remove_old(private) == 0, "only once a day"
