/// A whole log as rows of items, read in the constructor.
#pragma once

#include <rowlog/reader.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace rowlog {

class RowReader {
 public:
  /// Reads and checks the file. Throws what `Reader` throws.
  explicit RowReader(const std::filesystem::path& filename, const ReadOptions& options = {});

  Rows getRows() const { return rows_; }
  /// The name of an id, as in "price". Throws std::out_of_range for an id that the log does not have.
  const std::string& getIdName(int id) const { return reader_.getIdName(id); }
  /// The rows whose item "signal" exceeds a threshold. Throws NoSuchName if the log does not have it.
  Rows getRowsWithSignalGreaterThan(double signal) const;
  const Reader& reader() const { return reader_; }

 private:
  Reader reader_;
  Rows rows_;
};

}  // namespace rowlog
