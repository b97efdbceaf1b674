// Who owns what: borrowed pointers, shared and unique ownership, const views.
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
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

}  // namespace trees
