// Files that are not as they were written: nothing crashes or hangs, what is intact is read, what is not is named.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "crc32c.h"
#include "format.h"
#include "sample.h"

using namespace rowlog;
using namespace sample;

namespace {

constexpr std::size_t kPerChunk = 4;

// Everything that reads, on bytes that may be anything.
std::vector<PlainRow> readAll(const Content& bytes, OnError onError) {
  struct Silent : BinaryListener {
    void onData(int, BData, const IdMetadata&) override {}
  } silent;
  const Reader reader = Reader::overBytes(bytes, with(onError));
  auto rows = plain(reader.rows());
  for (const auto& column : reader.columns()) {
    CHECK(column->rows().size() == column->size());
    CHECK(column->times().size() == column->size());
    for (const auto row : column->rows()) CHECK(row < reader.rowCount());
  }
  for (const auto& id : reader.ids()) {
    CHECK(reader.column(id.name)->size() == reader.count(id.name));
    reader.where(Filter::greater(id.name, 1.0) | Filter::time(1010, 1050));
  }
  reader.readAll(silent);
  reader.timeRange();
  return rows;
}

// What was thrown, if it was.
std::string failure(const Content& bytes) {
  try {
    readAll(bytes, OnError::fail);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

std::vector<PlainRow> readRest(const Content& bytes) {
  try {
    return readAll(bytes, OnError::report);
  } catch (const FormatError&) {
    return {};  // nothing in it looks like a log
  }
}

// All rows of whole chunks but for those of one.
bool isAllButOneChunk(const std::vector<PlainRow>& rows, const std::vector<PlainRow>& all) {
  for (std::size_t lost = 0; lost < all.size(); lost += kPerChunk) {
    auto expected = all;
    const auto end = std::min(all.size(), lost + kPerChunk);
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(lost), expected.begin() + static_cast<std::ptrdiff_t>(end));
    if (rows == expected) return true;
  }
  return rows == all;
}

struct Sample {
  Folder folder;
  std::vector<PlainRow> rows = raggedRows(14);
  Content log, sealed, pieces, records;

  Sample() {
    writeLog(folder / "log", rows, kPerChunk);
    seal({folder / "log"}, folder / "sealed");
    SealOptions options;
    options.rowsPerChunk = kPerChunk;
    seal({folder / "log"}, folder / "pieces", options);
    exportRecords(Reader(folder / "log"), folder / "records");
    log = contentOf(folder / "log");
    sealed = contentOf(folder / "sealed");
    pieces = contentOf(folder / "pieces");
    records = contentOf(folder / "records");
  }
};

}  // namespace

TEST_CASE("every byte of a log, flipped: at most its own chunk is lost") {
  const Sample sample;
  std::size_t noticed = 0;
  for (std::size_t at = 0; at < sample.log.size(); ++at) {
    for (const unsigned char mask : {0x01, 0x80, 0xff}) {
      Content bytes = sample.log;
      bytes[at] ^= mask;
      CAPTURE(at);
      const auto rows = readRest(bytes);
      CHECK(isAllButOneChunk(rows, sample.rows));
      const bool lost = rows != sample.rows;
      noticed += lost;
      if (!lost) continue;
      CHECK(failure(bytes) != "");
      const auto damage = Reader::overBytes(bytes, with(OnError::report)).damage();
      REQUIRE(damage.size() == 1);
      CHECK(damage[0].offset <= at);
      CHECK(damage[0].offset + damage[0].length > at);
      CHECK(damage[0].reason != "");
    }
  }
  CHECK(noticed > sample.rows.size() * 12 * 3);
}

TEST_CASE("every byte of a sealed log, flipped: a chunk is lost, or the column of a chunk") {
  const Sample sample;
  for (const Content* whole : {&sample.sealed, &sample.pieces}) {
    for (std::size_t at = 0; at < whole->size(); ++at) {
      Content bytes = *whole;
      bytes[at] ^= 0x40;
      CAPTURE(at);
      const auto rows = readRest(bytes);
      CHECK(rows.size() + (whole == &sample.sealed ? sample.rows.size() : kPerChunk) >= sample.rows.size());
      for (const PlainRow& row : rows) {
        const auto same = std::find_if(sample.rows.begin(), sample.rows.end(), [&](auto& one) { return one.time == row.time; });
        REQUIRE(same != sample.rows.end());
        auto from = same->items.begin();
        for (const Item& item : row.items) {
          from = std::find(from, same->items.end(), item);
          REQUIRE(from != same->items.end());
          ++from;
        }
      }
      if (rows != sample.rows) CHECK(failure(bytes) != "");
    }
  }
}

TEST_CASE("every truncation: whole chunks are read, and the torn end is reported without being asked") {
  const Sample sample;
  for (std::size_t size = 0; size <= sample.log.size(); ++size) {
    const Content bytes(sample.log.begin(), sample.log.begin() + static_cast<std::ptrdiff_t>(size));
    CAPTURE(size);
    const Reader reader = Reader::overBytes(bytes, with(OnError::fail));
    const auto rows = plain(reader.rows());
    CHECK((rows.size() % kPerChunk == 0 || rows.size() == sample.rows.size()));
    CHECK(std::equal(rows.begin(), rows.end(), sample.rows.begin()));
    CHECK(reader.isComplete() == (size == sample.log.size()));
    CHECK(reader.damage().size() <= 1);
    CHECK(failure(bytes) == "");
    CHECK(readRest(bytes) == rows);
  }
  for (std::size_t size = 0; size < sample.sealed.size(); ++size) {
    const Content bytes(sample.sealed.begin(), sample.sealed.begin() + static_cast<std::ptrdiff_t>(size));
    CAPTURE(size);
    CHECK(failure(bytes) == "");
    CHECK((readRest(bytes).empty() || readRest(bytes) == sample.rows));
  }
  for (std::size_t size = 0; size < sample.records.size(); ++size) {
    const Content bytes(sample.records.begin(), sample.records.begin() + static_cast<std::ptrdiff_t>(size));
    CAPTURE(size);
    if (size >= detail::kRecord) CHECK(Reader::overBytes(bytes).damage().size() == (size % detail::kRecord != 0));
    readRest(bytes);
  }
}

TEST_CASE("every byte of plain records, flipped, is only another record") {
  const Sample sample;
  for (std::size_t at = 0; at < sample.records.size(); ++at) {
    Content bytes = sample.records;
    bytes[at] ^= 0x21;
    readRest(bytes);
    failure(bytes);
  }
}

TEST_CASE("bytes put in and left out: chunks are found wherever they are") {
  const Sample sample;
  for (std::size_t at = 64; at < sample.log.size(); at += 41) {
    Content more = sample.log;
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(at), {1, 2, 3});
    Content less = sample.log;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(at));
    CAPTURE(at);
    CHECK(isAllButOneChunk(readRest(more), sample.rows));
    CHECK(isAllButOneChunk(readRest(less), sample.rows));
    Content pieces = sample.pieces;
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(std::min(at, pieces.size() - 1)));
    CHECK(isAllButOneChunk(readRest(pieces), sample.rows));
  }
}

TEST_CASE("the head is lost: names come from the index") {
  Sample sample;
  std::fill(sample.log.begin(), sample.log.begin() + 128, 0);
  CHECK(readRest(sample.log) == sample.rows);
  const Reader reader = Reader::overBytes(sample.log, with(OnError::report));
  CHECK(reader.getIdName(2) == "price");
  CHECK(reader.ids()[2].unit == "USD");
  CHECK(reader.damage().size() == 1);
}

TEST_CASE("head and index are lost: ids have no names, and kinds all the same") {
  Sample sample;
  std::fill(sample.log.begin(), sample.log.begin() + 128, 0);
  sample.log.resize(sample.log.size() - 200);
  const Reader reader = Reader::overBytes(sample.log, with(OnError::report));
  CHECK(reader.getIdName(2) == "id_2");
  CHECK(reader.getIdName(0) == "timestamp");
  CHECK(plain(reader.rows()) == sample.rows);
}

TEST_CASE("what file systems leave when there is no more power: zeros at the end, or a header without its body") {
  const Sample sample;
  Writer writer(sample.folder / "open");
  define(writer);
  for (std::size_t i = 0; i < sample.rows.size(); ++i) {
    put(writer, sample.rows[i]);
    if ((i + 1) % kPerChunk == 0) writer.flush();
  }
  const Content open = contentOf(sample.folder / "open");
  CHECK(readRest(open).size() == 12);
  Content longer = open;
  longer.resize(open.size() + 5000);
  Content hollow = open;
  std::fill(hollow.end() - 128, hollow.end(), 0);
  for (const Content* bytes : {&longer, &hollow}) {
    const Reader reader = Reader::overBytes(*bytes, with(OnError::fail));
    CHECK(reader.rowCount() == (bytes == &longer ? 12 : 8));
    CHECK(reader.damage().size() == 1);
    CHECK_FALSE(reader.isComplete());
    CHECK(failure(*bytes) == "");
  }
}

TEST_CASE("what is no log at all") {
  const Folder folder;
  CHECK_THROWS_AS(Reader(folder / "missing"), std::system_error);
  CHECK_THROWS_AS(Reader(folder / "."), std::system_error);
  CHECK_THROWS_AS(Reader("/dev/null"), FormatError);
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_AS(Reader(folder / "pipe"), FormatError);
  writeFile(folder / "empty", {});
  const Reader empty(folder / "empty");
  CHECK(empty.rowCount() == 0);
  CHECK(empty.columns().empty());
  CHECK_FALSE(empty.timeRange());
  CHECK(empty.where(Filter::time(1)).size() == 0);
  const std::string text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit.";
  writeFile(folder / "text", Content(text.begin(), text.end()));
  CHECK_THROWS_AS(Reader(folder / "text"), FormatError);
  CHECK_FALSE(verify(folder / "text").good());
  ReadOptions records;
  records.layout = Layout::records;
  CHECK_THROWS_AS(verify(folder / "missing"), std::system_error);
  writeFile(folder / "zeros", Content(4096));
  CHECK(Reader(folder / "zeros", records).rowCount() == 341);
}

TEST_CASE("verify tells, repair mends, index closes") {
  Sample sample;
  const auto good = verify(sample.folder / "log");
  CHECK(good.good());
  CHECK(good.rows == 14);
  CHECK(good.chunks == 4);
  CHECK_FALSE(good.sealed);
  CHECK(verify(sample.folder / "sealed").sealed);
  Content bytes = sample.log;
  bytes[600] ^= 1;
  writeFile(sample.folder / "bad", bytes);
  const auto bad = verify(sample.folder / "bad");
  CHECK_FALSE(bad.good());
  CHECK(bad.rows == 10);
  const auto report = repair(sample.folder / "bad", sample.folder / "mended");
  CHECK(report.damage == bad.damage);
  const auto mended = verify(sample.folder / "mended");
  CHECK(mended.good());
  CHECK(mended.rows == 10);
  CHECK(plain(Reader(sample.folder / "mended").rows()) == readRest(bytes));
  repair(sample.folder / "bad", sample.folder / "bad");
  CHECK(contentOf(sample.folder / "bad") == contentOf(sample.folder / "mended"));
  bytes = sample.log;
  bytes.resize(bytes.size() - 100);
  writeFile(sample.folder / "open", bytes);
  CHECK_FALSE(verify(sample.folder / "open").complete);
  CHECK(rowlog::index(sample.folder / "open").good());
  CHECK(plain(Reader(sample.folder / "open").rows()) == sample.rows);
  CHECK_THROWS_AS(rowlog::index(sample.folder / "missing"), std::system_error);
  bytes = sample.sealed;
  bytes[bytes.size() / 2] ^= 1;
  writeFile(sample.folder / "bad sealed", bytes);
  repair(sample.folder / "bad sealed", sample.folder / "mended");
  CHECK(verify(sample.folder / "mended").good());
}

TEST_CASE("a file whose every place looks like a header that is as long as the file") {
  Content bytes;
  detail::ChunkHeader header;
  header.kind = detail::ChunkKind::names;
  for (int i = 0; i < 16; ++i) {
    auto one = detail::writeHeader(header);
    const std::uint32_t idCount = 65536, length = 96 + idCount * 32;
    std::memcpy(one.data() + 12, &length, 4);
    std::memcpy(one.data() + 64, &idCount, 4);
    for (int k = 0; k < 2000; ++k) bytes.insert(bytes.end(), one.begin(), one.end());
  }
  const auto begin = std::chrono::steady_clock::now();
  readRest(bytes);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
