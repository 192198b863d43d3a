#include "config/log_settings.h"

#include <algorithm>
#include <string_view>

#include "config/address.h"

namespace trueup::config {
namespace {

// A port of 0 is none to connect to.
bool IsBroker(std::string_view text) {
  const auto address = ParseAddress(text);
  return address && address->port > 0;
}

// What topics, groups and members may be called.
bool IsName(std::string_view text, size_t most) {
  return text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_';
         });
}

bool IsSecretProperty(std::string_view name) {
  return name.ends_with("password") || name.ends_with("secret") || name == "ssl.key.pem" ||
         name == "sasl.oauthbearer.config";
}

void CheckEmbedded(const YamlNode& node, Problems& problems) {
  for (const auto& [name, value] : node.members) {
    if (name.text == "type") continue;
    problems.Add(name.place, "\"" + name.text + "\" is for \"type: kafka\" only");
  }
}

void CheckBrokers(const LogSettings& log, const YamlNode& node, Problems& problems) {
  const YamlNode& brokers = node["brokers"];
  if (log.brokers.empty()) {
    problems.Add(brokers.exists() ? brokers.place : node.place, "there is no broker to start from",
                 "such as brokers: [kafka1:9092, kafka2:9092]");
  }
  for (size_t i = 0; i < log.brokers.size(); ++i) {
    if (IsBroker(log.brokers[i])) continue;
    problems.Add(brokers.is_list() ? brokers.items[i].place : brokers.place,
                 "expected host:port, got \"" + log.brokers[i] + "\"");
  }
}

// What tokens of a token service need. librdkafka calls them so.
void CheckTokens(const LogSettings& log, const YamlNode& node, Problems& problems) {
  const auto method = log.properties.find("sasl.oauthbearer.method");
  if (method == log.properties.end() || method->second != "oidc") return;
  for (const char* name : {"sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret",
                           "sasl.oauthbearer.token.endpoint.url"}) {
    if (log.properties.contains(name) || node["secrets"][name].exists()) continue;
    problems.Add(node["properties"]["sasl.oauthbearer.method"].place,
                 "oidc needs \"" + std::string(name) + "\", too");
  }
}

void CheckProperties(const LogSettings& log, const YamlNode& node, Problems& problems) {
  for (const auto& [name, value] : node["properties"].members) {
    if (IsSecretProperty(name.text)) {
      problems.Add(name.place, "\"" + name.text + "\" is a secret",
                   "give it under \"secrets\": " + name.text + ": {env: NAME}");
    } else if (node["secrets"][name.text].exists()) {
      problems.Add(name.place, "\"" + name.text + "\" is among the secrets, too");
    }
  }
  CheckTokens(log, node, problems);
}

void CheckKafka(const LogSettings& log, const YamlNode& node, Problems& problems) {
  CheckBrokers(log, node, problems);
  if (!IsName(log.prefix, 50)) {
    problems.Add(node["prefix"].place, "\"" + log.prefix + "\" cannot begin the name of a topic",
                 "use at most 50 letters, digits, dots, dashes and underscores");
  }
  const YamlNode& instance = node["instance"];
  if (!instance.exists()) {
    problems.Add(node.place, "\"instance\" is missing",
                 "a name of this instance that no other has and that it keeps over restarts");
  } else if (log.instance.empty() || !IsName(log.instance, 100)) {
    problems.Add(instance.place, "\"" + log.instance + "\" cannot name an instance",
                 "use at most 100 letters, digits, dots, dashes and underscores");
  }
  if (log.min_insync > log.replication) {
    problems.Add(node[node["min_insync"].exists() ? "min_insync" : "replication"].place,
                 "no record would ever be acknowledged: min_insync is " +
                     std::to_string(log.min_insync) + ", replication " +
                     std::to_string(log.replication));
  }
  CheckProperties(log, node, problems);
}

}  // namespace

const Table<LogSettings>& LogSettings::Settings() {
  using Self = LogSettings;
  static const auto table =
      Table<Self>()
          .Add("type", &Self::type,
               "`embedded`: in this process, under `data_dir`. `kafka`: topics of a Kafka cluster, "
               "over which any number of instances share the work.",
               Choices<LogType>{{"embedded", LogType::kEmbedded}, {"kafka", LogType::kKafka}})
          .Add("brokers", &Self::brokers, "Brokers to start from, as `host:port`.")
          .Add("prefix", &Self::prefix,
               "Before the name of every topic and group, so that others can use the cluster.")
          .Add("partitions", &Self::partitions,
               "Tasks of a stage, and so how many instances can share it. Fixed for a generation.",
               Between(1, 1000))
          .Add("replication", &Self::replication, "Copies of each record.", Between(1, 10))
          .Add("min_insync", &Self::min_insync, "Copies without which no record is acknowledged.",
               Between(1, 10))
          .Add("instance", &Self::instance,
               "This instance's name, which no other has. One that comes back by its name within "
               "`session_timeout` goes on with the work it had.")
          .Add("session_timeout", &Self::session_timeout,
               "An instance that is silent for so long is dead, and its work goes to others.",
               Between(6'000, 1'800'000))
          .Add("checkpoints", &Self::checkpoints,
               "Folder that all instances share, for checkpoints: from one of them an instance "
               "takes over another's work. Without it, it replays all of it.")
          .Add("standby", &Self::standby,
               "Whether this instance keeps a copy of the state of all work that others do, and "
               "follows them, so that it can take over at once. Costs the memory, disk and work of "
               "the whole cluster's state.")
          .Add("properties", &Self::properties,
               "Handed to librdkafka as they are, such as `security.protocol`, `sasl.mechanism`, "
               "`sasl.username`, `ssl.ca.location`, `compression.codec`. What ends in `.location` "
               "is a path. [kafka.md](kafka.md) has the ways to sign in.")
          .Add("secrets", &Self::secrets,
               "As `properties`, for what is secret: `sasl.password`, `ssl.key.password`, "
               "`sasl.oauthbearer.client.secret`, ...")
          .Check([](const Self& log, const YamlNode& node, Problems& problems) {
            if (log.type == LogType::kEmbedded) {
              CheckEmbedded(node, problems);
            } else {
              CheckKafka(log, node, problems);
            }
          });
  return table;
}

}  // namespace trueup::config
