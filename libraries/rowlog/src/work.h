// Work in pieces: on several threads, with progress and an end before its time.
#pragma once

#include <rowlog/types.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace rowlog::detail {

// What a call may use, and who is told. `cancels` goes up when running calls shall end.
struct Effort {
  unsigned threads = 1;  // 0: as many as the process has processors
  const Progress* progress = nullptr;
  const std::atomic<std::uint64_t>* cancels = nullptr;
};

// Tells how far work is that one thread does by itself, and ends it when it shall end.
class Telling {
 public:
  // `total` in bytes.
  Telling(const Effort& effort, std::uint64_t total);
  // So many more are done. Throws what the progress throws; Cancelled, when `cancels` went up.
  void add(std::uint64_t bytes);
  void set(std::uint64_t done);
  void finish() { tell(total_); }

 private:
  void tell(std::uint64_t done) const;

  Effort effort_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::uint64_t cancelsBefore_ = 0;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Does all pieces, in any order; pieces should be small, a megabyte or so. `bytesOf` says how much a piece is. The
// progress is told on the calling thread, which does its share. The first exception of a piece or of the progress ends the
// work, and is thrown when all threads have stopped; Cancelled, when `cancels` went up.
void forEach(const Effort& effort, std::size_t pieces, const std::function<std::uint64_t(std::size_t)>& bytesOf,
             const std::function<void(std::size_t)>& piece);

// The same for segments, each a piece as long as it is in its file: one(segment, its place).
template <class Segments, class One>
void forEachSegment(const Effort& effort, const Segments& segments, One one) {
  forEach(
      effort, segments.size(), [&](std::size_t i) { return segments[i]->length; },
      [&](std::size_t i) { one(*segments[i], i); });
}

}  // namespace rowlog::detail
