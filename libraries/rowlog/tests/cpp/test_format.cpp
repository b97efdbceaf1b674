// The bytes of the format: checksums, headers, names, index, trailer.
#include <doctest/doctest.h>

#include <cstring>

#include "crc32c.h"
#include "format.h"
#include "sample.h"

using namespace rowlog::detail;

TEST_CASE("crc32c has the values that its standard gives") {
  const std::string digits = "123456789";
  CHECK(crc32c(digits.data(), digits.size()) == 0xe3069283);
  const std::vector<unsigned char> zeros(32), ones(32, 0xff);
  CHECK(crc32c(zeros.data(), 32) == 0x8a9136aa);
  CHECK(crc32c(ones.data(), 32) == 0x62a8ab43);
  CHECK(crc32c(nullptr, 0) == 0);
}

TEST_CASE("crc32c is the same with and without the instruction, in one go and in pieces") {
  std::vector<unsigned char> bytes(50000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * i >> 3);
  for (const std::size_t size : {0, 1, 7, 8, 9, 63, 6143, 6144, 6145, 12288, 20000, 50000}) {
    const auto whole = crc32c(bytes.data(), size);
    CHECK(whole == crc32cPortable(bytes.data(), size));
    const std::size_t half = size / 3;
    CHECK(whole == crc32c(bytes.data() + half, size - half, crc32c(bytes.data(), half)));
  }
}

TEST_CASE("a header comes back, and not if one byte of it is another") {
  ChunkHeader header;
  header.kind = ChunkKind::rows;
  header.bodyLength = 36;
  header.firstRow = 7;
  header.rows = 1;
  header.leastTime = header.greatestTime = -5;
  header.records = 3;
  header.timestamp = 2;
  header.ids = {{1, rowlog::ValueKind::real, 2, 3, 4}, {2, rowlog::ValueKind::integer, 1, 5, 6}};
  std::vector<unsigned char> bytes = writeHeader(header);
  REQUIRE(bytes.size() % kAlign == 0);
  bytes.resize(bytes.size() + aligned(header.bodyLength));
  HeaderFault fault;
  const auto read = readHeader(bytes, fault);
  REQUIRE(read);
  CHECK(read->length() == bytes.size());
  CHECK(read->firstRow == 7);
  CHECK(read->leastTime == -5);
  CHECK(read->ids[1].greatest == 6);
  for (std::size_t i = 0; i < read->headerLength; ++i) {
    auto damaged = bytes;
    damaged[i] ^= 0x10;
    INFO("byte " << i);
    CHECK_FALSE(readHeader(damaged, fault));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("size " << size);
    CHECK_FALSE(readHeader(Bytes(bytes).first(size), fault));
    CHECK(fault.cutOff);
  }
}

TEST_CASE("headers that contradict themselves are refused although their checksum is right") {
  const auto refused = [](auto change) {
    ChunkHeader header;
    header.kind = ChunkKind::columns;
    header.bodyLength = 192;
    header.rows = 2;
    header.records = 3;
    header.timestamp = 0;
    header.orderWidth = 1;
    header.order = 128;
    header.ids = {{0, rowlog::ValueKind::integer, 2, 0, 0}, {4, rowlog::ValueKind::real, 1, 0, 0}};
    header.blocks = {{0, 0, 0, 0, true}, {64, 64, 0, 0, false}};
    change(header);
    auto bytes = writeHeader(header);
    bytes.resize(bytes.size() + 192);
    HeaderFault fault;
    return !readHeader(bytes, fault);
  };
  CHECK_FALSE(refused([](ChunkHeader&) {}));
  CHECK(refused([](ChunkHeader& h) { h.records = 4; }));
  CHECK(refused([](ChunkHeader& h) { h.rows = 0; }));
  CHECK(refused([](ChunkHeader& h) { h.rows = 3; }));
  CHECK(refused([](ChunkHeader& h) { h.timestamp = 4; }));
  CHECK(refused([](ChunkHeader& h) { h.ids[1].id = 0; }));
  CHECK(refused([](ChunkHeader& h) { h.ids[1].id = -1; }));
  CHECK(refused([](ChunkHeader& h) { h.ids[1].count = h.records = ~0ULL; }));
  CHECK(refused([](ChunkHeader& h) { h.blocks[1].values = 192; }));
  CHECK(refused([](ChunkHeader& h) { h.blocks[1].values = 8; }));
  CHECK(refused([](ChunkHeader& h) { h.blocks[1].rows = ~63ULL; }));
  CHECK(refused([](ChunkHeader& h) { h.blocks[1].regular = true; }));
  CHECK(refused([](ChunkHeader& h) { h.blocks[0].regular = false; }));
  CHECK(refused([](ChunkHeader& h) { h.order = 192; }));
  CHECK(refused([](ChunkHeader& h) { h.orderWidth = 3; }));
  CHECK(refused([](ChunkHeader& h) { h.samePattern = true; }));
  CHECK(refused([](ChunkHeader& h) { h.bodyLength = ~0ULL; }));
}

TEST_CASE("names and index come back, and counts are held against what is left") {
  const std::vector<rowlog::IdMetadata> names{{1, "a", rowlog::ValueKind::real, "m", "text"},
                                              {-3, "b", rowlog::ValueKind::integer, "", ""}};
  std::vector<unsigned char> bytes;
  writeIndex(bytes, names, {{64, 128, 0, 5, -1, 9, 2}});
  const auto index = readIndex(bytes);
  REQUIRE(index);
  CHECK(index->names == names);
  CHECK(index->entries[0].greatestTime == 9);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(readIndex(Bytes(bytes).first(size)));
}

TEST_CASE("a trailer counts only at the end of the file that it was written for") {
  const auto bytes = writeTrailer({128, 1000});
  CHECK(readTrailer(bytes, 1000)->index == 128);
  CHECK_FALSE(readTrailer(bytes, 1001));
  CHECK_FALSE(readTrailer(Bytes(bytes).first(63), 1000));
}
