// Counting ids: the same whatever the ids are, and however many records are counted at a time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "counts.h"
#include "format.h"

using namespace rowlog::detail;

namespace {

// Exactly as long as its records, so that a sanitizer sees whoever reads on.
std::vector<unsigned char> recordsOf(const std::vector<std::int32_t>& ids) {
  std::vector<unsigned char> bytes(ids.size() * kRecord, 0xa5);
  for (std::size_t i = 0; i < ids.size(); ++i) std::memcpy(bytes.data() + i * kRecord, &ids[i], 4);
  return bytes;
}

void checkCounts(const std::vector<std::int32_t>& ids, std::size_t atATime) {
  const std::vector<unsigned char> bytes = recordsOf(ids);
  std::map<std::int32_t, std::uint64_t> expected;
  for (const std::int32_t id : ids) ++expected[id];
  Counts counts;
  for (std::size_t done = 0; done < ids.size(); done += atATime)
    counts.add(bytes.data() + done * kRecord, std::min(atATime, ids.size() - done));
  std::map<std::int32_t, std::uint64_t> found;
  counts.each([&](std::int32_t id, std::uint64_t count) { found[id] += count; });
  CHECK(found == expected);
  for (const std::int32_t id : {-1, 0, 1, 31, 32, 4095, 4096, 1 << 30}) {
    const auto one = expected.find(id);
    CHECK(counts.of(id) == (one == expected.end() ? 0 : one->second));
  }
}

}  // namespace

TEST_CASE("ids are counted, few and many, small and large") {
  for (const std::size_t size : {0, 1, 31, 32, 33, 1023, 1024, 1025, 5000, 70000}) {
    for (const std::int32_t bound : {1, 2, 9, 31, 32, 33, 4096, 4097, 100000}) {
      INFO(size << " records, ids below " << bound);
      std::vector<std::int32_t> ids(size);
      for (std::size_t i = 0; i < size; ++i) ids[i] = static_cast<std::int32_t>(i * 2654435761U % static_cast<std::uint32_t>(bound));
      for (const std::size_t atATime : {std::size_t{7}, std::size_t{1024}, std::size_t{1 << 20}}) checkCounts(ids, atATime);
    }
  }
}

TEST_CASE("an odd id among small ones is counted, wherever it is") {
  for (const std::int32_t odd : {-1, -2147483647 - 1, 32, 255, 256, 65536, 65537, 1 << 30}) {
    for (const std::size_t place : {0, 5, 31, 32, 1023, 1024, 2999}) {
      INFO("id " << odd << " at " << place);
      std::vector<std::int32_t> ids(3000, 3);
      ids[place] = odd;
      checkCounts(ids, 3000);
      checkCounts(ids, 100);
    }
  }
}
