#include "base/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/file.h"

namespace trueup {
namespace {

constexpr int kMaxDepth = 64;
// Aliases of aliases grow without bounds when they are written out.
constexpr int kMaxNodes = 500'000;

class Converter {
 public:
  Converter(const std::string& file, Problems& problems) : file_(file), problems_(problems) {}

  YamlNode Convert(const YAML::Node& source, int depth) {
    YamlNode node;
    node.place = PlaceOf(source.Mark());
    if (depth > kMaxDepth) {
      problems_.Add(node.place, "nested too deeply");
      return node;
    }
    if (++nodes_ > kMaxNodes) {
      if (nodes_ == kMaxNodes + 1)
        problems_.Add(node.place, "too many values", "aliases of aliases?");
      return node;
    }
    switch (source.Type()) {
      case YAML::NodeType::Undefined: break;
      case YAML::NodeType::Null: node.kind = YamlNode::Kind::kNull; break;
      case YAML::NodeType::Scalar:
        node.kind = YamlNode::Kind::kScalar;
        node.text = source.Scalar();
        node.quoted = source.Tag() == "!";
        break;
      case YAML::NodeType::Sequence:
        node.kind = YamlNode::Kind::kList;
        for (const YAML::Node& item : source) {
          if (nodes_ > kMaxNodes) break;
          node.items.push_back(Convert(item, depth + 1));
        }
        break;
      case YAML::NodeType::Map: ConvertMap(source, depth, node); break;
    }
    return node;
  }

 private:
  Place PlaceOf(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void ConvertMap(const YAML::Node& source, int depth, YamlNode& node) {
    node.kind = YamlNode::Kind::kMap;
    for (const auto& member : source) {
      if (nodes_ > kMaxNodes) break;
      YamlNode key = Convert(member.first, depth + 1);
      if (!key.is_scalar()) {
        problems_.Add(key.place, "a key must be a plain word");
        continue;
      }
      if (node[key.text].exists()) {
        problems_.Add(key.place, "\"" + key.text + "\" is given twice");
        continue;
      }
      node.members.push_back({std::move(key), Convert(member.second, depth + 1)});
    }
  }

  const std::string& file_;
  Problems& problems_;
  int nodes_ = 0;
};

}  // namespace

const YamlNode& YamlNode::operator[](std::string_view key) const {
  static const YamlNode missing;
  for (const auto& [name, value] : members) {
    if (name.text == key) return value;
  }
  return missing;
}

std::string_view ToString(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kMissing:
    case YamlNode::Kind::kNull: return "nothing";
    case YamlNode::Kind::kScalar: return "a single value";
    case YamlNode::Kind::kList: return "a list";
    case YamlNode::Kind::kMap: return "a map";
  }
  return "nothing";
}

YamlNode ParseYaml(std::string_view text, const std::string& file, Problems& problems) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) {
      YamlNode nothing;
      nothing.kind = YamlNode::Kind::kNull;
      nothing.place = {file, 1, 1};
      return nothing;
    }
    YamlNode node = Converter(file, problems).Convert(documents.front(), 0);
    if (documents.size() > 1) {
      const YAML::Mark second = documents[1].Mark();
      problems.Add({file, second.line + 1, second.column + 1}, "a second document in one file");
    }
    return node;
  } catch (const YAML::Exception& failure) {
    problems.Add({file, failure.mark.line + 1, failure.mark.column + 1},
                 "not YAML: " + failure.msg);
    return {};
  }
}

YamlNode LoadYaml(const std::string& path, Problems& problems) {
  const auto text = ReadFile(path);
  if (!text.ok()) {
    problems.Add({path, 0, 0}, text.error().message());
    return {};
  }
  return ParseYaml(*text, path, problems);
}

}  // namespace trueup
