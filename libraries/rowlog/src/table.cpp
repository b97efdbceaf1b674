#include <rowlog/table.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "arrow_node.h"
#include "inside.h"

namespace rowlog {

using detail::ArrowField;
using detail::ArrowPart;
using ColumnPointer = std::shared_ptr<const Column>;
using Numbers = std::vector<std::uint32_t>;

namespace detail {

// What table and streams share. Nothing in it changes.
struct TableSource {
  TableOptions options;
  Rows rows;
  Numbers numbers;  // of the rows, in the log
  ColumnPointer times;
  std::vector<IdMetadata> ids;
  std::vector<ColumnPointer> columns;  // of a wide table, one for each of `ids`
  bool anyReal = false;

  ArrowField field() const;
  ArrowPart batch(std::size_t first, std::size_t last, std::vector<std::int64_t>& places) const;
  ArrowPart tallBatch(std::size_t first, std::size_t last) const;
  ArrowPart wideBatch(std::size_t first, std::size_t last, std::vector<std::int64_t>& places) const;
};

}  // namespace detail

using detail::TableSource;

namespace {

const std::uint64_t* bitsOf(const Column& column) {
  const void* at = column.kind() == ValueKind::real ? static_cast<const void*>(column.reals().data())
                                                    : static_cast<const void*>(column.integers().data());
  return static_cast<const std::uint64_t*>(at);
}

const char* formatOf(ValueKind kind) { return kind == ValueKind::real ? "g" : "l"; }

// ---- wide ----------------------------------------------------------------------------------------------------------------

// The values of a column that lie in a stretch of rows.
struct Stretch {
  std::span<const std::uint32_t> numbers;  // of the rows
  std::span<const std::uint32_t> rows;     // of the values
  const std::uint64_t* bits;
};

Stretch stretchOf(const Column& column, std::span<const std::uint32_t> numbers) {
  const auto rows = column.rows();
  if (numbers.empty()) return {numbers, {}, nullptr};
  const auto begin = std::lower_bound(rows.begin(), rows.end(), numbers.front());
  const auto end = std::upper_bound(begin, rows.end(), numbers.back());
  return {numbers, {begin, end}, bitsOf(column) + (begin - rows.begin())};
}

// Calls for each row and each of its values, in order: see(place of the row, place of the value).
template <class See>
void eachValue(const Stretch& stretch, See see) {
  std::size_t row = 0;
  for (std::size_t i = 0; i < stretch.rows.size(); ++i) {
    while (stretch.numbers[row] < stretch.rows[i]) ++row;
    if (stretch.numbers[row] == stretch.rows[i]) see(row, i);
  }
}

ArrowPart listColumn(const Stretch& stretch) {
  ArrowPart part;
  part.length = static_cast<std::int64_t>(stretch.numbers.size());
  part.buffers.push_back(nullptr);
  auto* offsets = part.own<std::int32_t>(stretch.numbers.size() + 1);
  std::fill_n(offsets, stretch.numbers.size() + 1, 0);
  ArrowPart values;
  values.buffers.push_back(nullptr);
  auto* bits = values.own<std::uint64_t>(stretch.rows.size());
  eachValue(stretch, [&](std::size_t row, std::size_t i) {
    bits[values.length++] = stretch.bits[i];
    ++offsets[row + 1];
  });
  std::partial_sum(offsets, offsets + stretch.numbers.size() + 1, offsets);
  part.children.push_back(std::move(values));
  return part;
}

// One value for each row. `before` is the place of the value that the batch before ended with, -1 for none.
ArrowPart valueColumn(const ColumnPointer& column, const Stretch& stretch, const TableOptions& options,
                      std::int64_t& before) {
  const std::size_t count = stretch.numbers.size();
  ArrowPart part;
  part.length = static_cast<std::int64_t>(count);
  const bool regular = stretch.rows.size() == count && std::equal(stretch.rows.begin(), stretch.rows.end(), stretch.numbers.begin());
  if (regular) {
    part.buffers.push_back(nullptr);
    part.borrow(stretch.bits, column);
    if (count > 0) before = stretch.bits + count - 1 - bitsOf(*column);
    return part;
  }
  auto* present = part.own<std::uint8_t>((count + 7) / 8);
  auto* bits = part.own<std::uint64_t>(count);
  std::fill_n(present, (count + 7) / 8, std::uint8_t{0});
  std::fill_n(bits, count, std::uint64_t{0});
  const auto has = [&](std::size_t row) { return (present[row / 8] >> row % 8 & 1) != 0; };
  const auto set = [&](std::size_t row, std::uint64_t value) {
    bits[row] = value;
    present[row / 8] = static_cast<std::uint8_t>(present[row / 8] | 1U << row % 8);
  };
  eachValue(stretch, [&](std::size_t row, std::size_t i) {
    if (options.repeats == Repeats::last || !has(row)) set(row, stretch.bits[i]);
  });
  std::int64_t nulls = 0;
  const std::uint64_t* last = before < 0 ? nullptr : bitsOf(*column) + before;
  for (std::size_t row = 0; row < count; ++row) {
    if (has(row))
      last = bits + row;
    else if (options.fill && last)
      set(row, *last);
    else
      ++nulls;
  }
  if (!stretch.rows.empty()) {
    // With the first of several, that of the last row may stand before the end.
    std::size_t place = stretch.rows.size() - 1;
    while (options.repeats == Repeats::first && place > 0 && stretch.rows[place - 1] == stretch.rows[place]) --place;
    before = stretch.bits + place - bitsOf(*column);
  }
  part.nulls = nulls;
  return part;
}

// ---- tall ----------------------------------------------------------------------------------------------------------------

// The place of an id among those that are shown, or -1.
class Places {
 public:
  explicit Places(const std::vector<IdMetadata>& ids) {
    for (std::size_t place = 0; place < ids.size(); ++place) {
      const int id = ids[place].id;
      if (id >= 0 && id < 65536) {
        if (dense_.size() <= static_cast<std::size_t>(id)) dense_.resize(static_cast<std::size_t>(id) + 1, -1);
        dense_[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(place);
      } else {
        sparse_[id] = static_cast<std::int32_t>(place);
      }
    }
  }
  std::int32_t operator()(int id) const {
    if (static_cast<std::uint32_t>(id) < dense_.size()) return dense_[static_cast<std::size_t>(id)];
    const auto found = sparse_.find(id);
    return found == sparse_.end() ? -1 : found->second;
  }

 private:
  std::vector<std::int32_t> dense_;
  std::unordered_map<int, std::int32_t> sparse_;
};

ArrowPart wordsOf(const std::vector<IdMetadata>& ids) {
  ArrowPart words;
  words.length = static_cast<std::int64_t>(ids.size());
  words.buffers.push_back(nullptr);
  std::size_t letters = 0;
  for (const IdMetadata& id : ids) letters += id.name.size();
  auto* offsets = words.own<std::int32_t>(ids.size() + 1);
  auto* text = words.own<char>(letters);
  offsets[0] = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::copy(ids[i].name.begin(), ids[i].name.end(), text + offsets[i]);
    offsets[i + 1] = offsets[i] + static_cast<std::int32_t>(ids[i].name.size());
  }
  return words;
}

// Where the lines of a batch are written.
struct Lines {
  std::int64_t* times;
  std::uint32_t* rows;
  std::int32_t* names;
  std::uint64_t* values;
  std::size_t count = 0;
};

template <class T>
T* addColumn(ArrowPart& table, std::size_t room) {
  ArrowPart& part = table.children.emplace_back();
  part.buffers.push_back(nullptr);
  return part.own<T>(room);
}

std::uint64_t bitsOf(const Item& item, bool asReal) {
  const BData value = item.value();
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return asReal ? std::bit_cast<std::uint64_t>(static_cast<double>(*whole)) : static_cast<std::uint64_t>(*whole);
  }
  return std::bit_cast<std::uint64_t>(std::get<double>(value));
}

}  // namespace

namespace detail {

ArrowPart TableSource::tallBatch(std::size_t first, std::size_t last) const {
  std::size_t room = 0;
  for (std::size_t row = first; row < last; ++row) room += rows[row].items().size();
  ArrowPart table;
  table.buffers.push_back(nullptr);
  table.children.reserve(4);
  Lines lines{addColumn<std::int64_t>(table, room), addColumn<std::uint32_t>(table, room),
              addColumn<std::int32_t>(table, room), addColumn<std::uint64_t>(table, room)};
  const Places places(ids);
  for (std::size_t at = first; at < last; ++at) {
    const Row row = rows[at];
    const std::int64_t time = row.nanotime();
    for (const Item item : row.items()) {
      const std::int32_t place = places(item.id);
      if (place < 0 || lines.count == room) continue;
      lines.times[lines.count] = time;
      lines.rows[lines.count] = numbers[at];
      lines.names[lines.count] = place;
      lines.values[lines.count++] = bitsOf(item, anyReal);
    }
  }
  table.length = static_cast<std::int64_t>(lines.count);
  for (ArrowPart& part : table.children) part.length = table.length;
  table.children[2].dictionary.push_back(wordsOf(ids));
  return table;
}

ArrowPart TableSource::wideBatch(std::size_t first, std::size_t last, std::vector<std::int64_t>& places) const {
  ArrowPart table;
  table.length = static_cast<std::int64_t>(last - first);
  table.buffers.push_back(nullptr);
  ArrowPart time;
  time.length = table.length;
  time.buffers.push_back(nullptr);
  time.borrow(times ? times->integers().data() + first : nullptr, times);
  table.children.push_back(std::move(time));
  const std::span<const std::uint32_t> here(numbers.data() + first, last - first);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Stretch stretch = stretchOf(*columns[i], here);
    table.children.push_back(options.repeats == Repeats::list ? listColumn(stretch)
                                                              : valueColumn(columns[i], stretch, options, places[i]));
  }
  return table;
}

ArrowPart TableSource::batch(std::size_t first, std::size_t last, std::vector<std::int64_t>& places) const {
  return options.shape == TableShape::tall ? tallBatch(first, last) : wideBatch(first, last, places);
}

ArrowField TableSource::field() const {
  ArrowField table{"+s", "", false, {{"tsn:", "time", false, {}, {}}}, {}};
  if (options.shape == TableShape::tall) {
    table.children.push_back({"I", "row", false, {}, {}});
    table.children.push_back({"i", "name", false, {}, {{"u", "", false, {}, {}}}});
    table.children.push_back({anyReal ? "g" : "l", "value", false, {}, {}});
    return table;
  }
  for (const IdMetadata& id : ids) {
    const ArrowField value{formatOf(id.kind), id.name, true, {}, {}};
    if (options.repeats == Repeats::list)
      table.children.push_back({"+l", id.name, false, {{value.format, "item", false, {}, {}}}, {}});
    else
      table.children.push_back(value);
  }
  return table;
}

}  // namespace detail

namespace {

struct StreamBody {
  std::shared_ptr<const TableSource> source;
  std::size_t next = 0;
  std::vector<std::int64_t> places;  // of the last value of each column
  std::string error;
};

// Nothing may be thrown through a consumer, which may be C.
template <class Act>
int guarded(ArrowArrayStream* stream, Act act) noexcept {
  auto& body = *static_cast<StreamBody*>(stream->private_data);
  try {
    act(body);
    return 0;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (const std::exception& error) {
    try {
      body.error = error.what();
    } catch (...) {
      body.error.clear();
    }
    return EIO;
  }
}

int giveSchema(ArrowArrayStream* stream, ArrowSchema* out) {
  return guarded(stream, [out](StreamBody& body) { *out = detail::makeSchema(body.source->field()); });
}

int giveNext(ArrowArrayStream* stream, ArrowArray* out) {
  return guarded(stream, [out](StreamBody& body) {
    *out = {};
    const TableSource& source = *body.source;
    const std::size_t last = body.next + std::min(source.options.batchRows, source.numbers.size() - body.next);
    if (body.next == last) return;
    *out = detail::makeArray(source.batch(body.next, last, body.places));
    body.next = last;
  });
}

const char* giveError(ArrowArrayStream* stream) {
  const auto& error = static_cast<StreamBody*>(stream->private_data)->error;
  return error.empty() ? nullptr : error.c_str();
}

void endStream(ArrowArrayStream* stream) {
  delete static_cast<StreamBody*>(stream->private_data);
  stream->release = nullptr;
}

std::vector<IdMetadata> chooseIds(const Reader& log, const std::vector<std::string>& names) {
  const auto contents = detail::Inside::contents(log);
  const std::vector<IdMetadata>& all = contents->names().all();
  std::vector<IdMetadata> chosen;
  if (names.empty()) {
    std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), [](const IdMetadata& id) { return id.name != kTimestamp; });
    return chosen;
  }
  for (const std::string& name : names) {
    const auto same = [&](const IdMetadata& id) { return id.name == name; };
    const IdMetadata& found = all[contents->names().slotOf(name)];
    if (name == kTimestamp) throw std::invalid_argument("the timestamps are the table's column \"time\"");
    if (std::any_of(chosen.begin(), chosen.end(), same)) throw std::invalid_argument("\"" + name + "\" is there twice");
    chosen.push_back(found);
  }
  return chosen;
}

}  // namespace

Table::Table(const Reader& log, const Selection& rows, const TableOptions& options) {
  const bool wide = options.shape == TableShape::wide;
  if (options.batchRows == 0) throw std::invalid_argument("a batch has at least one row");
  if (options.fill && (!wide || options.repeats == Repeats::list))
    throw std::invalid_argument("only a wide table of single values can be filled");
  auto source = std::make_shared<TableSource>();
  source->options = options;
  source->ids = chooseIds(log, options.names);
  source->numbers = rows.rowNumbers();
  source->anyReal = std::any_of(source->ids.begin(), source->ids.end(),
                                [](const IdMetadata& id) { return id.kind == ValueKind::real; });
  if (!source->numbers.empty()) source->times = rows.column(kTimestamp);
  if (wide)
    for (const IdMetadata& id : source->ids) source->columns.push_back(rows.column(id.name));
  else
    source->rows = rows.rows();
  source_ = std::move(source);
}

std::vector<std::string> Table::columns() const {
  std::vector<std::string> names;
  for (const ArrowField& field : source_->field().children) names.push_back(field.name);
  return names;
}

std::size_t Table::rowCount() const { return source_->numbers.size(); }

ArrowSchema Table::schema() const { return detail::makeSchema(source_->field()); }

ArrowArrayStream Table::stream() const {
  ArrowArrayStream stream{};
  auto body = std::make_unique<StreamBody>();
  body->source = source_;
  body->places.assign(source_->columns.size(), -1);
  stream.get_schema = giveSchema;
  stream.get_next = giveNext;
  stream.get_last_error = giveError;
  stream.release = endStream;
  stream.private_data = body.release();
  return stream;
}

}  // namespace rowlog
