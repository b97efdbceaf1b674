// Building the structs of Arrow: what a node points to, it owns.
#pragma once

#include <rowlog/arrow.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rowlog::detail {

// A column or a batch on its way to Arrow. Buffers are parts of what `keeps` keeps, in the order that Arrow wants.
struct ArrowPart {
  std::int64_t length = 0;
  std::int64_t nulls = 0;
  std::vector<const void*> buffers;
  std::vector<std::shared_ptr<const void>> keeps;
  std::vector<ArrowPart> children;
  std::vector<ArrowPart> dictionary;  // none or one

  // Memory of `count` values that the part keeps and shows as its next buffer.
  template <class T>
  T* own(std::size_t count) {
    const std::shared_ptr<T[]> memory(new T[count + 1]);  // Arrow wants no null pointers
    buffers.push_back(memory.get());
    keeps.push_back(memory);
    return memory.get();
  }
  void borrow(const void* memory, std::shared_ptr<const void> keeper) {
    static constexpr std::uint64_t kNothing = 0;
    buffers.push_back(memory ? memory : &kNothing);
    keeps.push_back(std::move(keeper));
  }
};

struct ArrowField {
  std::string format;
  std::string name;
  bool nullable = false;
  std::vector<ArrowField> children;
  std::vector<ArrowField> dictionary;  // none or one
};

// To be released by whoever gets them.
ArrowArray makeArray(ArrowPart part);
ArrowSchema makeSchema(const ArrowField& field);

}  // namespace rowlog::detail
