#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "config/settings.h"

namespace trueup::connectors::singer {

// Hides secrets in what a tap writes: nothing of its output reaches a log or an error but through
// here. Safe from any thread once filled.
class Mask {
 public:
  // A secret, and the other forms in which programs print it: JSON's, that of a URL, and each
  // longer line of it.
  void Add(const std::string& secret);
  // `text` with "(secret)" for each of them.
  std::string Hide(std::string text) const;

 private:
  void AddForm(std::string form);
  std::vector<std::string> forms_;  // longest first
};

// What a tap is given besides its catalog and state.
struct TapConfig {
  std::string json;                      // its config file
  std::vector<std::string> environment;  // "NAME=value"
  Mask mask;
};

// Turns the `config` and `environment` of the settings into what the tap gets. A map of the one key
// `env` or `file` is a secret by reference; plain texts under names such as "password" are refused.
// The variables of ours that every program needs (PATH, HOME, proxies, ...) come along, no others:
// the tap is somebody else's program and our environment holds the secrets of other systems.
TapConfig MakeTapConfig(const YamlNode& config, const YamlNode& environment,
                        config::ParseContext& context);

}  // namespace trueup::connectors::singer
