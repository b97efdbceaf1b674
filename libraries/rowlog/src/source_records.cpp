// Files of nothing but records: cut into segments, counted, and given names.
#include <algorithm>
#include <bit>
#include <map>

#include "counts.h"
#include "source.h"

namespace rowlog::detail {
namespace {

constexpr std::uint64_t kPiece = 262144;  // three megabytes
constexpr std::size_t kSamples = 64;

// Is it a real number that somebody would write down, if these are the bits of one? Integers up to 2^52 are the bits of
// numbers below 1e-307, times in nanoseconds of 1e-200 or so.
bool looksReal(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 52 & 0x7ff) - 1023;
  return exponent > -130 && exponent < 130;
}

bool saysNothing(std::uint64_t bits) {
  return bits == 0 || bits == 0x7ff8000000000000 || bits == 0xfff8000000000000;  // zero, NaN
}

ValueKind guessKind(const std::vector<std::uint64_t>& samples) {
  const auto real = std::count_if(samples.begin(), samples.end(), looksReal);
  const auto silent = std::count_if(samples.begin(), samples.end(), saysNothing);
  return 2 * real > static_cast<std::ptrdiff_t>(samples.size()) - silent ? ValueKind::real : ValueKind::integer;
}

}  // namespace

Source::Segments Source::cutRecords(Bytes bytes) {
  const std::uint64_t count = bytes.size() / kRecord;
  const auto idAt = [&](std::uint64_t place) { return load<std::int32_t>(bytes.data() + place * kRecord); };
  const auto nextRow = [&](std::uint64_t place) {
    while (place < count && idAt(place) != *timestamp_) ++place;
    return place;
  };
  std::uint64_t first = nextRow(0);
  if (first > 0) add({*path_, base_, first * kRecord, "items come before the first row"});
  Segments segments;
  while (first < count) {
    std::uint64_t end = nextRow(std::min(first + kPiece, count));
    // The last row may be everything; others end where the next one begins.
    auto segment = std::make_shared<Segment>();
    segment->path = path_;
    segment->offset = base_ + first * kRecord;
    segment->length = (end - first) * kRecord;
    segment->file = number_;
    segment->memory = memory_;
    segment->body = bytes.subspan(first * kRecord, segment->length);
    segment->header.kind = ChunkKind::rows;
    segment->header.bodyLength = segment->length;
    segment->header.records = end - first;
    segment->header.timestamp = *timestamp_;
    segment->checked = true;
    segment->timesKnown = false;
    segments.push_back(std::move(segment));
    first = end;
  }
  return segments;
}

// Names for ids that have none. Segments know the counts of their ids.
void Source::guessNames(const Segments& segments, Names& names) {
  std::map<std::int32_t, std::vector<std::uint64_t>> unknown;
  for (const auto& segment : segments) {
    std::uint64_t wanted = 0;  // of this segment
    for (const IdStats& stats : segment->header.ids) {
      if (ids_->find(stats.id).slot != IdTable::kNoSlot) continue;
      wanted += std::min<std::uint64_t>(stats.count, kSamples - unknown[stats.id].size());
    }
    for (std::uint64_t i = 0; wanted > 0 && i < segment->header.records; ++i) {
      const unsigned char* at = segment->body.data() + i * kRecord;
      const auto found = unknown.find(load<std::int32_t>(at));
      if (found == unknown.end() || found->second.size() == kSamples) continue;
      found->second.push_back(load<std::uint64_t>(at + 4));
      --wanted;
    }
  }
  for (const auto& [id, samples] : unknown) {
    const bool starts = id == *timestamp_;
    learn({id, starts ? kTimestamp : nameOfUnnamed(id), starts ? ValueKind::integer : guessKind(samples), "", ""}, names);
  }
}

Source::Segments Source::readRecords(Bytes bytes, Names& names, const Effort& effort) {
  for (const IdMetadata& name : given_)
    if (!learn(name, names)) throw FormatError("id " + std::to_string(name.id) + " cannot be called \"" + name.name + "\"");
  given_.clear();
  if (const std::uint64_t rest = bytes.size() % kRecord; rest > 0)
    tail_ = Damage{*path_, base_ + bytes.size() - rest, rest, "the file ends inside a record"};
  if (bytes.size() < kRecord) return {};
  if (!timestamp_) timestamp_ = load<std::int32_t>(bytes.data());
  Segments segments = cutRecords(bytes);
  forEachSegment(effort, segments, [&](Segment& segment, std::size_t) {
    Counts counts;
    ChunkHeader& header = segment.header;
    segment.memory->expect(segment.body);
    counts.add(segment.body.data(), header.records);
    counts.each([&](std::int32_t id, std::uint64_t count) {
      header.ids.push_back({id, ValueKind::integer, count, 0, 0});
    });
    header.rows = counts.of(*timestamp_);
    segment.memory->release(segment.body);  // nobody may ever ask for more than the counts
  });
  guessNames(segments, names);
  rows_ = 0;
  for (const auto& segment : segments) {
    for (IdStats& stats : segment->header.ids) stats.kind = ids_->find(stats.id).kind;
    tally(*segment, names);
    rows_ += segment->rowCount();
  }
  // The last row may go on with what is appended, so the last segment is read again then.
  if (!segments.empty()) consumed_ = segments.back()->offset;
  chunks_ = segments.size();
  return segments;
}

}  // namespace rowlog::detail
