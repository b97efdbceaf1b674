/// Whole files: checking, mending, sealing, making examples.
#pragma once

#include <rowlog/error.h>
#include <rowlog/reader.h>
#include <rowlog/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rowlog {

/// What `verify` found.
struct Report {
  std::string path;
  Layout layout = Layout::log;
  bool complete = false;  ///< Closed by its writer.
  bool sealed = false;    ///< All of its rows are in column chunks.
  std::uint64_t bytes = 0;
  std::size_t chunks = 0;  ///< Good ones.
  std::size_t rows = 0;
  std::uint64_t records = 0;
  std::vector<Damage> damage;

  bool good() const { return complete && damage.empty(); }
};

/// Reads and checks all of a file. Never throws for what is in the file.
Report verify(const std::filesystem::path& path, const Progress& progress = {});

/// Writes all that is good in a log to another file: a complete log of row chunks. `target` may be the source; it is whole
/// or as it was, whatever happens. The report says what was left out.
Report repair(const std::filesystem::path& source, const std::filesystem::path& target, const Progress& progress = {});

/// Adds the index to a file whose writer did not close it, in place; cuts off what a crash left behind it.
Report index(const std::filesystem::path& path);

struct SealOptions {
  /// Rows in a column chunk; 0 for all of them in one, so that every column is one piece of the file.
  std::size_t rowsPerChunk = 0;
  ReadOptions reading = {};
};

/// Writes logs as one sealed file, of column chunks. `target` may be the only source. Nothing is lost: rows come back
/// with their items in order.
void seal(const std::vector<std::filesystem::path>& sources, const std::filesystem::path& target,
          const SealOptions& options = {});

/// Writes a log as a file of nothing but records, `{int32 id, 8-byte value}`: names are lost.
void exportRecords(const Reader& reader, const std::filesystem::path& target);

/// Writes an example: `rows` rows of trades, quotes and signals, fourteen records a row on average (168 MB for a million),
/// the same for the same seed. As records, ids are 0 for the timestamp, then those of `exampleNames()`.
void generate(const std::filesystem::path& path, std::size_t rows, unsigned seed = 1, Layout layout = Layout::log,
              const Progress& progress = {});
/// What `generate` calls its ids.
std::vector<IdMetadata> exampleNames();

}  // namespace rowlog
