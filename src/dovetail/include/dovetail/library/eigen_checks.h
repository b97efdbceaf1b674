// dovetail/library/eigen_checks.h: before the first header of Eigen: what Eigen asserts is an exception, a ValueError in
// Python. Sizes that do not fit are ordinary mistakes there, and would else read past the end of a matrix.
// DOVETAIL_EIGEN_UNCHECKED leaves Eigen as it is.
#pragma once
#if !defined(eigen_assert) && !defined(DOVETAIL_EIGEN_UNCHECKED)
#include <stdexcept>

namespace dovetail {
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_in_eigen(const char* condition) {
  throw std::invalid_argument(condition);
}
}  // namespace dovetail

#define eigen_assert(condition) ((condition) ? static_cast<void>(0) : ::dovetail::refuse_in_eigen(#condition))
#endif
