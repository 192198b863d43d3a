#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problems.h"
#include "base/yaml.h"

namespace trueup::mappings {

// Reads one map of a YAML file: every key that is asked for is known, every other one is a problem
// ("unknown key
// ... did you mean ...") when the section ends. What is missing or of the wrong shape becomes a
// problem and reads as empty, so a loader goes on and finds the rest.
class Section {
 public:
  // `what` names the section in messages: "term \"stage\"". A node that is no map is a problem.
  Section(const YamlNode& node, std::string what, Problems& problems);
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  const Place& place() const { return node_.place; }
  bool Has(std::string_view key);

  // The member as it is; missing where it is not there.
  const YamlNode& Node(std::string_view key);
  // The same, and a problem where it is not there.
  const YamlNode& Required(std::string_view key);

  // A scalar's text; "" where there is none.
  std::string Text(std::string_view key);
  std::string RequiredText(std::string_view key);
  bool Flag(std::string_view key, bool otherwise);
  std::optional<double> Number(std::string_view key);
  // "48h", "5d".
  std::optional<std::chrono::hours> Duration(std::string_view key);
  // A list of scalars, or one scalar.
  std::vector<YamlNode> Words(std::string_view key);
  std::vector<std::string> Texts(std::string_view key);
  // A map's members; a problem where the node is there and no map.
  const std::vector<YamlMember>& Members(std::string_view key);

  void Problem(const Place& where, std::string message, std::string hint = {});
  Problems& problems() { return problems_; }

 private:
  const YamlNode& node_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> asked_;
};

// The scalars of a list, or of one scalar; anything else is a problem.
std::vector<YamlNode> ReadWords(const YamlNode& node, Problems& problems);
std::vector<std::string> TextsOf(const std::vector<YamlNode>& words);

// The value whose name is the node's text; a problem with "did you mean" where none is.
template <class Enum, size_t kSize>
std::optional<Enum> ReadName(const YamlNode& node, std::string_view what,
                             const std::pair<std::string_view, Enum> (&names)[kSize],
                             Problems& problems) {
  std::vector<std::string> candidates;
  for (const auto& [name, value] : names) {
    if (node.is_scalar() && node.text == name) return value;
    candidates.emplace_back(name);
  }
  problems.Add(node.place, "\"" + node.text + "\" is no " + std::string(what),
               DidYouMean(node.text, candidates));
  return std::nullopt;
}

}  // namespace trueup::mappings
