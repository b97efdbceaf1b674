// dovetail: rules = { "readElsewhere" = { release_gil = true }, "readUncaught" = { release_gil = true } }
// Virtual functions that Python overrides: the listener of the talk, called from C++, also from its own threads.
#pragma once
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>
namespace listeners {

/// What is known of an id.
struct Metadata {
  std::string name;
  int unit = 0;
};

/// Is told about every record, in order.
class BinaryListener {
 public:
  virtual ~BinaryListener() = default;
  /// One record. Returns whether more are wanted.
  virtual bool onData(int id, double value, const Metadata& metadata) = 0;
  /// After the last record.
  virtual void onEnd(const std::vector<int>& ids) { ended = ids.size(); }
  std::size_t ended = 0;
};

/// Sums what it is told.
class Summing : public BinaryListener {
 public:
  explicit Summing(double start = 0) : sum(start) {}
  bool onData(int, double value, const Metadata&) override {
    sum += value;
    return true;
  }
  virtual std::string describe() const { return "sum " + std::to_string(static_cast<int>(sum)); }
  double sum;
};

/// Tells a listener; false where it had enough.
inline bool readAll(BinaryListener& listener, int count) {
  const Metadata metadata{"speed", 7};
  std::vector<int> ids;
  for (int i = 0; i < count; ++i) {
    ids.push_back(i);
    if (!listener.onData(i, i * 0.5, metadata)) return false;
  }
  listener.onEnd(ids);
  return true;
}

/// The same on a thread of its own, which Python never saw.
inline bool readElsewhere(BinaryListener& listener, int count) {
  bool result = false;
  std::exception_ptr error;
  std::thread thread([&] {
    try {
      result = readAll(listener, count);
    } catch (...) {
      error = std::current_exception();
    }
  });
  thread.join();
  if (error) std::rethrow_exception(error);
  return result;
}

/// Reads over and over on a thread that nobody waits for, until the listener has enough or cannot be called.
inline void readForever(std::shared_ptr<BinaryListener> listener) {
  if (!listener) throw std::invalid_argument("there is no listener");
  std::thread([listener] {
    try {
      for (int i = 0; i < 100000 && readAll(*listener, 10); ++i) std::this_thread::sleep_for(std::chrono::microseconds(100));
    } catch (const std::exception&) {
    }
  }).detach();
}

inline std::string describe(const Summing& summing) { return summing.describe(); }

/// Its function gives a reference.
class Named {
 public:
  virtual ~Named() = default;
  virtual const std::string& name() const = 0;
};

/// On a thread where nobody catches what the functions throw: what they gave instead.
inline std::string readUncaught(BinaryListener& listener, const Named& named) {
  std::string text;
  std::thread([&] {
    text = listener.onData(1, 2, Metadata{}) ? "more" : "enough";
    listener.onEnd({1});
    text += named.name();
  }).join();
  return text;
}

}  // namespace listeners
