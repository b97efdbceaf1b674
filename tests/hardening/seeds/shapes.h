/// Shapes. \brief Everything a small library has, without a standard header.
#pragma once
#define LIB_VERSION 3
#define LIB_NAME "shapes"
#define LIB_SCALE (LIB_VERSION * 2)

namespace lib {

/** A kind of shape. */
enum class Kind : unsigned char { circle = 1, square, none = 255 };
enum Flag { first = 1, second = 2, both = first | second };

struct Point {
  double x = 0.0;  ///< in metres
  double y = 0.0;
  unsigned visible : 1;
  int tags[4] = {1, 2, 3, 4};
};

class Shape {
 public:
  explicit Shape(Kind kind = Kind::none, const char* name = "a \"shape\"\n") noexcept;
  virtual ~Shape();
  /// The area.
  /// \param scale factor, in percent
  /// \return square metres
  virtual double area(double scale = 1e2) const = 0;
  [[deprecated("use area")]] double size() const;
  static int count();
  Point& centre();
  const Point& centre() const;
  bool operator==(const Shape& other) const;
  bool operator<(const Shape& other) const;
  Shape& operator+=(const Point& by);
  explicit operator bool() const;
  int operator[](unsigned index) const;
  double operator()(int, double = 0.5) const;

  union {
    int whole;
    float part;
  };

 protected:
  virtual void changed(const Point* before) {}
};

class Circle final : public Shape {
 public:
  using Shape::Shape;
  Circle(Point centre, double radius);
  double area(double scale) const override;
  friend Circle operator*(double factor, const Circle& circle);
};

Shape* make(Kind kind, int count = LIB_VERSION);
void visit(void (*call)(Shape*, void*), void* data);
int total(const Shape* const* shapes, unsigned long count, ...);
inline constexpr int kMany = sizeof(Point) * 4;
extern int counter;

namespace detail {
struct Hidden;
}
detail::Hidden* hidden();

}  // namespace lib
