#include "config/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace trueup::config {

Rule Required() { return {.required = true, .least = {}, .most = {}, .choices = {}}; }
Rule AtLeast(int64_t least) {
  return {.required = false, .least = least, .most = {}, .choices = {}};
}
Rule Between(int64_t least, int64_t most) {
  return {.required = false, .least = least, .most = most, .choices = {}};
}
Rule OneOf(std::vector<std::string> choices) {
  return {.required = false, .least = {}, .most = {}, .choices = std::move(choices)};
}
Rule RequiredOneOf(std::vector<std::string> choices) {
  return {.required = true, .least = {}, .most = {}, .choices = std::move(choices)};
}

YamlNode Without(const YamlNode& node, const std::vector<std::string>& names) {
  YamlNode rest = node;
  std::erase_if(rest.members, [&](const auto& member) {
    return std::find(names.begin(), names.end(), member.key.text) != names.end();
  });
  return rest;
}

std::string ToMarkdown(const std::vector<ReferenceLine>& lines) {
  std::string text = "| setting | type | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const ReferenceLine& line : lines) {
    const std::string standard = line.standard == "required" || line.standard.empty()
                                     ? line.standard
                                     : "`" + line.standard + "`";
    text += "| `" + line.name + "` | " + line.type + " | " + standard + " | " + line.help + " |\n";
  }
  return text;
}

namespace detail {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view suffix;
  int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "10m" and the like; the units are exact, so "90s" is fine and "1.5h" is not.
std::optional<milliseconds> ReadDuration(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = WholeNumber(text.substr(0, digits));
  for (const Unit& unit : kUnits) {
    if (!number || text.substr(digits) != unit.suffix) continue;
    if (*number > INT64_MAX / unit.millis / 1'000) return std::nullopt;  // to fit as microseconds
    return milliseconds(*number * unit.millis);
  }
  return std::nullopt;
}

std::string Got(const YamlNode& node) {
  return node.is_scalar() ? "\"" + node.text + "\"" : std::string(ToString(node.kind));
}

void Expected(const YamlNode& node, const std::string& what, ParseContext& context) {
  context.problems.Add(node.place, "expected " + what + ", got " + Got(node));
}

std::string JoinedWith(const std::vector<std::string>& words, std::string_view quote) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ", ";
    text += std::string(quote) + word + std::string(quote);
  }
  return text;
}

bool InRange(const Rule& rule, int64_t number) {
  return (!rule.least || number >= *rule.least) && (!rule.most || number <= *rule.most);
}

template <class Show>
std::string RangeText(const Rule& rule, Show show) {
  if (rule.least && rule.most) return show(*rule.least) + " to " + show(*rule.most);
  if (rule.least) return "at least " + show(*rule.least);
  if (rule.most) return "at most " + show(*rule.most);
  return {};
}

std::string ShowNumber(int64_t number) { return std::to_string(number); }
std::string ShowMillis(int64_t number) { return DefaultText(milliseconds(number)); }

std::string WithRange(const std::string& type, const std::string& range) {
  return range.empty() ? type : type + ", " + range;
}

Shape IntegerShape(const Rule& rule) {
  JsonWriter schema;
  schema.BeginObject().Member("type", "integer");
  if (rule.least) schema.Member("minimum", *rule.least);
  if (rule.most) schema.Member("maximum", *rule.most);
  schema.EndObject();
  return {WithRange("integer", RangeText(rule, ShowNumber)), schema.Take(), {}};
}

Shape PatternShape(std::string type, std::string_view pattern) {
  JsonWriter schema;
  schema.BeginObject().Member("type", "string").Member("pattern", pattern).EndObject();
  return {std::move(type), schema.Take(), {}};
}

}  // namespace

void ParseValue(const YamlNode& node, const Rule& rule, std::string& out, ParseContext& context) {
  if (!node.is_scalar()) return Expected(node, "a text", context);
  const bool known = rule.choices.empty() || std::find(rule.choices.begin(), rule.choices.end(),
                                                       node.text) != rule.choices.end();
  if (known) {
    out = node.text;
    return;
  }
  const std::string hint = DidYouMean(node.text, rule.choices);
  context.problems.Add(
      node.place, "expected one of " + JoinedWith(rule.choices, "\"") + ", got " + Got(node), hint);
}

void ParseValue(const YamlNode& node, const Rule& rule, int64_t& out, ParseContext& context) {
  const auto number = node.is_scalar() && !node.quoted ? WholeNumber(node.text) : std::nullopt;
  if (!number) return Expected(node, "a whole number", context);
  if (!InRange(rule, *number)) return Expected(node, RangeText(rule, ShowNumber), context);
  out = *number;
}

void ParseValue(const YamlNode& node, const Rule& rule, int& out, ParseContext& context) {
  Rule narrow = rule;
  narrow.least = std::max<int64_t>(rule.least.value_or(INT32_MIN), INT32_MIN);
  narrow.most = std::min<int64_t>(rule.most.value_or(INT32_MAX), INT32_MAX);
  int64_t wide = out;
  ParseValue(node, narrow, wide, context);
  out = static_cast<int>(wide);
}

void ParseValue(const YamlNode& node, const Rule&, bool& out, ParseContext& context) {
  if (node.is_scalar() && !node.quoted && (node.text == "true" || node.text == "false")) {
    out = node.text == "true";
    return;
  }
  Expected(node, "true or false", context);
}

void ParseValue(const YamlNode& node, const Rule& rule, milliseconds& out, ParseContext& context) {
  const auto duration = node.is_scalar() ? ReadDuration(node.text) : std::nullopt;
  if (!duration) return Expected(node, "a duration such as 250ms, 10s, 5m, 2h or 1d", context);
  if (!InRange(rule, duration->count())) {
    return Expected(node, RangeText(rule, ShowMillis), context);
  }
  out = *duration;
}

void ParseValue(const YamlNode& node, const Rule& rule, Percent& out, ParseContext& context) {
  std::string_view digits = node.text;
  const bool marked = digits.ends_with('%');
  if (marked) digits.remove_suffix(1);
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const auto number = node.is_scalar() && marked ? WholeNumber(digits) : std::nullopt;
  if (!number || *number < 0 || *number > 100 || !InRange(rule, *number)) {
    return Expected(node, "a share such as \"25 %\"", context);
  }
  out.value = static_cast<int>(*number);
}

void ParseValue(const YamlNode& node, const Rule&, FilePath& out, ParseContext& context) {
  if (!node.is_scalar() || node.text.empty()) return Expected(node, "a path", context);
  const bool relative = node.text.front() != '/' && !context.base_folder.empty();
  out.path = relative ? context.base_folder + "/" + node.text : node.text;
}

void ParseValue(const YamlNode& node, const Rule& rule, Secret& out, ParseContext& context) {
  if (!node.is_map() || node.members.size() != 1) {
    // The text may be the secret itself: it is not repeated.
    context.problems.Add(node.place, "a secret must be a reference: {env: NAME} or {file: PATH}");
    return;
  }
  const auto& [key, value] = node.members.front();
  if (!value.is_scalar() || (key.text != "env" && key.text != "file")) {
    context.problems.Add(key.place, "a secret must be a reference: {env: NAME} or {file: PATH}");
    return;
  }
  FilePath file;
  if (key.text == "file") ParseValue(value, rule, file, context);
  auto secret = key.text == "env" ? context.secrets.FromEnvironment(value.text)
                                  : context.secrets.FromFile(file.path);
  if (!secret.ok()) {
    context.problems.Add(value.place, secret.error().message());
    return;
  }
  out = Secret(std::move(secret).value());
}

void ParseValue(const YamlNode& node, const Rule&, YamlNode& out, ParseContext&) { out = node; }

Shape ShapeOf(const std::string*, const Rule& rule) {
  JsonWriter schema;
  schema.BeginObject().Member("type", "string");
  if (!rule.choices.empty()) {
    schema.Key("enum").BeginArray();
    for (const std::string& choice : rule.choices) schema.String(choice);
    schema.EndArray();
  }
  schema.EndObject();
  const std::string type = rule.choices.empty() ? "text" : JoinedWith(rule.choices, "`");
  return {type, schema.Take(), {}};
}
Shape ShapeOf(const int64_t*, const Rule& rule) { return IntegerShape(rule); }
Shape ShapeOf(const int*, const Rule& rule) { return IntegerShape(rule); }
Shape ShapeOf(const bool*, const Rule&) {
  return {"`true` or `false`", R"({"type":"boolean"})", {}};
}
Shape ShapeOf(const milliseconds*, const Rule& rule) {
  return PatternShape(WithRange("duration", RangeText(rule, ShowMillis)), "^[0-9]+(ms|s|m|h|d)$");
}
Shape ShapeOf(const Percent*, const Rule&) { return PatternShape("per cent", "^[0-9]+ *%$"); }
Shape ShapeOf(const FilePath*, const Rule&) { return {"path", R"({"type":"string"})", {}}; }
Shape ShapeOf(const Secret*, const Rule&) {
  return {"secret: `{env: NAME}` or `{file: PATH}`",
          R"({"type":"object","properties":{"env":{"type":"string"},"file":{"type":"string"}},)"
          R"("minProperties":1,"maxProperties":1,"additionalProperties":false})",
          {}};
}
Shape ShapeOf(const YamlNode*, const Rule&) { return {"anything", "{}", {}}; }

Shape ListShape(const Shape& item) {
  Shape shape{"list of " + item.type, R"({"type":"array","items":)" + item.schema + "}", {}};
  // Where one text may stand for a list of one.
  if (item.type == "text") shape.schema = R"({"anyOf":[)" + item.schema + "," + shape.schema + "]}";
  for (ReferenceLine part : item.parts) {
    part.name = "[]" + part.name;
    shape.parts.push_back(std::move(part));
  }
  return shape;
}

Shape MapShape(const Shape& value) {
  Shape shape{"map of names to " + value.type,
              R"({"type":"object","additionalProperties":)" + value.schema + "}",
              {}};
  for (ReferenceLine part : value.parts) {
    part.name = ".<name>" + part.name;
    shape.parts.push_back(std::move(part));
  }
  return shape;
}

std::string DefaultText(const std::string& value) { return value; }
std::string DefaultText(int64_t value) { return std::to_string(value); }
std::string DefaultText(int value) { return std::to_string(value); }
std::string DefaultText(bool value) { return value ? "true" : "false"; }
std::string DefaultText(const Percent& value) { return std::to_string(value.value) + " %"; }
std::string DefaultText(milliseconds value) {
  const Unit* best = &kUnits.front();
  for (const Unit& unit : kUnits) {
    if (value.count() != 0 && value.count() % unit.millis == 0) best = &unit;
  }
  return std::to_string(value.count() / best->millis) + std::string(best->suffix);
}
std::string DefaultText(const std::vector<std::string>& value) { return JoinedWith(value, ""); }

bool WantsMap(const YamlNode& node, std::string_view what, ParseContext& context) {
  if (node.is_map() || node.is_null()) return true;
  Expected(node, std::string(what), context);
  return false;
}

bool WantsList(const YamlNode& node, std::string_view what, ParseContext& context) {
  if (node.is_list() || node.is_null()) return true;
  Expected(node, std::string(what), context);
  return false;
}

void ParseEntries(const std::vector<Entry>& entries, const YamlNode& node, void* target,
                  ParseContext& context) {
  if (node.exists() && !WantsMap(node, "a map of settings", context)) return;
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    names.push_back(entry.name);
    const YamlNode& value = node[entry.name];
    if (value.exists()) {
      entry.parse(value, target, context);
    } else if (entry.required) {
      context.problems.Add(node.place, "\"" + entry.name + "\" is missing", entry.help);
    }
  }
  for (const auto& member : node.members) {
    const std::string& name = member.key.text;
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    context.problems.Add(member.key.place, "unknown setting \"" + name + "\"",
                         DidYouMean(name, names));
  }
}

Shape ShapeOfEntries(const std::vector<Entry>& entries) {
  Shape section{"section", {}, {}};
  JsonWriter properties;
  JsonWriter required;
  properties.BeginObject();
  required.BeginArray();
  for (const Entry& entry : entries) {
    const Shape shape = entry.shape();
    JsonWriter described;
    described.BeginObject().Member("description", entry.help).EndObject();
    // Both are JSON objects: the description joins the type's own members.
    std::string schema = described.Take();
    if (shape.schema != "{}") {
      schema.back() = ',';
      schema += shape.schema.substr(1);
    }
    properties.Key(entry.name).Raw(schema);
    if (entry.required) required.String(entry.name);
    section.parts.push_back(
        {"." + entry.name, shape.type, entry.required ? "required" : entry.standard, entry.help});
    for (const ReferenceLine& part : shape.parts) {
      section.parts.push_back({"." + entry.name + part.name, part.type, part.standard, part.help});
    }
  }
  properties.EndObject();
  required.EndArray();
  JsonWriter schema;
  schema.BeginObject().Member("type", "object").Key("properties").Raw(properties.text());
  if (required.text() != "[]") schema.Key("required").Raw(required.text());
  schema.Key("additionalProperties").Bool(false).EndObject();
  section.schema = schema.Take();
  return section;
}

}  // namespace detail
}  // namespace trueup::config
