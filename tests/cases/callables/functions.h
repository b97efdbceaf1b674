// dovetail: rules."on_thread" = { release-gil = true }
// dovetail: rules."run_released" = { release-gil = true }
// dovetail: rules."Worker::stop" = { release-gil = true }
// Callables as arguments, fields and results, both ways.
#pragma once
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
namespace functions {

struct Row {
  int id = 0;
  std::string name;
};
class Pinned {
 public:
  explicit Pinned(int value) : value(value) {}
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  int value;
};
enum class Mood { calm, angry };
class ParseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// ---- Arguments.

inline int twice(std::function<int(int)> f) { return f(1) + f(2); }
inline long sum_over(int count, const std::function<int(int)>& f) {
  long sum = 0;
  for (int i = 0; i < count; ++i) sum += f(i);
  return sum;
}
inline void each(int count, std::function<void(int, const std::string&)>&& f) {
  for (int i = 0; i < count; ++i) f(i, "item " + std::to_string(i));
}
inline bool is_empty(std::function<void()> f) { return !f; }
inline double blend(std::function<double(double, float)> f = nullptr) { return f ? f(0.5, 0.25f) : -1.0; }
inline std::string greet(std::function<std::string(std::string_view)> f) { return f("world"); }
inline Mood flip(std::function<Mood(Mood)> f, Mood mood) { return f(mood); }
inline std::optional<int> maybe(std::function<std::optional<int>(std::optional<int>)> f, std::optional<int> value) {
  return f(value);
}
inline int call_if(std::optional<std::function<int()>> f) { return f ? (*f)() : 0; }
inline std::vector<int> call_all(const std::vector<std::function<int(int)>>& all, int value) {
  std::vector<int> found;
  for (const auto& f : all) found.push_back(f(value));
  return found;
}
inline double total(std::function<double(const std::vector<double>&)> f) { return f({1.5, 2.5}); }
inline std::vector<int> made(std::function<std::vector<int>()> f) { return f(); }
inline bool refuses(std::function<bool(int)> f) { return f(3); }
inline signed char small(std::function<signed char()> f) { return f(); }

// ---- Objects by reference, by pointer and by value.

inline std::string with_row(std::function<void(Row&)> f) {
  Row row{7, "seven"};
  f(row);
  return row.name;
}
inline void with_const_row(std::function<void(const Row&)> f) { f(Row{8, "eight"}); }
inline void with_pointer(std::function<void(Row*)> f) {
  f(nullptr);
  Row row{9, "nine"};
  f(&row);
}
inline void with_value(std::function<void(Row)> f) { f(Row{10, "ten"}); }
inline void with_pinned(std::function<void(Pinned&)> f) {
  Pinned pinned(11);
  f(pinned);
}
inline Row row_from(std::function<Row(int)> f) { return f(12); }
inline bool same_row(Row& row, std::function<bool(Row&)> f) { return f(row); }
struct Item {
  explicit Item(int number) : number(number) {}
  int number;
};
inline int made_by(std::function<std::unique_ptr<Item>(int)> f) { return f(13)->number; }
inline int owned_by(std::function<std::shared_ptr<Row>()> f) { return f() ? 1 : 0; }

// ---- Results.

inline std::function<int(int)> adder(int step) {
  return [step](int value) { return value + step; };
}
inline std::function<int(int)> nothing() { return nullptr; }
inline std::function<int(int)> same(std::function<int(int)> f) { return f; }
inline std::function<std::string(const Row&, int)> describer() {
  return [](const Row& row, int times) {
    if (times < 0) throw ParseError("negative");
    std::string text;
    for (int i = 0; i < times; ++i) text += row.name;
    return text;
  };
}
inline std::function<std::function<int(int)>(int)> maker() { return adder; }
inline int through(std::function<int(std::function<int(int)>)> f) { return f(adder(100)); }
inline const std::function<int(int)> plus_one = adder(1);

// ---- Failures.

inline std::string caught(std::function<void()> f) {
  try {
    f();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}
inline std::vector<int> cleaned(std::function<void()> f) {
  struct Guard {
    int& ends;
    ~Guard() { ++ends; }
  };
  static int ends = 0;
  Guard guard{ends};
  f();
  return std::vector<int>(static_cast<size_t>(ends), 1);
}

// ---- Kept beyond the call.

class Button {
 public:
  std::function<void(Button&)> clicked;
  std::function<int(int)> filter;
  std::string label;

  void on_close(std::function<void()> f) { close_ = std::move(f); }
  void close() {
    if (close_) close_();
  }
  void click() {
    if (clicked) clicked(*this);
  }
  int apply(int value) const { return filter ? filter(value) : value; }
  std::function<std::string()> namer() {
    return [this] { return label; };
  }

 private:
  std::function<void()> close_;
};
class Toggle : public Button {
 public:
  explicit Toggle(std::function<void(bool)> changed) : changed(std::move(changed)) {}
  void toggle() { changed(on = !on); }
  std::function<void(bool)> changed;
  bool on = false;
};
struct Options {
  std::string name;
  std::function<void(int)> progress;
};
inline void report(const Options& options, int value) {
  if (options.progress) options.progress(value);
}

// ---- Other threads.

inline int on_thread(std::function<int(int)> f) {
  return std::async(std::launch::async, [&] { return f(20); }).get();
}
inline int run_released(std::function<int(int)> f) {
  int found = f(1);
  std::thread([&] { found += f(2); }).join();
  std::thread([copy = f, &found] { found += copy(3); }).join();
  return found + std::async(std::launch::async, f, 4).get();
}
class Worker {
 public:
  explicit Worker(std::function<void(int)> f)
      : thread_([done = done_, f = std::move(f)] {
          for (int i = 0; !*done; ++i) {
            f(i);
            std::this_thread::yield();
          }
        }) {}
  ~Worker() {
    *done_ = true;
    if (thread_.joinable()) thread_.detach();
  }
  void stop() {
    *done_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::shared_ptr<std::atomic<bool>> done_ = std::make_shared<std::atomic<bool>>(false);
  std::thread thread_;
};

// ---- Chosen by the number of arguments.

inline int arity(std::function<int()>) { return 0; }
inline int arity(std::function<int(int)>) { return 1; }
inline int arity(std::function<int(int, int)>) { return 2; }
inline std::string kind(std::function<void()>) { return "callable"; }
inline std::string kind(int) { return "int"; }

// ---- Not bound: nobody would keep what the result refers to.

inline int borrowed(std::function<const Row&()> f) { return f().id; }
inline int viewed(std::function<std::string_view()> f) { return int(f().size()); }
inline void written(std::function<void(int&)> f) {
  int value = 0;
  f(value);
}

}  // namespace functions
