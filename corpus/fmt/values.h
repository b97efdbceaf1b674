// What a user of {fmt} writes: values that are known at run time only.
#pragma once
#include <fmt/args.h>
#include <fmt/format.h>
#include <string>

namespace fmt {

using values = dynamic_format_arg_store<format_context>;

inline void add(values& to, bool value) { to.push_back(value); }
inline void add(values& to, long value) { to.push_back(value); }
inline void add(values& to, double value) { to.push_back(value); }
inline void add(values& to, const std::string& value) { to.push_back(value); }

}  // namespace fmt
