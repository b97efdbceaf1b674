// What a user of Eigen writes: functions of dense matrices, and a class that has some.
#pragma once
#include <Eigen/Dense>
#include <complex>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

namespace algebra {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::MatrixXd product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  if (a.cols() != b.rows()) throw std::invalid_argument("the matrices do not fit");
  return a * b;
}
inline Eigen::VectorXd solve(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) { return a.colPivHouseholderQr().solve(b); }
inline Eigen::MatrixXd inverse(const Eigen::Ref<const Eigen::MatrixXd>& a) { return a.inverse(); }
inline double determinant(const Eigen::Ref<const Eigen::MatrixXd>& a) { return a.determinant(); }
inline Eigen::VectorXcd eigenvalues(const Eigen::MatrixXd& a) { return a.eigenvalues(); }
inline std::pair<Eigen::VectorXd, Eigen::MatrixXd> eigen(const Eigen::MatrixXd& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues(), solver.eigenvectors()};
}
inline std::tuple<Eigen::MatrixXd, Eigen::VectorXd, Eigen::MatrixXd> svd(const Eigen::MatrixXd& a) {
  const Eigen::JacobiSVD<Eigen::MatrixXd> found(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  return {found.matrixU(), found.singularValues(), found.matrixV()};
}
inline Eigen::Vector3d cross(const Eigen::Vector3d& a, const Eigen::Vector3d& b) { return a.cross(b); }
inline Eigen::Matrix4f turn(float angle) {
  Eigen::Matrix4f out = Eigen::Matrix4f::Identity();
  out.topLeftCorner<3, 3>() = Eigen::AngleAxisf(angle, Eigen::Vector3f::UnitZ()).toRotationMatrix();
  return out;
}
inline auto sum(const Eigen::ArrayXXd& a, const Eigen::ArrayXXd& b) { return (a + b).eval(); }

// In the array itself.
inline void normalize(Eigen::Ref<Rows> rows) { rows.rowwise().normalize(); }
inline void add(Eigen::Ref<Eigen::VectorXd> to, const Eigen::Ref<const Eigen::VectorXd>& more) { to += more; }
inline void clear(Eigen::Map<Eigen::VectorXi> values) { values.setZero(); }

// A filter of Kalman's.
class Filter {
 public:
  Filter(Eigen::VectorXd state, Eigen::MatrixXd covariance) : state_(std::move(state)), covariance_(std::move(covariance)) {
    if (state_.size() != covariance_.rows() || covariance_.rows() != covariance_.cols())
      throw std::invalid_argument("the covariance does not fit the state");
  }
  void predict(const Eigen::MatrixXd& model, double noise) {
    state_ = model * state_;
    covariance_ = model * covariance_ * model.transpose() + noise * Eigen::MatrixXd::Identity(state_.size(), state_.size());
  }
  void update(const Eigen::VectorXd& seen, const Eigen::MatrixXd& observe, double noise) {
    const Eigen::MatrixXd spread =
        observe * covariance_ * observe.transpose() + noise * Eigen::MatrixXd::Identity(seen.size(), seen.size());
    const Eigen::MatrixXd gain = covariance_ * observe.transpose() * spread.inverse();
    state_ += gain * (seen - observe * state_);
    covariance_ -= gain * observe * covariance_;
  }
  const Eigen::VectorXd& state() const { return state_; }
  Eigen::MatrixXd& covariance() { return covariance_; }
  auto diagonal() const { return covariance_.diagonal(); }
  Eigen::Vector2i marks{0, 0};

 private:
  Eigen::VectorXd state_;
  Eigen::MatrixXd covariance_;
};

}  // namespace algebra
