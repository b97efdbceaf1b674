// What is like std::mdspan: extents, strides and a data handle. Buffers of several dimensions go in, arrays come out.
#pragma once
#include <array>
#include <cstddef>
#include <vector>

// A small double of the standard's class, which this compiler's library lacks.
namespace grids::detail {

template <std::size_t... N>
class extents {
 public:
  using index_type = std::size_t;
  using rank_type = std::size_t;
  static constexpr rank_type rank() { return sizeof...(N); }
  static constexpr std::size_t static_extent(rank_type i) { return std::array<std::size_t, sizeof...(N)>{N...}[i]; }
  extents() = default;
  explicit extents(const std::array<index_type, sizeof...(N)>& all) : all_(all) {}
  index_type extent(rank_type i) const { return all_[i]; }

 private:
  std::array<index_type, sizeof...(N)> all_{};
};
inline constexpr std::size_t dynamic = static_cast<std::size_t>(-1);

struct right {
  template <class E>
  class mapping {
   public:
    explicit mapping(const E& e) : extents_(e) {}
    std::size_t stride(std::size_t i) const {
      std::size_t step = 1;
      for (std::size_t k = E::rank(); --k > i;) step *= extents_.extent(k);
      return step;
    }
    const E& extents() const { return extents_; }

   private:
    E extents_;
  };
};
struct left {
  template <class E>
  class mapping {
   public:
    explicit mapping(const E& e) : extents_(e) {}
    std::size_t stride(std::size_t i) const {
      std::size_t step = 1;
      for (std::size_t k = 0; k < i; ++k) step *= extents_.extent(k);
      return step;
    }
    const E& extents() const { return extents_; }

   private:
    E extents_;
  };
};
struct strided {
  template <class E>
  class mapping {
   public:
    mapping(const E& e, const std::array<std::size_t, E::rank()>& strides) : extents_(e), strides_(strides) {}
    std::size_t stride(std::size_t i) const { return strides_[i]; }
    const E& extents() const { return extents_; }

   private:
    E extents_;
    std::array<std::size_t, E::rank()> strides_;
  };
};

template <class T, class Extents, class Layout = right>
class mdspan {
 public:
  using element_type = T;
  using extents_type = Extents;
  using index_type = std::size_t;
  using rank_type = std::size_t;
  using mapping_type = typename Layout::template mapping<Extents>;
  mdspan(T* data, const extents_type& e) : data_(data), mapping_(e) {}
  mdspan(T* data, const mapping_type& m) : data_(data), mapping_(m) {}
  static constexpr rank_type rank() { return Extents::rank(); }
  static constexpr std::size_t static_extent(rank_type i) { return Extents::static_extent(i); }
  index_type extent(rank_type i) const { return mapping_.extents().extent(i); }
  index_type stride(rank_type i) const { return mapping_.stride(i); }
  T* data_handle() const { return data_; }
  T& at(std::size_t i, std::size_t j) const { return data_[i * stride(0) + j * stride(1)]; }

 private:
  T* data_;
  mapping_type mapping_;
};

}  // namespace grids::detail

namespace grids {

using detail::dynamic;
template <class T, class Layout = detail::right>
using matrix = detail::mdspan<T, detail::extents<dynamic, dynamic>, Layout>;

inline double trace(matrix<const double> m) {
  double out = 0;
  for (std::size_t i = 0; i < m.extent(0) && i < m.extent(1); ++i) out += m.at(i, i);
  return out;
}
inline double corner(matrix<const double, detail::left> m) { return m.at(m.extent(0) - 1, 0); }
inline void fill(matrix<float, detail::strided> m, float value) {
  for (std::size_t i = 0; i < m.extent(0); ++i) {
    for (std::size_t j = 0; j < m.extent(1); ++j) m.at(i, j) = value;
  }
}
inline double determinant(const detail::mdspan<const double, detail::extents<2, 2>>& m) {
  return m.at(0, 0) * m.at(1, 1) - m.at(0, 1) * m.at(1, 0);
}

class Table {
 public:
  Table(std::size_t rows, std::size_t columns) : columns_(columns), cells_(rows * columns) {}
  matrix<double> cells() { return {cells_.data(), detail::extents<dynamic, dynamic>({rows(), columns_})}; }
  matrix<const double> seen() const { return {cells_.data(), detail::extents<dynamic, dynamic>({rows(), columns_})}; }
  matrix<double, detail::left> turned() {
    return {cells_.data(), detail::extents<dynamic, dynamic>({columns_, rows()})};
  }

 private:
  std::size_t rows() const { return columns_ ? cells_.size() / columns_ : 0; }
  std::size_t columns_;
  std::vector<double> cells_;
};

// The same members are enough.
class Image {
 public:
  Image(unsigned char* pixels, int height, int width) : pixels_(pixels), height_(height), width_(width) {}
  static constexpr int rank() { return 2; }
  int extent(int i) const { return i ? width_ : height_; }
  int stride(int i) const { return i ? 1 : width_; }
  unsigned char* data_handle() const { return pixels_; }

 private:
  unsigned char* pixels_;
  int height_, width_;
};
inline void invert(Image image) {
  for (int i = 0; i < image.extent(0) * image.extent(1); ++i) image.data_handle()[i] ^= 255;
}

}  // namespace grids
