// What a user of nanoflann writes: where the points are, and the index over them.
#pragma once
#include <array>
#include <cstddef>
#include <nanoflann.hpp>
#include <utility>
#include <vector>

namespace cloud {

using Points = std::vector<std::array<double, 3>>;

struct Cloud {
  Points points;

  explicit Cloud(Points points) : points(std::move(points)) {}
  std::size_t kdtree_get_point_count() const { return points.size(); }
  double kdtree_get_pt(std::size_t index, std::size_t dimension) const { return points[index][dimension]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

using Index = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3>;

}  // namespace cloud
