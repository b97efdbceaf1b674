/// Rows as tables, for libraries that read Arrow.
#pragma once

#include <rowlog/arrow.h>
#include <rowlog/reader.h>
#include <rowlog/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rowlog {

namespace detail {
struct TableSource;
}

enum class TableShape {
  tall,  ///< A line for each item, in order: `time`, `row`, `name` (a dictionary), `value`.
  wide,  ///< A line for each row: `time`, and a column for each name, null where a row does not have it.
};

/// What a wide table shows of a name that a row has several times.
enum class Repeats {
  first,
  last,
  list,  ///< All of them: every column but the time is one of lists.
};

struct TableOptions {
  TableShape shape = TableShape::tall;
  /// The names that it shows; none: all but the timestamp.
  std::vector<std::string> names = {};
  Repeats repeats = Repeats::last;
  /// In a wide table, the value that the name had last instead of null.
  bool fill = false;
  /// Rows of the log in a batch of the stream.
  std::size_t batchRows = 65536;
};

/// Rows of a log as a table. Times are timestamps in nanoseconds, integers int64, reals float64; the values of a tall table
/// are int64 where all of its names are integers, else float64, which has integers beyond 2^53 only nearly.
class Table {
 public:
  /// Works out the columns that it needs. Throws NoSuchName for a name that the log does not have,
  /// std::invalid_argument for options that contradict one another.
  Table(const Reader& log, const Selection& rows, const TableOptions& options = {});

  /// What its columns are called.
  std::vector<std::string> columns() const;
  /// Rows of the log.
  std::size_t rowCount() const;
  /// A struct of all columns. To be released.
  ArrowSchema schema() const;
  /// All rows, batch by batch. May outlive the table and the reader. To be released.
  ArrowArrayStream stream() const;

 private:
  std::shared_ptr<const detail::TableSource> source_;
};

}  // namespace rowlog
