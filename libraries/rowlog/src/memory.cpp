#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace rowlog::detail {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::align_val_t kAlignment{64};

}  // namespace

std::shared_ptr<const Memory> Memory::map(int file, std::uint64_t offset, std::size_t size) {
  std::shared_ptr<Memory> memory(new Memory);
  if (size == 0) return memory;
  const std::uint64_t start = offset / 4096 * 4096;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t begin = page > 4096 ? offset / page * page : start;
  const std::size_t length = size + static_cast<std::size_t>(offset - begin);
  void* at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file, static_cast<off_t>(begin));
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
#ifdef MADV_HUGEPAGE
  // What is not in memory yet then comes in huge pages, which cost a third of others now and nothing at the next time.
  ::madvise(at, length, MADV_HUGEPAGE);
#endif
  memory->mapping_ = at;
  memory->mapped_ = length;
  memory->isFile_ = true;
  memory->data_ = static_cast<unsigned char*>(at) + (offset - begin);
  memory->size_ = size;
  return memory;
}

std::shared_ptr<const Memory> Memory::read(int file, std::uint64_t offset, std::size_t size) {
  std::shared_ptr<Memory> memory = allocate(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(file, memory->data_ + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  memory->size_ = done;
  return memory;
}

std::shared_ptr<Memory> Memory::allocate(std::size_t size) {
  std::shared_ptr<Memory> memory(new Memory);
  memory->size_ = size;
  if (size < kHugePage) {
    memory->block_ = ::operator new(size > 0 ? size : 1, kAlignment);
    memory->data_ = static_cast<unsigned char*>(memory->block_);
    return memory;
  }
  const std::size_t length = size + kHugePage;
  if (length < size) throw std::bad_alloc();
  void* at = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  memory->mapping_ = at;
  memory->mapped_ = length;
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  memory->data_ = static_cast<unsigned char*>(at) + ((address + kHugePage - 1) / kHugePage * kHugePage - address);
#ifdef MADV_HUGEPAGE
  ::madvise(at, length, MADV_HUGEPAGE);
#endif
  return memory;
}

std::shared_ptr<const Memory> Memory::borrow(Bytes bytes) {
  std::shared_ptr<Memory> memory(new Memory);
  memory->data_ = const_cast<unsigned char*>(bytes.data());
  memory->size_ = bytes.size();
  return memory;
}

void Memory::expect(Bytes part) const {
#ifdef MADV_POPULATE_READ
  if (!mapping_ || part.empty()) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data()) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size());
  // What a system does not know, or a file that became shorter, is no harm: pages then come one by one.
  ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_READ);
#else
  (void)part;
#endif
}

void Memory::release(Bytes part) const {
  if (!isFile_) return;
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(part.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<std::uintptr_t>(part.data() + part.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

Memory::~Memory() {
  if (mapping_) ::munmap(mapping_, mapped_);
  if (block_) ::operator delete(block_, kAlignment);
}

}  // namespace rowlog::detail
