// Small logs to test with, and what is in them.
#pragma once

#include <rowlog/rowlog.h>

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace sample {

namespace fs = std::filesystem;

// A folder that is gone at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "rowlog-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

using Content = std::vector<unsigned char>;

inline Content contentOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void writeFile(const fs::path& path, const Content& bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// A row as something that can be compared and kept.
struct PlainRow {
  std::int64_t time = 0;
  std::vector<rowlog::Item> items;
  bool operator==(const PlainRow&) const = default;
};

inline PlainRow plain(const rowlog::Row& row) {
  const auto items = row.items();
  return {row.nanotime(), {items.begin(), items.end()}};
}

inline std::vector<PlainRow> plain(const rowlog::Rows& rows) {
  std::vector<PlainRow> all;
  for (const auto row : rows) all.push_back(plain(row));
  return all;
}

// Ragged rows: ids that are there twice, once, or not at all; the last of them without any item.
inline std::vector<PlainRow> raggedRows(int count, std::int64_t start = 1000) {
  std::vector<PlainRow> rows;
  for (int i = 0; i < count; ++i) {
    PlainRow row{start + 10 * i, {}};
    for (int k = 0; k < i % 3; ++k) {
      row.items.emplace_back(1, std::int64_t{100 * i + k});
      row.items.emplace_back(2, 0.5 * i - k);
    }
    if (i % 2 == 0) row.items.emplace_back(3, 1.0 * i);
    rows.push_back(row);
  }
  return rows;
}

inline void define(rowlog::Writer& writer) {
  writer.define({0, "timestamp", rowlog::ValueKind::integer, "ns", ""});
  writer.define({1, "size", rowlog::ValueKind::integer, "", ""});
  writer.define({2, "price", rowlog::ValueKind::real, "USD", "what was paid"});
  writer.define({3, "signal", rowlog::ValueKind::real, "", ""});
}

inline void put(rowlog::Writer& writer, const PlainRow& row) {
  writer.row(row.time);
  for (const auto& item : row.items) std::visit([&](auto value) { writer.put(item.id, value); }, item.value());
}

// A log of several chunks: a flush after every `perChunk` rows.
inline void writeLog(const fs::path& path, const std::vector<PlainRow>& rows, std::size_t perChunk = 1000,
                     bool append = false) {
  rowlog::WriteOptions options;
  options.append = append;
  rowlog::Writer writer(path, options);
  if (!append) define(writer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    put(writer, rows[i]);
    if ((i + 1) % perChunk == 0) writer.flush();
  }
  writer.close();
}

inline rowlog::ReadOptions with(rowlog::OnError onError) {
  rowlog::ReadOptions options;
  options.onError = onError;
  options.threads = 1;
  return options;
}

}  // namespace sample
