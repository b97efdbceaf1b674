// dovetail: rules."refuse" = { out = [] }
// Outputs that comments name, as Doxygen knows them.
#pragma once

namespace directions {

struct Point {
  int x;
};

class Curve {
 public:
  /**
   * Where the curve is.
   * @param[in] along how far along the curve.
   * @param[out] x the first coordinate.
   * @param[out] y the second one.
   * @return the curvature there.
   */
  double at(double along, double& x, double& y) const {
    x = along;
    y = 2 * along;
    return 0.5;
  }
  /// See the other one.
  /// @param[out] inside whether it is there at all.
  double at(double along, double& x, double& y, bool& inside) const {
    inside = along >= 0;
    return at(along, x, y);
  }
};

/// @param[in,out] count is raised by one
/// @param[out] before the address where is stored what it was
inline void step(int& count, int* before) { *before = count++; }

/// \param[out] values an array of three numbers
inline void fill(double* values) { values[2] = 1; }

/// \param[out] histogram is written to
inline void count(int* histogram) { histogram[2] = 1; }

/// \param[out] number the number of points
/// \param[out] first set to true if this is the first time
inline void tell(int* number, bool* first) {
  *number = 12;
  *first = true;
}

/// \param[in] wanted how many
/// \param[out] found how many there were
/// \param quiet says nothing of a direction
inline bool ask(int wanted, unsigned* found, int& quiet) {
  *found = static_cast<unsigned>(wanted + quiet);
  return true;
}

/// @param[out] made the location where a pointer to the new point is stored
inline int make(Point** made) {
  static Point point{7};
  *made = &point;
  return 1;
}

/// \param[out] result a rule says that it is none
inline void refuse(int& result) { result = 1; }

}  // namespace directions
