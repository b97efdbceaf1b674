// Finding the chunks of a log.
#include <algorithm>
#include <utility>

#include "crc32c.h"
#include "source.h"

namespace rowlog::detail {
namespace {

const std::string_view kMagic(reinterpret_cast<const char*>(kChunkMagic), sizeof kChunkMagic);

bool allZero(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](unsigned char byte) { return byte == 0; });
}

Bytes bodyOf(const ChunkHeader& header, Bytes bytes, std::uint64_t at) {
  return bytes.subspan(at + aligned(header.headerLength), header.bodyLength);
}

}  // namespace

// The index that the trailer points to: its names are known even if those at the head are lost, and its offsets where a
// chunk begins after one whose length is lost.
void Source::readIndexAtEnd(Bytes bytes, Names& names) {
  index_.reset();
  complete_ = false;
  const auto trailer = readTrailer(bytes, seen_);
  if (!trailer || trailer->index < base_) return;
  const std::uint64_t at = trailer->index - base_;
  HeaderFault fault;
  const auto header = readHeader(bytes.subspan(at), fault);
  if (!header || header->kind != ChunkKind::index) return;
  const Bytes body = bodyOf(*header, bytes, at);
  if (crc32c(body.data(), body.size()) != header->bodyCrc) return;
  index_ = readIndex(body);
  if (!index_) return;
  complete_ = true;
  learnNames(index_->names, names, trailer->index);
}

std::uint64_t Source::nextChunk(Bytes bytes, std::uint64_t after) const {
  if (index_) {
    for (const IndexEntry& entry : index_->entries) {
      if (entry.offset < base_ || entry.offset - base_ <= after || entry.offset - base_ >= bytes.size()) continue;
      HeaderFault fault;
      if (readHeader(bytes.subspan(entry.offset - base_), fault)) return entry.offset - base_;
    }
  }
  // Whoever meant harm could have every place look like a header that is as long as the file.
  std::uint64_t worth = 4 * bytes.size() + (64 << 20);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::size_t at = text.find(kMagic, after + 1); at != text.npos; at = text.find(kMagic, at + 1)) {
    HeaderFault fault;
    if (readHeader(bytes.subspan(at), fault)) return at;
    if (bytes.size() - at < kFixedHeader) break;
    const std::uint64_t looked = load<std::uint32_t>(bytes.data() + at + 12);
    if (looked <= bytes.size() - at) {
      if (looked > worth) break;
      worth -= looked;
    }
  }
  return bytes.size();
}

std::uint64_t Source::passDamage(Bytes bytes, std::uint64_t before, std::uint64_t at, const HeaderFault& fault) {
  const std::uint64_t end = complete_ ? bytes.size() - kTrailerSize : bytes.size();
  const std::uint64_t next = std::min(nextChunk(bytes, before), end);
  // It was the chunk before that is shorter than it says. Its checksum will tell.
  if (next < at) return next;
  const Damage damage{*path_, base_ + at, next - at, fault.reason};
  const bool torn = next == bytes.size() && (fault.cutOff || allZero(bytes.subspan(at)));
  if (torn)
    tail_ = damage;
  else
    add(damage);
  if (!torn) consumed_ = base_ + next;
  return torn ? bytes.size() : next;
}

std::vector<Source::Found> Source::findChunks(Bytes bytes, Names& names) {
  std::vector<Found> found;
  std::uint64_t at = 0;
  std::uint64_t before = 0;  // the chunk before, or where damage was passed
  while (at < bytes.size()) {
    if (complete_ && at == bytes.size() - kTrailerSize) break;
    HeaderFault fault;
    auto header = readHeader(bytes.subspan(at), fault);
    if (!header) {
      at = passDamage(bytes, before, at, fault);
      before = at;
      continue;
    }
    const std::uint64_t length = header->length();
    const std::uint64_t begin = at;
    before = at;
    at += length;
    if (header->kind == ChunkKind::index) {
      // The last thing in a file that was closed. Where it is not, the file was added to by something else.
      if (!complete_ && at < bytes.size() && bytes.size() - at > kTrailerSize) consumed_ = base_ + at;
      if (!complete_ && bytes.size() - at <= kTrailerSize) {
        tail_ = Damage{*path_, base_ + begin, bytes.size() - begin, "the index of the file is cut off or damaged"};
        break;
      }
      continue;
    }
    consumed_ = base_ + at;
    if (header->kind != ChunkKind::names) {
      found.push_back({std::move(*header), begin});
      continue;
    }
    Bytes body = bodyOf(*header, bytes, begin);
    const bool whole = crc32c(body.data(), body.size()) == header->bodyCrc;
    const auto read = whole ? readNames(body) : std::nullopt;
    if (read)
      learnNames(*read, names, base_ + begin);
    else
      add({*path_, base_ + begin, length, "the names in the chunk are damaged"});
  }
  return found;
}

// The chunk that was written last when there was no more power may have its header and not its body.
void Source::dropTornEnd(Segments& segments) {
  if (complete_ || tail_ || segments.empty()) return;
  Segment& last = *segments.back();
  if (last.offset + last.length != seen_ || last.isColumns()) return;
  auto damage = last.leaveOutDamage();
  if (damage.empty()) return;
  consumed_ = last.offset;
  tail_ = std::move(damage.front());
  segments.pop_back();
  --chunks_;
}

Source::Segments Source::readLog(Bytes bytes, Names& names) {
  for (const IdMetadata& name : given_) learn(name, names);
  given_.clear();
  readIndexAtEnd(bytes, names);
  std::vector<Found> chunks = findChunks(bytes, names);
  Segments segments;
  for (Found& found : chunks) {
    auto segment = segmentOf(std::move(found), bytes);
    if (!tally(*segment, names)) continue;
    rows_ += segment->rowCount();
    ++chunks_;
    segments.push_back(std::move(segment));
  }
  dropTornEnd(segments);
  return segments;
}

}  // namespace rowlog::detail
