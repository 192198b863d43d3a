#include "base/ref.h"

namespace trueup {

Ref::Ref(std::string_view system, std::string_view object, std::string_view id)
    : system_end_(static_cast<unsigned>(system.size())),
      object_end_(static_cast<unsigned>(system.size() + 1 + object.size())) {
  text_.reserve(system.size() + object.size() + id.size() + 2);
  text_.append(system).append(1, '/').append(object).append(1, '/').append(id);
}

Result<Ref> Ref::Parse(std::string_view text) {
  const size_t first = text.find('/');
  const size_t second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second == text.npos || first == 0 || second == first + 1 || second + 1 == text.size()) {
    return Error(ErrorKind::kInvalid,
                 "\"" + std::string(text) + "\" is not a record reference (system/object/id)");
  }
  return FromText(std::string(text));
}

Ref Ref::FromText(std::string text) {
  Ref ref;
  if (text.empty()) return ref;
  const size_t first = text.find('/');
  ref.system_end_ = static_cast<unsigned>(first);
  ref.object_end_ = static_cast<unsigned>(text.find('/', first + 1));
  ref.text_ = std::move(text);
  return ref;
}

}  // namespace trueup
