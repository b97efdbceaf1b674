"""Ordinary use of Howard Hinnant's date: calendar dates, their arithmetic, weekdays, and how they look."""

import datetime

import pytest

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def date(bind_library):
    return bind_library("date")


def make(date, year, month, day):
    return date.year(year) / date.month(month) / date.day(day)


def test_dates_are_written_with_slashes(date):
    day = date.year(2024) / date.February / 29
    assert isinstance(day, date.year_month_day)
    assert (int(day.year()), int(day.month()), int(day.day())) == (2024, 2, 29)
    assert day.ok()
    assert not (date.year(2023) / date.February / 29).ok()
    assert day == make(date, 2024, 2, 29)
    assert day < make(date, 2024, 3, 1)
    assert str(day) == "2024-02-29"


def test_leap_years(date):
    assert [y for y in (1900, 2000, 2023, 2024) if date.year(y).is_leap()] == [2000, 2024]


def test_the_last_day_of_a_month(date):
    days = [int((date.year(2023) / month / date.last).day()) for month in range(1, 13)]
    assert days == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_weekdays(date):
    day = make(date, 2024, 7, 4)
    assert date.weekday(day.to_time_point()) == date.Thursday
    assert str(date.weekday(day.to_time_point())) == "Thu"
    fourth = date.year(2024) / date.November / date.Thursday[4]
    assert str(date.year_month_day(fourth.to_time_point())) == "2024-11-28"
    last = date.year(2024) / date.May / date.Monday[date.last]
    assert str(date.year_month_day(last.to_time_point())) == "2024-05-27"
    assert date.Sunday - date.Monday == datetime.timedelta(days=6)


def test_days_are_counted_in_python(date):
    start = make(date, 2024, 1, 31).to_time_point()
    assert str(date.year_month_day(start + datetime.timedelta(days=30))) == "2024-03-01"
    assert make(date, 2024, 12, 25).to_time_point() - start == datetime.timedelta(days=329)
    python = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    assert str(date.year_month_day(python)) == "1970-01-01"


def test_days_of_a_month_go_on(date):
    day = date.day(5)
    day += datetime.timedelta(days=3)
    assert day == date.day(8)
    assert day - date.day(5) == datetime.timedelta(days=3)


def test_wrong_types_are_type_errors(date):
    with pytest.raises(TypeError):
        date.year(2024) / "May"
    with pytest.raises(TypeError, match="year"):
        date.year("2024")


def test_literals(date):
    assert date.y(2024) / date.February / date.d(29) == make(date, 2024, 2, 29)
