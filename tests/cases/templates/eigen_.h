// needs: eigen3/Eigen/Dense (libeigen3-dev)
// dovetail: rules."Grid::snapshot" = { returns = "copy" }
// dovetail: rules."split" = { out = ["low", "high"] }
// dovetail: rules."norm_of" = { instantiate = ["Eigen::MatrixXd", "Eigen::Vector3f"] }
// Eigen's dense types are NumPy arrays.
#pragma once
#include <eigen3/Eigen/Dense>

#include <complex>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <vector>
namespace eigen_ {

using Rows3 = Eigen::Matrix<float, 3, Eigen::Dynamic, Eigen::RowMajor>;

// By value and by const reference: copied in, moved out.
inline Eigen::MatrixXd twice(const Eigen::MatrixXd& m) { return 2 * m; }
inline Eigen::MatrixXi next(Eigen::MatrixXi m) { return m.array() + 1; }
inline Rows3 rows(int n) { return Rows3::Constant(3, n, 1.5f); }
inline Eigen::Vector3d cross(const Eigen::Vector3d& a, Eigen::Vector3d b) { return a.cross(b); }
inline double first(const Eigen::RowVectorXd& row) { return row.size() ? row(0) : -1; }
inline Eigen::ArrayXXcd conjugate(const Eigen::ArrayXXcd& a) { return a.conjugate(); }
inline Eigen::Matrix<std::uint8_t, Eigen::Dynamic, 1> bytes(const Eigen::Matrix<std::uint8_t, Eigen::Dynamic, 1>& b) { return b; }
inline Eigen::Matrix<bool, Eigen::Dynamic, Eigen::Dynamic> flip(const Eigen::Matrix<bool, Eigen::Dynamic, Eigen::Dynamic>& b) {
  return !b.array();
}
inline int small(const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::ColMajor, 4, 4>& m) { return int(m.size()); }

// The array itself.
inline void scale(Eigen::Ref<Eigen::MatrixXd> m, double factor) { m *= factor; }
inline void scale_rows(Eigen::Ref<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> m, double factor) {
  m *= factor;
}
inline void scale_any(Eigen::Ref<Eigen::MatrixXd, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>> m, double factor) { m *= factor; }
inline void clear(Eigen::Ref<Eigen::VectorXd, 0, Eigen::InnerStride<>> v) { v.setZero(); }
inline void fill(Eigen::Map<Eigen::VectorXi> v, int value) { v.setConstant(value); }
inline double total(const Eigen::Ref<const Eigen::VectorXd>& v) { return v.sum(); }
/// Where the memory is that C++ sees.
inline std::size_t place(const Eigen::Ref<const Eigen::MatrixXd>& m) { return reinterpret_cast<std::size_t>(m.data()); }
inline double trace(Eigen::Map<const Eigen::Matrix3d> m) { return m.trace(); }

// Results that are expressions, and failures inside of Eigen.
inline auto add(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return a + b; }
inline auto product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) { return a * b; }
template <class D>
double norm_of(const Eigen::MatrixBase<D>& m) {
  return m.norm();
}
inline void resize(Eigen::MatrixXd& m) { m.resize(1, 1); }
inline void split(const Eigen::VectorXd& v, double at, Eigen::VectorXd& low, Eigen::VectorXd& high) {
  std::vector<double> parts[2];
  for (double each : v) parts[each < at ? 0 : 1].push_back(each);
  low = Eigen::Map<Eigen::VectorXd>(parts[0].data(), Eigen::Index(parts[0].size()));
  high = Eigen::Map<Eigen::VectorXd>(parts[1].data(), Eigen::Index(parts[1].size()));
}

// Which overload is meant, the shape says.
inline const char* kind(const Eigen::Vector2d&) { return "vector of 2"; }
inline const char* kind(const Eigen::Vector3d&) { return "vector of 3"; }
inline const char* kind(const Eigen::MatrixXd&) { return "matrix"; }

// Inside of other types.
inline std::optional<Eigen::Vector3d> maybe(bool yes) {
  return yes ? std::optional<Eigen::Vector3d>(Eigen::Vector3d(1, 2, 3)) : std::nullopt;
}
inline std::tuple<Eigen::MatrixXd, int> ranked(const std::vector<Eigen::Vector2d>& points) {
  Eigen::MatrixXd all(2, Eigen::Index(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) all.col(Eigen::Index(i)) = points[i];
  return {all, int(points.size())};
}
inline Eigen::Isometry3d moved(const Eigen::Isometry3d& pose, const Eigen::Vector3d& by) {
  return Eigen::Translation3d(by) * pose;
}

/// What a class hands out is looked at, not copied.
class Grid {
 public:
  explicit Grid(int n) : cells_(Eigen::MatrixXd::Identity(n < 0 || n > 1000 ? throw std::invalid_argument("size") : n, n)) {}
  const Eigen::MatrixXd& cells() const { return cells_; }
  Eigen::MatrixXd& edit() { return cells_; }
  Eigen::Ref<Eigen::MatrixXd> ref() { return cells_; }
  Eigen::Map<const Eigen::VectorXd> flat() const { return {cells_.data(), cells_.size()}; }
  auto row(int i) {
    // Eigen goes to the row before it looks whether there is one, which an empty matrix does not survive.
    if (cells_.size() == 0) throw std::out_of_range("no rows");
    return cells_.row(i);
  }
  auto diagonal() const { return cells_.diagonal(); }
  const Eigen::MatrixXd& snapshot() const { return cells_; }
  const Grid& self() const { return *this; }
  Eigen::Vector2d origin{1, 2};
  Eigen::MatrixXf weights;

 private:
  Eigen::MatrixXd cells_;
};
struct Line {
  Eigen::Vector2d from;
  Eigen::Vector2d to;
};
struct Turned {
  Eigen::Quaterniond turn{1, 0, 0, 0};
  int steps = 0;
};

}  // namespace eigen_
