// dovetail: rules."File" = { context = "close" }
// dovetail: rules."Mutex" = { context = ["lock", "unlock"] }
// dovetail: rules."Vec" = { pickle = ["x", "y"], repr = ["x", "y", "length"] }
// dovetail: rules."Document" = { pickle = ["serialize", "parse"], repr = ["title", "children"] }
// dovetail: rules."Feed" = { async = "next" }
// dovetail: rules."Rows" = { async = "read" }
// dovetail: rules."Rows::read" = { out = ["row", "name"] }
// dovetail: rules."Feed::wait" = { awaitable = "wait_async" }
// dovetail: rules."slow_square" = { awaitable = "slow_square_async" }
// dovetail: rules."deep::slow_half" = { awaitable = "slow_half_async" }
// dovetail: rules."Feed::sleep" = { awaitable = "sleep_async" }
// dovetail: rules."*" = { properties = true }
// What rules make classes do: with, pickle, repr, match, async for, await.
#pragma once
#include <dovetail/annotate.h>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
namespace conduct {

class File {
 public:
  explicit File(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }
  bool isOpen() const { return open_; }
  void close() {
    if (!open_) throw std::runtime_error("closed twice");
    open_ = false;
  }

 private:
  std::string name_;
  bool open_ = true;
};

class Mutex {
 public:
  void lock() {
    if (held_) throw std::runtime_error("held already");
    held_ = true;
  }
  void unlock() { held_ = false; }
  bool held() const { return held_; }

 private:
  bool held_ = false;
};

class DOVETAIL(match(x, y)) Vec {
 public:
  Vec(double x, double y) : x(x), y_(y) {}
  double x;
  double getY() const { return y_; }
  void setY(double y) { y_ = y; }
  double length() const { return std::sqrt(x * x + y_ * y_); }

 private:
  double y_;
};

class Document {
 public:
  Document() = default;
  static Document parse(const std::string& text) {
    if (text.empty()) throw std::invalid_argument("empty");
    Document made;
    made.title = text.substr(1);
    return made;
  }
  std::string serialize() const { return "!" + title; }
  std::string title;
  std::vector<std::shared_ptr<Document>> children;
};

class Feed {
 public:
  explicit Feed(int count) : count_(count) {}
  std::optional<std::string> next() {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (count_ < 0) throw std::out_of_range("negative");
    if (at_ == count_) return std::nullopt;
    return "item " + std::to_string(at_++);
  }
  int wait(int milliseconds, int factor = 1) const {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return milliseconds * factor;
  }
  static int sleep(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return milliseconds;
  }

 private:
  int count_;
  int at_ = 0;
};

class Rows {
 public:
  bool read(int& row, std::string& name) {
    row = at_;
    name = std::string(static_cast<std::size_t>(at_), 'x');
    return at_++ < 3;
  }

 private:
  int at_ = 0;
};

inline int slow_square(int x) {
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return x * x;
}
namespace deep {
inline double slow_half(double x) { return x / 2; }
}  // namespace deep

// ---- properties

class Widget {
 public:
  int getWidth() const { return width_; }
  void setWidth(int width) {
    if (width < 0) throw std::invalid_argument("negative");
    width_ = width;
  }
  double scale() const { return scale_; }
  void scale(double value) { scale_ = value; }
  const std::string& label() const { return label_; }
  Widget& set_label(const std::string& label) {
    label_ = label;
    return *this;
  }
  bool isVisible() const { return visible_; }
  void setVisible(bool visible) { visible_ = visible; }
  bool is_valid() const { return width_ > 0; }
  Vec& get_origin() { return origin_; }
  const Vec& get_origin() const { return origin_; }
  const Widget* getParent() const { return parent_; }
  DOVETAIL(nullable = "*") void setParent(const Widget* parent) { parent_ = parent; }
  DOVETAIL(property = "depth") int queryDepth() const { return depth_; }
  DOVETAIL(property = "depth") void changeDepth(int depth) { depth_ = depth; }
  int size = 3;
  int getSize() const { return size * 2; }
  int getaway() const { return 1; }
  int get() const { return 2; }
  int area(int factor) const { return factor * width_; }

 private:
  int width_ = 1, depth_ = 0;
  double scale_ = 1;
  std::string label_ = "label";
  bool visible_ = true;
  Vec origin_{0, 0};
  const Widget* parent_ = nullptr;
};

// Thrown in the middle of a loop, it is itself in Python, and has properties as other classes do.
class TornError : public std::runtime_error {
 public:
  explicit TornError(int line) : std::runtime_error("torn"), line_(line) {}
  int getLine() const { return line_; }

 private:
  int line_;
};
class Lines {
 public:
  class Iterator {
   public:
    explicit Iterator(int at) : at_(at) {}
    int operator*() const {
      if (at_ == 2) throw TornError(at_);
      return at_;
    }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    int at_;
  };
  Iterator begin() const { return Iterator(0); }
  Iterator end() const { return Iterator(9); }
};

}  // namespace conduct
