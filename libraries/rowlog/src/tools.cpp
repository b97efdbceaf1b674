#include <rowlog/tools.h>
#include <rowlog/writer.h>

#include <algorithm>

#include "inside.h"
#include "output.h"
#include "replacement.h"

namespace rowlog {

using detail::Bytes;
using detail::Contents;
using detail::Inside;
using detail::kRecord;
using detail::Output;
using detail::OutputFile;
using detail::Segment;

namespace {

constexpr std::uint64_t kRecordsAChunk = (1 << 20) / kRecord;

ReadOptions reporting(const Progress& progress) {
  ReadOptions options;
  options.onError = OnError::report;
  options.progress = progress;
  return options;
}

// The rows of a segment in pieces of about a megabyte.
template <class Write>
void eachPiece(const Segment& segment, Write write) {
  const unsigned char* records = segment.records();
  const std::uint32_t* places = segment.places();
  const auto* const end = places + segment.rowCount();
  for (const auto* first = places; first != end;) {
    const auto* last = std::upper_bound(first + 1, end, *first + kRecordsAChunk);
    write(Bytes(records + *first * kRecord, (*last - *first) * kRecord));
    first = last;
  }
}

// Records with the ids of the log instead of those of the file.
void appendWithLogIds(std::vector<unsigned char>& to, const Segment& segment, Bytes records) {
  for (std::size_t at = 0; at < records.size(); at += kRecord) {
    const auto id = segment.ids->find(detail::load<std::int32_t>(records.data() + at)).id;
    const std::size_t end = to.size();
    to.resize(end + kRecord);
    std::memcpy(to.data() + end, &id, 4);
    std::memcpy(to.data() + end + 4, records.data() + at + 4, 8);
  }
}

}  // namespace

Report verify(const std::filesystem::path& path, const Progress& progress) {
  try {
    return Inside::report(Reader(path, reporting(progress)));
  } catch (const FormatError& error) {
    Report report;
    report.path = path.string();
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    report.bytes = ignored ? 0 : size;
    report.damage.push_back({report.path, 0, report.bytes, error.what()});
    return report;
  }
}

Report repair(const std::filesystem::path& source, const std::filesystem::path& target, const Progress& progress) {
  const Reader reader(source, reporting(progress));
  const auto contents = Inside::contents(reader);
  detail::Replacement replacement(target);
  Output out(replacement.path(), OutputFile::How::fresh);
  detail::Telling telling(contents->effort(), contents->recordCount() * kRecord);
  out.file().tellTo(&telling);
  for (const IdMetadata& name : contents->names().all()) out.addName(name);
  for (const auto& segment : contents->segments())
    eachPiece(*segment, [&](Bytes records) { out.writeRows(records, segment->header.timestamp); });
  out.finish();
  out.file().sync(telling);
  out.file().close();
  telling.finish();
  replacement.putInPlace();
  return Inside::report(reader);
}

Report index(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw std::system_error(ENOENT, std::generic_category(), path.string());
  WriteOptions options;
  options.append = true;
  Writer(path, options).close();
  return verify(path);
}

void exportRecords(const Reader& reader, const std::filesystem::path& target) {
  const auto contents = Inside::contents(reader);
  detail::Replacement replacement(target);
  OutputFile out(replacement.path(), OutputFile::How::fresh);
  detail::Telling telling(contents->effort(), contents->recordCount() * kRecord);
  out.tellTo(&telling);
  detail::PieceWriter pieces(out);
  for (const auto& segment : contents->segments()) {
    eachPiece(*segment, [&](Bytes records) {
      appendWithLogIds(pieces.bytes(), *segment, records);
      pieces.writeWhole();
    });
  }
  pieces.finish();
  out.close();
  telling.finish();
  replacement.putInPlace();
}

}  // namespace rowlog
