#include "work.h"

#include <rowlog/error.h>

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace rowlog::detail {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kBytesWorthAThread = 4 << 20;
constexpr auto kBetweenTellings = std::chrono::milliseconds(10);

unsigned processors() {
#ifdef __linux__
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
#endif
  return std::max(1U, std::thread::hardware_concurrency());
}

class Crew {
 public:
  Crew(const Effort& effort, std::size_t pieces, const std::function<std::uint64_t(std::size_t)>& bytesOf,
       const std::function<void(std::size_t)>& piece)
      : effort_(effort), pieces_(pieces), bytesOf_(bytesOf), piece_(piece), total_(sumOf(pieces, bytesOf)), told_(effort, total_) {
    if (effort.cancels) cancelsBefore_ = effort.cancels->load();
  }

  void run() {
    const std::uint64_t worth = std::min<std::uint64_t>(total_ / kBytesWorthAThread + 1, pieces_);
    const std::uint64_t allowed = effort_.threads > 0 ? effort_.threads : processors();
    std::vector<std::thread> others;
    others.reserve(std::min(worth, allowed));
    try {
      for (std::uint64_t i = 1; i < std::min(worth, allowed); ++i) others.emplace_back([this] { takePieces(false); });
    } catch (const std::system_error&) {
      // No more threads are to be had: those that are do it all.
    }
    takePieces(true);
    for (std::thread& other : others) other.join();
    if (failure_) std::rethrow_exception(failure_);
    told_.finish();
  }

 private:
  static std::uint64_t sumOf(std::size_t pieces, const std::function<std::uint64_t(std::size_t)>& bytesOf) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < pieces; ++i) sum += bytesOf(i);
    return sum;
  }

  void takePieces(bool tells) {
    try {
      while (!stopped_.load(std::memory_order_relaxed)) {
        const std::size_t next = next_.fetch_add(1, std::memory_order_relaxed);
        if (next >= pieces_) return;
        if (effort_.cancels && effort_.cancels->load(std::memory_order_relaxed) != cancelsBefore_) throw Cancelled();
        piece_(next);
        done_.fetch_add(bytesOf_(next), std::memory_order_relaxed);
        if (tells) told_.set(done_.load(std::memory_order_relaxed));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stopped_ = true;
    }
  }

  const Effort& effort_;
  const std::size_t pieces_;
  const std::function<std::uint64_t(std::size_t)>& bytesOf_;
  const std::function<void(std::size_t)>& piece_;
  const std::uint64_t total_;
  Telling told_;
  std::uint64_t cancelsBefore_ = 0;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

Telling::Telling(const Effort& effort, std::uint64_t total) : effort_(effort), total_(total) {
  if (effort.cancels) cancelsBefore_ = effort.cancels->load();
}

void Telling::tell(std::uint64_t done) const {
  if (effort_.progress && *effort_.progress) (*effort_.progress)(done, total_);
}

void Telling::add(std::uint64_t bytes) { set(done_ + bytes); }

void Telling::set(std::uint64_t done) {
  done_ = done;
  if (effort_.cancels && effort_.cancels->load(std::memory_order_relaxed) != cancelsBefore_) throw Cancelled();
  const Clock::time_point now = Clock::now();
  if (now - last_ < kBetweenTellings) return;
  last_ = now;
  tell(std::min(done, total_));
}

void forEach(const Effort& effort, std::size_t pieces, const std::function<std::uint64_t(std::size_t)>& bytesOf,
             const std::function<void(std::size_t)>& piece) {
  if (pieces > 0) Crew(effort, pieces, bytesOf, piece).run();
}

}  // namespace rowlog::detail
