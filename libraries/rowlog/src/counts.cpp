#include "counts.h"

#include <algorithm>
#include <bit>

#include "format.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define ROWLOG_COUNT_AVX2 1
#endif

namespace rowlog::detail {
namespace {

constexpr std::uint32_t kSmall = 32;
constexpr std::uint64_t kVector = 32;  // records
constexpr std::size_t kAhead = 4096;   // bytes

#ifdef ROWLOG_COUNT_AVX2

// The ids of eight records, in some order.
__attribute__((target("avx2"))) inline __m256i eightIds(const unsigned char* records) {
  const auto* from = reinterpret_cast<const __m256i*>(records);
  // Of the 24 words every third one is an id; those of the three loads are at different places.
  const __m256i first = _mm256_blend_epi32(_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1), 0b10010010);
  return _mm256_blend_epi32(first, _mm256_loadu_si256(from + 2), 0b00100100);
}

// The sum of 32 bytes.
__attribute__((target("avx2"))) inline std::uint64_t sumOf(__m256i perByte) {
  const __m256i sums = _mm256_sad_epu8(perByte, _mm256_setzero_si256());
  const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
}

// The ids of 32 records, as bytes, in some order. `any` gets all bits that there are in ids.
__attribute__((target("avx2"))) inline __m256i packIds(const unsigned char* records, __m256i& any) {
  const __m256i a = eightIds(records);
  const __m256i b = eightIds(records + 8 * kRecord);
  const __m256i c = eightIds(records + 16 * kRecord);
  const __m256i d = eightIds(records + 24 * kRecord);
  any = _mm256_or_si256(any, _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d)));
  return _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
}

// Counts ids up to 31, of a multiple of 32 records; how many records that were, until others came. A block at a time: all
// of its ids become bytes, then each id that there may be is compared with all of them, four at a time.
__attribute__((target("avx2"))) std::uint64_t countSmall(const unsigned char* records, std::uint64_t count,
                                                         std::uint64_t* counts) {
  constexpr std::size_t kVectors = Counts::kBlock / kVector;
  const __m256i beyond = _mm256_set1_epi32(~static_cast<int>(kSmall - 1));
  __m256i packed[kVectors];
  std::uint64_t done = 0;
  while (count - done >= kVector) {
    const std::size_t vectors = std::min<std::uint64_t>(kVectors, (count - done) / kVector);
    __m256i any = _mm256_setzero_si256(), greatest = any;
    for (std::size_t i = 0; i < vectors; ++i) {
      const unsigned char* from = records + (done + i * kVector) * kRecord;
      // While it compares, the processor does not see what it will have to read.
      for (std::size_t line = 0; line < kVector * kRecord; line += 64)
        _mm_prefetch(reinterpret_cast<const char*>(from) + kAhead + line, _MM_HINT_T0);
      packed[i] = packIds(from, any);
      greatest = _mm256_max_epu8(greatest, packed[i]);
    }
    if (!_mm256_testz_si256(any, beyond)) break;
    alignas(32) unsigned char bytes[kVector];
    _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), greatest);
    const unsigned last = *std::max_element(bytes, bytes + kVector);
    for (unsigned id = 0; id <= last; id += 4) {
      __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
      const __m256i isA = _mm256_set1_epi8(static_cast<char>(id)), isB = _mm256_set1_epi8(static_cast<char>(id + 1));
      const __m256i isC = _mm256_set1_epi8(static_cast<char>(id + 2)), isD = _mm256_set1_epi8(static_cast<char>(id + 3));
      for (std::size_t i = 0; i < vectors; ++i) {
        a = _mm256_sub_epi8(a, _mm256_cmpeq_epi8(packed[i], isA));
        b = _mm256_sub_epi8(b, _mm256_cmpeq_epi8(packed[i], isB));
        c = _mm256_sub_epi8(c, _mm256_cmpeq_epi8(packed[i], isC));
        d = _mm256_sub_epi8(d, _mm256_cmpeq_epi8(packed[i], isD));
      }
      counts[id] += sumOf(a);
      counts[id + 1] += sumOf(b);
      counts[id + 2] += sumOf(c);
      counts[id + 3] += sumOf(d);
    }
    done += vectors * kVector;
  }
  return done;
}

#endif

}  // namespace

void Counts::makeRoomFor(std::uint32_t id) {
  const std::uint32_t before = dense_;
  dense_ = std::max(kSmall, std::bit_ceil(id + 1));
  for (std::size_t table = 0; table < kTables; ++table)
    std::fill(tables_.get() + table * kDense + before, tables_.get() + table * kDense + dense_, 0U);
}

void Counts::addOne(std::uint32_t id) {
  if (id >= kDense) {
    ++rare_[static_cast<std::int32_t>(id)];
    return;
  }
  if (id >= dense_) makeRoomFor(id);
  ++tables_[id];
}

void Counts::addToTables(const unsigned char* records, std::uint64_t count) {
  const unsigned char* at = records;
  std::uint32_t* const table = tables_.get();
  for (; count >= kTables; count -= kTables, at += kTables * kRecord) {
    const auto a = load<std::uint32_t>(at);
    const auto b = load<std::uint32_t>(at + kRecord);
    const auto c = load<std::uint32_t>(at + 2 * kRecord);
    const auto d = load<std::uint32_t>(at + 3 * kRecord);
    if ((a | b | c | d) < dense_) {
      ++table[a];
      ++table[b + kDense];
      ++table[c + 2 * kDense];
      ++table[d + 3 * kDense];
      continue;
    }
    for (const std::uint32_t id : {a, b, c, d}) addOne(id);
  }
  for (; count > 0; --count, at += kRecord) addOne(load<std::uint32_t>(at));
}

void Counts::add(const unsigned char* records, std::uint64_t count) {
#ifdef ROWLOG_COUNT_AVX2
  static const bool fast = __builtin_cpu_supports("avx2");
  if (fast && allSmall_ && count >= kVector) {
    std::uint64_t counts[kSmall] = {};
    const std::uint64_t done = countSmall(records, count, counts);
    if (dense_ == 0) makeRoomFor(0);
    for (std::uint32_t id = 0; id < kSmall; ++id) tables_[id] += static_cast<std::uint32_t>(counts[id]);
    records += done * kRecord;
    count -= done;
    allSmall_ = count < kVector;
  }
#endif
  addToTables(records, count);
}

std::uint64_t Counts::inTables(std::uint32_t id) const {
  std::uint64_t count = 0;
  for (std::size_t table = 0; table < kTables; ++table) count += tables_[table * kDense + id];
  return count;
}

std::uint64_t Counts::of(std::int32_t id) const {
  const auto index = static_cast<std::uint32_t>(id);
  if (index < kDense) return index < dense_ ? inTables(index) : 0;
  const auto found = rare_.find(id);
  return found == rare_.end() ? 0 : found->second;
}

void Counts::each(const std::function<void(std::int32_t, std::uint64_t)>& visit) const {
  for (std::uint32_t id = 0; id < dense_; ++id) {
    const std::uint64_t count = inTables(id);
    if (count > 0) visit(static_cast<std::int32_t>(id), count);
  }
  for (const auto& [id, count] : rare_) visit(id, count);
}

}  // namespace rowlog::detail
