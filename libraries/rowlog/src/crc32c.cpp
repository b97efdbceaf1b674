#include "crc32c.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#include <nmmintrin.h>
#define ROWLOG_CRC_SSE42 1
#endif

namespace rowlog::detail {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // reflected

using Table = std::array<std::uint32_t, 256>;

constexpr std::array<Table, 8> makeTables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < 8; ++slice)
    for (std::size_t byte = 0; byte < 256; ++byte)
      tables[slice][byte] = (tables[slice - 1][byte] >> 8) ^ tables[0][tables[slice - 1][byte] & 0xff];
  return tables;
}

constexpr std::array<Table, 8> kTables = makeTables();

#ifdef ROWLOG_CRC_SSE42

// The instruction takes three cycles and starts anew every cycle: three lanes of this many bytes run side by side. What a
// lane gave is then moved over the lanes behind it, which is a linear map of 32 bits: four tables of bytes.
constexpr std::size_t kLane = 2048;

constexpr std::uint32_t overZeros(std::uint32_t crc, std::size_t bytes) {
  for (; bytes > 0; --bytes) crc = (crc >> 8) ^ kTables[0][crc & 0xff];
  return crc;
}

std::array<Table, 4> makeShift(std::size_t bytes) {
  std::array<std::uint32_t, 32> images{};
  for (std::size_t bit = 0; bit < 32; ++bit) images[bit] = overZeros(std::uint32_t{1} << bit, bytes);
  std::array<Table, 4> shift{};
  for (std::size_t part = 0; part < 4; ++part)
    for (std::size_t byte = 0; byte < 256; ++byte)
      for (std::size_t bit = 0; bit < 8; ++bit)
        if (byte >> bit & 1) shift[part][byte] ^= images[8 * part + bit];
  return shift;
}

std::uint32_t moved(const std::array<Table, 4>& shift, std::uint32_t crc) {
  return shift[0][crc & 0xff] ^ shift[1][crc >> 8 & 0xff] ^ shift[2][crc >> 16 & 0xff] ^ shift[3][crc >> 24];
}

std::uint64_t word(const unsigned char* at) {
  std::uint64_t bits;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32cSse42(const unsigned char* at, std::size_t size,
                                                           std::uint32_t crc) {
  static const std::array<Table, 4> shift = makeShift(kLane);
  std::uint64_t first = ~crc;
  while (size >= 3 * kLane) {
    std::uint64_t second = 0, third = 0;
    for (const unsigned char* end = at + kLane; at != end; at += 8) {
      first = _mm_crc32_u64(first, word(at));
      second = _mm_crc32_u64(second, word(at + kLane));
      third = _mm_crc32_u64(third, word(at + 2 * kLane));
    }
    first = moved(shift, static_cast<std::uint32_t>(first)) ^ second;
    first = moved(shift, static_cast<std::uint32_t>(first)) ^ third;
    at += 2 * kLane;
    size -= 3 * kLane;
  }
  for (; size >= 8; at += 8, size -= 8) first = _mm_crc32_u64(first, word(at));
  auto rest = static_cast<std::uint32_t>(first);
  for (; size > 0; ++at, --size) rest = _mm_crc32_u8(rest, *at);
  return ~rest;
}

#endif

}  // namespace

std::uint32_t crc32cPortable(const void* data, std::size_t size, std::uint32_t crc) {
  const auto* at = static_cast<const unsigned char*>(data);
  crc = ~crc;
  for (; size >= 8; at += 8, size -= 8) {
    std::uint32_t low, high;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + 4, 4);
    low ^= crc;
    crc = kTables[7][low & 0xff] ^ kTables[6][low >> 8 & 0xff] ^ kTables[5][low >> 16 & 0xff] ^ kTables[4][low >> 24] ^
          kTables[3][high & 0xff] ^ kTables[2][high >> 8 & 0xff] ^ kTables[1][high >> 16 & 0xff] ^ kTables[0][high >> 24];
  }
  for (; size > 0; ++at, --size) crc = (crc >> 8) ^ kTables[0][(crc ^ *at) & 0xff];
  return ~crc;
}

std::uint32_t crc32c(const void* data, std::size_t size, std::uint32_t crc) {
#ifdef ROWLOG_CRC_SSE42
  static const bool fast = __builtin_cpu_supports("sse4.2");
  if (fast) return crc32cSse42(static_cast<const unsigned char*>(data), size, crc);
#endif
  return crc32cPortable(data, size, crc);
}

}  // namespace rowlog::detail
