// begin/end, size, at: iteration, length, indexing.
#pragma once
#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
namespace walks {

struct Node {
  int value = 0;
};

class Numbers {
 public:
  explicit Numbers(int count) {
    for (int i = 0; i < count; ++i) values_.push_back(i);
  }
  std::vector<int>::const_iterator begin() const { return values_.begin(); }
  std::vector<int>::const_iterator end() const { return values_.end(); }
  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  int at(std::size_t index) const { return values_.at(index); }
  std::vector<int>::const_reverse_iterator rbegin() const { return values_.rbegin(); }
  std::vector<int>::const_reverse_iterator rend() const { return values_.rend(); }
  void add(int value) { values_.push_back(value); }
  void cut(std::size_t size) {
    values_.resize(size);
    values_.shrink_to_fit();
  }

 private:
  std::vector<int> values_;
};

class Ring {
 public:
  class Iterator {
   public:
    explicit Iterator(Node* node) : node_(node) {}
    Node& operator*() const { return node_ ? *node_ : throw std::out_of_range("no node"); }
    Iterator& operator++() {
      ++node_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    Node* node_;
  };
  Ring() { for (int i = 0; i < 3; ++i) nodes_[i].value = i; }
  Iterator begin() { return Iterator(nodes_); }
  Iterator end() { return Iterator(nodes_ + 3); }
  std::reverse_iterator<const Node*> rbegin() const { return std::reverse_iterator<const Node*>(nodes_ + 3); }

 private:
  Node nodes_[3];
};

/// Has no indexes: C++ says how it is walked backwards.
class Chain {
 public:
  using iterator = std::list<Node>::iterator;
  Chain() : nodes_{{1}, {2}, {3}} {}
  iterator begin() { return nodes_.begin(); }
  iterator end() { return nodes_.end(); }
  std::reverse_iterator<iterator> rbegin() { return nodes_.rbegin(); }
  std::reverse_iterator<iterator> rend() { return nodes_.rend(); }

 private:
  std::list<Node> nodes_;
};

/// Says how many there are by a static function, as what has a fixed size does.
class Triple {
 public:
  static constexpr int length() { return 3; }
  int& operator[](int index) { return values_[index]; }

 private:
  int values_[3] = {1, 2, 3};
};

/// Hands out values that look into it.
class Strip {
 public:
  class Cell {
   public:
    explicit Cell(const std::string* text) : text_(text) {}
    const std::string& text() const { return *text_; }

   private:
    const std::string* text_;
  };
  class Iterator {
   public:
    explicit Iterator(const std::string* at) : at_(at) {}
    Cell operator*() const { return Cell(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const std::string* at_;
  };
  Iterator begin() const { return Iterator(texts_.data()); }
  Iterator end() const { return Iterator(texts_.data() + texts_.size()); }

 private:
  std::vector<std::string> texts_{"a text that is too long to lie in its string", "another one, which is as long as that"};
};

class Table;
namespace detail {
template <class V> class Cursor;
struct Entry;
}  // namespace detail

/// Hands out what its author keeps in a private namespace.
class Table {
 public:
  using iterator = detail::Cursor<detail::Entry>;
  iterator begin() const;
  iterator end() const;
  int size() const { return 3; }
};

namespace detail {
struct Entry : Node, std::pair<Node, int> {
  explicit Entry(int at) : Node{at}, std::pair<Node, int>(Node{at * 10}, at * 100) {}
  int sum() const { return value + first.value + second; }
  int sum() { return value + first.value + second; }
};
template <class V>
class Cursor {
 public:
  explicit Cursor(int at) : at_(at) {}
  V operator*() const { return V(at_); }
  Cursor& operator++() {
    ++at_;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }

 private:
  int at_;
};
struct Hidden {};
}  // namespace detail

inline Table::iterator Table::begin() const { return iterator(0); }
inline Table::iterator Table::end() const { return iterator(3); }

}  // namespace walks
