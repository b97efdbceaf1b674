#include "analyse.h"

namespace binary_reader {

Signals analyse(const RowReader& reader, double threshold) {
  Signals found;
  for (const Row& row : reader.getRows()) {
    for (const Item& item : row.items()) {
      if (reader.getIdName(item.id) != "signal") continue;
      const double value = std::visit([](auto plain) { return static_cast<double>(plain); }, item.value);
      if (value > threshold) {
        ++found.count;
        found.sum += value;
      }
    }
  }
  return found;
}

void write_log(const std::string& filename, long rows) {
  std::vector<IdMetadata> names = {{"timestamp", ValueKind::integer}, {"signal", ValueKind::real}};
  for (int i = 0; i < 6; ++i) {
    names.push_back({"price" + std::to_string(i), ValueKind::real});
    names.push_back({"size" + std::to_string(i), ValueKind::integer});
  }
  RowWriter writer(filename, names);
  for (long row = 0; row < rows; ++row) {
    writer.startRow(1682563241000000000 + row);
    for (int id = 1; id < 14; ++id) {
      if (names[static_cast<std::size_t>(id)].kind == ValueKind::real) {
        writer.write(id, static_cast<double>(row % 30) / 10);
      } else {
        writer.write(id, static_cast<std::int64_t>(row));
      }
    }
  }
  writer.close();
}

}  // namespace binary_reader
