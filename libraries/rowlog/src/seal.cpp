// Sealing: columns of a log as chunks whose arrays are read where they lie.
#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

#include "crc32c.h"
#include "inside.h"
#include "output.h"
#include "replacement.h"

namespace rowlog {

using detail::Bytes;
using detail::ChunkHeader;
using detail::Contents;
using detail::Segment;

namespace {

template <class T>
Bytes bytesOf(std::span<const T> values) {
  return {reinterpret_cast<const unsigned char*>(values.data()), values.size_bytes()};
}

// The order of the items of some rows: for every record, the place of its id in the chunk.
class OrderOfItems {
 public:
  // `places` by slot.
  OrderOfItems(const Contents& contents, std::uint64_t first, std::uint64_t last,
               const std::vector<std::uint16_t>& places, std::size_t width, detail::Telling& telling)
      : width_(width) {
    constexpr std::uint64_t kTold = 1 << 18;
    std::uint64_t told = 0;
    std::size_t patternLength = 0;
    for (std::uint64_t row = first; row < last;) {
      const Segment& segment = contents.segmentOf(row);
      const std::uint64_t until = std::min(last, segment.firstRow + segment.rowCount());
      const std::uint32_t* starts = segment.places() + (row - segment.firstRow);
      for (; row < until; ++row, ++starts) {
        const std::size_t begin = bytes_.size();
        append(segment, starts[0], starts[1], places);
        if (row == first)
          patternLength = bytes_.size();
        else
          same_ = same_ && std::equal(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(patternLength),
                                      bytes_.begin() + static_cast<std::ptrdiff_t>(begin), bytes_.end());
        if (same_ && row != first) bytes_.resize(begin);
        if (!same_ && repeats_ > 0) expand(patternLength);
        repeats_ += same_ && row != first;
        told += starts[1] - starts[0];
        if (told < kTold && row + 1 < until) continue;
        telling.add(told * detail::kRecord);
        told = 0;
      }
    }
  }

  bool isSame() const { return same_; }
  Bytes bytes() const { return bytes_; }

 private:
  void append(const Segment& segment, std::uint32_t begin, std::uint32_t end, const std::vector<std::uint16_t>& places) {
    const unsigned char* at = segment.records() + std::uint64_t{begin} * detail::kRecord;
    for (; begin < end; ++begin, at += detail::kRecord) {
      const auto& known = segment.ids->find(detail::load<std::int32_t>(at));
      if (known.slot >= places.size()) throw DamageError(segment.damage("the file has changed while it was read"));
      bytes_.push_back(static_cast<unsigned char>(places[known.slot]));
      if (width_ == 2) bytes_.push_back(static_cast<unsigned char>(places[known.slot] >> 8));
    }
  }

  // The first row that is unlike the others: those before are written out.
  void expand(std::size_t patternLength) {
    const std::vector<unsigned char> pattern(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(patternLength));
    std::vector<unsigned char> all;
    for (std::uint64_t i = 0; i < repeats_; ++i) all.insert(all.end(), pattern.begin(), pattern.end());
    bytes_.insert(bytes_.begin(), all.begin(), all.end());
    repeats_ = 0;
  }

  std::size_t width_;
  std::vector<unsigned char> bytes_;
  bool same_ = true;
  std::uint64_t repeats_ = 0;
};

detail::IdStats statsOf(const IdMetadata& name, Bytes values) {
  detail::IdStats stats{name.id, name.kind, values.size() / 8, 0, 0};
  const auto bits = [](auto value) { return std::bit_cast<std::uint64_t>(value); };
  if (name.kind == ValueKind::integer) {
    const std::span all(reinterpret_cast<const std::int64_t*>(values.data()), stats.count);
    const auto [least, greatest] = std::minmax_element(all.begin(), all.end());
    stats.least = bits(*least);
    stats.greatest = bits(*greatest);
    return stats;
  }
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : std::span(reinterpret_cast<const double*>(values.data()), stats.count)) {
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  stats.least = bits(low);
  stats.greatest = bits(high);
  return stats;
}

// The body of a chunk, whose parts are written without being copied together.
class Body {
 public:
  // Where it is in the body.
  std::uint64_t add(Bytes part) {
    static constexpr unsigned char zeros[detail::kAlign] = {};
    const std::uint64_t at = length_;
    const std::uint64_t padding = detail::aligned(part.size()) - part.size();
    parts_.push_back(part);
    parts_.emplace_back(zeros, padding);
    length_ += part.size() + padding;
    return at;
  }
  std::span<const Bytes> parts() const { return parts_; }
  std::uint64_t length() const { return length_; }

 private:
  std::vector<Bytes> parts_;
  std::uint64_t length_ = 0;
};

// One chunk of the rows [first, last).
void sealRows(const Contents& contents, std::uint64_t first, std::uint64_t last, detail::Output& out,
              detail::Telling& telling) {
  ChunkHeader header;
  header.kind = detail::ChunkKind::columns;
  header.rows = last - first;
  Body body;
  std::vector<std::vector<std::uint32_t>> ownRows;
  const auto columns = contents.columns();
  std::map<std::int32_t, std::uint32_t> slots;  // by id, which is the order of a header
  for (std::uint32_t slot = 0; slot < columns.size(); ++slot) slots[columns[slot]->metadata().id] = slot;
  std::vector<std::uint16_t> places(columns.size());
  for (const auto& [id, slot] : slots) {
    const Column& column = *columns[slot];
    const auto rows = column.rows();
    const auto begin = static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), first) - rows.begin());
    const auto end = static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), last) - rows.begin());
    if (begin == end) continue;
    const Bytes values = (column.kind() == ValueKind::real ? bytesOf(column.reals()) : bytesOf(column.integers()))
                             .subspan(8 * begin, 8 * (end - begin));
    const auto part = rows.subspan(begin, end - begin);
    detail::ColumnBlock block;
    block.values = body.add(values);
    block.valuesCrc = detail::crc32c(values.data(), values.size());
    block.regular = part.size() == header.rows;
    for (std::size_t i = 0; block.regular && i < part.size(); ++i) block.regular = part[i] == first + i;
    if (!block.regular) {
      ownRows.emplace_back(part.begin(), part.end());
      for (std::uint32_t& row : ownRows.back()) row -= static_cast<std::uint32_t>(first);
      const Bytes bytes = bytesOf(std::span<const std::uint32_t>(ownRows.back()));
      block.rows = body.add(bytes);
      block.rowsCrc = detail::crc32c(bytes.data(), bytes.size());
    }
    places[slot] = static_cast<std::uint16_t>(header.ids.size());
    header.ids.push_back(statsOf(column.metadata(), values));
    header.blocks.push_back(block);
    header.records += part.size();
    if (column.name() == kTimestamp) {
      header.timestamp = id;
      header.leastTime = static_cast<std::int64_t>(header.ids.back().least);
      header.greatestTime = static_cast<std::int64_t>(header.ids.back().greatest);
    }
  }
  if (header.ids.size() > 65536) throw FormatError("more than 65536 names cannot be sealed");
  header.orderWidth = header.ids.size() <= 256 ? 1 : 2;
  const OrderOfItems order(contents, first, last, places, header.orderWidth, telling);
  header.samePattern = order.isSame();
  header.order = body.add(order.bytes());
  header.orderCrc = detail::crc32c(order.bytes().data(), order.bytes().size());
  header.bodyLength = body.length();
  out.writeChunk(std::move(header), body.parts());
}

}  // namespace

void seal(const std::vector<std::filesystem::path>& sources, const std::filesystem::path& target,
          const SealOptions& options) {
  detail::Replacement replacement(target);
  {
    const Reader reader(sources, options.reading);
    const auto contents = detail::Inside::contents(reader);
    detail::Output out(replacement.path(), detail::OutputFile::How::fresh);
    for (const IdMetadata& name : contents->names().all()) out.addName(name);
    out.writePendingNames();
    detail::Telling telling(contents->effort(), 2 * contents->recordCount() * detail::kRecord);
    out.file().tellTo(&telling);
    const std::uint64_t step = options.rowsPerChunk > 0 ? options.rowsPerChunk : contents->rowCount();
    for (std::uint64_t first = 0; first < contents->rowCount(); first += step)
      sealRows(*contents, first, std::min(first + step, contents->rowCount()), out, telling);
    out.finish();
    out.file().sync(telling);
    out.file().close();
    telling.finish();
  }
  replacement.putInPlace();
}

}  // namespace rowlog
