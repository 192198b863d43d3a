#include "connectors/singer/tap_config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "base/json.h"

namespace trueup::connectors::singer {
namespace {

constexpr std::array kPassedOn = {"PATH",         "HOME",
                                  "USER",         "LANG",
                                  "LC_ALL",       "TZ",
                                  "TMPDIR",       "HTTP_PROXY",
                                  "HTTPS_PROXY",  "NO_PROXY",
                                  "http_proxy",   "https_proxy",
                                  "no_proxy",     "SSL_CERT_FILE",
                                  "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"};

// Lines of a secret that are shorter say too little, and stand in too much else.
constexpr size_t kLeastLine = 8;

bool IsReference(const YamlNode& node) {
  if (!node.is_map() || node.members.size() != 1) return false;
  const std::string& key = node.members.front().key.text;
  return key == "env" || key == "file";
}

// Whether a setting of that name holds what nobody should write into a config.
bool NamesSecret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : std::tolower(c); });
  static const std::array<std::string_view, 8> endings = {
      "password", "passwd", "secret", "token", "api_key", "apikey", "private_key", "access_key"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

// A number as JSON writes them: YAML's others (octal, hexadecimal, infinity) stay texts.
bool IsJsonNumber(const std::string& text) {
  const bool starts = !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
  if (!starts) return false;
  const auto parsed = JsonDocument::Parse(text);
  return parsed.ok() && parsed->root().is_number();
}

// Writes the settings of a tap as JSON.
class ConfigWriter {
 public:
  ConfigWriter(Mask& mask, config::ParseContext& context) : mask_(mask), context_(context) {}

  void Write(const YamlNode& node, const std::string& name, JsonWriter& json) {
    if (IsReference(node)) {
      json.String(Reveal(node));
    } else if (node.is_map()) {
      WriteMap(node, json);
    } else if (node.is_list()) {
      json.BeginArray();
      for (const YamlNode& item : node.items) Write(item, name, json);
      json.EndArray();
    } else {
      WriteScalar(node, name, json);
    }
  }

  void WriteMap(const YamlNode& node, JsonWriter& json) {
    json.BeginObject();
    for (const auto& [key, value] : node.members) {
      json.Key(key.text);
      Write(value, key.text, json);
    }
    json.EndObject();
  }

  std::string Reveal(const YamlNode& node) {
    config::Secret secret;
    config::detail::ParseValue(node, {}, secret, context_);
    if (!secret.empty()) mask_.Add(secret.reveal());
    return secret.reveal();
  }

  void RefuseSecret(const YamlNode& node, const std::string& name) {
    if (!NamesSecret(name) || !node.is_scalar() || node.text.empty()) return;
    // The text may be the secret itself: it is not repeated.
    context_.problems.Add(node.place, "\"" + name + "\" looks like a secret",
                          "give it as a reference: {env: NAME} or {file: PATH}");
  }

 private:
  void WriteScalar(const YamlNode& node, const std::string& name, JsonWriter& json) {
    if (!node.is_scalar()) {
      json.Null();
    } else if (!node.quoted && (node.text == "true" || node.text == "false")) {
      json.Bool(node.text == "true");
    } else if (!node.quoted && IsJsonNumber(node.text)) {
      json.Digits(node.text);
    } else {
      RefuseSecret(node, name);
      json.String(node.text);
    }
  }

  Mask& mask_;
  config::ParseContext& context_;
};

void AddEnvironment(const YamlNode& node, ConfigWriter& writer, config::ParseContext& context,
                    std::vector<std::string>& out) {
  std::set<std::string> given;
  for (const auto& [key, value] : node.members) {
    given.insert(key.text);
    if (key.text.empty() || key.text.find('=') != std::string::npos) {
      context.problems.Add(key.place, "\"" + key.text + "\" cannot name an environment variable");
    }
    if (IsReference(value)) {
      out.push_back(key.text + "=" + writer.Reveal(value));
    } else if (value.is_scalar()) {
      writer.RefuseSecret(value, key.text);
      out.push_back(key.text + "=" + value.text);
    } else {
      context.problems.Add(value.place, "expected a text, {env: NAME} or {file: PATH}");
    }
  }
  for (const char* name : kPassedOn) {
    if (given.contains(name)) continue;
    const auto value = context.secrets.Variable(name);
    if (value) out.push_back(std::string(name) + "=" + *value);
  }
}

std::string ForUrl(const std::string& text) {
  static const char* const kDigits = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += static_cast<char>(c);
    } else {
      out += {'%', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  return out;
}

}  // namespace

void Mask::AddForm(std::string form) {
  if (form.empty() || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  forms_.push_back(std::move(form));
  std::stable_sort(forms_.begin(), forms_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

void Mask::Add(const std::string& secret) {
  AddForm(secret);
  JsonWriter json;
  json.String(secret);
  AddForm(json.text().substr(1, json.text().size() - 2));
  AddForm(ForUrl(secret));
  for (size_t begin = 0; begin < secret.size();) {
    const size_t end = std::min(secret.find('\n', begin), secret.size());
    if (end - begin >= kLeastLine) AddForm(secret.substr(begin, end - begin));
    begin = end + 1;
  }
}

std::string Mask::Hide(std::string text) const {
  constexpr std::string_view kHidden = "(secret)";
  for (const std::string& form : forms_) {
    for (size_t at = text.find(form); at != std::string::npos; at = text.find(form, at)) {
      text.replace(at, form.size(), kHidden);
      at += kHidden.size();
    }
  }
  return text;
}

TapConfig MakeTapConfig(const YamlNode& config, const YamlNode& environment,
                        config::ParseContext& context) {
  TapConfig made;
  ConfigWriter writer(made.mask, context);
  for (const auto& [node, name] : {std::pair(&config, "config"), {&environment, "environment"}}) {
    const bool usable = node->is_map() || !node->exists() || node->kind == YamlNode::Kind::kNull;
    if (!usable) context.problems.Add(node->place, std::string(name) + " must be a map");
  }
  JsonWriter json;
  writer.WriteMap(config, json);
  made.json = json.Take();
  AddEnvironment(environment, writer, context, made.environment);
  return made;
}

}  // namespace trueup::connectors::singer
