#include "format.h"

#include <algorithm>
#include <bit>

#include "crc32c.h"

namespace rowlog::detail {
namespace {

// Where the fields of a header are.
enum Field : std::size_t {
  kVersionAt = 8,
  kKindAt = 10,
  kFlagsAt = 11,
  kHeaderLengthAt = 12,
  kBodyLengthAt = 16,
  kFirstRowAt = 24,
  kRowsAt = 32,
  kLeastTimeAt = 40,
  kGreatestTimeAt = 48,
  kRecordsAt = 56,
  kIdCountAt = 64,
  kTimestampAt = 68,
  kOrderAt = 72,
  kOrderCrcAt = 80,
  kOrderWidthAt = 84,
  kBodyCrcAt = 88,
  kHeaderCrcAt = 92,
};
constexpr std::uint8_t kSamePattern = 1;
// No log comes near; what is beyond would overflow when lengths are added.
constexpr std::uint64_t kLimit = std::uint64_t{1} << 56;

template <class T>
void store(unsigned char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <class T>
void append(std::vector<unsigned char>& to, T value) {
  const std::size_t at = to.size();
  to.resize(at + sizeof value);
  std::memcpy(to.data() + at, &value, sizeof value);
}

template <class T>
bool take(Bytes& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  value = load<T>(bytes.data());
  bytes = bytes.subspan(sizeof value);
  return true;
}

bool takeText(Bytes& bytes, std::size_t length, std::string& text) {
  if (bytes.size() < length) return false;
  text.assign(reinterpret_cast<const char*>(bytes.data()), length);
  bytes = bytes.subspan(length);
  return true;
}

std::uint32_t headerCrc(const unsigned char* at, std::size_t length) {
  static constexpr unsigned char zeros[4] = {};
  std::uint32_t crc = crc32c(at, kHeaderCrcAt);
  crc = crc32c(zeros, sizeof zeros, crc);
  return crc32c(at + kFixedHeader, length - kFixedHeader, crc);
}

// Does [offset, offset + count * width) lie within the body, where arrays are aligned?
bool fits(std::uint64_t offset, std::uint64_t count, std::uint64_t width, std::uint64_t body) {
  return offset % kAlign == 0 && offset <= body && count <= (body - offset) / width;
}

void readIds(const unsigned char* at, std::uint32_t count, bool columns, ChunkHeader& header) {
  for (std::uint32_t i = 0; i < count; ++i, at += kIdStatsSize) {
    IdStats stats;
    stats.id = load<std::int32_t>(at);
    stats.kind = at[4] == 0 ? ValueKind::integer : ValueKind::real;
    stats.count = load<std::uint64_t>(at + 8);
    stats.least = load<std::uint64_t>(at + 16);
    stats.greatest = load<std::uint64_t>(at + 24);
    header.ids.push_back(stats);
  }
  if (!columns) return;
  for (std::uint32_t i = 0; i < count; ++i, at += kColumnBlockSize) {
    ColumnBlock block;
    block.values = load<std::uint64_t>(at);
    block.rows = load<std::uint64_t>(at + 8);
    block.valuesCrc = load<std::uint32_t>(at + 16);
    block.rowsCrc = load<std::uint32_t>(at + 20);
    block.regular = at[24] != 0;
    header.blocks.push_back(block);
  }
}

// A header whose checksum is right may still say what cannot be: whoever wrote it may have meant harm.
const char* contradiction(const ChunkHeader& header) {
  std::uint64_t records = 0;
  bool timestamps = header.rows == 0;
  for (std::size_t i = 0; i < header.ids.size(); ++i) {
    const IdStats& stats = header.ids[i];
    if (i > 0 && stats.id <= header.ids[i - 1].id) return "the ids of the chunk are not in order";
    if (stats.count > kLimit) return "a count is too large";
    records += stats.count;
    if (stats.id == header.timestamp) timestamps = stats.kind == ValueKind::integer && stats.count == header.rows;
  }
  if (header.kind == ChunkKind::index) return nullptr;  // what it adds up is not needed for reading
  if (records != header.records || !timestamps) return "the counts of the chunk contradict one another";
  if (header.rows == 0) return "the chunk has no rows";
  if (header.rows > UINT32_MAX || header.firstRow > kLimit) return "the chunk has too many rows";
  if (header.kind == ChunkKind::rows)
    return header.records <= header.bodyLength / kRecord && header.records * kRecord == header.bodyLength
               ? nullptr
               : "the length of the chunk is not that of its records";
  for (std::size_t i = 0; i < header.ids.size(); ++i) {
    const ColumnBlock& block = header.blocks[i];
    const std::uint64_t count = header.ids[i].count;
    if (!fits(block.values, count, 8, header.bodyLength)) return "the values of a column are not within the chunk";
    if (block.regular ? count != header.rows : !fits(block.rows, count, 4, header.bodyLength))
      return "the row numbers of a column are not within the chunk";
    if (header.ids[i].id == header.timestamp && !block.regular) return "the times of the rows are not one a row";
  }
  if (header.orderWidth != 1 && header.orderWidth != 2) return "the order of the items has an unknown width";
  if (header.samePattern && header.records % header.rows != 0) return "the counts of the chunk contradict one another";
  if (!fits(header.order, header.orderCount(), header.orderWidth, header.bodyLength))
    return "the order of the items is not within the chunk";
  return nullptr;
}

}  // namespace

std::uint64_t ChunkHeader::length() const { return aligned(headerLength) + aligned(bodyLength); }

std::vector<unsigned char> writeHeader(ChunkHeader& header) {
  const bool columns = header.kind == ChunkKind::columns;
  const std::size_t length = kFixedHeader + header.ids.size() * (kIdStatsSize + (columns ? kColumnBlockSize : 0));
  header.headerLength = static_cast<std::uint32_t>(length);
  std::vector<unsigned char> bytes(aligned(length));
  unsigned char* at = bytes.data();
  std::memcpy(at, kChunkMagic, sizeof kChunkMagic);
  store<std::uint16_t>(at + kVersionAt, kVersion);
  at[kKindAt] = static_cast<unsigned char>(header.kind);
  at[kFlagsAt] = header.samePattern ? kSamePattern : 0;
  store<std::uint32_t>(at + kHeaderLengthAt, header.headerLength);
  store<std::uint64_t>(at + kBodyLengthAt, header.bodyLength);
  store<std::uint64_t>(at + kFirstRowAt, header.firstRow);
  store<std::uint64_t>(at + kRowsAt, header.rows);
  store<std::int64_t>(at + kLeastTimeAt, header.leastTime);
  store<std::int64_t>(at + kGreatestTimeAt, header.greatestTime);
  store<std::uint64_t>(at + kRecordsAt, header.records);
  store<std::uint32_t>(at + kIdCountAt, static_cast<std::uint32_t>(header.ids.size()));
  store<std::int32_t>(at + kTimestampAt, header.timestamp);
  store<std::uint64_t>(at + kOrderAt, header.order);
  store<std::uint32_t>(at + kOrderCrcAt, header.orderCrc);
  at[kOrderWidthAt] = header.orderWidth;
  store<std::uint32_t>(at + kBodyCrcAt, header.bodyCrc);
  unsigned char* entry = at + kFixedHeader;
  for (const IdStats& stats : header.ids) {
    store<std::int32_t>(entry, stats.id);
    entry[4] = static_cast<unsigned char>(stats.kind);
    store<std::uint64_t>(entry + 8, stats.count);
    store<std::uint64_t>(entry + 16, stats.least);
    store<std::uint64_t>(entry + 24, stats.greatest);
    entry += kIdStatsSize;
  }
  if (columns) {
    for (const ColumnBlock& block : header.blocks) {
      store<std::uint64_t>(entry, block.values);
      store<std::uint64_t>(entry + 8, block.rows);
      store<std::uint32_t>(entry + 16, block.valuesCrc);
      store<std::uint32_t>(entry + 20, block.rowsCrc);
      entry[24] = block.regular ? 1 : 0;
      entry += kColumnBlockSize;
    }
  }
  store<std::uint32_t>(at + kHeaderCrcAt, headerCrc(at, length));
  return bytes;
}

std::optional<ChunkHeader> readHeader(Bytes rest, HeaderFault& fault) {
  const auto no = [&](const char* reason, bool cutOff = false) {
    fault = {reason, cutOff};
    return std::nullopt;
  };
  const unsigned char* at = rest.data();
  const std::size_t seen = std::min(rest.size(), sizeof kChunkMagic);
  if (std::memcmp(at, kChunkMagic, seen) != 0) return no("no chunk begins here");
  if (rest.size() < kFixedHeader) return no("the file ends inside the header of a chunk", true);
  const std::uint64_t headerLength = load<std::uint32_t>(at + kHeaderLengthAt);
  const std::uint64_t idCount = load<std::uint32_t>(at + kIdCountAt);
  const bool columns = at[kKindAt] == static_cast<unsigned char>(ChunkKind::columns);
  if (headerLength != kFixedHeader + idCount * (kIdStatsSize + (columns ? kColumnBlockSize : 0)))
    return no("the header of the chunk is damaged");
  if (headerLength > rest.size()) return no("the file ends inside the header of a chunk", true);
  if (load<std::uint32_t>(at + kHeaderCrcAt) != headerCrc(at, headerLength))
    return no("the header of the chunk is damaged");
  if (load<std::uint16_t>(at + kVersionAt) != kVersion) return no("the chunk is of a later version of the format");
  ChunkHeader header;
  header.kind = static_cast<ChunkKind>(at[kKindAt]);
  if (header.kind < ChunkKind::names || header.kind > ChunkKind::index) return no("the chunk is of an unknown kind");
  header.samePattern = (at[kFlagsAt] & kSamePattern) != 0;
  header.headerLength = static_cast<std::uint32_t>(headerLength);
  header.bodyLength = load<std::uint64_t>(at + kBodyLengthAt);
  header.firstRow = load<std::uint64_t>(at + kFirstRowAt);
  header.rows = load<std::uint64_t>(at + kRowsAt);
  header.leastTime = load<std::int64_t>(at + kLeastTimeAt);
  header.greatestTime = load<std::int64_t>(at + kGreatestTimeAt);
  header.records = load<std::uint64_t>(at + kRecordsAt);
  header.timestamp = load<std::int32_t>(at + kTimestampAt);
  header.order = load<std::uint64_t>(at + kOrderAt);
  header.orderCrc = load<std::uint32_t>(at + kOrderCrcAt);
  header.orderWidth = at[kOrderWidthAt];
  header.bodyCrc = load<std::uint32_t>(at + kBodyCrcAt);
  if (header.bodyLength > kLimit) return no("the header of the chunk is damaged");
  if (header.length() > rest.size()) return no("the file ends inside a chunk", true);
  if (header.kind == ChunkKind::rows || columns) {
    readIds(at + kFixedHeader, static_cast<std::uint32_t>(idCount), columns, header);
    if (const char* reason = contradiction(header)) return no(reason);
  }
  return header;
}

void writeNames(std::vector<unsigned char>& to, const std::vector<IdMetadata>& names) {
  append(to, static_cast<std::uint32_t>(names.size()));
  for (const IdMetadata& name : names) {
    append(to, static_cast<std::int32_t>(name.id));
    append(to, static_cast<std::uint16_t>(name.kind));
    for (const std::string* text : {&name.name, &name.unit, &name.text})
      append(to, static_cast<std::uint16_t>(text->size()));
    for (const std::string* text : {&name.name, &name.unit, &name.text}) to.insert(to.end(), text->begin(), text->end());
  }
}

std::optional<std::vector<IdMetadata>> readNames(Bytes& bytes) {
  std::uint32_t count;
  if (!take(bytes, count)) return std::nullopt;
  std::vector<IdMetadata> names;
  for (; count > 0; --count) {
    IdMetadata name;
    std::uint16_t kind, nameLength, unitLength, textLength;
    if (!take(bytes, name.id) || !take(bytes, kind) || !take(bytes, nameLength) || !take(bytes, unitLength) ||
        !take(bytes, textLength) || !takeText(bytes, nameLength, name.name) ||
        !takeText(bytes, unitLength, name.unit) || !takeText(bytes, textLength, name.text) || kind > 1)
      return std::nullopt;
    name.kind = static_cast<ValueKind>(kind);
    names.push_back(std::move(name));
  }
  return names;
}

void writeIndex(std::vector<unsigned char>& to, const std::vector<IdMetadata>& names,
                const std::vector<IndexEntry>& entries) {
  writeNames(to, names);
  append(to, static_cast<std::uint64_t>(entries.size()));
  for (const IndexEntry& entry : entries) {
    append(to, entry.offset);
    append(to, entry.length);
    append(to, entry.firstRow);
    append(to, entry.rows);
    append(to, entry.leastTime);
    append(to, entry.greatestTime);
    append(to, entry.kind);
    append(to, std::uint32_t{0});
  }
}

std::optional<Index> readIndex(Bytes body) {
  auto names = readNames(body);
  std::uint64_t count;
  if (!names || !take(body, count) || count > body.size() / kIndexEntrySize) return std::nullopt;
  Index index{std::move(*names), {}};
  index.entries.reserve(count);
  for (; count > 0; --count) {
    IndexEntry entry;
    std::uint32_t padding;
    take(body, entry.offset);
    take(body, entry.length);
    take(body, entry.firstRow);
    take(body, entry.rows);
    take(body, entry.leastTime);
    take(body, entry.greatestTime);
    take(body, entry.kind);
    take(body, padding);
    index.entries.push_back(entry);
  }
  return index;
}

std::vector<unsigned char> writeTrailer(const Trailer& trailer) {
  std::vector<unsigned char> bytes(kTrailerSize);
  std::memcpy(bytes.data(), kTrailerMagic, sizeof kTrailerMagic);
  store<std::uint16_t>(bytes.data() + 8, kVersion);
  store<std::uint64_t>(bytes.data() + 16, trailer.index);
  store<std::uint64_t>(bytes.data() + 24, trailer.fileLength);
  store<std::uint32_t>(bytes.data() + 60, crc32c(bytes.data(), 60));
  return bytes;
}

std::optional<Trailer> readTrailer(Bytes end, std::uint64_t fileLength) {
  if (end.size() < kTrailerSize) return std::nullopt;
  const unsigned char* at = end.data() + end.size() - kTrailerSize;
  if (std::memcmp(at, kTrailerMagic, sizeof kTrailerMagic) != 0) return std::nullopt;
  if (load<std::uint32_t>(at + 60) != crc32c(at, 60) || load<std::uint16_t>(at + 8) != kVersion) return std::nullopt;
  const Trailer trailer{load<std::uint64_t>(at + 16), load<std::uint64_t>(at + 24)};
  if (trailer.fileLength != fileLength || trailer.index > fileLength - kTrailerSize) return std::nullopt;
  return trailer;
}

}  // namespace rowlog::detail
