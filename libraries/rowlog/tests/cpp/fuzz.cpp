// Reads logs that were changed at random: nothing crashes or hangs, and nothing but FormatError is thrown. Half of them get
// their checksums right again, so that what lies behind the checksums is reached too.
//
//     fuzz [COUNT [SEED [FIRST]]]
//
// Case number i of a seed is the same on every machine: what it prints before a crash is enough to see it again.
#include <rowlog/rowlog.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "crc32c.h"
#include "format.h"
#include "sample.h"

namespace {

using namespace rowlog;
using sample::Content;

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::size_t below(std::size_t bound) { return bound > 0 ? bits() % bound : 0; }
  bool oneIn(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

constexpr std::uint64_t kTelling[] = {0,          1,          2,        7,          8,           63,         64,
                                      65,         255,        256,      0x7fff,     0xffff,      0x10000,    0x7fffffff,
                                      0x80000000, 0xffffffff, 1ULL << 32, 1ULL << 56, ~0ULL >> 1, 1ULL << 63, ~0ULL};

void mutate(Content& bytes, Chance& chance) {
  if (bytes.empty()) return;
  const std::size_t at = chance.below(bytes.size());
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (chance.below(8)) {
    case 0: bytes[at] ^= static_cast<unsigned char>(1U << chance.below(8)); break;
    case 1: bytes[at] = static_cast<unsigned char>(chance.bits()); break;
    case 2:
    case 3: {  // a number that is the edge of something
      const std::size_t width = chance.oneIn(2) ? 8 : 4;
      const std::uint64_t value = kTelling[chance.below(std::size(kTelling))] + (chance.oneIn(4) ? chance.below(3) - 1 : 0);
      const std::size_t aligned = at / width * width;
      if (aligned + width <= bytes.size()) std::memcpy(bytes.data() + aligned, &value, width);
      break;
    }
    case 4: bytes.resize(at); break;
    case 5: bytes.insert(place, chance.below(100), static_cast<unsigned char>(chance.bits())); break;
    case 6: bytes.erase(place, place + static_cast<std::ptrdiff_t>(std::min(bytes.size() - at, 1 + chance.below(100)))); break;
    default: {  // a piece of itself
      const std::size_t from = chance.below(bytes.size());
      const std::size_t count = std::min({chance.below(256), bytes.size() - from, bytes.size() - at});
      std::memmove(bytes.data() + at, bytes.data() + from, count);
    }
  }
}

template <class T>
T at(const Content& bytes, std::size_t place) {
  return detail::load<T>(bytes.data() + place);
}

void put(Content& bytes, std::size_t place, std::uint32_t value) { std::memcpy(bytes.data() + place, &value, 4); }

std::uint32_t crcOf(const Content& bytes, std::uint64_t begin, std::uint64_t size) {
  return begin <= bytes.size() && size <= bytes.size() - begin ? detail::crc32c(bytes.data() + begin, size) : 0;
}

// Checksums as they would have to be, wherever a header seems to be.
void rightChecksums(Content& bytes) {
  for (std::size_t begin = 0; begin + 96 <= bytes.size(); begin += 64) {
    if (std::memcmp(bytes.data() + begin, detail::kTrailerMagic, 8) == 0)
      put(bytes, begin + 60, detail::crc32c(bytes.data() + begin, 60));
    if (std::memcmp(bytes.data() + begin, detail::kChunkMagic, 8) != 0) continue;
    const std::uint64_t length = at<std::uint32_t>(bytes, begin + 12);
    const std::uint64_t ids = at<std::uint32_t>(bytes, begin + 64);
    if (length < 96 || length > bytes.size() - begin) continue;
    const std::uint64_t body = begin + detail::aligned(length);
    if (bytes[begin + 10] == 3 && length == 96 + 64 * ids) {
      for (std::uint64_t i = 0; i < ids; ++i) {
        const std::size_t block = begin + 96 + 32 * (ids + i);
        const auto count = at<std::uint64_t>(bytes, begin + 96 + 32 * i + 8);
        put(bytes, block + 16, crcOf(bytes, body + at<std::uint64_t>(bytes, block), count * 8));
        put(bytes, block + 20, crcOf(bytes, body + at<std::uint64_t>(bytes, block + 8), count * 4));
      }
      const auto records = at<std::uint64_t>(bytes, begin + 56), rows = at<std::uint64_t>(bytes, begin + 32);
      const std::uint64_t count = bytes[begin + 11] & 1 ? (rows > 0 ? records / rows : 0) : records;
      put(bytes, begin + 80, crcOf(bytes, body + at<std::uint64_t>(bytes, begin + 72), count * bytes[begin + 84]));
    } else {
      put(bytes, begin + 88, crcOf(bytes, body, at<std::uint64_t>(bytes, begin + 16)));
    }
    put(bytes, begin + 92, 0);
    put(bytes, begin + 92, detail::crc32c(bytes.data() + begin, length));
  }
  if (bytes.size() >= 64 && std::memcmp(bytes.data() + bytes.size() - 64, detail::kTrailerMagic, 8) == 0) {
    const std::uint64_t size = bytes.size();
    std::memcpy(bytes.data() + size - 64 + 24, &size, 8);
    put(bytes, size - 4, detail::crc32c(bytes.data() + size - 64, 60));
  }
}

struct Sum : BinaryListener {
  double sum = 0;
  void onData(int id, BData value, const IdMetadata& metadata) override {
    sum += id + static_cast<double>(metadata.name.size());
    sum += std::visit([](auto number) { return static_cast<double>(number); }, value);
  }
};

// Reads a table to its end, as a consumer of Arrow's streams does; all of its offsets lie within it.
void readTable(const Reader& reader, TableShape shape, Repeats repeats) {
  TableOptions options;
  options.shape = shape;
  options.repeats = repeats;
  options.fill = shape == TableShape::wide && repeats != Repeats::list;
  options.batchRows = 5;
  ArrowArrayStream stream = Table(reader, reader.slice(1, reader.rowCount()), options).stream();
  std::size_t lines = 0;
  for (;;) {
    ArrowArray batch{};
    if (stream.get_next(&stream, &batch) != 0) throw DamageError({"table", 0, 0, stream.get_last_error(&stream)});
    if (!batch.release) break;
    lines += static_cast<std::size_t>(batch.length);
    for (std::int64_t i = 0; i < batch.n_children; ++i) {
      const ArrowArray& child = *batch.children[i];
      if (child.length != batch.length) std::abort();
      if (repeats != Repeats::list || child.n_children != 1) continue;
      const auto* offsets = static_cast<const std::int32_t*>(child.buffers[1]);
      for (std::int64_t row = 0; row < child.length; ++row)
        if (offsets[row] > offsets[row + 1]) std::abort();
      if (offsets[child.length] > child.children[0]->length) std::abort();
    }
    batch.release(&batch);
  }
  stream.release(&stream);
  if (shape == TableShape::wide && reader.rowCount() > 0 && lines != reader.rowCount() - 1) std::abort();
}

// All that a reader can do.
void use(const Content& bytes, OnError onError, Chance& chance) {
  ReadOptions options;
  options.onError = onError;
  options.threads = 1;
  if (chance.oneIn(8)) options.layout = chance.oneIn(2) ? Layout::log : Layout::records;
  const Reader reader = Reader::overBytes(bytes, options);
  Sum sum;
  if (chance.oneIn(2)) reader.columns();
  for (const Row row : reader.rows())
    for (const Item item : row.items()) sum.sum += item.id;
  for (const IdMetadata& id : reader.ids()) {
    const auto column = reader.column(id.name);
    for (const auto row : column->rows())
      if (row >= reader.rowCount()) std::abort();
    for (const auto time : column->times()) sum.sum += static_cast<double>(time);
    if (column->size() != reader.count(id.name)) std::abort();
    const auto chosen = reader.where(Filter::greater(id.name, 1.0) & ~Filter::time(1000, 1040));
    if (chosen.column(id.name)->size() < chosen.size()) std::abort();
    for (const Row row : chosen.rows()) sum.sum += static_cast<double>(row.nanotime());
  }
  reader.readAll(sum);
  if (chance.oneIn(4)) {
    readTable(reader, TableShape::tall, Repeats::last);
    readTable(reader, TableShape::wide, chance.oneIn(2) ? Repeats::last : Repeats::list);
  }
  reader.timeRange();
  reader.verify();
  reader.damage();
}

std::vector<Content> seeds() {
  const sample::Folder folder;
  const auto rows = sample::raggedRows(12);
  std::vector<sample::PlainRow> alike;
  for (int i = 0; i < 6; ++i) alike.push_back({i, {Item(1, std::int64_t{i}), Item(3, i * 2.0)}});
  sample::writeLog(folder / "log", rows, 4);
  sample::writeLog(folder / "alike", alike);
  SealOptions pieces;
  pieces.rowsPerChunk = 5;
  seal({folder / "log"}, folder / "sealed");
  seal({folder / "log"}, folder / "pieces", pieces);
  seal({folder / "alike"}, folder / "sealed alike");
  exportRecords(Reader(folder / "log"), folder / "records");
  sample::writeLog(folder / "open", rows, 4);
  std::filesystem::resize_file(folder / "open", std::filesystem::file_size(folder / "open") - 64);
  std::vector<Content> all;
  for (const char* name : {"log", "alike", "sealed", "pieces", "sealed alike", "records", "open"})
    all.push_back(sample::contentOf(folder / name));
  return all;
}

}  // namespace

int main(int count, char** words) {
  const std::uint64_t cases = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1000000;
  const std::uint64_t seed = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1;
  const std::uint64_t first = count > 3 ? std::strtoull(words[3], nullptr, 10) : 0;
  const std::vector<Content> samples = seeds();
  std::uint64_t refused = 0;
  double slowest = 0;
  for (std::uint64_t i = first; i < first + cases; ++i) {
    Chance chance(seed * 0x100000001b3 + i);
    Content bytes = samples[chance.below(samples.size())];
    for (std::size_t changes = 1 + chance.below(4); changes > 0; --changes) mutate(bytes, chance);
    if (chance.oneIn(2)) rightChecksums(bytes);
    bytes.shrink_to_fit();  // so that a sanitizer sees the end
    const auto begin = std::chrono::steady_clock::now();
    try {
      use(bytes, chance.oneIn(2) ? OnError::fail : OnError::report, chance);
    } catch (const FormatError&) {
      ++refused;
    } catch (const std::exception& error) {
      std::printf("case %llu of seed %llu: %s\n", static_cast<unsigned long long>(i),
                  static_cast<unsigned long long>(seed), error.what());
      return 1;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    slowest = std::max(slowest, seconds);
    if (i % 100000 == 99999) std::fprintf(stderr, "%llu cases\n", static_cast<unsigned long long>(i + 1));
  }
  std::printf("%llu cases, %llu refused as a whole, the slowest took %.3f s\n", static_cast<unsigned long long>(cases),
              static_cast<unsigned long long>(refused), slowest);
}
