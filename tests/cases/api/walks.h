// begin/end, size, at: iteration, length, indexing.
#pragma once
#include <cstddef>
#include <memory>
#include <stdexcept>
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

 private:
  std::vector<int> values_;
};

class Ring {
 public:
  class Iterator {
   public:
    explicit Iterator(Node* node) : node_(node) {}
    Node& operator*() const { return *node_; }
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

 private:
  Node nodes_[3];
};

}  // namespace walks
