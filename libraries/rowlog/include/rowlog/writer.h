/// Writing logs.
#pragma once

#include <rowlog/rows.h>
#include <rowlog/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rowlog {

struct WriteOptions {
  /// Go on with an existing log, from the end of its last good chunk; a file that is not there is begun.
  bool append = false;
  /// How many bytes of records are gathered before they are written.
  std::size_t chunkBytes = 1 << 20;
};

/// Writes a log. What was flushed survives the end of the process, what was synced the end of the machine's power. Only
/// one writer has a file at a time: another one's constructor throws std::system_error. A writer is for one thread at a
/// time.
///
///     Writer log("trades.rlog");
///     const int price = log.define("price");
///     log.row(now);
///     log.put(price, 4086.2);
///     log.close();
class Writer {
 public:
  /// Throws std::system_error for a file that cannot be written, FormatError for one to append to that is not a log.
  explicit Writer(const std::filesystem::path& path, const WriteOptions& options = {});
  /// Closes; `close` tells what goes wrong, the destructor cannot.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Gives a name an id: the one it has, if the log knows it already. Throws std::invalid_argument if it is known as
  /// another kind.
  int define(const std::string& name, ValueKind kind = ValueKind::real, const std::string& unit = "",
             const std::string& text = "");
  /// The same with an id of one's own. Throws std::invalid_argument for a negative id, and for one that is taken.
  void define(const IdMetadata& metadata);
  /// What is defined, and what an appended file had defined.
  const std::vector<IdMetadata>& ids() const;

  /// Starts a row.
  void row(std::int64_t nanotime) {
    if (next_ >= rowLimit_) makeRoom();
    store(timestamp_, static_cast<std::uint64_t>(nanotime));
    inRow_ = true;
  }
  /// Adds an integer to the row that was started last; to a real id as the real number it is. Throws
  /// std::invalid_argument if the id is not defined, std::logic_error if there is no row.
  void put(int id, std::int64_t value) {
    const Kind kind = kindOf(id);
    if (kind == Kind::real) return putReal(id, static_cast<double>(value));
    if (kind == Kind::unknown) refuse(id);
    if (next_ >= limit_ || !inRow_) prepare();
    store(id, static_cast<std::uint64_t>(value));
  }
  /// Adds a real number. Throws std::invalid_argument if the id is not defined, or defined for integers.
  void put(int id, double value) {
    if (kindOf(id) != Kind::real) refuse(id);
    putReal(id, value);
  }
  /// Adds whole rows of another log, as they are; names that are new here are defined.
  void write(const Rows& rows);
  /// Adds as many rows as there are times, each with one value of every id: `values` has those of the first row, then
  /// those of the second.
  void writeTable(std::span<const std::int64_t> times, const std::vector<int>& ids, std::span<const double> values);

  /// Writes what has been gathered, so that readers see it. Ends the row.
  void flush();
  /// The same, and waits until the disk has it.
  void sync();
  /// Writes the index and ends the file.
  void close();
  /// Closes, and turns the file into a sealed one, as `seal` does.
  void seal();
  bool isOpen() const;

  std::filesystem::path path() const;
  std::uint64_t rowCount() const;
  /// How many records there are, those included that are still gathered.
  std::uint64_t recordCount() const;

 private:
  struct State;
  enum class Kind : std::uint8_t { integer, real, unknown };

  Kind kindOf(int id) const {
    return static_cast<std::uint32_t>(id) < kinds_.size() ? kinds_[static_cast<std::size_t>(id)] : rareKind(id);
  }
  void putReal(int id, double value) {
    if (next_ >= limit_ || !inRow_) prepare();
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    store(id, bits);
  }
  void store(std::int32_t id, std::uint64_t bits) {
    std::memcpy(next_, &id, sizeof id);
    std::memcpy(next_ + 4, &bits, sizeof bits);
    next_ += 12;
  }
  Kind rareKind(int id) const;
  void know(const IdMetadata& metadata);
  void useBuffer(std::size_t used);
  void makeRoom();
  void prepare();
  [[noreturn]] void refuse(int id) const;

  // What `put` needs of the state is here, so that it is a few instructions.
  unsigned char* next_ = nullptr;
  unsigned char* rowLimit_ = nullptr;
  unsigned char* limit_ = nullptr;
  std::int32_t timestamp_ = 0;
  bool inRow_ = false;
  std::vector<Kind> kinds_;
  std::unique_ptr<State> state_;
};

}  // namespace rowlog
