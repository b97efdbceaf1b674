#include <rowlog/writer.h>

#include <rowlog/reader.h>
#include <rowlog/tools.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <unordered_map>

#include "contents.h"
#include "output.h"
#include "source.h"

namespace rowlog {

using detail::Bytes;
using detail::kRecord;

namespace {

constexpr std::size_t kLongestText = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t kDenseIds = 65536;
constexpr std::size_t kLeastBuffer = 64 * kRecord;

}  // namespace

struct Writer::State {
  State(const std::filesystem::path& path, const WriteOptions& options)
      : out(path, options.append ? detail::OutputFile::How::append : detail::OutputFile::How::fresh),
        chunk(std::max(options.chunkBytes / kRecord * kRecord, kLeastBuffer)),
        buffer(chunk + 2 * kRecord) {}

  void resume();

  detail::Output out;
  std::size_t chunk;  // bytes of records that make a chunk full
  std::vector<unsigned char> buffer;
  std::unordered_map<std::string, int> byName;
  std::unordered_map<int, Writer::Kind> rare;
  int nextId = 0;
  std::uint64_t recordsWritten = 0;
  std::uint64_t rowsWritten = 0;
};

// Reads what is there, and goes on behind the last good chunk.
void Writer::State::resume() {
  ReadOptions options;
  options.onError = OnError::skip;
  options.layout = Layout::log;
  detail::Source source(out.file().path(), 0, options);
  detail::Names names;
  bool replaces = false;
  auto segments = source.advance(names, {}, replaces);
  if (source.size() > 0 && segments.empty() && !source.startsLikeALog())
    throw FormatError(source.path() + " is not a row log");
  std::vector<detail::IndexEntry> entries;
  for (const auto& segment : segments) {
    const auto& header = segment->header;
    entries.push_back({segment->offset, segment->length, 0, header.rows, header.leastTime, header.greatestTime,
                       static_cast<std::uint32_t>(header.kind)});
    entries.back().firstRow = rowsWritten;
    rowsWritten += header.rows;
    recordsWritten += header.records;
  }
  out.resume(names.all(), entries, source.dataEnd());
}

Writer::Writer(const std::filesystem::path& path, const WriteOptions& options)
    : state_(std::make_unique<State>(path, options)) {
  useBuffer(0);
  if (options.append) state_->resume();
  for (const IdMetadata& metadata : state_->out.names()) know(metadata);
  if (const auto found = state_->byName.find(kTimestamp); found != state_->byName.end())
    timestamp_ = found->second;
  else
    timestamp_ = define(kTimestamp, ValueKind::integer, "ns");
}

Writer::~Writer() {
  try {
    if (state_ && isOpen()) close();
  } catch (...) {
    // Nobody is left to be told.
  }
}

void Writer::know(const IdMetadata& metadata) {
  const Kind kind = metadata.name == kTimestamp ? Kind::unknown
                    : metadata.kind == ValueKind::integer ? Kind::integer
                                                          : Kind::real;
  state_->byName.emplace(metadata.name, metadata.id);
  const auto id = static_cast<std::uint32_t>(metadata.id);
  if (id < kDenseIds) {
    if (id >= kinds_.size()) kinds_.resize(id + 1, Kind::unknown);
    kinds_[id] = kind;
  }
  state_->rare[metadata.id] = kind;
  state_->nextId = std::max(state_->nextId, metadata.id == std::numeric_limits<int>::max() ? 0 : metadata.id + 1);
}

int Writer::define(const std::string& name, ValueKind kind, const std::string& unit, const std::string& text) {
  if (const auto found = state_->byName.find(name); found != state_->byName.end()) {
    const ValueKind known = name == kTimestamp || kindOf(found->second) == Kind::integer ? ValueKind::integer : ValueKind::real;
    if (known != kind) throw std::invalid_argument("\"" + name + "\" is known as another kind");
    return found->second;
  }
  while (state_->rare.contains(state_->nextId)) ++state_->nextId;
  const int id = state_->nextId;
  define(IdMetadata{id, name, kind, unit, text});
  return id;
}

void Writer::define(const IdMetadata& metadata) {
  if (!isOpen()) throw std::logic_error("the log is closed");
  if (metadata.id < 0) throw std::invalid_argument("an id cannot be negative");
  if (metadata.name.empty()) throw std::invalid_argument("a name cannot be empty");
  for (const std::string* text : {&metadata.name, &metadata.unit, &metadata.text})
    if (text->size() > kLongestText) throw std::invalid_argument("a text is longer than 65535 bytes");
  if (metadata.name == kTimestamp && metadata.kind != ValueKind::integer)
    throw std::invalid_argument("timestamps are integers");
  if (state_->byName.contains(metadata.name) && std::find(ids().begin(), ids().end(), metadata) != ids().end()) return;
  if (state_->rare.contains(metadata.id))
    throw std::invalid_argument("id " + std::to_string(metadata.id) + " is taken");
  if (state_->byName.contains(metadata.name))
    throw std::invalid_argument("\"" + metadata.name + "\" has another id");
  state_->out.addName(metadata);
  know(metadata);
}

const std::vector<IdMetadata>& Writer::ids() const { return state_->out.names(); }

Writer::Kind Writer::rareKind(int id) const {
  const auto found = state_->rare.find(id);
  return found == state_->rare.end() ? Kind::unknown : found->second;
}

void Writer::refuse(int id) const {
  if (!isOpen()) throw std::logic_error("the log is closed");
  if (kindOf(id) == Kind::integer)
    throw std::invalid_argument("id " + std::to_string(id) + " is defined for integers");
  if (id == timestamp_) throw std::invalid_argument("timestamps are written by row()");
  throw std::invalid_argument("id " + std::to_string(id) + " is not defined");
}

// Before a row: the buffer is full, or closed.
void Writer::makeRoom() {
  if (!isOpen()) throw std::logic_error("the log is closed");
  flush();
}

// Before an item: there is no row, or the row is longer than all that is gathered at a time.
void Writer::prepare() {
  if (!isOpen()) throw std::logic_error("the log is closed");
  if (!inRow_) throw std::logic_error("no row was started, or it was ended by flush()");
  auto& buffer = state_->buffer;
  const auto used = static_cast<std::size_t>(next_ - buffer.data());
  buffer.resize(2 * buffer.size());
  useBuffer(used);
}

void Writer::useBuffer(std::size_t used) {
  unsigned char* const begin = state_->buffer.data();
  next_ = begin + used;
  rowLimit_ = begin + state_->chunk;
  limit_ = begin + state_->buffer.size() - kRecord;
}

void Writer::flush() {
  if (!isOpen()) throw std::logic_error("the log is closed");
  const auto& buffer = state_->buffer;
  const auto used = static_cast<std::size_t>(next_ - buffer.data());
  state_->out.writeRows({buffer.data(), used}, timestamp_);
  state_->out.writePendingNames();
  state_->recordsWritten += used / kRecord;
  next_ = state_->buffer.data();
  inRow_ = false;
}

void Writer::sync() {
  flush();
  state_->out.file().sync();
}

void Writer::close() {
  if (!isOpen()) return;
  flush();
  state_->out.finish();
  next_ = limit_ = rowLimit_ = nullptr;
  state_->out.file().close();
}

void Writer::seal() {
  const std::filesystem::path path = this->path();
  close();
  rowlog::seal({path}, path);
}

bool Writer::isOpen() const { return state_->out.file().isOpen(); }

std::filesystem::path Writer::path() const { return state_->out.file().path(); }

std::uint64_t Writer::rowCount() const {
  std::uint64_t rows = state_->out.rows();
  for (const unsigned char* at = state_->buffer.data(); next_ && at != next_; at += kRecord)
    rows += detail::load<std::int32_t>(at) == timestamp_;
  return rows;
}

std::uint64_t Writer::recordCount() const {
  const std::size_t gathered = next_ ? static_cast<std::size_t>(next_ - state_->buffer.data()) / kRecord : 0;
  return state_->recordsWritten + gathered;
}

void Writer::write(const Rows& rows) {
  std::unordered_map<int, int> own;  // ids here, by those there
  const auto& names = rows.contents_ ? rows.contents_->names().all() : std::vector<IdMetadata>();
  for (const IdMetadata& name : names) own[name.id] = define(name.name, name.kind, name.unit, name.text);
  for (const Row one : rows) {
    row(one.nanotime());
    for (const Item item : one.items()) std::visit([&](auto value) { put(own.at(item.id), value); }, item.value());
  }
}

void Writer::writeTable(std::span<const std::int64_t> times, const std::vector<int>& ids, std::span<const double> values) {
  if (values.size() != times.size() * ids.size())
    throw std::invalid_argument("there are " + std::to_string(values.size()) + " values for " +
                                std::to_string(times.size()) + " rows of " + std::to_string(ids.size()) + " ids");
  for (const int id : ids)
    if (kindOf(id) != Kind::real) refuse(id);
  auto value = values.begin();
  for (const std::int64_t time : times) {
    row(time);
    for (const int id : ids) putReal(id, *value++);
  }
}

}  // namespace rowlog
