#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problems.h"

namespace trueup {

struct YamlMember;

// A node of a YAML file with its place. Plain values: copy, keep, compare as you like.
struct YamlNode {
  enum class Kind { kMissing, kNull, kScalar, kList, kMap };

  Kind kind = Kind::kMissing;
  Place place;
  std::string text;                 // of a scalar, as written
  bool quoted = false;              // a scalar in quotes is text, whatever it looks like
  std::vector<YamlNode> items;      // of a list
  std::vector<YamlMember> members;  // of a map, in order; keys are scalars

  bool exists() const { return kind != Kind::kMissing; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
  bool is_null() const { return kind == Kind::kNull; }
  // The member of that name, or a missing node.
  const YamlNode& operator[](std::string_view key) const;
};

struct YamlMember {
  YamlNode key;
  YamlNode value;
};

// "a scalar", "a list", ...: for messages.
std::string_view ToString(YamlNode::Kind kind);

// Parses one YAML document. What is wrong (syntax, a key twice in a map, a map key that is no
// scalar, a second document, nesting or aliases without measure) goes to `problems`; the node is
// then missing or holds what could be read. `file` is the name used in places.
YamlNode ParseYaml(std::string_view text, const std::string& file, Problems& problems);

// Reads and parses a file; one that cannot be read is a problem.
YamlNode LoadYaml(const std::string& path, Problems& problems);

}  // namespace trueup
