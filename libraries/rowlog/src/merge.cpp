#include "merge.h"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>

namespace rowlog::detail {
namespace {

using Segments = std::vector<std::shared_ptr<Segment>>;

constexpr std::uint64_t kRecordsAPiece = 65536;

std::int64_t timeOf(const Segment& segment, std::uint64_t row) {
  return load<std::int64_t>(segment.records() + std::uint64_t{segment.places()[row]} * kRecord + 4);
}

// The rows of one file, one after the other.
struct Run {
  Segments segments;
  std::size_t segment = 0;
  std::uint64_t row = 0;
  std::int64_t time = 0;

  bool next() {
    if (++row < segments[segment]->rowCount()) return load(), true;
    row = 0;
    if (++segment == segments.size()) return false;
    return load(), true;
  }
  void load() { time = timeOf(*segments[segment], row); }
};

struct Span {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
};

Span spanOf(const Run& run) {
  Span span;
  for (const auto& segment : run.segments) {
    for (std::uint64_t row = 0; row < segment->rowCount(); ++row) {
      const std::int64_t time = timeOf(*segment, row);
      span.least = std::min(span.least, time);
      span.greatest = std::max(span.greatest, time);
    }
  }
  return span;
}

// The runs in order, if no two of them overlap.
bool putInOrder(std::vector<Run>& runs, const Effort& effort) {
  std::vector<std::pair<Span, std::size_t>> spans(runs.size());
  forEach(
      effort, runs.size(), [](std::size_t) { return std::uint64_t{8} << 20; },
      [&](std::size_t i) { spans[i] = {spanOf(runs[i]), i}; });
  std::stable_sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.first.least < b.first.least; });
  for (std::size_t i = 1; i < spans.size(); ++i)
    if (spans[i - 1].first.greatest > spans[i].first.least) return false;
  std::vector<Run> ordered;
  for (const auto& [span, i] : spans) ordered.push_back(std::move(runs[i]));
  runs = std::move(ordered);
  return true;
}

// Gathers rows into segments of their own, with the ids of the log.
class Weaver {
 public:
  explicit Weaver(const Names& names) : names_(names), ids_(std::make_shared<IdTable>()) {
    for (std::uint32_t slot = 0; slot < names.size(); ++slot)
      ids_->set(names[slot].id, {names[slot].id, slot, names[slot].kind});
    timestamp_ = names[names.find(kTimestamp).value_or(0)].id;
    counts_.resize(names.size());
  }

  void add(const Segment& from, std::uint64_t row) {
    const std::uint32_t* places = from.places() + row;
    const unsigned char* at = from.records() + std::uint64_t{places[0]} * kRecord;
    for (std::uint32_t place = places[0]; place < places[1]; ++place, at += kRecord) {
      const IdTable::Known& known = from.ids->find(load<std::int32_t>(at));
      if (known.slot >= counts_.size()) throw DamageError(from.damage("the file has changed while it was read"));
      ++counts_[known.slot];
      const std::size_t end = bytes_.size();
      bytes_.resize(end + kRecord);
      std::memcpy(bytes_.data() + end, &known.id, 4);
      std::memcpy(bytes_.data() + end + 4, at + 4, 8);
    }
    ++rows_;
    if (bytes_.size() >= kRecordsAPiece * kRecord) finish();
  }

  Segments take() {
    if (rows_ > 0) finish();
    return std::move(done_);
  }

 private:
  void finish() {
    auto segment = std::make_shared<Segment>();
    const auto memory = Memory::allocate(bytes_.size());
    std::memcpy(memory->data(), bytes_.data(), bytes_.size());
    segment->path = path_;
    segment->length = bytes_.size();
    segment->memory = memory;
    segment->body = memory->bytes();
    segment->ids = ids_;
    segment->header.bodyLength = bytes_.size();
    segment->header.records = bytes_.size() / kRecord;
    segment->header.rows = rows_;
    segment->header.timestamp = timestamp_;
    for (std::uint32_t slot = 0; slot < counts_.size(); ++slot) {
      if (counts_[slot] == 0) continue;
      segment->tallies.push_back({slot, static_cast<std::uint32_t>(segment->header.ids.size()), counts_[slot]});
      segment->header.ids.push_back({names_[slot].id, names_[slot].kind, counts_[slot], 0, 0});
    }
    segment->checked = true;
    segment->timesKnown = false;
    done_.push_back(std::move(segment));
    bytes_.clear();
    std::fill(counts_.begin(), counts_.end(), 0);
    rows_ = 0;
  }

  const Names& names_;
  std::shared_ptr<IdTable> ids_;
  std::shared_ptr<const std::string> path_ = std::make_shared<const std::string>("<merged>");
  std::int32_t timestamp_ = 0;
  std::vector<unsigned char> bytes_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t rows_ = 0;
  Segments done_;
};

}  // namespace

Segments mergeByTime(Segments segments, const Names& names, const Effort& effort) {
  std::map<std::uint32_t, Run> byFile;
  std::uint64_t rows = 0;
  for (auto& segment : segments) {
    rows += segment->rowCount();
    byFile[segment->file].segments.push_back(segment);
  }
  if (byFile.size() < 2) return segments;
  std::vector<Run> runs;
  for (auto& [file, run] : byFile) runs.push_back(std::move(run));
  forEachSegment(effort, segments, [](const Segment& segment, std::size_t) { segment.places(); });
  if (putInOrder(runs, effort)) {
    Segments ordered;
    for (const Run& run : runs) ordered.insert(ordered.end(), run.segments.begin(), run.segments.end());
    return ordered;
  }
  // Of rows of one time, those of the file that was given first come first.
  const auto later = [&](std::size_t a, std::size_t b) {
    return runs[a].time != runs[b].time ? runs[a].time > runs[b].time : a > b;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> queue(later);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].load();
    queue.push(i);
  }
  Weaver weaver(names);
  const auto weave = [&](std::size_t) {
    for (std::uint64_t done = 0; done < 4096 && !queue.empty(); ++done) {
      const std::size_t i = queue.top();
      queue.pop();
      weaver.add(*runs[i].segments[runs[i].segment], runs[i].row);
      if (runs[i].next()) queue.push(i);
    }
  };
  Effort alone = effort;
  alone.threads = 1;
  forEach(
      alone, rows / 4096 + 1, [](std::size_t) { return std::uint64_t{4096}; }, weave);
  return weaver.take();
}

}  // namespace rowlog::detail
