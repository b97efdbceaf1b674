// What the tools see of a reader.
#pragma once

#include <rowlog/reader.h>
#include <rowlog/tools.h>

#include <memory>

#include "contents.h"

namespace rowlog::detail {

struct Inside {
  static std::shared_ptr<const Contents> contents(const Reader& reader);
  // Of a reader of one file.
  static Report report(const Reader& reader);
};

}  // namespace rowlog::detail
