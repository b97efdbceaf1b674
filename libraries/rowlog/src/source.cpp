#include "source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "crc32c.h"

namespace rowlog::detail {
namespace {

// Records that somebody may have meant: small ids, none of them negative. Text and most other files have others.
bool looksLikeRecords(Bytes bytes) {
  constexpr std::uint32_t kPlausible = 1 << 20;
  const std::uint64_t count = std::min<std::uint64_t>(bytes.size() / kRecord, 64);
  for (std::uint64_t i = 0; i < count; ++i)
    if (load<std::uint32_t>(bytes.data() + i * kRecord) >= kPlausible) return false;
  return count > 0;
}

bool beginsAsALog(Bytes bytes) {
  return std::memcmp(bytes.data(), kChunkMagic, std::min(bytes.size(), sizeof kChunkMagic)) == 0;
}

}  // namespace

Input::Input(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a pipe would wait for somebody who writes to it.
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
  struct stat facts {};
  const int failed = ::fstat(file_, &facts) != 0 ? errno : S_ISDIR(facts.st_mode) ? EISDIR : 0;
  if (failed == 0 && S_ISREG(facts.st_mode)) return;
  ::close(file_);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), path.string());
  throw FormatError(path.string() + " is not a regular file");
}

Input::~Input() {
  if (file_ >= 0) ::close(file_);
}

std::uint64_t Input::size() const {
  if (file_ < 0) return bytes_.size();
  struct stat facts {};
  if (::fstat(file_, &facts) != 0) throw std::system_error(errno, std::generic_category(), "fstat");
  return static_cast<std::uint64_t>(facts.st_size);
}

std::shared_ptr<const Memory> Input::open(std::uint64_t offset, std::uint64_t size, bool map) const {
  if (file_ < 0) return Memory::borrow(bytes_.subspan(offset, size));
  return map ? Memory::map(file_, offset, size) : Memory::read(file_, offset, size);
}

Source::Source(const std::filesystem::path& path, std::uint32_t number, const ReadOptions& options)
    : path_(std::make_shared<const std::string>(path.string())),
      number_(number),
      input_(path),
      onError_(options.onError),
      layout_(options.layout),
      map_(options.map),
      given_(options.names) {}

Source::Source(Bytes bytes, std::uint32_t number, const ReadOptions& options)
    : path_(std::make_shared<const std::string>("<bytes>")),
      number_(number),
      input_(bytes),
      onError_(options.onError),
      layout_(options.layout),
      map_(true),
      given_(options.names) {}

std::vector<Damage> Source::damage() const {
  std::vector<Damage> all = damage_;
  if (tail_) all.push_back(*tail_);
  return all;
}

void Source::add(const Damage& damage) {
  if (onError_ == OnError::fail) throw DamageError(damage);
  if (onError_ == OnError::report) damage_.push_back(damage);
}

bool Source::startsLikeALog() const { return memory_ && beginsAsALog(memory_->bytes()); }

void Source::chooseLayout(Bytes bytes) {
  if (layout_ != Layout::automatic || bytes.empty()) return;
  if (beginsAsALog(bytes))
    layout_ = Layout::log;
  else if (looksLikeRecords(bytes))
    layout_ = Layout::records;
  else if (readTrailer(bytes, bytes.size()) || nextChunk(bytes, 0) < bytes.size())
    layout_ = Layout::log;
  else
    throw FormatError(*path_ + " is neither a row log nor a file of records");
}

std::vector<std::shared_ptr<Segment>> Source::advance(Names& names, const Effort& effort, bool& replaces) {
  const std::uint64_t size = input_.size();
  if (size < consumed_) throw FormatError(*path_ + " has become shorter while it was read");
  seen_ = size;
  base_ = consumed_;
  memory_ = input_.open(base_, size - base_, map_);
  tail_.reset();
  chooseLayout(memory_->bytes());
  // Segments that others read already keep the table that they have.
  if (ids_.use_count() > 1) ids_ = std::make_shared<IdTable>(*ids_);
  replaces = layout_ == Layout::records && rows_ > 0;
  if (layout_ == Layout::automatic) return {};
  const std::uint64_t before = consumed_;
  try {
    return layout_ == Layout::records ? readRecords(memory_->bytes(), names, effort) : readLog(memory_->bytes(), names);
  } catch (...) {
    consumed_ = before;
    throw;
  }
}

bool Source::learn(const IdMetadata& metadata, Names& names) {
  if (metadata.name.empty()) return false;
  if (metadata.name == kTimestamp && metadata.kind != ValueKind::integer) return false;
  const auto [known, fresh] = idsByName_.emplace(metadata.name, metadata.id);
  if (!fresh) return known->second == metadata.id && ids_->find(metadata.id).kind == metadata.kind;
  if (ids_->find(metadata.id).slot != IdTable::kNoSlot) {
    idsByName_.erase(known);
    return false;
  }
  const auto slot = names.add(metadata);
  if (!slot) {
    idsByName_.erase(known);
    return false;
  }
  ids_->set(metadata.id, {names[*slot].id, *slot, metadata.kind});
  if (metadata.name == kTimestamp) timestamp_ = metadata.id;
  return true;
}

void Source::learnNames(const std::vector<IdMetadata>& metadata, Names& names, std::uint64_t offset) {
  for (const IdMetadata& one : metadata)
    if (!learn(one, names))
      add({*path_, offset, 0, "id " + std::to_string(one.id) + " cannot be called \"" + one.name + "\", which is taken or known as another kind"});
}

std::shared_ptr<Segment> Source::segmentOf(Found found, Bytes bytes) const {
  auto segment = std::make_shared<Segment>();
  segment->path = path_;
  segment->offset = base_ + found.at;
  segment->length = found.header.length();
  segment->file = number_;
  segment->memory = memory_;
  segment->body = bytes.subspan(found.at + aligned(found.header.headerLength), found.header.bodyLength);
  segment->header = std::move(found.header);
  // Arrays are looked at where they lie, which is only aligned where nothing was lost or put in before them.
  if (segment->isColumns() && reinterpret_cast<std::uintptr_t>(segment->body.data()) % 8 != 0) {
    const auto copy = Memory::allocate(segment->body.size());
    std::memcpy(copy->data(), segment->body.data(), segment->body.size());
    segment->memory = copy;
    segment->body = copy->bytes();
  }
  return segment;
}

bool Source::tally(Segment& segment, Names& names) {
  const ChunkHeader& header = segment.header;
  for (std::uint32_t place = 0; place < header.ids.size(); ++place) {
    const IdStats& stats = header.ids[place];
    if (ids_->find(stats.id).slot == IdTable::kNoSlot) {
      const bool starts = stats.id == header.timestamp;
      learn({stats.id, starts ? kTimestamp : nameOfUnnamed(stats.id), stats.kind, "", ""}, names);
    }
    const IdTable::Known& known = ids_->find(stats.id);
    const bool fits = known.slot != IdTable::kNoSlot && known.kind == stats.kind &&
                      (stats.id == header.timestamp) == (names[known.slot].name == kTimestamp);
    if (!fits) {
      add(segment.damage("the chunk uses id " + std::to_string(stats.id) + " for something else than the file says"));
      return false;
    }
    segment.tallies.push_back({known.slot, place, stats.count});
  }
  std::sort(segment.tallies.begin(), segment.tallies.end(),
            [](const Tally& a, const Tally& b) { return a.slot < b.slot; });
  segment.ids = ids_;
  return true;
}

}  // namespace rowlog::detail
