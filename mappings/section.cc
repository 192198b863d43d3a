#include "mappings/section.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "mappings/text.h"

namespace trueup::mappings {
namespace {

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace

Section::Section(const YamlNode& node, std::string what, Problems& problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  if (!node.is_map()) {
    problems_.Add(node.place, what_ + " must be a map, not " + std::string(ToString(node.kind)));
  }
}

Section::~Section() {
  for (const auto& [key, value] : node_.members) {
    if (std::find(asked_.begin(), asked_.end(), key.text) != asked_.end()) continue;
    problems_.Add(key.place, what_ + " has no key " + Quoted(key.text),
                  DidYouMean(key.text, asked_));
  }
}

bool Section::Has(std::string_view key) { return Node(key).exists(); }

const YamlNode& Section::Node(std::string_view key) {
  asked_.emplace_back(key);
  return node_[key];
}

const YamlNode& Section::Required(std::string_view key) {
  const YamlNode& node = Node(key);
  if (node_.is_map() && (!node.exists() || node.is_null())) {
    problems_.Add(node_.place, what_ + " needs " + Quoted(key));
  }
  return node;
}

std::string Section::Text(std::string_view key) {
  const YamlNode& node = Node(key);
  if (!node.exists() || node.is_null()) return {};
  if (!node.is_scalar()) {
    problems_.Add(node.place,
                  Quoted(key) + " must be a single value, not " + std::string(ToString(node.kind)));
    return {};
  }
  return node.text;
}

std::string Section::RequiredText(std::string_view key) {
  Required(key);
  return Text(key);
}

bool Section::Flag(std::string_view key, bool otherwise) {
  const YamlNode& node = Node(key);
  if (!node.exists()) return otherwise;
  if (node.is_scalar() && (node.text == "true" || node.text == "false")) return node.text == "true";
  problems_.Add(node.place, Quoted(key) + " must be true or false");
  return otherwise;
}

std::optional<double> Section::Number(std::string_view key) {
  const YamlNode& node = Node(key);
  if (!node.exists()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(node.text.c_str(), &end);
  if (node.is_scalar() && !node.text.empty() && *end == '\0' && std::isfinite(number))
    return number;
  problems_.Add(node.place, Quoted(key) + " must be a number");
  return std::nullopt;
}

std::optional<std::chrono::hours> Section::Duration(std::string_view key) {
  const YamlNode& node = Node(key);
  if (!node.exists()) return std::nullopt;
  const std::string_view text = node.text;
  constexpr size_t kMostDigits = 6;
  if (node.is_scalar() && text.size() >= 2 && text.size() <= kMostDigits + 1 &&
      IsDigits(text.substr(0, text.size() - 1))) {
    const int count = std::atoi(node.text.c_str());
    if (text.back() == 'h') return std::chrono::hours(count);
    if (text.back() == 'd') return std::chrono::days(count);
  }
  problems_.Add(node.place, Quoted(key) + " must be a duration in hours or days", "48h or 5d");
  return std::nullopt;
}

std::vector<YamlNode> Section::Words(std::string_view key) {
  return ReadWords(Node(key), problems_);
}

std::vector<std::string> Section::Texts(std::string_view key) { return TextsOf(Words(key)); }

const std::vector<YamlMember>& Section::Members(std::string_view key) {
  const YamlNode& node = Node(key);
  if (node.exists() && !node.is_map() && !node.is_null()) {
    problems_.Add(node.place,
                  Quoted(key) + " must be a map, not " + std::string(ToString(node.kind)));
  }
  return node.members;
}

void Section::Problem(const Place& where, std::string message, std::string hint) {
  problems_.Add(where, std::move(message), std::move(hint));
}

std::vector<YamlNode> ReadWords(const YamlNode& node, Problems& problems) {
  if (node.is_scalar()) return {node};
  if (!node.exists() || node.is_null()) return {};
  std::vector<YamlNode> words;
  if (!node.is_list())
    problems.Add(node.place, "must be a list of words, not " + std::string(ToString(node.kind)));
  for (const YamlNode& item : node.items) {
    if (item.is_scalar()) {
      words.push_back(item);
    } else {
      problems.Add(item.place, "must be a word, not " + std::string(ToString(item.kind)));
    }
  }
  return words;
}

std::vector<std::string> TextsOf(const std::vector<YamlNode>& words) {
  std::vector<std::string> texts;
  texts.reserve(words.size());
  for (const YamlNode& word : words) texts.push_back(word.text);
  return texts;
}

}  // namespace trueup::mappings
