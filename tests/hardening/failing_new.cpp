// Preloaded into an interpreter: the n-th `operator new` of this thread fails, all others work.
#include <execinfo.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

static constexpr int most_spared = 16;
static struct {
  std::uintptr_t begin, end;
} spared[most_spared];
static int spared_count = 0;
static thread_local long countdown = -1;

extern "C" void fail_new_after(long n) { countdown = n; }  // -1: never
// What a function allocates whose machine code is there neither fails nor counts. 0: there is no room for more.
extern "C" int spare_function(std::uintptr_t begin, std::uintptr_t size) {
  if (spared_count == most_spared) return 0;
  spared[spared_count++] = {begin, begin + size};
  return 1;
}

static bool is_spared() {
  if (!spared_count) return false;
  void* frames[24];
  const int depth = backtrace(frames, 24);
  for (int i = 0; i < depth; ++i) {
    const auto address = reinterpret_cast<std::uintptr_t>(frames[i]);
    for (int s = 0; s < spared_count; ++s) {
      if (address > spared[s].begin && address <= spared[s].end) return true;
    }
  }
  return false;
}

static void* allocate(std::size_t size, std::size_t alignment) {
  if (countdown >= 0 && !is_spared() && countdown-- == 0) throw std::bad_alloc();
  void* memory = nullptr;
  if (alignment > alignof(std::max_align_t)) {
    if (posix_memalign(&memory, alignment, size ? size : 1)) memory = nullptr;
  } else {
    memory = std::malloc(size ? size : 1);
  }
  if (!memory) throw std::bad_alloc();
  return memory;
}

void* operator new(std::size_t size) { return allocate(size, 1); }
void* operator new[](std::size_t size) { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, std::size_t(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, std::size_t(alignment)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return allocate(size, 1);
  } catch (...) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
