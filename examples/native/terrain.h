/// Distances and gravity on the earth's ellipsoid, from GeographicLib.
#pragma once

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/Ellipsoid.hpp>
#include <GeographicLib/NormalGravity.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace terrain {

/// Metres between two places.
inline double distance(double lat1, double lon1, double lat2, double lon2) {
  if (lat1 > 90 || lat1 < -90 || lat2 > 90 || lat2 < -90) throw std::domain_error("a latitude beyond the pole");
  double metres = 0;
  GeographicLib::Geodesic::WGS84().Inverse(lat1, lon1, lat2, lon2, metres);
  return metres;
}

/// The radius of curvature of the meridian, in metres: its integral is the way from the equator to the pole.
inline double curvature(double radians) noexcept {
  constexpr double degrees = 57.29577951308232;
  return GeographicLib::Ellipsoid::WGS84().MeridionalCurvatureRadius(radians * degrees);
}

/// Of a window of heights: the gravity at their mean, on the 47th parallel.
inline int gravity(double* heights, std::intptr_t count, double* result, void*) noexcept {
  double sum = 0, east = 0, up = 0;
  for (std::intptr_t i = 0; i < count; ++i) sum += heights[i];
  GeographicLib::NormalGravity::WGS84().Gravity(47, sum / static_cast<double>(count), east, up);
  *result = -up;
  return 1;
}

struct Peak {
  std::string name;
  double latitude = 0;
  double longitude = 0;
  double height = 0;
};

/// Mountains, and the ways between them.
class Range {
 public:
  void add(const Peak& peak) { peaks_.push_back(peak); }
  const std::vector<Peak>& peaks() const noexcept { return peaks_; }

 private:
  std::vector<Peak> peaks_;
};

}  // namespace terrain
