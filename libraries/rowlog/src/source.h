// One file of a log: what was found in it so far, and what may still be appended.
#pragma once

#include <rowlog/reader.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "memory.h"
#include "names.h"
#include "segment.h"
#include "work.h"

namespace rowlog::detail {

// An open file, or bytes in memory.
class Input {
 public:
  explicit Input(const std::filesystem::path& path);
  explicit Input(Bytes bytes) : bytes_(bytes) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  std::uint64_t size() const;
  std::shared_ptr<const Memory> open(std::uint64_t offset, std::uint64_t size, bool map) const;

 private:
  int file_ = -1;
  Bytes bytes_;
};

class Source {
 public:
  // Throws std::system_error for a file that cannot be opened.
  Source(const std::filesystem::path& path, std::uint32_t number, const ReadOptions& options);
  Source(Bytes bytes, std::uint32_t number, const ReadOptions& options);

  // Reads on from where it stopped before: the segments that are new. `replaces` says that the last one that was given
  // before is among them anew, longer. What is damaged is thrown as DamageError, or left out. New names go to `names`.
  std::vector<std::shared_ptr<Segment>> advance(Names& names, const Effort& effort, bool& replaces);

  const std::string& path() const { return *path_; }
  bool isComplete() const { return complete_; }
  bool isRecords() const { return layout_ == Layout::records; }
  std::vector<Damage> damage() const;
  void add(const Damage& damage);  // throws it, keeps it, or passes over it
  // Has the file grown since the last look?
  bool hasMore() const { return input_.size() != seen_; }
  std::uint64_t size() const { return seen_; }
  std::uint64_t dataEnd() const { return consumed_; }
  std::size_t chunks() const { return chunks_; }
  // Does what was read last begin as a log does?
  bool startsLikeALog() const;

 private:
  using Segments = std::vector<std::shared_ptr<Segment>>;
  struct Found {  // a chunk of rows
    ChunkHeader header;
    std::uint64_t at = 0;
  };

  void chooseLayout(Bytes bytes);
  Segments readLog(Bytes bytes, Names& names);
  std::vector<Found> findChunks(Bytes bytes, Names& names);
  // What is to be read where no chunk begins at `at`: from where one begins again after `before`, or the end.
  std::uint64_t passDamage(Bytes bytes, std::uint64_t before, std::uint64_t at, const HeaderFault& fault);
  std::uint64_t nextChunk(Bytes bytes, std::uint64_t after) const;
  void readIndexAtEnd(Bytes bytes, Names& names);
  void learnNames(const std::vector<IdMetadata>& metadata, Names& names, std::uint64_t offset);
  // Makes an id known; false if it cannot be called so.
  bool learn(const IdMetadata& metadata, Names& names);
  std::shared_ptr<Segment> segmentOf(Found found, Bytes bytes) const;
  bool tally(Segment& segment, Names& names);
  void dropTornEnd(Segments& segments);

  Segments readRecords(Bytes bytes, Names& names, const Effort& effort);
  Segments cutRecords(Bytes bytes);
  void guessNames(const Segments& segments, Names& names);

  std::shared_ptr<const std::string> path_;
  std::uint32_t number_;
  Input input_;
  OnError onError_;
  Layout layout_;
  bool map_;
  std::vector<IdMetadata> given_;

  std::shared_ptr<IdTable> ids_ = std::make_shared<IdTable>();
  std::unordered_map<std::string, std::int32_t> idsByName_;
  std::optional<std::int32_t> timestamp_;
  std::shared_ptr<const Memory> memory_;
  std::uint64_t base_ = 0;      // where in the file memory_ begins
  std::uint64_t consumed_ = 0;  // up to where chunks or records were taken in
  std::uint64_t seen_ = 0;      // how long the file was
  std::uint64_t rows_ = 0;
  std::size_t chunks_ = 0;
  bool complete_ = false;
  std::optional<Index> index_;
  std::vector<Damage> damage_;
  std::optional<Damage> tail_;  // the torn end, which may yet become whole
};

}  // namespace rowlog::detail
