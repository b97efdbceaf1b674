"""Ordinary use of spdlog: log to a file, read it back; levels, patterns, several sinks, a registry of loggers."""

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


@pytest.fixture(scope="module")
def spdlog(bind_library):
    return bind_library("spdlog").spdlog


@pytest.fixture
def path(tmp_path):
    return tmp_path / "service.log"


@pytest.fixture
def logger(spdlog, path):
    made = spdlog.logger("service", spdlog.sinks.basic_file_sink_mt(str(path), True))
    made.set_pattern("%n %l: %v")
    return made


def log(spdlog, logger, level, text):
    logger.log(level, text)


def test_to_a_file_and_back(spdlog, logger, path):
    levels = spdlog.level.level_enum
    log(spdlog, logger, levels.info, "started")
    log(spdlog, logger, levels.debug, "too quiet to be heard")
    log(spdlog, logger, levels.err, "disk {} is full")
    logger.flush()
    assert path.read_text().splitlines() == ["service info: started", "service error: disk {} is full"]


def test_levels(spdlog, logger, path):
    levels = spdlog.level.level_enum
    assert logger.level() == levels.info
    logger.set_level(levels.trace)
    assert logger.should_log(levels.debug)
    log(spdlog, logger, levels.debug, "now heard")
    logger.flush()
    assert path.read_text() == "service debug: now heard\n"
    assert spdlog.level.from_str("critical") == levels.critical


def test_several_sinks(spdlog, tmp_path):
    paths = [tmp_path / name for name in ("one.log", "two.log")]
    sinks = [spdlog.sinks.basic_file_sink_mt(str(path), True) for path in paths]
    logger = spdlog.logger("both", sinks)
    assert len(logger.sinks()) == 2
    logger.set_pattern("%v")
    sinks[1].set_level(spdlog.level.level_enum.warn)
    log(spdlog, logger, spdlog.level.level_enum.info, "first only")
    log(spdlog, logger, spdlog.level.level_enum.warn, "everywhere")
    logger.flush()
    assert [path.read_text().split("\n")[:-1] for path in paths] == [["first only", "everywhere"], ["everywhere"]]


def test_the_registry(spdlog, path):
    logger = spdlog.logger("known", spdlog.sinks.basic_file_sink_mt(str(path), True))
    spdlog.register_logger(logger)
    try:
        assert spdlog.get("known").name() == "known"
        with pytest.raises(spdlog.spdlog_ex, match="exists"):
            spdlog.register_logger(logger)
    finally:
        spdlog.drop("known")
    assert spdlog.get("known") is None


def test_no_such_folder(spdlog, tmp_path):
    with pytest.raises(spdlog.spdlog_ex, match="Failed opening file"):
        spdlog.sinks.basic_file_sink_mt(str(tmp_path), True)
