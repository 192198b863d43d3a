#include "connectors/singer/singer_connector.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>

#include "base/file.h"
#include "connectors/singer/catalog.h"
#include "connectors/singer/stream_pull.h"

namespace trueup::connectors {
namespace singer {
namespace {

constexpr size_t kIdsPerPage = 10'000;
// A catalog is one text, not lines; larger ones are some tap's mistake.
constexpr size_t kLargestCatalog = 256 << 20;

std::string ProgramName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A program given with a path is looked for beside the config, as all relative paths are.
std::string ProgramPath(const std::string& program, const std::string& base_folder) {
  const bool relative = program.find('/') != std::string::npos && program.front() != '/';
  return relative ? std::filesystem::absolute(base_folder + "/" + program).string() : program;
}

class SingerConnector : public Connector {
 public:
  SingerConnector(std::string system, SingerSettings settings, TapConfig config,
                  std::string base_folder, std::shared_ptr<Clock> clock)
      : system_(std::move(system)),
        settings_(std::move(settings)),
        config_(std::move(config)),
        base_folder_(std::move(base_folder)),
        clock_(std::move(clock)) {
    for (const auto& [name, object] : settings_.objects) objects_[name].settings = &object;
  }

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  size_t IdsPerFetch() const override { return kIdsPerReading; }
  ApiUsage Usage() const override { return {}; }

 private:
  // Touched by one call at a time: that of its object.
  struct Object {
    const SingerObjectSettings* settings = nullptr;
    std::unique_ptr<StreamPull> pull;  // a run in the middle of its pages
    std::vector<std::string> ids;      // of the full run that ListIds is giving page by page
    bool counted = false;              // `ids` are those of a Count, and not given yet
  };
  using Take = std::function<void(ChangeEvent& event)>;

  Result<Object*> Find(const std::string& name);
  static std::string StreamOf(const std::string& name, const Object& object) {
    return object.settings->stream.empty() ? name : object.settings->stream;
  }
  TapStart StartOf(const std::string& subject) const;
  Result<std::shared_ptr<const Catalog>> ReadCatalog(std::stop_token stop);
  Result<std::shared_ptr<const Catalog>> Discover(std::stop_token stop) const;
  Result<std::shared_ptr<const Catalog>> KnownCatalog(std::stop_token stop);
  Result<MessageReader> StartTap(const std::string& name, const Object& object,
                                 const std::string& state, std::stop_token stop);
  Result<Page> PullObject(const std::string& name, Object& object, const std::string& text,
                          std::stop_token stop);
  Status ReadEverything(const std::string& name, const Object& object, const Take& take,
                        std::stop_token stop);
  Status CollectIds(const std::string& name, Object& object, std::stop_token stop);
  std::string Named(const std::string& object, std::string_view doing) const {
    return system_ + "/" + object + ": " + std::string(doing) + ": tap " +
           ProgramName(settings_.command.front());
  }

  const std::string system_;
  const SingerSettings settings_;
  const TapConfig config_;
  const std::string base_folder_;
  const std::shared_ptr<Clock> clock_;
  std::map<std::string, Object> objects_;  // never changes its keys
  std::mutex mutex_;                       // of the catalog and when it was read
  std::shared_ptr<const Catalog> catalog_;
  std::chrono::microseconds read_at_{0};
};

Result<SingerConnector::Object*> SingerConnector::Find(const std::string& name) {
  const auto found = objects_.find(name);
  if (found != objects_.end()) return &found->second;
  return Error(ErrorKind::kInvalid, system_ + " has no object \"" + name + "\"");
}

TapStart SingerConnector::StartOf(const std::string& subject) const {
  TapStart start;
  start.command = settings_.command;
  start.name = ProgramName(start.command.front());
  start.command.front() = ProgramPath(start.command.front(), base_folder_);
  start.folder = base_folder_;
  start.config = &config_;
  start.limits = {settings_.silence_timeout, settings_.run_timeout, settings_.exit_timeout,
                  static_cast<size_t>(settings_.max_line)};
  start.clock = clock_;
  start.log_subject = subject;
  start.catalog_option = settings_.catalog_option;
  return start;
}

Result<std::shared_ptr<const Catalog>> SingerConnector::Discover(std::stop_token stop) const {
  TapStart start = StartOf(system_);
  start.discover = true;
  start.limits.run = settings_.discovery_timeout;
  start.limits.line = kLargestCatalog;
  TRUEUP_ASSIGN(const auto tap, Tap::Start(start));
  std::string text;
  for (;;) {
    TRUEUP_ASSIGN(const auto line, tap->NextLine(stop));
    if (!line) break;
    text.append(*line).append("\n");
    if (text.size() > kLargestCatalog) return tap->LineError("the catalog has no end");
  }
  TRUEUP_ASSIGN(Catalog catalog, Catalog::Parse(std::move(text)));
  return std::shared_ptr<const Catalog>(std::make_shared<Catalog>(std::move(catalog)));
}

// The catalog anew, proved to have every stream. Null: the tap knows none.
Result<std::shared_ptr<const Catalog>> SingerConnector::ReadCatalog(std::stop_token stop) {
  std::shared_ptr<const Catalog> read;
  if (!settings_.catalog.empty()) {
    TRUEUP_ASSIGN(std::string text, ReadFile(settings_.catalog.path));
    auto catalog = Catalog::Parse(std::move(text));
    if (!catalog.ok()) return std::move(catalog).error().In(settings_.catalog.path);
    read = std::make_shared<Catalog>(*std::move(catalog));
  } else if (settings_.discover) {
    auto found = Discover(std::move(stop));
    if (!found.ok()) return std::move(found).error().In("--discover");
    read = *std::move(found);
  }
  for (const auto& [name, object] : objects_) {
    const std::string stream = StreamOf(name, object);
    if (!read || read->Has(stream)) continue;
    const std::string hint = DidYouMean(stream, read->streams());
    return Error(ErrorKind::kInvalid, "the catalog has no stream \"" + stream + "\"" +
                                          (hint.empty() ? "" : "; " + hint));
  }
  const std::lock_guard lock(mutex_);
  catalog_ = read;
  read_at_ = clock_->Elapsed();
  return read;
}

Result<std::shared_ptr<const Catalog>> SingerConnector::KnownCatalog(std::stop_token stop) {
  {
    const std::lock_guard lock(mutex_);
    const bool fresh = clock_->Elapsed() - read_at_ < settings_.discovery_interval;
    if (catalog_ && fresh) return catalog_;
  }
  return ReadCatalog(std::move(stop));
}

Result<std::vector<ObjectInfo>> SingerConnector::Describe(std::stop_token stop) {
  const auto catalog = ReadCatalog(std::move(stop));
  if (!catalog.ok()) {
    return Error(catalog.error())
        .In(system_ + ": describe: tap " + ProgramName(settings_.command.front()));
  }
  std::vector<ObjectInfo> described;
  for (const auto& [name, object] : objects_) {
    ObjectInfo info{name, {}};
    if (*catalog) info.fields = (*catalog)->Fields(StreamOf(name, object));
    described.push_back(std::move(info));
  }
  return described;
}

// A run that gives one stream, from `state` on.
Result<MessageReader> SingerConnector::StartTap(const std::string& name, const Object& object,
                                                const std::string& state, std::stop_token stop) {
  const std::string stream = StreamOf(name, object);
  TRUEUP_ASSIGN(const auto catalog, KnownCatalog(std::move(stop)));
  TapStart start = StartOf(system_ + "/" + name);
  if (catalog) start.catalog = catalog->Select(stream, *object.settings);
  start.state = state;
  TRUEUP_ASSIGN(auto tap, Tap::Start(start));
  return MessageReader(std::move(tap), system_, name, stream, *object.settings);
}

Result<Page> SingerConnector::Pull(const std::string& object, const std::string& cursor,
                                   std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  auto page = PullObject(object, *found, cursor, std::move(stop));
  // A run that failed or is through is over at once, not when somebody comes again.
  if (!page.ok() || page->done) found->pull.reset();
  if (!page.ok()) return std::move(page).error().In(Named(object, "pull"));
  return page;
}

Result<Page> SingerConnector::PullObject(const std::string& name, Object& object,
                                         const std::string& text, std::stop_token stop) {
  if (object.pull && object.pull->GoesOnFrom(text)) return object.pull->Next(std::move(stop));
  object.pull.reset();
  SingerCursor cursor;
  cursor.stream = StreamOf(name, object);
  if (!text.empty()) {
    auto parsed = SingerCursor::FromJson(text);
    if (!parsed || parsed->stream != cursor.stream) {
      Page page;
      page.gap = parsed ? "the stored cursor is one of stream " + parsed->stream
                        : "the stored cursor cannot be read";
      return page;
    }
    cursor = *std::move(parsed);
  }
  const bool full_table = object.settings->replication == Replication::kFullTable;
  if (full_table) cursor.state.clear();
  TRUEUP_ASSIGN(MessageReader reader, StartTap(name, object, cursor.state, stop));
  const PullLimits limits{static_cast<size_t>(settings_.page_size),
                          static_cast<size_t>(settings_.tracked_ids)};
  object.pull = std::make_unique<StreamPull>(std::move(reader), std::move(cursor), full_table,
                                             limits, system_, name);
  return object.pull->Next(std::move(stop));
}

// A run without state, from end to end.
Status SingerConnector::ReadEverything(const std::string& name, const Object& object,
                                       const Take& take, std::stop_token stop) {
  TRUEUP_ASSIGN(MessageReader reader, StartTap(name, object, "", stop));
  for (;;) {
    TRUEUP_ASSIGN(auto message, reader.Next(stop));
    if (!message) return {};
    if (message->kind == Message::Kind::kRecord) take(message->event);
  }
}

Status SingerConnector::CollectIds(const std::string& name, Object& object, std::stop_token stop) {
  object.counted = false;
  object.ids.clear();
  std::set<std::string> live;
  TRUEUP_RETURN_IF_ERROR(ReadEverything(
      name, object,
      [&live](ChangeEvent& event) {
        if (event.deleted) {
          live.erase(std::string(event.ref.id()));
        } else {
          live.emplace(event.ref.id());
        }
      },
      std::move(stop)));
  object.ids.assign(live.begin(), live.end());
  return {};
}

Result<uint64_t> SingerConnector::Count(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  Status collected = CollectIds(object, *found, std::move(stop));
  if (!collected.ok()) return std::move(collected).error().In(Named(object, "count"));
  found->counted = true;
  return found->ids.size();
}

Result<IdPage> SingerConnector::ListIds(const std::string& object, const std::string& next,
                                        std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  size_t begin = 0;
  if (next.empty()) {
    // What Count has just read is listed once: an audit asks for both.
    Status collected = found->counted ? Status() : CollectIds(object, *found, std::move(stop));
    if (!collected.ok()) return std::move(collected).error().In(Named(object, "list ids"));
    found->counted = false;
  } else {
    const auto at = std::lower_bound(found->ids.begin(), found->ids.end(), next);
    if (at == found->ids.end() || *at != next) {
      return Error(ErrorKind::kTransient,
                   Named(object, "list ids: the list was begun anew since the page before"));
    }
    begin = static_cast<size_t>(at - found->ids.begin());
  }
  IdPage page;
  const size_t end = std::min(found->ids.size(), begin + kIdsPerPage);
  page.ids.assign(found->ids.begin() + static_cast<std::ptrdiff_t>(begin),
                  found->ids.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < found->ids.size()) {
    page.next = found->ids[end];
  } else {
    found->ids = {};
  }
  return page;
}

Result<std::vector<ChangeEvent>> SingerConnector::Fetch(const std::string& object,
                                                        const std::vector<std::string>& ids,
                                                        std::stop_token stop) {
  TRUEUP_ASSIGN(Object* const found, Find(object));
  const std::set<std::string, std::less<>> wanted(ids.begin(), ids.end());
  std::map<std::string, ChangeEvent> events;  // the last that a run says of a record counts
  Status read = ReadEverything(
      object, *found,
      [&](ChangeEvent& event) {
        if (wanted.find(event.ref.id()) == wanted.end()) return;
        events[std::string(event.ref.id())] = std::move(event);
      },
      std::move(stop));
  if (!read.ok()) return std::move(read).error().In(Named(object, "fetch"));
  std::vector<ChangeEvent> fetched;
  for (auto& [id, event] : events) fetched.push_back(std::move(event));
  return fetched;
}

std::unique_ptr<Connector> Make(const ConnectorContext& context, Problems& problems) {
  const size_t before = problems.list().size();
  config::ParseContext parse{problems, *context.secrets, context.base_folder};
  SingerSettings settings;
  SingerSettings::Settings().Parse(context.settings, settings, parse);
  TapConfig config = MakeTapConfig(settings.config, settings.environment, parse);
  if (problems.list().size() != before) return nullptr;
  return std::make_unique<SingerConnector>(context.system, std::move(settings), std::move(config),
                                           context.base_folder, context.clock);
}

}  // namespace
}  // namespace singer

ConnectorKind SingerKind() {
  using singer::SingerSettings;
  return {"singer", singer::Make, [] { return SingerSettings::Settings().Schema(); },
          [] { return SingerSettings::Settings().Reference(); }};
}

}  // namespace trueup::connectors
