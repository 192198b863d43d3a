#include "daemon/kafka.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "connectors/http/client_credentials.h"
#include "pipeline/log/kafka/kafka_log.h"
#include "pipeline/log/kafka/kafka_positions.h"
#include "pipeline/log/kafka/kafka_slot_group.h"

namespace trueup::daemon {
namespace {

using Properties = std::map<std::string, std::string>;

// The value of a property, which is there no more; empty where it was not.
std::string Take(Properties& properties, const std::string& name) {
  const auto node = properties.extract(name);
  return node.empty() ? std::string() : std::move(node.mapped());
}

// "name=value,name=value", as librdkafka has it.
Properties ParseExtensions(const std::string& text) {
  Properties extensions;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    const size_t equals = std::min(one.find('='), one.size());
    extensions[one.substr(0, equals)] = one.substr(std::min(equals + 1, one.size()));
    begin = end + 1;
  }
  return extensions;
}

// Debian's librdkafka is built without what it needs to fetch tokens, so that is our work; the
// properties are those of one that can, and leave the others here.
pipeline::KafkaTokens TakeTokens(Properties& properties) {
  const std::string prefix = "sasl.oauthbearer.";
  Take(properties, prefix + "method");
  connectors::ClientCredentials client;
  client.token_url = Take(properties, prefix + "token.endpoint.url");
  client.client_id = Take(properties, prefix + "client.id");
  client.client_secret = config::Secret(Take(properties, prefix + "client.secret"));
  client.scope = Take(properties, prefix + "scope");
  client.sent_in = connectors::ClientCredentials::SentIn::kHeader;
  connectors::HttpOptions http;
  http.ca_file = Take(properties, "https.ca.location");
  http.timeout = std::chrono::seconds(5);
  // librdkafka asks again.
  connectors::RetryPolicy once;
  once.max_attempts = 1;
  const auto source = connectors::MakeTokenSource(client, connectors::MakeCurlClient(http),
                                                  std::make_shared<SystemClock>(),
                                                  connectors::SystemRandom(), once);
  pipeline::KafkaTokens tokens;
  tokens.fetch = [source](std::stop_token stop) -> Result<pipeline::KafkaToken> {
    TRUEUP_ASSIGN(const connectors::Token token, source->Get(std::move(stop)));
    return pipeline::KafkaToken{token.value, token.expires};
  };
  tokens.principal = client.client_id;
  tokens.extensions = ParseExtensions(Take(properties, prefix + "extensions"));
  return tokens;
}

}  // namespace

pipeline::KafkaOptions KafkaOptionsOf(const config::Config& config) {
  const config::LogSettings& log = config.log;
  pipeline::KafkaOptions options;
  options.brokers = log.brokers;
  options.prefix = log.prefix;
  options.replication = log.replication;
  options.min_insync = log.min_insync;
  options.properties = log.properties;
  options.places = log.places;
  for (const auto& [name, secret] : log.secrets) options.properties[name] = secret.reveal();
  for (auto& [name, value] : options.properties) {
    // "probe" is no file but librdkafka's word for the system's certificates.
    if (!name.ends_with(".location") || value == "probe") continue;
    value = (std::filesystem::path(config.base_folder) / value).string();
  }
  const auto method = options.properties.find("sasl.oauthbearer.method");
  if (method != options.properties.end() && method->second == "oidc") {
    options.tokens = TakeTokens(options.properties);
  }
  return options;
}

void CheckKafka(const config::Config& config, Problems& problems) {
  if (!config.log.shared()) return;
  pipeline::CheckKafkaProperties(KafkaOptionsOf(config), config.log.place, problems);
}

pipeline::ClusterAccess ClusterAccessOf(const config::Config& config) {
  pipeline::ClusterAccess access;
  const pipeline::KafkaOptions options = KafkaOptionsOf(config);
  access.positions = [options](const pipeline::GenerationPlan& plan) {
    return pipeline::OpenKafkaPositions(options, "positions." + plan.name());
  };
  access.slots = [options, settings = config.log](const pipeline::GenerationPlan& plan, int slots) {
    pipeline::KafkaSlotGroupSettings group;
    group.name = plan.slots();
    group.slots = slots;
    group.instance = settings.instance;
    group.session_timeout = settings.session_timeout;
    return pipeline::OpenKafkaSlotGroup(options, group);
  };
  return access;
}

}  // namespace trueup::daemon
