#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/problems.h"
#include "base/yaml.h"
#include "config/secrets.h"

// Settings are described once: a table names each setting of a struct, with its member, a help text
// and a rule. From the table come parsing (every problem at once, with file:line:column), the JSON
// Schema and the reference page.
//
//   struct HttpSettings {
//     std::chrono::milliseconds timeout = std::chrono::minutes(2);
//     static const config::Table<HttpSettings>& Settings();
//   };
//   const config::Table<HttpSettings>& HttpSettings::Settings() {
//     static const auto table = config::Table<HttpSettings>().Add(
//         "timeout", &HttpSettings::timeout, "How long one request may take.", config::AtLeast(1));
//     return table;
//   }
//
// A member may be a std::string, int64_t, int, bool, std::chrono::milliseconds ("250ms", "10s",
// "5m", "2h", "1d"), Percent ("25 %"), FilePath, Secret, YamlNode (taken as it is), a struct that
// has such a table (a section), an enum (with Choices), and std::optional, std::vector or
// std::map<std::string, ...> of these. A list of texts may be given as one text. The default is the
// member's initialiser.
namespace trueup::config {

// A share from 0 to 100 %.
struct Percent {
  int value = 0;
};

// A path; relative ones start at the folder of the config.
struct FilePath {
  std::string path;
  bool empty() const { return path.empty(); }
};

// What a value must keep to. Ranges count for integers, per cent and durations (in milliseconds).
struct Rule {
  bool required = false;
  std::optional<int64_t> least;
  std::optional<int64_t> most;
  std::vector<std::string> choices;  // of a text
};
Rule Required();
Rule AtLeast(int64_t least);
Rule Between(int64_t least, int64_t most);
Rule OneOf(std::vector<std::string> choices);
Rule RequiredOneOf(std::vector<std::string> choices);

// The words of an enum, in the order of the reference page.
template <class E>
using Choices = std::vector<std::pair<std::string, E>>;

// What parsing needs besides the YAML, and where it reports.
struct ParseContext {
  Problems& problems;
  const SecretReader& secrets;
  std::string base_folder;  // relative paths start here; may be empty
};

// One line of the reference page.
struct ReferenceLine {
  std::string name;  // with dots: "auth.client_id", "objects.<name>.fields"
  std::string type;
  std::string standard;  // the default as text; "required" where it must be given
  std::string help;
};

// How a type is described: in words, as JSON Schema, and (for sections) by its parts.
struct Shape {
  std::string type;
  std::string schema;                // a JSON object
  std::vector<ReferenceLine> parts;  // names start with ".": ".client_id", ".<name>.fields"
};

// The node without members that belong to somebody else.
YamlNode Without(const YamlNode& node, const std::vector<std::string>& names);

// A Markdown table of the lines.
std::string ToMarkdown(const std::vector<ReferenceLine>& lines);

template <class T>
class Table;

namespace detail {

void ParseValue(const YamlNode& node, const Rule& rule, std::string& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, int64_t& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, int& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, bool& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, std::chrono::milliseconds& out,
                ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, Percent& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, FilePath& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, Secret& out, ParseContext& context);
void ParseValue(const YamlNode& node, const Rule& rule, YamlNode& out, ParseContext& context);

Shape ShapeOf(const std::string*, const Rule& rule);
Shape ShapeOf(const int64_t*, const Rule& rule);
Shape ShapeOf(const int*, const Rule& rule);
Shape ShapeOf(const bool*, const Rule& rule);
Shape ShapeOf(const std::chrono::milliseconds*, const Rule& rule);
Shape ShapeOf(const Percent*, const Rule& rule);
Shape ShapeOf(const FilePath*, const Rule& rule);
Shape ShapeOf(const Secret*, const Rule& rule);
Shape ShapeOf(const YamlNode*, const Rule& rule);
Shape ListShape(const Shape& item);
Shape MapShape(const Shape& value);

std::string DefaultText(const std::string& value);
std::string DefaultText(int64_t value);
std::string DefaultText(int value);
std::string DefaultText(bool value);
std::string DefaultText(std::chrono::milliseconds value);
std::string DefaultText(const Percent& value);
std::string DefaultText(const std::vector<std::string>& value);
template <class V>
std::string DefaultText(const V&) {
  return {};  // paths, secrets, sections and collections show none
}

bool WantsMap(const YamlNode& node, std::string_view what, ParseContext& context);
bool WantsList(const YamlNode& node, std::string_view what, ParseContext& context);

template <class V>
concept Section = requires {
  V::Settings();
};

template <Section V>
void ParseValue(const YamlNode& node, const Rule&, V& out, ParseContext& context) {
  V::Settings().Parse(node, out, context);
}
template <Section V>
Shape ShapeOf(const V*, const Rule&) {
  return V::Settings().shape();
}

template <class V>
void ParseValue(const YamlNode& node, const Rule& rule, std::vector<V>& out,
                ParseContext& context) {
  out.clear();
  if constexpr (std::is_same_v<V, std::string>) {
    if (node.is_scalar()) {
      ParseValue(node, rule, out.emplace_back(), context);
      return;
    }
  }
  if (!WantsList(node, "a list", context)) return;
  for (const YamlNode& item : node.items) ParseValue(item, rule, out.emplace_back(), context);
}
template <class V>
Shape ShapeOf(const std::vector<V>*, const Rule& rule) {
  return ListShape(ShapeOf(static_cast<const V*>(nullptr), rule));
}

template <class V>
void ParseValue(const YamlNode& node, const Rule& rule, std::map<std::string, V>& out,
                ParseContext& context) {
  out.clear();
  if (!WantsMap(node, "a map", context)) return;
  for (const auto& [key, value] : node.members) ParseValue(value, rule, out[key.text], context);
}
template <class V>
Shape ShapeOf(const std::map<std::string, V>*, const Rule& rule) {
  return MapShape(ShapeOf(static_cast<const V*>(nullptr), rule));
}

template <class V>
void ParseValue(const YamlNode& node, const Rule& rule, std::optional<V>& out,
                ParseContext& context) {
  ParseValue(node, rule, out.emplace(), context);
}
template <class V>
Shape ShapeOf(const std::optional<V>*, const Rule& rule) {
  return ShapeOf(static_cast<const V*>(nullptr), rule);
}

// One row of a table, for any struct.
struct Entry {
  std::string name;
  std::string help;
  bool required = false;
  std::string standard;
  std::function<Shape()> shape;
  std::function<void(const YamlNode& node, void* target, ParseContext& context)> parse;
};

void ParseEntries(const std::vector<Entry>& entries, const YamlNode& node, void* target,
                  ParseContext& context);
Shape ShapeOfEntries(const std::vector<Entry>& entries);

}  // namespace detail

// The settings of struct T. Built once, then only read: safe from any thread.
template <class T>
class Table {
 public:
  template <class V>
  Table& Add(std::string name, V T::*member, std::string help, Rule rule = {}) {
    entries_.push_back({std::move(name), std::move(help), rule.required,
                        detail::DefaultText(T{}.*member),
                        [rule] { return detail::ShapeOf(static_cast<const V*>(nullptr), rule); },
                        [member, rule](const YamlNode& node, void* target, ParseContext& context) {
                          detail::ParseValue(node, rule, static_cast<T*>(target)->*member, context);
                        }});
    return *this;
  }

  // A member that is an enum: one of these words.
  template <class E>
  Table& Add(std::string name, E T::*member, std::string help, Choices<E> choices) {
    Rule rule;
    std::string standard;
    for (const auto& [word, value] : choices) {
      rule.choices.push_back(word);
      if (value == T{}.*member) standard = word;
    }
    const auto shape = [rule] {
      return detail::ShapeOf(static_cast<const std::string*>(nullptr), rule);
    };
    entries_.push_back(
        {std::move(name), std::move(help), false, standard, shape,
         [member, rule, choices](const YamlNode& node, void* target, ParseContext& context) {
           std::string text;
           detail::ParseValue(node, rule, text, context);
           for (const auto& [word, value] : choices) {
             if (word == text) static_cast<T*>(target)->*member = value;
           }
         }});
    return *this;
  }

  // A rule over several settings, checked after all are read; `node` is the section, for places.
  Table& Check(std::function<void(const T& settings, const YamlNode& node, Problems&)> check) {
    checks_.push_back(std::move(check));
    return *this;
  }

  // Reads a map (null counts as an empty one) into `out`. What is wrong goes to the context's
  // problems; the settings concerned keep their defaults.
  void Parse(const YamlNode& node, T& out, ParseContext& context) const {
    detail::ParseEntries(entries_, node, &out, context);
    for (const auto& check : checks_) check(out, node, context.problems);
  }

  Shape shape() const { return detail::ShapeOfEntries(entries_); }
  // The JSON Schema of the section: an object.
  std::string Schema() const { return shape().schema; }
  // The reference as a Markdown table.
  std::string Reference() const {
    std::vector<ReferenceLine> lines = shape().parts;
    for (ReferenceLine& line : lines) line.name.erase(0, 1);
    return ToMarkdown(lines);
  }

 private:
  std::vector<detail::Entry> entries_;
  std::vector<std::function<void(const T&, const YamlNode&, Problems&)>> checks_;
};

}  // namespace trueup::config
