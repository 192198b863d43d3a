#include "daemon/sources.h"

#include <map>
#include <set>
#include <utility>

#include "config/config.h"

namespace trueup::daemon {
namespace {

std::string KindNames() {
  std::string names;
  for (const auto& [name, kind] : connectors::Registry()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

connectors::MappedFields MappedFieldsOf(const mappings::Catalog* catalog,
                                        const std::string& system) {
  if (catalog == nullptr) return std::nullopt;
  std::map<std::string, std::set<std::string>> fields;
  for (const std::string& object : catalog->objects(system)) {
    const auto read = catalog->FieldsOf(system, object);
    fields[object].insert(read.begin(), read.end());
  }
  return fields;
}

// The connector of one system, or null and a problem.
std::unique_ptr<connectors::Connector> MakeConnector(const config::Config& config,
                                                     const config::SystemConfig& system,
                                                     const mappings::Catalog* catalog,
                                                     std::shared_ptr<Clock> clock,
                                                     std::shared_ptr<connectors::Shared> shared,
                                                     Problems& problems) {
  const auto kind = connectors::Registry().find(system.connector);
  if (kind == connectors::Registry().end()) {
    problems.Add(system.place, "there is no connector \"" + system.connector + "\"",
                 "there are " + KindNames());
    return nullptr;
  }
  const connectors::ConnectorContext context{
      system.name,      system.settings, config.base_folder,
      std::move(clock), config.secrets,  MappedFieldsOf(catalog, system.name),
      std::move(shared)};
  return kind->second.make(context, problems);
}

}  // namespace

Sources MakeSources(const config::Config& config, std::shared_ptr<Clock> clock,
                    Problems& problems) {
  Sources sources;
  sources.catalog = mappings::Catalog::Load(config.mappings, problems);
  const auto shared = std::make_shared<connectors::Shared>();
  for (const config::SystemConfig& system : config.systems) {
    Source source{system.name,
                  MakeConnector(config, system, sources.catalog.get(), clock, shared, problems),
                  {}};
    if (sources.catalog) {
      source.objects = sources.catalog->objects(system.name);
      if (source.objects.empty()) {
        problems.Add(system.place,
                     "system \"" + system.name + "\" has no mapping in " + config.mappings,
                     DidYouMean(system.name, sources.catalog->systems()));
      }
    }
    sources.list.push_back(std::move(source));
  }
  return sources;
}

Result<Sources> MakeSources(const config::Config& config, std::shared_ptr<Clock> clock) {
  Problems problems;
  Sources sources = MakeSources(config, std::move(clock), problems);
  TRUEUP_RETURN_IF_ERROR(problems.ToStatus());
  return sources;
}

Result<std::shared_ptr<const mappings::Catalog>> LoadCatalog(const config::Config& config) {
  Problems problems;
  auto catalog = mappings::Catalog::Load(config.mappings, problems);
  TRUEUP_RETURN_IF_ERROR(problems.ToStatus());
  return catalog;
}

}  // namespace trueup::daemon
