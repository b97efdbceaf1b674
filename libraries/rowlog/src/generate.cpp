// Example logs: invented trades and quotes, the same for the same seed on every machine.
#include <rowlog/tools.h>
#include <rowlog/writer.h>

#include <cmath>

#include "output.h"
#include "replacement.h"

namespace rowlog {
namespace {

enum Id : int { timestamp, tradeSize, price, bid, ask, bidSize, askSize, signal, orderSize };

// The generator of SplitMix64.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t bits = state_;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return (bits ^ bits >> 31) % bound;
  }

 private:
  std::uint64_t state_;
};

// Rows of fourteen records on average: the time, one to seven trades of a size and a price, a quote of four, and in half
// of the rows a signal and an order.
template <class Row, class Integer, class Real>
void inventRow(Chance& chance, std::uint64_t number, double& level, Row row, Integer integer, Real real) {
  const auto tenths = [](double value) { return std::round(value * 10.0) / 10.0; };
  row(1682563241000000000 + static_cast<std::int64_t>(number) * 1000000);
  for (std::uint64_t trades = 1 + chance.below(7); trades > 0; --trades) {
    level = tenths(level + (static_cast<double>(chance.below(11)) - 5.0) / 10.0);
    integer(tradeSize, static_cast<std::int64_t>(1 + chance.below(9)));
    real(price, level);
  }
  real(bid, tenths(level - 0.1));
  real(ask, tenths(level + 0.1));
  integer(bidSize, static_cast<std::int64_t>(1 + chance.below(100)));
  integer(askSize, static_cast<std::int64_t>(1 + chance.below(100)));
  if (chance.below(2) == 0) return;
  real(signal, (static_cast<double>(chance.below(30)) - 15.0) / 10.0);
  integer(orderSize, static_cast<std::int64_t>(1 + chance.below(5)));
}

class Teller {
 public:
  Teller(const Progress& progress, std::uint64_t rows) : progress_(progress), rows_(rows) {}
  void row(std::uint64_t number) const {
    if (progress_ && number % 16384 == 0) progress_(number * 168, rows_ * 168);
  }
  void end() const {
    if (progress_) progress_(rows_ * 168, rows_ * 168);
  }

 private:
  const Progress& progress_;
  std::uint64_t rows_;
};

void generateRecords(const std::filesystem::path& path, std::size_t rows, unsigned seed, const Teller& teller) {
  detail::OutputFile out(path, detail::OutputFile::How::fresh);
  detail::PieceWriter pieces(out);
  std::vector<unsigned char>& bytes = pieces.bytes();
  const auto record = [&](std::int32_t id, auto value) {
    const std::size_t end = bytes.size();
    bytes.resize(end + detail::kRecord);
    std::memcpy(bytes.data() + end, &id, 4);
    std::memcpy(bytes.data() + end + 4, &value, 8);
  };
  Chance chance(seed);
  double level = 4086.2;
  for (std::uint64_t number = 0; number < rows; ++number) {
    teller.row(number);
    inventRow(chance, number, level, [&](std::int64_t time) { record(timestamp, time); }, record, record);
    pieces.writeWhole();
  }
  pieces.finish();
  out.close();
}

void generateLog(const std::filesystem::path& path, std::size_t rows, unsigned seed, const Teller& teller) {
  Writer writer(path);
  for (const IdMetadata& name : exampleNames()) writer.define(name);
  Chance chance(seed);
  double level = 4086.2;
  const auto put = [&](int id, auto value) { writer.put(id, value); };
  for (std::uint64_t number = 0; number < rows; ++number) {
    teller.row(number);
    inventRow(chance, number, level, [&](std::int64_t time) { writer.row(time); }, put, put);
  }
  writer.close();
}

}  // namespace

std::vector<IdMetadata> exampleNames() {
  const auto integer = ValueKind::integer;
  const auto real = ValueKind::real;
  return {{timestamp, kTimestamp, integer, "ns", ""},
          {tradeSize, "trade_size", integer, "", "how much was traded"},
          {price, "price", real, "USD", "at which price"},
          {bid, "bid", real, "USD", "the best price that somebody would pay"},
          {ask, "ask", real, "USD", "the best price that somebody would take"},
          {bidSize, "bid_size", integer, "", ""},
          {askSize, "ask_size", integer, "", ""},
          {signal, "signal", real, "", "what a model makes of it"},
          {orderSize, "order_size", integer, "", "what was ordered upon it"}};
}

void generate(const std::filesystem::path& path, std::size_t rows, unsigned seed, Layout layout,
              const Progress& progress) {
  detail::Replacement replacement(path);
  const Teller teller(progress, rows);
  if (layout == Layout::records)
    generateRecords(replacement.path(), rows, seed, teller);
  else
    generateLog(replacement.path(), rows, seed, teller);
  replacement.putInPlace();
  teller.end();
}

}  // namespace rowlog
