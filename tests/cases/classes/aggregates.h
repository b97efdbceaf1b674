// Plain structs: fields by position and keyword, repr, comparison, copy, pickle.
#pragma once
#include <optional>
#include <string>
#include <vector>
namespace aggregates {

/// A point in the plane.
struct Point {
  double x = 0;  ///< to the right
  double y = 0;  ///< upwards
};

struct Segment {
  Point from;
  Point to;
  std::string label = "segment";
};

struct Bits {
  unsigned low : 3;
  unsigned high : 5;
};

struct Mixed {
  union {
    int number;
    float real;
  };
  int pair[2];
  const char* text;
};

struct Nested {
  struct Inner {
    int value;
  };
  Inner inner;
  std::vector<int> numbers;
};

struct NoDefault {
  int& reference;
};

/// More than the aggregate that it is derived from.
struct Labelled : Point {
  int number = 0;
};
struct Holder {
  Labelled labelled;
};

/// Each number has two names.
template <class T>
struct Vec {
  union {
    T x, r;
  };
  union {
    T y, g;
    struct {
      T high, beyond;
    };
  };
  Vec(T x, T y) : x(x), y(y) {}
};
inline float length(const Vec<float>& vec) { return vec.x + vec.y; }
inline std::vector<Vec<double>> unit() { return {{1, 0}, {0, 1}}; }

/// What C calls a variant: who reads it looks at `kind` first.
struct Tagged {
  enum Kind { NUMBER, TEXT, POINT } kind;
  union {
    struct {
      const int low;
      int high;
    };
    const char* text;
    Point* point;
    std::vector<int>* borrowed;
    Bits bits;
  };
  int last = 3;
};
inline bool has_text(const Tagged& tagged) { return tagged.kind == Tagged::TEXT; }
template <class T>
class Secret {
  union {
    T hidden;
  };

 public:
  union {
    T shown;
    struct {
      unsigned low : 3;
      unsigned high : 5;
    };
  };
  Secret() : hidden(1), shown(2) {}
};
inline Secret<int> secret() { return {}; }

/// Types without a name, called after what is of them.
struct Token {
  enum { NUMBER = 1, WORD } kind;
  struct {
    struct {
      int x, y;
    } corner;
    std::string text = "t";
    int area() const { return corner.x * corner.y; }
  } place;
  union {
    int number;
    float real;
  } value;
  struct {
    int v;
    float w;
  } items[2], *next = nullptr;
  struct {
    unsigned char r, g;
  } grid[2][3] = {};
  struct {
    int i;
  } Upper = {};
};
inline std::vector<Token> tokens() { return {{Token::WORD, {{2, 3}}, {1}, {{1, 2}, {3, 4}}}}; }
inline struct {
  int level;
} settings{3};

class Ticket {
 public:
  Ticket() = default;
  Ticket(Ticket&&) = default;
  int number() const { return 7; }
};
struct Visit {  // its fields cannot all be copied into it
  int day = 1;
  Ticket ticket;
  std::optional<Ticket> last;
};

inline double dot(const Point& a, const Point& b) { return a.x * b.x + a.y * b.y; }
inline Point middle(Segment segment) { return {(segment.from.x + segment.to.x) / 2, (segment.from.y + segment.to.y) / 2}; }

}  // namespace aggregates
