// dovetail: rules."Server::run" = { interrupt = "stop" }
// dovetail: rules."Server::wait_const" = { interrupt = "stop" }
// dovetail: rules.spin = { interrupt = "end_spin" }
// dovetail: rules."Server::name_when_done" = { interrupt = "stop" }
// dovetail: rules."Server::each" = { interrupt = "stop" }
// dovetail: rules.work = { release-gil = true }
// dovetail: rules."Slow::Slow" = { release-gil = true }
// dovetail: rules.Tally = { lock = "object" }
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace blocking {

class Server {
 public:
  /// Serves that many rounds, and "until stopped" as many as it takes.
  int run(const std::string& how, int rounds = 0) {
    stopped_ = false;
    int made = 0;
    while (!stopped_ && (how == "until stopped" || (how == "rounds" && made < rounds))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ++made;
    }
    return made;
  }
  void wait_const(const std::string& how) const {
    while (!stopped_ && how == "until stopped") std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::string& name_when_done(bool fail) {
    if (fail) throw std::out_of_range("no name");
    return name_;
  }
  /// Calls back until stop() is called or the callback raises.
  int each(const std::string& how, const std::function<void(int)>& callback) {
    stopped_ = false;
    int i = 0;
    for (; !stopped_ && how == "until stopped"; ++i) callback(i);
    return i;
  }
  void stop() {
    stopped_ = true;
    ++stops;
  }
  bool stopped() const { return stopped_; }
  std::atomic<int> stops = 0;
  int count_stops() const { return stops; }

 private:
  std::atomic<bool> stopped_ = false;
  std::string name_ = "server";
};

inline std::atomic<bool> spinning = false;
inline void spin(const std::string& how) {
  spinning = how == "until stopped";
  while (spinning) std::this_thread::yield();
}
inline void end_spin() { spinning = false; }

inline void work(const std::string& how) {
  if (how == "a while") std::this_thread::sleep_for(std::chrono::milliseconds(150));
}

inline std::atomic<int> being_made = 0;

/// Waits until another one is being made too, or some seconds.
class Slow {
 public:
  explicit Slow(const std::string& how) {
    if (how == "fail") throw std::invalid_argument("it failed");
    if (how != "in company") return;
    ++being_made;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (being_made < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    in_company = being_made >= 2;
  }
  bool in_company = false;
};

/// Not safe to be used by two threads at a time.
class Tally {
 public:
  void add(int n) {
    const int before = total;
    for (int i = 0; i < n; ++i) ++seen_;
    total = before + n;
  }
  int total = 0;

 private:
  int seen_ = 0;
};

}  // namespace blocking
