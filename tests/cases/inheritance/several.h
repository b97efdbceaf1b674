// Several bases: at other addresses, virtual, private, twice, behind classes that are not bound; polymorphic and not.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>
namespace several {

// ---- polymorphic, the second base lies at another address ----

class Named {
 public:
  explicit Named(std::string name) : name(std::move(name)) {}
  virtual ~Named() = default;
  virtual std::string greet() const { return "I am " + name; }
  static int count;
  std::string name;
};
inline int Named::count = 0;

class Sized {
 public:
  explicit Sized(int size = 1) : size(size) {}
  virtual ~Sized() = default;
  virtual int twice() const { return 2 * size; }
  void grow(int by) { size += by; }
  int operator[](int index) const { return size + index; }
  int size;
};

class Crate : public Named, public Sized {
 public:
  Crate(std::string name, int size) : Named(std::move(name)), Sized(size) {}
  Crate(const Crate&) = default;
  std::string greet() const override { return "crate " + name; }
  int twice() const override { return 20 * size; }
  double weight = 1.5;
};

class Box : public Crate {
 public:
  explicit Box(int size) : Crate("box", size) {}
  Sized& as_sized() { return *this; }
  const Named& as_named() const { return *this; }
};

inline std::string greet(const Named& named) { return named.greet(); }
inline int measure(const Sized& sized) { return sized.twice(); }
inline int measure_pointer(Sized* sized) { return sized ? sized->twice() : -1; }
inline std::string nearest(const Named&) { return "Named"; }
inline std::string nearest(const Sized&) { return "Sized"; }
inline std::string nearest(const Crate&) { return "Crate"; }
inline Sized& same_sized(Sized& sized) { return sized; }
inline Named* same_named(Named* named) { return named; }
inline int take(std::unique_ptr<Sized> sized) { return sized->twice(); }
inline std::shared_ptr<Sized> kept;
inline long keep(std::shared_ptr<Sized> sized) {
  kept = std::move(sized);
  return kept ? kept.use_count() : 0;
}
inline int kept_twice() { return kept ? kept->twice() : 0; }
inline std::shared_ptr<Sized> give_kept() { return kept; }
inline std::shared_ptr<Crate> share_crate(int size) { return std::make_shared<Crate>("shared", size); }
inline std::unique_ptr<Sized> make(int kind) {
  if (kind == 0) return std::make_unique<Sized>(3);
  if (kind == 1) return std::make_unique<Crate>("made", 3);
  return std::make_unique<Box>(3);
}
/// Owns what it lends through one base or the other.
class Store {
 public:
  Store() : box_(7) {}
  Sized* sized() { return &box_; }
  Named* named() { return &box_; }
  Box& box() { return box_; }
  std::vector<Crate> crates;

 private:
  Box box_;
};

// ---- nothing virtual ----

struct Left {
  int left = 1;
  int add_left(int by) { return left += by; }
};
struct Right {
  int right = 2;
  int add_right(int by) { return right += by; }
};
struct Both : Left, Right {
  int both = 3;
};
struct Wider : Both {
  int wider = 4;
};
inline int sum(const Left& left) { return left.left; }
inline int sum(const Right& right) { return right.right * 10; }
inline Right& right_of(Both& both) { return both; }
inline Left& left_of(Both& both) { return both; }
inline int sum_rights(const std::vector<Right>& rights) {
  int sum = 0;
  for (const Right& right : rights) sum += right.right;
  return sum;
}

// ---- empty bases lie where the object lies ----

struct Marked {
  bool marked() const { return true; }
};
struct Tagged {
  int tag() const { return 5; }
};
struct Empty : Marked, Tagged {
  int value = 6;
};
inline int tag_of(const Tagged& tagged) { return tagged.tag(); }

// ---- diamonds ----

struct Top {
  Top() = default;
  virtual ~Top() = default;
  int top = 10;
  int get_top() const { return top; }
};
struct West : virtual Top {
  int west = 11;
};
struct East : virtual Top {
  int east = 12;
};
struct Diamond : West, East {
  int diamond = 13;
};
inline int top_of(const Top& top) { return top.top; }
inline Top& same_top(Top& top) { return top; }
inline East& same_east(East& east) { return east; }
inline std::unique_ptr<Top> make_top() { return std::make_unique<Diamond>(); }
inline Top& hidden_top() {
  static Diamond diamond;
  return diamond;
}

struct Plain {
  int plain = 20;
  int get_plain() const { return plain; }
};
struct First : Plain {
  int first = 21;
};
struct Second : Plain {
  int second = 22;
};
/// Has two of `Plain`.
struct Twice : First, Second {
  int twice = 23;
};
inline int plain_of(const Plain& plain) { return plain.plain; }
inline int first_of(const First& first) { return first.plain + first.first; }
inline int second_of(const Second& second) { return second.plain + second.second; }

// A virtual base without virtual functions.
struct Shared {
  int shared = 30;
};
struct Reader : virtual Shared {
  int reader = 31;
};
struct Writer : virtual Shared {
  int writer = 32;
};
struct File : Reader, Writer {
  int file = 33;
};
inline int shared_of(const Shared& shared) { return shared.shared; }
inline Shared& same_shared(Shared& shared) { return shared; }

// ---- not public ----

class Hidden : private Left, protected Right {
 public:
  using Left::add_left;
  using Right::right;
  int hidden = 40;
};

// ---- behind what is not bound ----

namespace detail {
struct Middle : Left, Marked {
  int middle = 50;
  int get_middle() const { return middle; }
  int clash() const { return 1; }
};
struct Other {
  int clash() const { return 2; }
  int other() const { return 51; }
};
template <class Self>
struct Fluent {
  Self& set(int value) {
    static_cast<Self*>(this)->value = value;
    return static_cast<Self&>(*this);
  }
};
}  // namespace detail
class Outer : public Right, public detail::Middle, public detail::Other {};
struct Setter : detail::Fluent<Setter> {
  int value = 0;
};

// ---- what two bases call the same: Python finds that of the first ----

struct Celsius {
  double value = 20;
  double degrees() const { return value; }
  int scale(int by) const { return by; }
  bool operator==(const Celsius& other) const { return value == other.value; }
};
struct Label {
  std::string value = "text";
  std::string degrees() const { return value; }
  int scale(const std::string& by) const { return static_cast<int>(by.size()); }
};
struct Reading : Celsius, Label {};

// ---- two orders of the same bases: Python has none for the class that wants both ----

struct Forth : Left, Right {};
struct Back : Right, Left {};
struct Torn : Forth, Back {
  int torn = 60;
};
inline int torn_of(const Back& back) { return back.right; }

}  // namespace several
