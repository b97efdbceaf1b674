#include "binary_reader.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace binary_reader {
namespace {

constexpr char kMagic[8] = {'R', 'O', 'W', 'L', 'O', 'G', '0', '1'};
constexpr std::size_t kRecordSize = 12;
constexpr std::size_t kBufferSize = 1 << 20;

using Bytes = std::span<const unsigned char>;

std::system_error file_error(const std::string& filename) {
  return std::system_error(errno, std::generic_category(), filename);
}

template <class T>
T load(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void append(std::vector<unsigned char>& to, const T& value) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof value);
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::vector<unsigned char> read_file(const std::string& filename) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(filename.c_str(), "rb"));
  if (!file || std::fseek(file.get(), 0, SEEK_END) != 0) throw file_error(filename);
  const long size = std::ftell(file.get());
  if (size < 0 || std::fseek(file.get(), 0, SEEK_SET) != 0) throw file_error(filename);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
  if (std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) throw file_error(filename);
  return bytes;
}

// The head of a log: magic, number of names, and for each name its id, kind, length and text.
class Head {
 public:
  Head(Bytes bytes, const std::string& filename) : rest_(bytes), filename_(filename) {}

  std::map<int, IdMetadata> read() {
    if (std::memcmp(take(sizeof kMagic), kMagic, sizeof kMagic) != 0) fail("is not a row log");
    std::map<int, IdMetadata> names;
    for (auto left = load<std::uint32_t>(take(4)); left > 0; --left) {
      const auto id = load<std::int32_t>(take(4));
      const auto kind = load<std::uint8_t>(take(1));
      const auto length = load<std::uint16_t>(take(2));
      if (kind > 1) fail("has an id of a kind this version does not know");
      const auto* text = reinterpret_cast<const char*>(take(length));
      names[id] = {std::string(text, length), static_cast<ValueKind>(kind)};
    }
    return names;
  }

  std::size_t left() const { return rest_.size(); }

 private:
  const unsigned char* take(std::size_t count) {
    if (rest_.size() < count) fail("ends inside its head");
    const unsigned char* at = rest_.data();
    rest_ = rest_.subspan(count);
    return at;
  }

  [[noreturn]] void fail(const char* problem) const { throw std::runtime_error(filename_ + " " + problem); }

  Bytes rest_;
  const std::string& filename_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.nanotime_ << ": " << row.items_.size() << " items";
}

BinaryReader::BinaryReader(const std::string& filename) : filename_(filename), bytes_(read_file(filename)) {
  Head head(bytes_, filename_);
  metadata_ = head.read();
  firstRecord_ = bytes_.size() - head.left();
  if (head.left() % kRecordSize != 0) throw std::runtime_error(filename + " ends inside a record");
}

std::size_t BinaryReader::recordCount() const { return (bytes_.size() - firstRecord_) / kRecordSize; }

void BinaryReader::readAll(BinaryListener& listener) const {
  int last = -1;
  const IdMetadata* metadata = nullptr;
  for (const unsigned char* at = bytes_.data() + firstRecord_; at != bytes_.data() + bytes_.size(); at += kRecordSize) {
    const int id = load<std::int32_t>(at);
    if (id != last || !metadata) {
      const auto found = metadata_.find(id);
      if (found == metadata_.end()) throw std::runtime_error(filename_ + " uses id " + std::to_string(id) + ", which it does not name");
      metadata = &found->second;
      last = id;
    }
    if (metadata->kind == ValueKind::integer)
      listener.onData(id, load<std::int64_t>(at + 4), *metadata);
    else
      listener.onData(id, load<double>(at + 4), *metadata);
  }
}

RowReader::RowReader(const std::string& filename) {
  const BinaryReader reader(filename);
  metadata_ = reader.metadata();
  reader.readAll(*this);
}

void RowReader::onData(int id, BData data, const IdMetadata& metadata) {
  if (metadata.name == "timestamp") {
    // Rows tend to be as long as the one before, so most of them allocate once.
    const std::size_t expected = rows_.empty() ? 0 : rows_.back().items_.size();
    rows_.emplace_back(std::get<std::int64_t>(data)).items_.reserve(expected);
  } else if (rows_.empty()) {
    throw std::runtime_error("the log starts with an item, not with a timestamp");
  } else {
    rows_.back().items_.push_back({id, data});
  }
}

const std::string& RowReader::getIdName(int id) const {
  const auto found = metadata_.find(id);
  if (found == metadata_.end()) throw std::out_of_range("no id " + std::to_string(id) + " in this log");
  return found->second.name;
}

std::vector<Row> RowReader::getRowsWithSignalGreaterThan(double signal) const {
  std::vector<Row> found;
  for (const Row& row : rows_) {
    for (const Item& item : row.items_) {
      const double* value = std::get_if<double>(&item.value);
      if (value && *value > signal && getIdName(item.id) == "signal") {
        found.push_back(row);
        break;
      }
    }
  }
  return found;
}

RowWriter::RowWriter(const std::string& filename, const std::vector<IdMetadata>& names)
    : filename_(filename), file_(nullptr), names_(names) {
  for (char letter : kMagic) append(buffer_, letter);
  append(buffer_, static_cast<std::uint32_t>(names.size()));
  for (std::size_t id = 0; id < names.size(); ++id) {
    if (names[id].name == "timestamp") timestamp_ = static_cast<int>(id);
    if (names[id].name.size() > UINT16_MAX) throw std::invalid_argument("the name of id " + std::to_string(id) + " is too long");
    append(buffer_, static_cast<std::int32_t>(id));
    append(buffer_, static_cast<std::uint8_t>(names[id].kind));
    append(buffer_, static_cast<std::uint16_t>(names[id].name.size()));
    for (char letter : names[id].name) append(buffer_, letter);
  }
  if (timestamp_ < 0) throw std::invalid_argument("none of the names is \"timestamp\"");
  file_ = std::fopen(filename.c_str(), "wb");
  if (!file_) throw file_error(filename);
}

RowWriter::~RowWriter() {
  try {
    close();
  } catch (...) {
    // Nobody is left to be told.
  }
}

void RowWriter::startRow(std::int64_t nanotime) { put(timestamp_, nanotime); }

void RowWriter::write(int id, BData value) {
  if (id < 0 || static_cast<std::size_t>(id) >= names_.size() || id == timestamp_)
    throw std::invalid_argument("no item has id " + std::to_string(id));
  const auto kind = value.index() == 0 ? ValueKind::integer : ValueKind::real;
  if (names_[static_cast<std::size_t>(id)].kind != kind)
    throw std::invalid_argument("a value of the wrong kind for \"" + names_[static_cast<std::size_t>(id)].name + "\"");
  put(id, value);
}

void RowWriter::close() {
  if (!file_) return;
  flush();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) throw file_error(filename_);
}

void RowWriter::put(int id, BData value) {
  if (!file_) throw std::runtime_error(filename_ + " is closed");
  append(buffer_, static_cast<std::int32_t>(id));
  std::visit([this](auto plain) { append(buffer_, plain); }, value);
  if (buffer_.size() >= kBufferSize) flush();
}

void RowWriter::flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size()) throw file_error(filename_);
  buffer_.clear();
}

void writeExampleLog(const std::string& filename, std::int64_t rows, unsigned seed) {
  enum Id { timestamp, trade_size, price, signal, order_size };
  RowWriter writer(filename, {{"timestamp", ValueKind::integer},
                              {"trade_size", ValueKind::integer},
                              {"price", ValueKind::real},
                              {"signal", ValueKind::real},
                              {"order_size", ValueKind::integer}});
  std::mt19937 random(seed);
  double level = 4086.2;
  std::int64_t now = 1682563241000000000;
  for (std::int64_t row = 0; row < rows; ++row, now += 1000000000) {
    writer.startRow(now);
    for (unsigned trades = 1 + random() % 2; trades > 0; --trades) {
      level += (static_cast<double>(random() % 11) - 5.0) / 10.0;
      writer.write(trade_size, static_cast<std::int64_t>(1 + random() % 9));
      writer.write(price, std::round(level * 10.0) / 10.0);
    }
    if (random() % 2 == 0) continue;
    writer.write(signal, (static_cast<double>(random() % 30) - 15.0) / 10.0);
    writer.write(order_size, static_cast<std::int64_t>(1 + random() % 5));
  }
  writer.close();
}

}  // namespace binary_reader
