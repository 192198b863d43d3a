#pragma once

#include <memory>
#include <string>
#include <utility>

#include "config/settings.h"
#include "connectors/connector.h"
#include "connectors/http/curl_client.h"

namespace trueup::connectors {

// Reads settings that stand in one table.
template <class Settings>
Settings ReadTable(const YamlNode& node, config::ParseContext& context) {
  Settings settings;
  Settings::Settings().Parse(node, settings, context);
  return settings;
}

// The kind of a connector over HTTP: `Read` reads the settings of a system, `Make` makes its
// connector of the context, of them and of a client. REQUIRES: the settings have an HttpSettings
// `http`.
template <class Settings, auto Make, auto Read = &ReadTable<Settings>>
ConnectorKind HttpKind(std::string name) {
  ConnectorKind kind;
  kind.name = std::move(name);
  kind.make = [](const ConnectorContext& context,
                 Problems& problems) -> std::unique_ptr<Connector> {
    const size_t before = problems.list().size();
    config::ParseContext parse{problems, *context.secrets, context.base_folder};
    Settings settings = Read(context.settings, parse);
    if (problems.list().size() != before) return nullptr;
    std::shared_ptr<HttpClient> http = MakeCurlClient(settings.http.ToOptions());
    return Make(context, std::move(settings), std::move(http));
  };
  kind.schema = [] { return Settings::Settings().Schema(); };
  kind.reference = [] { return Settings::Settings().Reference(); };
  return kind;
}

}  // namespace trueup::connectors
