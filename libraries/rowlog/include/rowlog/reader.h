/// Reading logs: of one file or several, all at once or as they grow.
#pragma once

#include <rowlog/column.h>
#include <rowlog/error.h>
#include <rowlog/filter.h>
#include <rowlog/listener.h>
#include <rowlog/rows.h>
#include <rowlog/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rowlog {

namespace detail {
struct Inside;
}

/// What becomes of damaged parts of a file. A chunk that a crash cut off at the end of a file is left out and reported
/// whatever is chosen here.
enum class OnError {
  fail,    ///< DamageError, at the latest when the damaged part is needed.
  skip,    ///< They are left out. All is checked when the file is opened.
  report,  ///< The same, and `Reader::damage()` lists them.
};

/// What kind of file it is.
enum class Layout {
  automatic,  ///< A row log if there is anything of one in it, else records.
  log,        ///< A row log (docs/format.md).
  records,    ///< Nothing but records of twelve bytes, {int32 id, 8-byte value}.
};

/// How the rows of several files come together.
enum class Order {
  byFile,  ///< One file after the other, as they were given.
  byTime,  ///< By the times of the rows; those of one file stay in their order. Copies what overlaps.
};

struct ReadOptions {
  OnError onError = OnError::fail;
  Layout layout = Layout::automatic;
  Order order = Order::byFile;
  /// Map files into memory instead of reading them. A mapped file must not be made shorter while it is read.
  bool map = true;
  /// How many threads a call may use; 0 for as many as the process has processors.
  unsigned threads = 0;
  /// What the ids are called, for files that do not say it; for others, what is not said there.
  std::vector<IdMetadata> names = {};
  Progress progress = {};
};

/// Rows of a log, as numbers of rows in order.
class Selection {
 public:
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Rows rows() const;
  /// The numbers of the chosen rows in the log.
  std::vector<std::uint32_t> rowNumbers() const;
  /// The values of a name in the chosen rows.
  std::shared_ptr<const Column> column(const std::string& name) const;
  /// Those of the rows that fulfil a condition, too.
  Selection where(const Filter& filter) const;
  /// A stretch of these rows: [first, last).
  Selection slice(std::size_t first, std::size_t last) const;

 private:
  friend class Reader;
  Selection(std::shared_ptr<const detail::Contents> contents, std::size_t first, std::size_t count);
  Selection(std::shared_ptr<const detail::Contents> contents, std::shared_ptr<const std::vector<std::uint32_t>> chosen);

  std::shared_ptr<const detail::Contents> contents_;
  std::shared_ptr<const std::vector<std::uint32_t>> chosen_;  // unless it is a stretch
  bool isStretch_ = true;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// An open log. All const methods may be called by several threads at a time, and none of them holds up another for
/// longer than it takes to work out a column that both want.
class Reader {
 public:
  /// Throws std::system_error for a file that cannot be read, FormatError for one that is not a log, DamageError.
  explicit Reader(const std::filesystem::path& path, const ReadOptions& options = {});
  /// Several files as one log. Ids are told apart by their names; where files use one id for two names, the later name
  /// gets another id.
  explicit Reader(const std::vector<std::filesystem::path>& paths, const ReadOptions& options = {});
  /// A log in memory, which has to stay there.
  static Reader overBytes(std::span<const unsigned char> bytes, const ReadOptions& options = {});

  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&& other) noexcept;
  ~Reader();

  std::vector<std::string> paths() const;
  /// What all ids are called, in the order in which the files introduce them.
  std::vector<IdMetadata> ids() const;
  /// The name of an id, as in "price". Throws std::out_of_range for an id that the log does not have.
  const std::string& getIdName(int id) const;
  std::optional<int> findId(const std::string& name) const;

  std::size_t rowCount() const;
  /// All records, those that start rows included.
  std::uint64_t recordCount() const;
  /// How many values a name has. Throws NoSuchName for a name that the log does not have.
  std::uint64_t count(const std::string& name) const;
  /// The smallest and the greatest time of a row, if there is a row.
  std::optional<std::pair<std::int64_t, std::int64_t>> timeRange() const;

  Rows rows() const;
  /// All values of a name; the timestamps are a column like others. Worked out at the first call, together with those of
  /// `columns`. Throws NoSuchName for a name that the log does not have.
  std::shared_ptr<const Column> column(const std::string& name) const;
  /// All columns, in the order of `ids()`, in one go.
  std::vector<std::shared_ptr<const Column>> columns() const;
  /// The rows that fulfil a condition. Throws NoSuchName for a name that the log does not have.
  Selection where(const Filter& filter) const;
  /// A stretch of rows: [first, last), as far as there are.
  Selection slice(std::size_t first, std::size_t last) const;
  /// Calls the listener once for each record, in order.
  void readAll(BinaryListener& listener) const;

  /// What was left out, and where.
  std::vector<Damage> damage() const;
  /// Every file was closed by its writer: it has an index of all that is in it.
  bool isComplete() const;
  /// Checks all that has not been needed yet. Throws DamageError where the options say so.
  void verify() const;
  /// Checks all, and finds where the rows are, which is else done when a row is first asked for.
  void prepareRows() const;

  /// Takes in what was appended to the files, if anything was. Rows, selections and columns that were given before stay
  /// as they are.
  bool poll();
  /// The same, after waiting until there is something; false if there is not after so many seconds.
  bool wait(double seconds);

  /// Ends calls that other threads have made, by the exception Cancelled. For any thread.
  void cancel() const;

 private:
  friend struct detail::Inside;
  struct State;
  explicit Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rowlog
