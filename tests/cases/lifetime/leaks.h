// What the report of leaked objects tells apart: DOVETAIL_DEBUG=1.
#pragma once
#include <functional>
#include <string>
#include <vector>
namespace leaks {

struct Point {
  int x = 0;
};
class Shape {
 public:
  virtual ~Shape() = default;
  virtual std::string name() const { return "shape"; }
};
struct Part {
  std::string label;
};
class Machine {
 public:
  std::vector<Part> parts{{"bolt"}, {"nut"}};
  Part spare;
  Part& first() { return parts.at(0); }
  std::function<int(int)> doubler() const {
    return [](int value) { return 2 * value; };
  }
};
class Steps {
 public:
  const int* begin() const { return values_; }
  const int* end() const { return values_ + 3; }

 private:
  int values_[3] = {1, 2, 3};
};
inline Point make_point(int x) { return {x}; }
struct Tree {
  std::vector<Tree> branches;
};
inline Tree make_tree(int depth) {
  Tree tree;
  for (int i = 0; i < depth; ++i) {
    Tree outer;
    outer.branches.push_back(tree);
    tree = outer;
  }
  return tree;
}

}  // namespace leaks
