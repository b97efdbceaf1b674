// The file format, byte by byte as docs/format.md has it: what is in a header, made and checked. Knows bytes only.
#pragma once

#include <bit>

#include <rowlog/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "memory.h"

namespace rowlog::detail {

inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::size_t kRecord = 12;
inline constexpr std::size_t kAlign = 64;
inline constexpr std::size_t kTrailerSize = 64;
inline constexpr std::size_t kFixedHeader = 96;
inline constexpr std::size_t kIdStatsSize = 32;
inline constexpr std::size_t kColumnBlockSize = 32;
inline constexpr unsigned char kChunkMagic[8] = {0x89, 'R', 'L', 'O', 'G', '\r', '\n', 0x1a};
inline constexpr unsigned char kTrailerMagic[8] = {0x89, 'R', 'E', 'N', 'D', '\r', '\n', 0x1a};

static_assert(std::endian::native == std::endian::little, "the format is little endian, and read as it lies");

enum class ChunkKind : std::uint8_t { names = 1, rows = 2, columns = 3, index = 4 };

// What a chunk says about one of its ids. Smallest and greatest value are bits, of the kind; of reals, NaN aside.
struct IdStats {
  std::int32_t id = 0;
  ValueKind kind = ValueKind::integer;
  std::uint64_t count = 0;
  std::uint64_t least = 0;
  std::uint64_t greatest = 0;
};

// Where the arrays of one id are in the body of a column chunk. Offsets count from the start of the body. A regular
// column has one value in every row, and no row numbers.
struct ColumnBlock {
  std::uint64_t values = 0;
  std::uint64_t rows = 0;
  std::uint32_t valuesCrc = 0;
  std::uint32_t rowsCrc = 0;
  bool regular = false;
};

struct ChunkHeader {
  ChunkKind kind = ChunkKind::rows;
  std::uint32_t headerLength = 0;
  std::uint64_t bodyLength = 0;
  std::uint64_t firstRow = 0;
  std::uint64_t rows = 0;
  std::int64_t leastTime = 0;
  std::int64_t greatestTime = 0;
  std::uint64_t records = 0;
  std::int32_t timestamp = 0;  // its id
  std::uint32_t bodyCrc = 0;   // 0 for column chunks, where every array has its own
  // The order of the items, in column chunks: places in `ids`, a byte or two each. If every row has the same ids in the
  // same order, those of one row.
  std::uint64_t order = 0;
  std::uint32_t orderCrc = 0;
  std::uint8_t orderWidth = 0;
  bool samePattern = false;
  std::vector<IdStats> ids;
  std::vector<ColumnBlock> blocks;  // as many as ids, in column chunks

  std::uint64_t orderCount() const { return samePattern ? (rows > 0 ? records / rows : 0) : records; }
  // Up to the next chunk.
  std::uint64_t length() const;
};

constexpr std::uint64_t aligned(std::uint64_t size) { return (size + kAlign - 1) / kAlign * kAlign; }

template <class T>
T load(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Fills headerLength and the checksum, pads to the alignment.
std::vector<unsigned char> writeHeader(ChunkHeader& header);
// The header at the start of `rest`, which is what is left of the file, if all of the chunk is there. Else the reason;
// `cutOff` says that it is the end of the file, and nothing else, that is wrong.
struct HeaderFault {
  std::string reason;
  bool cutOff = false;
};
std::optional<ChunkHeader> readHeader(Bytes rest, HeaderFault& fault);

void writeNames(std::vector<unsigned char>& to, const std::vector<IdMetadata>& names);
// Takes names off the front of `bytes`; nothing if they are not as they should be.
std::optional<std::vector<IdMetadata>> readNames(Bytes& bytes);

// What the index says about a chunk.
struct IndexEntry {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t firstRow = 0;
  std::uint64_t rows = 0;
  std::int64_t leastTime = 0;
  std::int64_t greatestTime = 0;
  std::uint32_t kind = 0;
};
inline constexpr std::size_t kIndexEntrySize = 56;

void writeIndex(std::vector<unsigned char>& to, const std::vector<IdMetadata>& names,
                const std::vector<IndexEntry>& entries);
struct Index {
  std::vector<IdMetadata> names;
  std::vector<IndexEntry> entries;
};
std::optional<Index> readIndex(Bytes body);

struct Trailer {
  std::uint64_t index = 0;  // where the index chunk is
  std::uint64_t fileLength = 0;
};
std::vector<unsigned char> writeTrailer(const Trailer& trailer);
// `end` is the end of a file of that length.
std::optional<Trailer> readTrailer(Bytes end, std::uint64_t fileLength);

}  // namespace rowlog::detail
