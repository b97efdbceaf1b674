// A log that is written: chunks one after the other, then the index and the trailer. Knows records, not rows as callers
// see them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "format.h"
#include "work.h"

namespace rowlog::detail {

// A file open for writing, and nobody else's meanwhile.
class OutputFile {
 public:
  enum class How { fresh, append };

  // Throws std::system_error.
  OutputFile(const std::filesystem::path& path, How how);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::span<const Bytes> parts);
  void sync();
  // The same, telling meanwhile; what that throws comes out at once, and the system goes on by itself.
  void sync(Telling& telling);
  // From now on, what is written is told.
  void tellTo(Telling* telling) { telling_ = telling; }
  void cut(std::uint64_t size);  // and writes on from there
  void close();
  bool isOpen() const { return file_ >= 0; }
  std::uint64_t offset() const { return offset_; }
  int descriptor() const { return file_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t offset_ = 0;
  Telling* telling_ = nullptr;
};

// Gathers bytes, and writes them in pieces that begin and end where huge pages do. The system then keeps the file in such
// pages, and whoever maps it later has it at once.
class PieceWriter {
 public:
  explicit PieceWriter(OutputFile& file) : file_(file) {}

  // To append to; `writeWhole` from time to time writes those pieces that are full.
  std::vector<unsigned char>& bytes() { return bytes_; }
  void writeWhole();
  void finish();

 private:
  void write(std::size_t size);

  OutputFile& file_;
  std::vector<unsigned char> bytes_;
};

class Output {
 public:
  Output(const std::filesystem::path& path, OutputFile::How how) : file_(path, how) {}

  OutputFile& file() { return file_; }
  const OutputFile& file() const { return file_; }
  // Goes on behind the chunks that are there.
  void resume(const std::vector<IdMetadata>& names, const std::vector<IndexEntry>& entries, std::uint64_t end);

  void addName(const IdMetadata& name);
  const std::vector<IdMetadata>& names() const { return names_; }
  std::uint64_t rows() const { return rows_; }
  const std::vector<IndexEntry>& entries() const { return entries_; }

  // Rows, as records. Names that are new are written before them.
  void writeRows(Bytes records, std::int32_t timestamp);
  // A chunk whose body the caller made; its place among the rows is filled in. `body` goes into the file one part after
  // the other.
  void writeChunk(ChunkHeader header, std::span<const Bytes> body);
  void writePendingNames();
  void finish();

 private:
  OutputFile file_;
  std::vector<IdMetadata> names_;
  std::size_t namesWritten_ = 0;
  std::vector<IndexEntry> entries_;
  std::uint64_t rows_ = 0;
};

// The header of records that begin with a row: counts, smallest and greatest values. `kinds` says what the ids are.
ChunkHeader describeRows(Bytes records, std::int32_t timestamp, const std::vector<IdMetadata>& names);

}  // namespace rowlog::detail
