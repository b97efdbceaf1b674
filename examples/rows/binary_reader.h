/// Binary row logs: a file of small timestamped readings, read back as rows.
///
/// A log starts with the names of its ids and goes on with records of twelve bytes, `{int32 id, 8-byte value}`. A record
/// of the id named "timestamp" starts a row; the records after it are the items of that row. Little endian throughout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

namespace binary_reader {

constexpr int API_VERSION = 1;

/// What a record carries; the metadata of its id says which of the two.
using BData = std::variant<std::int64_t, double>;

enum class ValueKind { integer, real };

/// What a log says about one id.
struct IdMetadata {
  std::string name;
  ValueKind kind = ValueKind::integer;

  bool operator==(const IdMetadata&) const = default;
};

/// One reading.
struct Item {
  int id = 0;
  BData value;

  bool operator==(const Item&) const = default;
};

/// The readings taken at one moment.
class Row {
 public:
  explicit Row(std::int64_t nanotime) : nanotime_(nanotime) {}

  /// Nanoseconds since 1970.
  std::int64_t nanotime() const { return nanotime_; }
  const std::vector<Item>& items() const { return items_; }

  bool operator==(const Row&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Row& row);

 private:
  friend class RowReader;

  std::int64_t nanotime_;
  std::vector<Item> items_;
};

/// Is told about every record of a log, in order.
class BinaryListener {
 public:
  virtual ~BinaryListener() = default;
  virtual void onData(int id, BData data, const IdMetadata& metadata) = 0;
};

/// A log in memory, and the walk over its records.
class BinaryReader {
 public:
  /// Throws std::system_error if the file cannot be read, std::runtime_error if it is not a log.
  explicit BinaryReader(const std::string& filename);

  const std::map<int, IdMetadata>& metadata() const { return metadata_; }
  std::size_t recordCount() const;

  /// Calls the listener once for each record.
  void readAll(BinaryListener& listener) const;

 private:
  std::string filename_;
  std::vector<unsigned char> bytes_;
  std::size_t firstRecord_ = 0;
  std::map<int, IdMetadata> metadata_;
};

/// A whole log as rows.
class RowReader : public BinaryListener {
 public:
  explicit RowReader(const std::string& filename);

  void onData(int id, BData data, const IdMetadata& metadata) override;

  /// The name of an id, as in "price". Throws std::out_of_range for an id the log does not have.
  const std::string& getIdName(int id) const;
  const std::vector<Row>& getRows() const { return rows_; }

  /// Copies of the rows whose item "signal" exceeds a threshold.
  std::vector<Row> getRowsWithSignalGreaterThan(double signal) const;

 private:
  std::map<int, IdMetadata> metadata_;
  std::vector<Row> rows_;
};

/// Writes a log that BinaryReader reads.
class RowWriter {
 public:
  /// Starts a new file; names[i] is the metadata of id i, and one of them has to be "timestamp".
  RowWriter(const std::string& filename, const std::vector<IdMetadata>& names);
  ~RowWriter();

  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  void startRow(std::int64_t nanotime);
  /// Adds a reading to the row that was started last. Throws std::invalid_argument if the value does not suit the id.
  void write(int id, BData value);
  /// Writes what is still in memory; the destructor does the same, but cannot report a full disk.
  void close();

 private:
  void put(int id, BData value);
  void flush();

  std::string filename_;
  std::FILE* file_;
  std::vector<IdMetadata> names_;
  int timestamp_ = -1;
  std::vector<unsigned char> buffer_;
};

/// Writes a log of invented trades and orders, `rows` rows long, the same for the same seed.
void writeExampleLog(const std::string& filename, std::int64_t rows, unsigned seed = 1);

}  // namespace binary_reader
