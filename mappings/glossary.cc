#include "mappings/glossary.h"

#include <algorithm>

#include "mappings/lifecycle.h"
#include "mappings/text.h"

namespace trueup::mappings {

std::optional<size_t> Term::FindChoice(std::string_view choice) const {
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].name == choice) return i;
  }
  return std::nullopt;
}

std::optional<size_t> Term::FindSpelling(std::string_view text) const {
  const std::string key = FoldKey(text);
  const auto is_spelling = [&](const std::string& spelling) { return FoldKey(spelling) == key; };
  for (size_t i = 0; i < choices.size(); ++i) {
    const Choice& choice = choices[i];
    if (is_spelling(choice.name) || is_spelling(choice.label) ||
        std::any_of(choice.aliases.begin(), choice.aliases.end(), is_spelling)) {
      return i;
    }
  }
  return std::nullopt;
}

const Term* Entity::Find(std::string_view term) const {
  for (const Term& candidate : terms) {
    if (candidate.name == term) return &candidate;
  }
  return nullptr;
}

const Entity* Glossary::Find(std::string_view name) const {
  for (const Entity& entity : entities) {
    if (entity.name == name) return &entity;
  }
  return nullptr;
}

const Entity& Glossary::account() const {
  return *std::find_if(entities.begin(), entities.end(),
                       [](const Entity& entity) { return entity.role == EntityRole::kAccount; });
}

std::optional<size_t> Lifecycle::FindStage(std::string_view name) const {
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace trueup::mappings
