#include <rowlog/reader.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#ifdef __linux__
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#endif

#include "contents.h"
#include "filter_node.h"
#include "inside.h"
#include "merge.h"
#include "source.h"

namespace rowlog {

using detail::Bytes;
using detail::Conduct;
using detail::Contents;
using detail::Effort;
using detail::Names;
using detail::Segment;
using detail::Source;

using Segments = std::vector<std::shared_ptr<Segment>>;
using Clock = std::chrono::steady_clock;

struct Reader::State {
  explicit State(const ReadOptions& theOptions) : onError(theOptions.onError), order(theOptions.order) {
    conduct->threads = theOptions.threads;
    conduct->progress = theOptions.progress;
  }

  // Takes in what is new; false if nothing is. Behind `changing`.
  bool advance();
  // Leaves out what is damaged, where that was asked for.
  void leaveOutDamage(Segments& segments);

  std::shared_ptr<const Contents> now() const {
    const std::lock_guard lock(mutex);
    return contents;
  }

  OnError onError;
  Order order;
  std::shared_ptr<Conduct> conduct = std::make_shared<Conduct>();
  std::vector<std::unique_ptr<Source>> sources;
  mutable std::mutex mutex;  // of `contents`
  std::shared_ptr<const Contents> contents;
  std::recursive_mutex changing;  // one thread at a time takes in what is new
  bool isChanging = false;        // and whoever is told the progress does not
  Names names;          // all that the sources know of
  // The names of ids are given by reference, so all that ever were stay.
  std::vector<std::shared_ptr<const Names>> everyNames;
  std::atomic<const Names*> currentNames{nullptr};
};

void Reader::State::leaveOutDamage(Segments& segments) {
  std::vector<std::vector<Damage>> damage(segments.size());
  detail::forEachSegment(conduct->effort(), segments,
                         [&](Segment& segment, std::size_t i) { damage[i] = segment.leaveOutDamage(); });
  Segments good;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    for (const Damage& one : damage[i]) sources[segments[i]->file]->add(one);
    if (damage[i].empty() || !segments[i]->lost.empty()) good.push_back(std::move(segments[i]));
  }
  segments = std::move(good);
}

bool Reader::State::advance() {
  const auto before = now();
  Segments fresh;
  std::size_t kept = before ? before->segments().size() : 0;
  for (const auto& source : sources) {
    if (before && !source->hasMore()) continue;
    bool replaces = false;
    auto found = source->advance(names, conduct->effort(), replaces);
    // Only the last segment of all can be taken back without rows getting other numbers.
    if (replaces && kept > 0 && sources.size() == 1) --kept;
    fresh.insert(fresh.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  const bool named = everyNames.empty() || everyNames.back()->size() != names.size();
  if (before && fresh.empty() && !named) return false;
  if (onError != OnError::fail) leaveOutDamage(fresh);
  if (order == Order::byTime) fresh = detail::mergeByTime(std::move(fresh), names, conduct->effort());
  const std::uint64_t rowsBefore = before ? before->rowCount() : 0;
  const std::uint64_t recordsBefore = before ? before->recordCount() : 0;
  if (named) everyNames.push_back(std::make_shared<const Names>(names));
  const auto known = everyNames.back();
  auto after = std::make_shared<const Contents>(std::move(fresh), before.get(), kept, known, conduct);
  currentNames = known.get();
  const std::lock_guard lock(mutex);
  contents = after;
  return after->rowCount() != rowsBefore || after->recordCount() != recordsBefore;
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) { state_->advance(); }

Reader::Reader(const std::filesystem::path& path, const ReadOptions& options)
    : Reader(std::vector<std::filesystem::path>{path}, options) {}

Reader::Reader(const std::vector<std::filesystem::path>& paths, const ReadOptions& options)
    : state_(std::make_unique<State>(options)) {
  for (const std::filesystem::path& path : paths)
    state_->sources.push_back(
        std::make_unique<Source>(path, static_cast<std::uint32_t>(state_->sources.size()), options));
  state_->advance();
}

Reader Reader::overBytes(std::span<const unsigned char> bytes, const ReadOptions& options) {
  auto state = std::make_unique<State>(options);
  state->sources.push_back(std::make_unique<Source>(bytes, 0, options));
  return Reader(std::move(state));
}

Reader::Reader(Reader&& other) noexcept = default;
Reader& Reader::operator=(Reader&& other) noexcept = default;
Reader::~Reader() = default;

std::vector<std::string> Reader::paths() const {
  std::vector<std::string> paths;
  for (const auto& source : state_->sources) paths.push_back(source->path());
  return paths;
}

std::vector<IdMetadata> Reader::ids() const { return state_->now()->names().all(); }

const std::string& Reader::getIdName(int id) const {
  const IdMetadata* metadata = state_->currentNames.load()->ofId(id);
  if (!metadata) throw std::out_of_range("no id " + std::to_string(id) + " in this log");
  return metadata->name;
}

std::optional<int> Reader::findId(const std::string& name) const {
  const auto contents = state_->now();
  const auto slot = contents->names().find(name);
  if (!slot) return std::nullopt;
  return contents->names()[*slot].id;
}

std::size_t Reader::rowCount() const { return state_->now()->rowCount(); }

std::uint64_t Reader::recordCount() const { return state_->now()->recordCount(); }

std::uint64_t Reader::count(const std::string& name) const {
  const auto contents = state_->now();
  return contents->count(contents->names().slotOf(name));
}

std::optional<std::pair<std::int64_t, std::int64_t>> Reader::timeRange() const {
  const auto contents = state_->now();
  if (contents->rowCount() == 0) return std::nullopt;
  const auto range = contents->timeRange();
  return std::pair(range.first, range.second);
}

Rows Reader::rows() const {
  auto contents = state_->now();
  const auto count = contents->rowCount();
  return {std::move(contents), 0, count};
}

std::shared_ptr<const Column> Reader::column(const std::string& name) const {
  const auto contents = state_->now();
  return contents->column(contents->names().slotOf(name));
}

std::vector<std::shared_ptr<const Column>> Reader::columns() const { return state_->now()->columns(); }

Selection Reader::where(const Filter& filter) const {
  auto contents = state_->now();
  auto chosen = std::make_shared<std::vector<std::uint32_t>>(detail::chooseRows(*contents, detail::FilterNode::of(filter)));
  return {std::move(contents), std::move(chosen)};
}

Selection Reader::slice(std::size_t first, std::size_t last) const {
  auto contents = state_->now();
  last = std::min<std::size_t>(last, contents->rowCount());
  first = std::min(first, last);
  return {std::move(contents), first, last - first};
}

void Reader::readAll(BinaryListener& listener) const {
  const auto contents = state_->now();
  const std::uint64_t cancelsBefore = state_->conduct->cancels;
  const Names& names = contents->names();
  for (const auto& segment : contents->segments()) {
    const unsigned char* at = segment->records();
    for (std::uint64_t left = segment->recordCount(); left > 0; --left, at += detail::kRecord) {
      const auto& known = segment->ids->find(detail::load<std::int32_t>(at));
      if (known.slot >= names.size()) throw DamageError(segment->damage("the file has changed while it was read"));
      if (known.kind == ValueKind::integer)
        listener.onData(known.id, detail::load<std::int64_t>(at + 4), names[known.slot]);
      else
        listener.onData(known.id, detail::load<double>(at + 4), names[known.slot]);
      if (left % 4096 == 0 && state_->conduct->cancels != cancelsBefore) throw Cancelled();
    }
  }
}

std::vector<Damage> Reader::damage() const {
  const std::lock_guard lock(state_->changing);
  std::vector<Damage> all;
  for (const auto& source : state_->sources) {
    const auto some = source->damage();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

bool Reader::isComplete() const {
  const std::lock_guard lock(state_->changing);
  return std::all_of(state_->sources.begin(), state_->sources.end(),
                     [](const auto& source) { return source->isComplete(); });
}

void Reader::verify() const {
  const auto contents = state_->now();
  detail::forEachSegment(contents->effort(), contents->segments(),
                         [](const Segment& segment, std::size_t) { segment.check(); });
}

void Reader::prepareRows() const {
  const auto contents = state_->now();
  detail::forEachSegment(contents->effort(), contents->segments(),
                         [](const Segment& segment, std::size_t) { segment.places(); });
}

bool Reader::poll() {
  const std::lock_guard lock(state_->changing);
  if (state_->isChanging) throw std::logic_error("poll() was called by the progress callback of poll()");
  state_->isChanging = true;
  const std::unique_ptr<bool, void (*)(bool*)> done(&state_->isChanging, [](bool* flag) { *flag = false; });
  return state_->advance();
}

namespace {

// Sleeps until a file is written to, or a short while where the system does not tell.
class Watch {
 public:
  explicit Watch(const std::vector<std::string>& paths) {
#ifdef __linux__
    notices_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (notices_ < 0) return;
    for (const std::string& path : paths) ::inotify_add_watch(notices_, path.c_str(), IN_MODIFY | IN_CLOSE_WRITE);
#else
    (void)paths;
#endif
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
#ifdef __linux__
    if (notices_ >= 0) ::close(notices_);
#endif
  }

  // At most a hundredth of a second, so that the caller can look whether it shall end.
  void sleep(Clock::duration atMost) {
    const auto time = std::min<Clock::duration>(atMost, std::chrono::milliseconds(10));
#ifdef __linux__
    if (notices_ >= 0) {
      pollfd events{notices_, POLLIN, 0};
      const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
      ::poll(&events, 1, static_cast<int>(milliseconds) + 1);
      std::array<char, 4096> notices;
      while (::read(notices_, notices.data(), notices.size()) > 0) {
      }
      return;
    }
#endif
    std::this_thread::sleep_for(std::min<Clock::duration>(time, std::chrono::milliseconds(1)));
  }

 private:
  int notices_ = -1;
};

}  // namespace

bool Reader::wait(double seconds) {
  const std::uint64_t cancelsBefore = state_->conduct->cancels;
  if (poll()) return true;
  const auto limit = std::chrono::duration<double>(std::clamp(seconds, 0.0, 1e9));
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(limit);
  Watch watch(paths());
  while (!poll()) {
    const auto now = Clock::now();
    if (now >= end) return false;
    if (state_->conduct->cancels != cancelsBefore) throw Cancelled();
    watch.sleep(end - now);
  }
  return true;
}

std::shared_ptr<const Contents> detail::Inside::contents(const Reader& reader) { return reader.state_->now(); }

Report detail::Inside::report(const Reader& reader) {
  Report report;
  const Source& source = *reader.state_->sources.front();
  const auto contents = reader.state_->now();
  report.path = source.path();
  report.layout = source.isRecords() ? Layout::records : Layout::log;
  report.complete = source.isComplete();
  report.bytes = source.size();
  report.chunks = contents->segments().size();
  report.rows = contents->rowCount();
  report.records = contents->recordCount();
  report.sealed = !contents->segments().empty();
  for (const auto& segment : contents->segments()) report.sealed &= segment->isColumns();
  report.damage = reader.damage();
  return report;
}

void Reader::cancel() const { ++state_->conduct->cancels; }

}  // namespace rowlog
