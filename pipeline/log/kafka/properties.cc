#include "pipeline/log/kafka/properties.h"

#include <array>
#include <string_view>
#include <utility>

namespace trueup::pipeline::kafka {
namespace {

// librdkafka's text with the value left out: it may be a secret.
std::string WithoutValue(std::string text, const std::string& value) {
  for (size_t at = 0; !value.empty() && (at = text.find(value, at)) != text.npos;) {
    text.replace(at, value.size(), "...");
  }
  return text;
}

Status Set(const std::string& name, const std::string& value, rd_kafka_conf_t* conf) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), text.data(), text.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return Error(ErrorKind::kInvalid,
               "kafka property " + name + ": " + WithoutValue(text.data(), value));
}

// What is wrong with a property, and where it is set.
Error Placed(const KafkaOptions& options, const std::string& name, const std::string& message) {
  return {ErrorKind::kInvalid, message + WhereSet(options, RD_KAFKA_RESP_ERR_NO_ERROR, name)};
}

// The properties that an error is about begin so.
std::string_view FamilyOf(rd_kafka_resp_err_t code, const std::string& text) {
  // What a broker says against us within TLS ends the connection, and comes as that.
  if (text.find("SSL routines") != text.npos) return "ssl.";
  switch (code) {
    case RD_KAFKA_RESP_ERR__SSL: return "ssl.";
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM: return "sasl.";
    default: return {};
  }
}

}  // namespace

Status Apply(const KafkaOptions& options, const Properties& tuning, const Properties& invariants,
             rd_kafka_conf_t* conf) {
  for (const auto& [name, value] : options.properties) {
    if (!invariants.contains(name)) continue;
    return Placed(options, name, "kafka property " + name + " is not for setting");
  }
  Properties all = options.properties;
  all.insert(tuning.begin(), tuning.end());
  all.insert({"client.id", "trueup"});
  all.insert({"socket.nagle.disable", "true"});
  all.insert({"reconnect.backoff.max.ms", "1000"});
  // How long rights that were granted, or a topic that is there again, go unnoticed.
  all.insert({"topic.metadata.refresh.interval.ms", "30000"});
  all.insert(invariants.begin(), invariants.end());
  for (const auto& [name, value] : all) {
    const Status set = Set(name, value, conf);
    if (!set.ok()) return Placed(options, name, set.error().message());
  }
  return {};
}

void ApplyAll(const KafkaOptions& options, const Place& elsewhere, rd_kafka_conf_t* conf,
              Problems& problems) {
  for (const auto& [name, value] : options.properties) {
    const Status set = Set(name, value, conf);
    if (set.ok()) continue;
    const auto place = options.places.find(name);
    problems.Add(place == options.places.end() ? elsewhere : place->second, set.error().message());
  }
}

std::string WhereSet(const KafkaOptions& options, rd_kafka_resp_err_t code,
                     const std::string& text) {
  const std::string_view family = FamilyOf(code, text);
  std::string places;
  for (const auto& [name, place] : options.places) {
    const bool about = !family.empty() && name.starts_with(family);
    if (!about && text.find(name) == text.npos) continue;
    places += (places.empty() ? "; " : ", ") + name + " is set in " + place.ToText();
  }
  return places;
}

}  // namespace trueup::pipeline::kafka
