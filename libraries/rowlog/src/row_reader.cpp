#include <rowlog/row_reader.h>

namespace rowlog {

RowReader::RowReader(const std::filesystem::path& filename, const ReadOptions& options)
    : reader_(filename, options), rows_(reader_.rows()) {
  reader_.prepareRows();
}

Rows RowReader::getRowsWithSignalGreaterThan(double signal) const {
  return reader_.where(Filter::greater("signal", signal)).rows();
}

}  // namespace rowlog
