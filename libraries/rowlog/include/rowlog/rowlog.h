/// All of rowlog.
#pragma once

#include <rowlog/column.h>
#include <rowlog/error.h>
#include <rowlog/filter.h>
#include <rowlog/listener.h>
#include <rowlog/reader.h>
#include <rowlog/row_reader.h>
#include <rowlog/rows.h>
#include <rowlog/table.h>
#include <rowlog/tools.h>
#include <rowlog/types.h>
#include <rowlog/writer.h>

namespace rowlog {

inline constexpr int API_VERSION = 1;

}  // namespace rowlog
