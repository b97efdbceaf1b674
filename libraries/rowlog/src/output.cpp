#include "output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "crc32c.h"

namespace rowlog::detail {
namespace {

// Smallest and greatest value so far; of reals, NaN aside.
class Extremes {
 public:
  void addInteger(std::uint64_t bits) {
    const auto value = static_cast<std::int64_t>(bits);
    least_ = std::min(least_, value);
    greatest_ = std::max(greatest_, value);
    ++count_;
  }
  void addReal(std::uint64_t bits) {
    const auto value = std::bit_cast<double>(bits);
    low_ = value < low_ ? value : low_;
    high_ = value > high_ ? value : high_;
    ++count_;
  }
  IdStats stats(std::int32_t id, ValueKind kind) const {
    if (kind == ValueKind::integer)
      return {id, kind, count_, static_cast<std::uint64_t>(least_), static_cast<std::uint64_t>(greatest_)};
    return {id, kind, count_, std::bit_cast<std::uint64_t>(low_), std::bit_cast<std::uint64_t>(high_)};
  }
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
  std::int64_t least_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest_ = std::numeric_limits<std::int64_t>::min();
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

int syncFile(int file) {
#ifdef __linux__
  return ::fdatasync(file);
#else
  return ::fsync(file);
#endif
}

struct Known {
  ValueKind kind = ValueKind::integer;
  Extremes extremes;
};

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path, How how) : path_(path) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
  if (file_ < 0) fail();
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0 || (how == How::fresh && ::ftruncate(file_, 0) != 0)) {
    const int problem = errno;
    ::close(file_);
    errno = problem;
    fail();
  }
}

OutputFile::~OutputFile() {
  if (file_ >= 0) ::close(file_);
}

void OutputFile::fail() const { throw std::system_error(errno, std::generic_category(), path_.string()); }

void OutputFile::write(std::span<const Bytes> parts) {
  std::vector<iovec> left;
  for (const Bytes part : parts)
    if (!part.empty()) left.push_back({const_cast<unsigned char*>(part.data()), part.size()});
  // Of several parts as many as there are; of a long one, which is worth being told of, a piece.
  constexpr std::size_t kAtATime = std::size_t{16} << 20;
  std::size_t first = 0;
  while (first < left.size()) {
    const bool isLong = left[first].iov_len > kAtATime;
    const iovec piece{left[first].iov_base, kAtATime};
    const auto count = isLong ? 1 : static_cast<int>(std::min<std::size_t>(left.size() - first, 64));
    const ssize_t written = ::pwritev(file_, isLong ? &piece : left.data() + first, count, static_cast<off_t>(offset_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    offset_ += static_cast<std::uint64_t>(written);
    auto rest = static_cast<std::size_t>(written);
    while (first < left.size() && rest >= left[first].iov_len) rest -= left[first++].iov_len;
    if (rest > 0) {
      left[first].iov_base = static_cast<unsigned char*>(left[first].iov_base) + rest;
      left[first].iov_len -= rest;
    }
    if (telling_) telling_->add(static_cast<std::uint64_t>(written));
  }
}

void OutputFile::sync() {
  if (syncFile(file_) != 0) fail();
}

void OutputFile::sync(Telling& telling) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
    int problem = 0;
  };
  const int own = ::dup(file_);
  if (own < 0) fail();
  const auto shared = std::make_shared<Shared>();
  const auto work = [shared, own] {
    const int failed = syncFile(own) == 0 ? 0 : errno;
    ::close(own);
    const std::lock_guard lock(shared->mutex);
    shared->problem = failed;
    shared->done = true;
    shared->ended.notify_one();
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error&) {
    work();  // no thread is to be had
  }
  std::unique_lock lock(shared->mutex);
  while (!shared->ended.wait_for(lock, std::chrono::milliseconds(10), [&] { return shared->done; })) {
    lock.unlock();
    telling.add(0);
    lock.lock();
  }
  errno = shared->problem;
  if (shared->problem != 0) fail();
}

void OutputFile::cut(std::uint64_t size) {
  if (::ftruncate(file_, static_cast<off_t>(size)) != 0) fail();
  offset_ = size;
}

void OutputFile::close() {
  const int file = file_;
  file_ = -1;
  if (file >= 0 && ::close(file) != 0) fail();
}

void PieceWriter::write(std::size_t size) {
  const Bytes piece(bytes_.data(), size);
  file_.write({&piece, 1});
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size));
}

void PieceWriter::writeWhole() {
  constexpr std::size_t kPiece = std::size_t{4} << 20;
  if (bytes_.size() >= kPiece) write(bytes_.size() / kPiece * kPiece);
}

void PieceWriter::finish() { write(bytes_.size()); }

ChunkHeader describeRows(Bytes records, std::int32_t timestamp, const std::vector<IdMetadata>& names) {
  constexpr std::uint32_t kDense = 1024;
  std::vector<Known> dense;
  std::map<std::int32_t, Known> rare;
  for (const IdMetadata& name : names) {
    const auto id = static_cast<std::uint32_t>(name.id);
    if (id >= kDense) {
      rare[name.id].kind = name.kind;
      continue;
    }
    if (id >= dense.size()) dense.resize(id + 1);
    dense[id].kind = name.kind;
  }
  for (std::size_t at = 0; at + kRecord <= records.size(); at += kRecord) {
    const auto id = load<std::uint32_t>(records.data() + at);
    const auto bits = load<std::uint64_t>(records.data() + at + 4);
    Known& known = id < dense.size() ? dense[id] : rare[static_cast<std::int32_t>(id)];
    if (known.kind == ValueKind::integer)
      known.extremes.addInteger(bits);
    else
      known.extremes.addReal(bits);
  }
  for (std::size_t id = 0; id < dense.size(); ++id)
    if (dense[id].extremes.count() > 0) rare[static_cast<std::int32_t>(id)] = dense[id];
  ChunkHeader header;
  header.kind = ChunkKind::rows;
  header.bodyLength = records.size();
  header.records = records.size() / kRecord;
  header.timestamp = timestamp;
  header.bodyCrc = crc32c(records.data(), records.size());
  for (const auto& [id, known] : rare) {
    if (known.extremes.count() == 0) continue;
    header.ids.push_back(known.extremes.stats(id, known.kind));
    if (id != timestamp) continue;
    header.rows = known.extremes.count();
    header.leastTime = static_cast<std::int64_t>(header.ids.back().least);
    header.greatestTime = static_cast<std::int64_t>(header.ids.back().greatest);
  }
  return header;
}

void Output::resume(const std::vector<IdMetadata>& names, const std::vector<IndexEntry>& entries, std::uint64_t end) {
  names_ = names;
  namesWritten_ = names.size();
  entries_ = entries;
  for (const IndexEntry& entry : entries) rows_ += entry.rows;
  file_.cut(end);
}

void Output::addName(const IdMetadata& name) { names_.push_back(name); }

void Output::writeChunk(ChunkHeader header, std::span<const Bytes> body) {
  static constexpr unsigned char zeros[kAlign] = {};
  header.firstRow = rows_;
  const std::uint64_t offset = file_.offset();
  const std::vector<unsigned char> head = writeHeader(header);
  std::vector<Bytes> parts{Bytes(head)};
  parts.insert(parts.end(), body.begin(), body.end());
  parts.emplace_back(zeros, aligned(header.bodyLength) - header.bodyLength);
  try {
    file_.write(parts);
  } catch (...) {
    // Half a chunk would hide what is written later, so that there is none.
    file_.cut(offset);
    throw;
  }
  entries_.push_back({offset, header.length(), header.firstRow, header.rows, header.leastTime, header.greatestTime,
                      static_cast<std::uint32_t>(header.kind)});
  rows_ += header.rows;
}

void Output::writePendingNames() {
  if (namesWritten_ == names_.size()) return;
  const std::vector<IdMetadata> fresh(names_.begin() + static_cast<std::ptrdiff_t>(namesWritten_), names_.end());
  std::vector<unsigned char> body;
  writeNames(body, fresh);
  ChunkHeader header;
  header.kind = ChunkKind::names;
  header.bodyLength = body.size();
  header.bodyCrc = crc32c(body.data(), body.size());
  const Bytes part(body);
  writeChunk(header, {&part, 1});
  namesWritten_ = names_.size();
}

void Output::writeRows(Bytes records, std::int32_t timestamp) {
  if (records.empty()) return;
  writePendingNames();
  writeChunk(describeRows(records, timestamp, names_), {&records, 1});
}

void Output::finish() {
  writePendingNames();
  const std::uint64_t offset = file_.offset();
  std::vector<unsigned char> body;
  writeIndex(body, names_, entries_);
  ChunkHeader header;
  header.kind = ChunkKind::index;
  header.bodyLength = body.size();
  header.bodyCrc = crc32c(body.data(), body.size());
  for (const IndexEntry& entry : entries_) header.rows += entry.rows;
  const std::uint64_t rows = header.rows;
  const Bytes part(body);
  writeChunk(header, {&part, 1});
  entries_.pop_back();
  rows_ = rows;
  const std::vector<unsigned char> trailer = writeTrailer({offset, file_.offset() + kTrailerSize});
  const Bytes last(trailer);
  file_.write({&last, 1});
}

}  // namespace rowlog::detail
