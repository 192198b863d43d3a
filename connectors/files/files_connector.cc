#include "connectors/files/files_connector.h"

#include <utility>

namespace trueup::connectors {
namespace files {
namespace {

// Sends each call to its object's source, and says in errors which object and what was being done.
class FilesConnector : public Connector {
 public:
  explicit FilesConnector(Parts parts) : system_(std::move(parts.system)) {
    const FilesSettings& settings = parts.settings;
    for (const auto& [name, object] : settings.objects) {
      SourceParts source{system_, name, settings.path.path, object, parts.limits};
      const InboxSettings* const inbox = settings.InboxOf(object);
      objects_[name] = inbox == nullptr ? MakeFileSetSource(std::move(source))
                                        : MakeInboxSource(std::move(source), *inbox, parts.clock);
    }
  }

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override {
    std::vector<ObjectInfo> described;
    for (const auto& [name, object] : objects_) {
      TRUEUP_ASSIGN(auto fields, In(name, "describe", object->Describe(stop)));
      described.push_back({name, std::move(fields)});
    }
    return described;
  }
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override {
    TRUEUP_ASSIGN(ObjectSource* const found, Find(object));
    return In(object, "pull", found->Pull(cursor, stop));
  }
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override {
    TRUEUP_ASSIGN(ObjectSource* const found, Find(object));
    return In(object, "list ids", found->ListIds(next, stop));
  }
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override {
    TRUEUP_ASSIGN(ObjectSource* const found, Find(object));
    return In(object, "count", found->Count(stop));
  }
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override {
    TRUEUP_ASSIGN(ObjectSource* const found, Find(object));
    return In(object, "fetch", found->Fetch(ids, stop));
  }
  size_t IdsPerFetch() const override { return kIdsPerReading; }
  ApiUsage Usage() const override { return {}; }

 private:
  Result<ObjectSource*> Find(const std::string& name) const {
    const auto found = objects_.find(name);
    if (found != objects_.end()) return found->second.get();
    return Error(ErrorKind::kInvalid, system_ + " has no object \"" + name + "\"");
  }

  template <class T>
  Result<T> In(const std::string& object, std::string_view doing, Result<T> result) const {
    if (result.ok()) return result;
    return std::move(result).error().In(system_ + "/" + object + ": " + std::string(doing));
  }

  const std::string system_;
  std::map<std::string, std::unique_ptr<ObjectSource>> objects_;  // never changes
};

std::unique_ptr<Connector> Make(const ConnectorContext& context, Problems& problems) {
  const size_t before = problems.list().size();
  config::ParseContext parse{problems, *context.secrets, context.base_folder};
  FilesSettings settings;
  FilesSettings::Settings().Parse(context.settings, settings, parse);
  if (problems.list().size() != before) return nullptr;
  return MakeConnector({context.system, std::move(settings), context.clock, {}});
}

}  // namespace

std::unique_ptr<Connector> MakeConnector(Parts parts) {
  return std::make_unique<FilesConnector>(std::move(parts));
}

}  // namespace files

ConnectorKind FilesKind() {
  using files::FilesSettings;
  return {"files", files::Make, [] { return FilesSettings::Settings().Schema(); },
          [] { return FilesSettings::Settings().Reference(); }};
}

}  // namespace trueup::connectors
