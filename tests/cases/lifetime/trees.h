// dovetail: rules."place_of" = { returns = "borrow" }
// Who owns what: borrowed pointers, shared and unique ownership, const views.
#pragma once
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
namespace trees {

class Node {
 public:
  explicit Node(std::string name) : name(std::move(name)) { ++alive; }
  ~Node() { --alive; }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Node* add(const std::string& child) {
    children_.push_back(std::make_unique<Node>(child));
    return children_.back().get();
  }
  Node* child(int index) { return children_.at(static_cast<std::size_t>(index)).get(); }
  const Node* look(int index) const { return children_.at(static_cast<std::size_t>(index)).get(); }
  int count() const { return static_cast<int>(children_.size()); }
  void set_name(const std::string& value) { name = value; }
  const std::string& get_name() const { return name; }
  Node& self() { return *this; }

  std::string name;
  inline static int alive = 0;

 private:
  std::vector<std::unique_ptr<Node>> children_;
};

class Tree {
 public:
  Tree() : root_("root") {}
  Node& root() { return root_; }
  const Node& root() const { return root_; }

 private:
  Node root_;
};

inline std::unique_ptr<Node> make(const std::string& name) { return std::make_unique<Node>(name); }
inline int look(const std::unique_ptr<Node>& node) { return node->count(); }
inline const void* place_of(const std::unique_ptr<Node>& node) { return node.get(); }
inline int sink(std::unique_ptr<Node> node) { return node ? node->count() : -1; }

struct Shared {
  explicit Shared(int value) : value(value) { ++alive; }
  ~Shared() { --alive; }
  int value;
  inline static int alive = 0;
};
class Holder {
 public:
  void set(std::shared_ptr<Shared> value) { value_ = std::move(value); }
  std::shared_ptr<Shared> get() const { return value_; }
  long uses() const { return value_.use_count(); }
  std::weak_ptr<Shared> weak() const { return value_; }

 private:
  std::shared_ptr<Shared> value_;
};
inline std::shared_ptr<Shared> make_shared(int value) { return std::make_shared<Shared>(value); }

/// Looks into a text that somebody else has.
class View {
 public:
  explicit View(const std::string& text) : text_(&text) {}
  View(const std::string&& text) = delete;
  std::string text() const { return *text_; }

 private:
  const std::string* text_;
};
class Label {
 public:
  explicit Label(std::string text) : text_(std::move(text)) {}
  std::string&& take() && { return std::move(text_); }
  std::string get() & { return text_; }
  std::string get() && { return "of a temporary"; }
  Label& self() && { return *this; }
  const std::string& where() const & { return text_; }
  const std::string&& where() const && { return std::move(text_); }
  operator std::string&&() && { return std::move(text_); }
  View view() & { return View(text_); }
  View view() && = delete;

 private:
  std::string text_;
};
/// Can only be moved: a method for temporaries ends it.
class Ticket {
 public:
  explicit Ticket(int number) : number_(std::make_unique<int>(number)) {}
  int number() const { return *number_; }
  int redeem() && { return *std::move(number_); }
  explicit operator int() && { return *number_; }
  explicit operator long() const & { return *number_ + 1; }
  explicit operator long&&() && { return std::move(stamp_); }
  const Ticket& self() const & { return *this; }
  const Ticket&& self() const && { return std::move(*this); }

 private:
  std::unique_ptr<int> number_;
  long stamp_ = 0;
};
inline View look(const Label& label) { return const_cast<Label&>(label).view(); }
View look(const Label&& label) = delete;
inline View read(const std::string& text) { return View(text); }
View read(const std::string&& text) = delete;

/// An iterator that tells only when it is not at the end; what it gives is copied on purpose alone.
struct Step {
  explicit Step(int at) : at(at) {}
  Step(Step&&) = default;
  explicit Step(const Step&) = default;
  int at;
};
struct Steps {
  struct iterator {
    int at;
    int operator*() const { return at; }
    iterator& operator++() { return ++at, *this; }
    bool operator!=(const iterator& other) const { return at != other.at; }
  };
  iterator begin() const { return {0}; }
  iterator end() const { return {3}; }
};
inline int stand(Step&& step) { return step.at; }

/// A value that looks into a family.
class Spot {
 public:
  Spot() = default;
  bool valid() const { return at_ != nullptr; }
  int value() const { return at_ ? *at_ : -1; }
  Spot next() const { return Spot(at_ && at_ + 1 < end_ ? at_ + 1 : nullptr, end_); }

 private:
  friend class Family;
  Spot(const int* at, const int* end) : at_(at), end_(end) {}
  const int* at_ = nullptr;
  const int* end_ = nullptr;
};
struct Range {
  Spot first;
  Spot start() const { return first; }
};

/// A value that owns what it points to.
class Owning {
 public:
  explicit Owning(int value) : value_(new int(value)) {}
  Owning(const Owning& other) : value_(new int(*other.value_)) {}
  Owning& operator=(const Owning&) = delete;
  ~Owning() { delete value_; }
  int value() const { return *value_; }
  Owning next() const { return Owning(*value_ == 9 ? 0 : *value_ + 1); }

 private:
  int* value_;
};

class Family {
 public:
  explicit Family(int count) {
    for (int i = 0; i < count && i < 1000; ++i) ages_.push_back(i);
    ++alive;
  }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;
  ~Family() { --alive; }
  Spot first() const { return Spot(ages_.data(), ages_.data() + ages_.size()); }
  Range range() const { return {first()}; }
  std::vector<Spot> spots() const { return {first(), first().next()}; }
  Owning oldest() const { return Owning(ages_.empty() ? 0 : ages_.back()); }
  Spot operator*() const { return first(); }
  std::optional<Spot> find(int age) const {
    for (Spot spot = first(); spot.valid(); spot = spot.next()) {
      if (spot.value() == age) return spot;
    }
    return std::nullopt;
  }
  std::pair<Spot, int> counted() const { return {first(), static_cast<int>(ages_.size())}; }
  std::optional<std::tuple<int, Spot, Spot>> ends() const {
    if (ages_.empty()) return std::nullopt;
    return std::tuple(1, first(), Spot(&ages_.back(), ages_.data() + ages_.size()));
  }
  inline static int alive = 0;

 private:
  std::vector<int> ages_;
};
inline Spot first_of(const Family& family) { return family.first(); }
inline std::pair<int, std::optional<Spot>> search(const Family& family, int age) { return {age, family.find(age)}; }

}  // namespace trees
