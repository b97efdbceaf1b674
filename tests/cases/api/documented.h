// Comments of every style become docstrings; hostile ones stay text.
#pragma once
#include <string>
namespace documented {

/// Adds two lengths.
///
/// \param left   the first, in metres
/// \param right  the second, in metres
/// \return the sum, in metres
/// \throws std::invalid_argument if one is negative
inline double add(double left, double right) { return left + right; }

/**
 * A block comment.
 * With two lines, """quotes""", a backslash \\ and %n %s.
 */
inline void block() {}

/*! Qt style. */
inline void qt() {}

// An ordinary comment, right above.
inline void ordinary() {}

/// Ends in a backslash: \
/// and goes on ??/ here, ‮ bidi and )delim" raw.
inline void hostile(const std::string& text = "\"*/ %n \\ \n \x01 ??/") { (void)text; }

inline void bare() {}

/// Old.
[[deprecated("use add")]] inline double plus(double left, double right) { return left + right; }

struct Data {
  int before; /**< described after */
  /// described before
  int after;
};

}  // namespace documented
