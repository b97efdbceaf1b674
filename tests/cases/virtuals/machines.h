// dovetail: rules."Maker::build" = { returns = "own" }
// dovetail: rules."Probe::read" = { out = ["value"] }
// dovetail: rules."Probe::both" = { out = ["low", "high"] }
// dovetail: rules."Bus::attach" = { keeps = ["part"] }
// What overrides can be: protected, private, overloaded, const, noexcept, covariant; and whom their results belong to.
#pragma once
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
namespace machines {

/// The template method pattern: what varies is protected, or private.
class Process {
 public:
  virtual ~Process() = default;
  /// Runs all steps.
  std::string run(int count) {
    std::string text = before();
    for (int i = 0; i < count; ++i) text += step(i);
    return text + after();
  }

 protected:
  explicit Process(std::string name) : name_(std::move(name)) {}
  virtual std::string before() { return "<" + name_; }
  virtual std::string step(int number) = 0;

 private:
  virtual std::string after() = 0;
  virtual void unreachable() {}
  std::string name_;
};

/// Inherits what is protected.
class Doubled : public Process {
 public:
  explicit Doubled(int factor) : Process("doubled"), factor(factor) {}
  int factor;

 protected:
  std::string step(int number) override { return std::to_string(number * factor); }

 private:
  std::string after() override { return "!"; }
};

/// One name, several functions.
class Many {
 public:
  virtual ~Many() = default;
  virtual std::string put(int value) { return "int " + std::to_string(value); }
  virtual std::string put(const std::string& value) { return "text " + value; }
  virtual std::string put(int value, int other) { return "two " + std::to_string(value + other); }
  virtual std::string who() { return "changeable"; }
  virtual std::string who() const { return "const"; }
  virtual int operator()(int value) const { return value + 1; }
  virtual void last(int) final {}
};
inline std::string putAll(Many& many) { return many.put(1) + ", " + many.put(std::string("a")) + ", " + many.put(2, 3); }
inline std::string askBoth(Many& many) { return many.who() + " " + static_cast<const Many&>(many).who(); }
inline int apply(const Many& many, int value) { return many(value); }

/// Nothing may be thrown.
class Silent {
 public:
  virtual ~Silent() = default;
  virtual int count() const noexcept { return 7; }
  virtual std::string text() noexcept = 0;
  virtual void tell(int) noexcept = 0;
};
inline std::string listen(Silent& silent) noexcept {
  silent.tell(1);
  return silent.text() + std::to_string(silent.count());
}

struct Part {
  virtual ~Part() = default;
  Part() = default;
  explicit Part(int number) : number(number) {}
  virtual std::string name() const { return "part"; }
  virtual std::unique_ptr<Part> copy() const { return std::make_unique<Part>(number); }
  virtual Part* twin() { return this; }
  int number = 0;
};
struct Wheel : Part {
  explicit Wheel(int number) : Part(number) {}
  std::string name() const override { return "wheel"; }
  Wheel* twin() override { return this; }  // covariant
};
inline std::string nameOf(const Part& part) { return part.name() + std::to_string(part.number); }
inline std::string nameOfTwin(Part& part) { return nameOf(*part.twin()); }
inline std::unique_ptr<Part> copyOf(const Part& part) { return part.copy(); }

/// What C++ looks at after the call.
class Source {
 public:
  virtual ~Source() = default;
  virtual const std::string& title() const = 0;
  virtual const char* label() = 0;
  virtual std::string_view view() = 0;
  virtual Part& part() = 0;
  virtual const Part* maybe() const = 0;
  virtual const std::vector<int>& numbers() = 0;
};
inline std::string describe(Source& source) {
  const std::string& title = source.title();
  const char* label = source.label();
  std::string_view view = source.view();
  Part& part = source.part();
  const Part* maybe = source.maybe();
  part.number += 1;
  int sum = 0;
  for (int number : source.numbers()) sum += number;
  return title + " " + (label ? label : "-") + " " + std::string(view) + " " + nameOf(part) + " " +
         (maybe ? maybe->name() : "none") + " " + std::to_string(sum);
}

/// C++ deletes what it is given.
class Maker {
 public:
  virtual ~Maker() = default;
  virtual Part* build(int number) = 0;
  virtual std::unique_ptr<Part> make(int number) = 0;
  virtual std::shared_ptr<Part> share(int number) = 0;
};
inline std::string useAll(Maker& maker) {
  std::unique_ptr<Part> built(maker.build(1));
  std::unique_ptr<Part> made = maker.make(2);
  std::shared_ptr<Part> shared = maker.share(3);
  return nameOf(*built) + " " + nameOf(*made) + " " + (shared ? nameOf(*shared) : "none");
}

/// Outputs, by rule and by type.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual bool read(int where, double& value) = 0;
  virtual void both(int* low, int* high) { *low = 1, *high = 2; }
  virtual bool fill(const std::string& key, std::string* text) = 0;
};
inline std::string probe(Probe& probe) {
  double value = 0;
  int low = 0, high = 0;
  std::string text = "old";
  const bool read = probe.read(3, value);
  probe.both(&low, &high);
  const bool filled = probe.fill("key", &text);
  return std::to_string(read) + " " + std::to_string(static_cast<int>(value)) + " " + std::to_string(low + high) + " " +
         std::to_string(filled) + " " + text;
}

/// Owns parts, and knows others.
class Bus {
 public:
  void add(std::unique_ptr<Part> part) { owned_.push_back(std::move(part)); }
  void share(std::shared_ptr<Part> part) {
    if (part) shared_.push_back(std::move(part));
  }
  void attach(Part* part) {
    if (part) known_.push_back(part);
  }
  Part* owned(std::size_t index) const { return owned_.at(index).get(); }
  std::shared_ptr<Part> shared(std::size_t index) const { return shared_.at(index); }
  std::unique_ptr<Part> take() {
    if (owned_.empty()) return nullptr;
    std::unique_ptr<Part> last = std::move(owned_.back());
    owned_.pop_back();
    return last;
  }
  void clear() {
    owned_.clear();
    shared_.clear();
  }
  std::string names() const {
    std::string text;
    for (const auto& part : owned_) text += part->name() + " ";
    for (const auto& part : shared_) text += part->name() + " ";
    for (const auto* part : known_) text += part->name() + " ";
    return text;
  }

 private:
  std::vector<std::unique_ptr<Part>> owned_;
  std::vector<std::shared_ptr<Part>> shared_;
  std::vector<Part*> known_;
};

/// An interface that nobody deletes through.
class Watcher {
 public:
  virtual bool watches(const Part& part, Part* other, Bus& bus) = 0;

 protected:
  ~Watcher() = default;
};
inline bool watch(Watcher& watcher, int number) {
  const Wheel wheel(number);
  Part other(number + 1);
  Bus bus;
  return watcher.watches(wheel, &other, bus) && watcher.watches(other, nullptr, bus);
}
inline bool watchThis(Watcher& watcher, Part& part) {
  Bus bus;
  return watcher.watches(part, &part, bus);
}

/// No virtual destructor: cannot be given away.
struct Open {
  virtual int value() const { return 1; }
  int stored = 0;
};
inline int valueOf(const Open& open) { return open.value(); }

/// Its own memory.
class Pooled {
 public:
  virtual ~Pooled() = default;
  virtual int size() const { return 1; }
  static void* operator new(std::size_t size) {
    ++alive;
    return std::malloc(size);
  }
  static void operator delete(void* memory) {
    --alive;
    std::free(memory);
  }
  static int alive;
};
inline int Pooled::alive = 0;
inline int end(std::unique_ptr<Pooled> pooled) { return pooled->size(); }

/// Cannot be derived from: what it wants cannot be given.
class Closed {
 public:
  virtual ~Closed() = default;
  virtual void write(const void* memory) = 0;
};
class Partly {
 public:
  virtual ~Partly() = default;
  virtual void fill(int* numbers) { static_cast<void>(numbers); }
  virtual int answer() { return 1; }
};
inline int ask(Partly& partly) { return partly.answer(); }

/// Is handed a function.
class Asked {
 public:
  virtual ~Asked() = default;
  virtual std::string ask(std::function<int(int)> f) = 0;
  virtual std::function<int(int)> answer() const = 0;
  virtual int apply(int (*f)(int), int value) { return f(value); }
  virtual int (*chosen())(int) { return nullptr; }
};
inline int applyChosen(Asked& asked) {
  int (*chosen)(int) = asked.chosen();
  return asked.apply([](int value) { return value * 3; }, chosen ? chosen(4) : 1);
}
inline std::vector<std::shared_ptr<Asked>> allAsked() { return {}; }
inline std::string failure(Asked& asked) {
  try {
    return asked.ask(nullptr);
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// A virtual base that can be made in one way only.
class Root {
 public:
  Root() : depth(3) {}
  virtual ~Root() = default;
  virtual int deep() const { return depth; }
  int depth;
};
class Branch : public virtual Root {
 public:
  int deep() const override { return 10 * depth; }
};
inline int deepOf(const Root& root) { return root.deep(); }
inline std::string askTwice(Asked& asked) {
  const std::function<int(int)> doubled = [f = asked.answer()](int value) { return 2 * f(value); };
  return asked.ask(doubled);
}

}  // namespace machines
