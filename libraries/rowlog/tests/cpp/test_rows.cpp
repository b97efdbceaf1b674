// Writing, and reading as rows, columns and records; of one file and several; sealed, and plain records.
#include <doctest/doctest.h>

#include <numeric>
#include <set>
#include <sstream>

#include "sample.h"

using namespace rowlog;
using namespace sample;

namespace {

struct Heard : BinaryListener {
  std::vector<std::pair<std::string, BData>> all;
  void onData(int, BData value, const IdMetadata& metadata) override { all.emplace_back(metadata.name, value); }
};

template <class T>
std::vector<T> list(std::span<const T> values) {
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("what is written is read: log, sealed log, sealed in pieces, plain records") {
  const Folder folder;
  const auto rows = raggedRows(50);
  writeLog(folder / "log", rows, 7);
  seal({folder / "log"}, folder / "sealed");
  SealOptions pieces;
  pieces.rowsPerChunk = 9;
  seal({folder / "log"}, folder / "pieces", pieces);
  exportRecords(Reader(folder / "log"), folder / "records");
  for (const std::string name : {"log", "sealed", "pieces", "records"}) {
    CAPTURE(name);
    ReadOptions options;
    if (name == "records") options.names = Reader(folder / "log").ids();
    const Reader reader(folder / name, options);
    CHECK(reader.isComplete() == (name != "records"));
    CHECK(reader.damage().empty());
    CHECK(plain(reader.rows()) == rows);
    CHECK(reader.timeRange() == std::pair<std::int64_t, std::int64_t>(1000, 1490));
    std::vector<double> prices;
    std::vector<std::uint32_t> priceRows;
    std::vector<std::int64_t> priceTimes;
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (const auto& item : rows[row].items)
        if (item.id == 2) {
          prices.push_back(std::get<double>(item.value()));
          priceRows.push_back(static_cast<std::uint32_t>(row));
          priceTimes.push_back(rows[row].time);
        }
    const auto check = [&](const Column& column) {
      CHECK(list(column.reals()) == prices);
      CHECK(list(column.rows()) == priceRows);
      CHECK(list(column.times()) == priceTimes);
      CHECK_THROWS_AS(column.integers(), std::invalid_argument);
    };
    check(*reader.column("price"));
    const Reader again(folder / name, options);
    const auto columns = again.columns();
    REQUIRE(columns.size() == 4);
    check(*columns[2]);
    CHECK(columns[0]->integers().size() == 50);
    CHECK(columns[0]->rows()[49] == 49);
    CHECK(columns[0]->times()[49] == 1490);
    CHECK(again.column("price") == columns[2]);
    CHECK(again.count("price") == prices.size());
    CHECK_THROWS_AS(again.column("nothing"), std::out_of_range);
    Heard heard;
    reader.readAll(heard);
    CHECK(heard.all.size() == reader.recordCount());
    CHECK(heard.all[0] == std::pair<std::string, BData>("timestamp", std::int64_t{1000}));
  }
}

TEST_CASE("rows of the same shape need no order, and come back") {
  const Folder folder;
  std::vector<PlainRow> rows;
  for (int i = 0; i < 20; ++i) rows.push_back({i, {Item(1, std::int64_t{i}), Item(2, i * 2.0), Item(2, i * 3.0)}});
  writeLog(folder / "log", rows);
  seal({folder / "log"}, folder / "sealed");
  CHECK(plain(Reader(folder / "sealed").rows()) == rows);
  rows.push_back({99, {Item(2, 1.0), Item(1, std::int64_t{1}), Item(2, 1.0)}});
  rows.push_back({100, {Item(1, std::int64_t{1}), Item(2, 1.0), Item(2, 1.0)}});
  writeLog(folder / "log", rows);
  seal({folder / "log"}, folder / "sealed");
  CHECK(plain(Reader(folder / "sealed").rows()) == rows);
}

TEST_CASE("more ids than a byte counts, and ids far apart") {
  const Folder folder;
  std::vector<PlainRow> rows;
  {
    Writer writer(folder / "log");
    for (int i = 1; i <= 300; ++i) writer.define({i * 7001 + (i > 290 ? 1 << 30 : 0), "n" + std::to_string(i), ValueKind::real, "", ""});
    for (int t = 0; t < 4; ++t) {
      PlainRow row{t, {}};
      for (int i = 1; i <= 300; i += t + 1) row.items.emplace_back(i * 7001 + (i > 290 ? 1 << 30 : 0), i * 1.0);
      put(writer, row);
      rows.push_back(row);
    }
  }
  CHECK(plain(Reader(folder / "log").rows()) == rows);
  CHECK(Reader(folder / "log").columns()[298]->reals().size() == 2);
  CHECK(Reader(folder / "log").column("n300")->name() == "n300");
  CHECK(Reader(folder / "log").column("n298")->reals().size() == 2);
  seal({folder / "log"}, folder / "sealed");
  CHECK(plain(Reader(folder / "sealed").rows()) == rows);
}

TEST_CASE("plain records are named and typed by what they look like") {
  const Folder folder;
  writeLog(folder / "log", raggedRows(9));
  exportRecords(Reader(folder / "log"), folder / "records");
  const Reader reader(folder / "records");
  CHECK(reader.ids()[0].name == "timestamp");
  CHECK(reader.getIdName(2) == "id_2");
  CHECK(reader.column("id_1")->kind() == ValueKind::integer);
  CHECK(reader.column("id_2")->kind() == ValueKind::real);
  CHECK(reader.rowCount() == 9);
  CHECK_THROWS_AS(reader.getIdName(77), std::out_of_range);
}

TEST_CASE("several files: ids by name, one after the other or by time") {
  const Folder folder;
  {
    Writer first(folder / "a"), second(folder / "b");
    const int x = first.define("x"), y = second.define("y"), z = second.define("x");
    CHECK(x == y);
    for (int t = 0; t < 10; t += 2) {
      first.row(t);
      first.put(x, t * 1.0);
      second.row(t + 1);
      second.put(y, -1.0);
      second.put(z, t + 1.0);
    }
  }
  const Reader byFile({folder / "a", folder / "b"});
  CHECK(byFile.rowCount() == 10);
  CHECK(list(byFile.column("x")->reals()) == std::vector<double>{0, 2, 4, 6, 8, 1, 3, 5, 7, 9});
  CHECK(list(byFile.column("y")->rows()) == std::vector<std::uint32_t>{5, 6, 7, 8, 9});
  CHECK(byFile.getIdName(byFile.rows()[7].items()[0].id) == "y");
  CHECK(byFile.rows()[7].find("x") == std::optional<BData>(5.0));
  CHECK(byFile.rows()[0].find("y") == std::nullopt);
  ReadOptions merged;
  merged.order = Order::byTime;
  const Reader byTime({folder / "a", folder / "b"}, merged);
  CHECK(list(byTime.column("x")->reals()) == std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(list(byTime.column("timestamp")->integers()) == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(byTime.rows()[3].contains("y"));
  const auto late = raggedRows(3, 2000), early = raggedRows(3, 1000);
  writeLog(folder / "late", late);
  writeLog(folder / "early", early);
  const Reader sorted({folder / "late", folder / "early"}, merged);
  CHECK(sorted.rows()[0].nanotime() == 1000);
  CHECK(sorted.rows()[5].nanotime() == 2020);
  seal({folder / "a", folder / "b"}, folder / "both");
  CHECK(list(Reader(folder / "both").column("x")->reals()) == std::vector<double>{0, 2, 4, 6, 8, 1, 3, 5, 7, 9});
  {
    Writer other(folder / "c");
    other.define("x", ValueKind::integer);
    other.row(1);
    other.put(1, std::int64_t{1});
  }
  CHECK_THROWS_AS(Reader({folder / "a", folder / "c"}), FormatError);
}

TEST_CASE("filters choose rows") {
  const Folder folder;
  const auto rows = raggedRows(60);
  writeLog(folder / "log", rows, 11);
  const Reader reader(folder / "log");
  const auto expect = [&](const Filter& filter, auto test) {
    std::vector<std::uint32_t> wanted;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (test(rows[i])) wanted.push_back(static_cast<std::uint32_t>(i));
    std::ostringstream text;
    text << filter;
    CAPTURE(text.str());
    CHECK(reader.where(filter).rowNumbers() == wanted);
  };
  const auto any = [](const PlainRow& row, int id, auto test) {
    for (const auto& item : row.items)
      if (item.id == id && test(std::visit([](auto value) { return static_cast<double>(value); }, item.value()))) return true;
    return false;
  };
  const auto above = [&](const PlainRow& row) { return any(row, 3, [](double v) { return v > 20; }); };
  expect(Filter::greater("signal", 20), above);
  expect(Filter::greaterEqual("signal", 20), [&](auto& r) { return any(r, 3, [](double v) { return v >= 20; }); });
  expect(Filter::less("size", 500), [&](auto& r) { return any(r, 1, [](double v) { return v < 500; }); });
  expect(Filter::lessEqual("size", 500), [&](auto& r) { return any(r, 1, [](double v) { return v <= 500; }); });
  expect(Filter::equal("price", 2.5), [&](auto& r) { return any(r, 2, [](double v) { return v == 2.5; }); });
  expect(Filter::notEqual("price", 2.5), [&](auto& r) { return any(r, 2, [](double v) { return v != 2.5; }); });
  expect(Filter::between("price", 2, 4), [&](auto& r) { return any(r, 2, [](double v) { return v >= 2 && v <= 4; }); });
  expect(Filter::has("size"), [&](auto& r) { return any(r, 1, [](double) { return true; }); });
  const auto during = [](const PlainRow& row) { return row.time >= 1100 && row.time < 1300; };
  expect(Filter::time(1100, 1300), during);
  expect(Filter::time(1100, 1300) & ~Filter::greater("signal", 20), [&](auto& r) { return during(r) && !above(r); });
  expect(Filter::time(1100, 1300) | Filter::greater("signal", 20), [&](auto& r) { return during(r) || above(r); });
  expect(Filter::all(), [](auto&) { return true; });
  expect(~Filter::all(), [](auto&) { return false; });
  CHECK_THROWS_AS(reader.where(Filter::has("nothing")), std::out_of_range);
  Filter deep = Filter::all();
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 2000; ++i) deep = ~deep;
      }(),
      std::length_error);
}

TEST_CASE("whole numbers are compared as such") {
  const Folder folder;
  const std::int64_t large = (std::int64_t{1} << 60) + 1;
  writeLog(folder / "log", {{1, {Item(1, large)}}, {2, {Item(1, large + 1)}}});
  const Reader reader(folder / "log");
  CHECK(reader.where(Filter::equal("size", large)).rowNumbers() == std::vector<std::uint32_t>{0});
  CHECK(reader.where(Filter::greater("size", large)).rowNumbers() == std::vector<std::uint32_t>{1});
  CHECK(reader.where(Filter::less("size", 1e19)).size() == 2);
}

TEST_CASE("selections: stretches, conditions upon them, their columns and rows") {
  const Folder folder;
  const auto rows = raggedRows(40);
  writeLog(folder / "log", rows, 9);
  const Reader reader(folder / "log");
  const auto some = reader.slice(10, 20);
  CHECK(some.size() == 10);
  CHECK(plain(some.rows()[0]) == rows[10]);
  CHECK(some.column("size")->rows().front() >= 10);
  CHECK(some.column("size")->rows().back() < 20);
  CHECK(some.column("size")->size() == some.column("size")->times().size());
  CHECK(some.slice(2, 5).rowNumbers() == std::vector<std::uint32_t>{12, 13, 14});
  CHECK(reader.slice(30, 99).size() == 10);
  CHECK(reader.slice(50, 20).size() == 0);
  const auto chosen = some.where(Filter::has("signal"));
  CHECK(chosen.rowNumbers() == std::vector<std::uint32_t>{10, 12, 14, 16, 18});
  CHECK(list(chosen.column("signal")->reals()) == std::vector<double>{10, 12, 14, 16, 18});
  CHECK(list(chosen.column("signal")->times()) == std::vector<std::int64_t>{1100, 1120, 1140, 1160, 1180});
  CHECK(chosen.slice(1, 3).rowNumbers() == std::vector<std::uint32_t>{12, 14});
  CHECK(plain(chosen.rows()[4]) == rows[18]);
  CHECK_THROWS_AS(chosen.rows().at(5), std::out_of_range);
}

TEST_CASE("rows outlive the reader") {
  const Folder folder;
  const auto rows = raggedRows(10);
  writeLog(folder / "log", rows);
  Rows kept;
  std::shared_ptr<const Column> column;
  {
    const Reader reader(folder / "log");
    kept = reader.rows();
    column = reader.column("price");
  }
  CHECK(plain(kept) == rows);
  CHECK(column->reals().size() == 9);
}

TEST_CASE("the row reader of the talk") {
  const Folder folder;
  writeLog(folder / "log", raggedRows(10));
  const RowReader reader(folder / "log");
  CHECK(reader.getRows().size() == 10);
  CHECK(reader.getIdName(2) == "price");
  CHECK(reader.getRowsWithSignalGreaterThan(4).size() == 2);
  std::ostringstream text;
  text << reader.getRows()[2] << " " << reader.getRows()[2].items()[1];
  CHECK(text.str() == "1020: 5 items 2:1");
}

TEST_CASE("the writer refuses what would not be read") {
  const Folder folder;
  Writer writer(folder / "log");
  const int price = writer.define("price"), size = writer.define("size", ValueKind::integer);
  CHECK(writer.define("price") == price);
  CHECK_THROWS_AS(writer.define("price", ValueKind::integer), std::invalid_argument);
  CHECK_THROWS_AS(writer.define({price, "other", ValueKind::real, "", ""}), std::invalid_argument);
  CHECK_THROWS_AS(writer.define({-1, "other", ValueKind::real, "", ""}), std::invalid_argument);
  CHECK_THROWS_AS(writer.define({9, "", ValueKind::real, "", ""}), std::invalid_argument);
  CHECK_THROWS_AS(writer.define({9, std::string(70000, 'x'), ValueKind::real, "", ""}), std::invalid_argument);
  CHECK_THROWS_AS(writer.put(price, 1.0), std::logic_error);
  writer.row(1);
  writer.put(price, std::int64_t{3});
  CHECK_THROWS_AS(writer.put(size, 1.5), std::invalid_argument);
  CHECK_THROWS_AS(writer.put(77, 1.5), std::invalid_argument);
  CHECK_THROWS_AS(writer.put(0, std::int64_t{1}), std::invalid_argument);
  CHECK_THROWS_AS(Writer(folder / "log"), std::system_error);
  writer.flush();
  CHECK_THROWS_AS(writer.put(price, 1.0), std::logic_error);
  writer.row(2);
  writer.close();
  writer.close();
  CHECK_THROWS_AS(writer.row(3), std::logic_error);
  CHECK_THROWS_AS(writer.put(price, 1.0), std::logic_error);
  CHECK_THROWS_AS(writer.flush(), std::logic_error);
  CHECK(plain(Reader(folder / "log").rows()) == std::vector<PlainRow>{{1, {Item(price, 3.0)}}, {2, {}}});
  CHECK_THROWS_AS(Writer(folder / "no" / "log"), std::system_error);
}

TEST_CASE("rows longer than a chunk, chunks by size, tables, rows of another log") {
  const Folder folder;
  {
    WriteOptions options;
    options.chunkBytes = 1000;
    Writer writer(folder / "log", options);
    const int x = writer.define("x");
    for (int t = 0; t < 5; ++t) {
      writer.row(t);
      for (int i = 0; i < 300 * t; ++i) writer.put(x, i * 1.0);
    }
    writer.writeTable(std::vector<std::int64_t>{7, 8}, {x, x}, std::vector<double>{1, 2, 3, 4});
    CHECK_THROWS_AS(writer.writeTable(std::vector<std::int64_t>{7}, {x}, std::vector<double>{}), std::invalid_argument);
    CHECK(writer.rowCount() == 7);
    CHECK(writer.recordCount() == 7 + 3000 + 4);
  }
  const Reader reader(folder / "log");
  CHECK(reader.recordCount() == 3011);
  CHECK(reader.rows()[4].items().size() == 1200);
  CHECK(reader.rows()[6].valuesOf("x") == std::vector<BData>{3.0, 4.0});
  {
    Writer copy(folder / "copy");
    copy.define("y");
    copy.write(reader.where(Filter::time(3)).rows());
    CHECK(copy.rowCount() == 4);
  }
  CHECK(Reader(folder / "copy").rows()[3].valuesOf("x") == std::vector<BData>{3.0, 4.0});
}

TEST_CASE("going on with a log: closed, cut off, sealed") {
  const Folder folder;
  auto rows = raggedRows(10);
  writeLog(folder / "log", rows, 4);
  const auto more = raggedRows(5, 5000);
  const auto goOn = [&](const std::string& name) {
    writeLog(folder / name, more, 2, true);
    const Reader reader(folder / name);
    CHECK(reader.isComplete());
    CHECK(reader.damage().empty());
    return plain(reader.rows());
  };
  auto expected = rows;
  expected.insert(expected.end(), more.begin(), more.end());
  auto bytes = contentOf(folder / "log");
  seal({folder / "log"}, folder / "sealed");
  CHECK(goOn("log") == expected);
  CHECK(goOn("sealed") == expected);
  bytes.resize(bytes.size() - 700);  // index, trailer and some of the last chunk
  writeFile(folder / "cut", bytes);
  const auto kept = Reader(folder / "cut").rowCount();
  CHECK(kept == 8);
  expected.erase(expected.begin() + 8, expected.begin() + 10);
  CHECK(goOn("cut") == expected);
  writeFile(folder / "text", {'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd', '!', '\n'});
  CHECK_THROWS_AS(writeLog(folder / "text", more, 2, true), FormatError);
  CHECK(contentOf(folder / "text").size() == 13);
  {
    WriteOptions options;
    options.append = true;
    Writer fresh(folder / "fresh", options);
    fresh.row(1);
    fresh.seal();
  }
  CHECK(Reader(folder / "fresh").rowCount() == 1);
  CHECK(verify(folder / "fresh").sealed);
}

TEST_CASE("progress is told and may end the work; so may cancel") {
  const Folder folder;
  generate(folder / "log", 50000);
  ReadOptions options;
  options.onError = OnError::report;
  std::uint64_t last = 0, total = 1;
  options.progress = [&](std::uint64_t done, std::uint64_t of) {
    CHECK(done >= last);
    last = done;
    total = of;
  };
  const Reader reader(folder / "log", options);
  CHECK(last == total);
  options.progress = [](std::uint64_t, std::uint64_t) { throw std::runtime_error("enough"); };
  CHECK_THROWS_WITH(Reader(folder / "log", options), "enough");
  CHECK(Reader(folder / "log").columns().size() == 9);
}
