// Blocks of bytes and what they are: a mapped file, an arena of huge pages, somebody else's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace rowlog::detail {

using Bytes = std::span<const unsigned char>;

class Memory {
 public:
  // [offset, offset + size) of an open file; `offset` need not be a page's. Throws std::system_error.
  static std::shared_ptr<const Memory> map(int file, std::uint64_t offset, std::size_t size);
  // The same, as a copy; shorter where the file ends earlier.
  static std::shared_ptr<const Memory> read(int file, std::uint64_t offset, std::size_t size);
  // Memory to fill, aligned to 64 bytes, of huge pages where it is large. Fresh pages cost more than what is done with
  // them, and huge ones a third. Throws std::bad_alloc.
  static std::shared_ptr<Memory> allocate(std::size_t size);
  // Memory that has to stay where it is as long as anybody looks.
  static std::shared_ptr<const Memory> borrow(Bytes bytes);

  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  // All of `part`, which is within this memory, will be read now. Of a mapped file, pages are brought in together, which
  // costs a third of what it does when each is found missing.
  void expect(Bytes part) const;

  // Nobody will read `part` for a while. Of a mapped file, its pages are given back to the system, which may keep them.
  void release(Bytes part) const;

  unsigned char* data() { return data_; }
  const unsigned char* data() const { return data_; }
  std::size_t size() const { return size_; }
  Bytes bytes() const { return {data_, size_}; }

 private:
  Memory() = default;

  unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
  void* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  bool isFile_ = false;
  void* block_ = nullptr;
};

// Hands out aligned pieces of one block. What is asked for in total has to be known before.
class Arena {
 public:
  explicit Arena(std::size_t size) : memory_(Memory::allocate(size)) {}

  static constexpr std::size_t roomFor(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

  template <class T>
  T* take(std::size_t count) {
    auto* piece = reinterpret_cast<T*>(memory_->data() + used_);
    used_ += roomFor(count * sizeof(T));
    return piece;
  }
  std::shared_ptr<const Memory> memory() const { return memory_; }

 private:
  std::shared_ptr<Memory> memory_;
  std::size_t used_ = 0;
};

}  // namespace rowlog::detail
