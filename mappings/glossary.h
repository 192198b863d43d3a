#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/problems.h"

namespace trueup::mappings {

// What a term holds, and so how its values are read, checked and written canonically
// (mappings/types.h).
enum class TermType {
  kText,
  kName,      // of a company or person: white space folded
  kCode,      // an identifier as people type it (postcode): upper case, no white space
  kEmail,     // lower case
  kPhone,     // E.164, with the row's country as hint
  kDomain,    // registrable domain of a website or e-mail address, lower case
  kCountry,   // ISO 3166-1 alpha-2
  kCurrency,  // ISO 4217
  kMoney,     // decimal
  kNumber,    // decimal
  kBoolean,
  kDate,
  kInstant,
  kTimezone,     // IANA name
  kLanguage,     // ISO 639-1
  kTaxId,        // country-prefixed, check digits proved
  kEnumeration,  // one of the term's choices
  kReference,    // the ref of another record
  kList,         // of texts
};

// How a row takes part in reconciliation.
enum class EntityRole {
  kAccount,  // a member of an account; matched and reconciled
  kPart,     // hangs on an account and is read by terms, gates or conditions: contact, site, task,
             // order
  kFact,     // hangs on an account, read by reports only: order line, activity
  kTrace,    // a fact of what was done to another record: field change, approval; nobody has to
             // care for one whose record is not there
  kReference,  // shared by accounts: user, product, payment term
};

// Whether its rows hang on an account, at whatever depth.
constexpr bool HangsOnAccount(EntityRole role) {
  return role == EntityRole::kPart || role == EntityRole::kFact || role == EntityRole::kTrace;
}
// Whether only reports read its rows.
constexpr bool IsForReports(EntityRole role) {
  return role == EntityRole::kFact || role == EntityRole::kTrace;
}

// How far two systems' values of a term may be apart without being a conflict.
enum class Tolerance {
  kNotCompared,  // several values are normal (phone, street): never a conflict
  kExact,        // canonical values are equal
  kName,         // equal but for case, punctuation, accents, legal form
  kDays,         // dates at most `tolerance_days` apart
  kAmount,       // numbers at most `tolerance_amount` apart
};

enum class SurvivorshipRule { kSourcePriority, kMostRecent, kMostComplete };

struct Choice {
  std::string name;  // canonical
  std::string label;
  std::vector<std::string> aliases;  // other spellings that systems use
};

// One word of the shared vocabulary.
struct Term {
  uint16_t index = 0;  // within its entity
  std::string name;    // snake_case
  std::string label;
  std::string definition;
  TermType type = TermType::kText;
  std::string owner;                 // team that answers for it
  std::vector<std::string> aliases;  // what the systems and teams call it
  std::vector<Choice> choices;       // of an enumeration, in their order
  std::string target;                // entity that a reference points at
  bool history = false;              // keep dated milestones of its changes
  Tolerance tolerance = Tolerance::kNotCompared;
  int tolerance_days = 0;
  Decimal tolerance_amount;
  std::vector<SurvivorshipRule> survivorship;  // tried in order until one value is left
  std::vector<std::string> priority;           // systems, best first, for kSourcePriority
  Place place;

  // Position of a choice by its canonical name.
  std::optional<size_t> FindChoice(std::string_view name) const;
  // Position of a choice by any spelling of its name, its label or an alias ("Net 30", "net_30").
  std::optional<size_t> FindSpelling(std::string_view text) const;
};

struct Entity {
  uint16_t index = 0;
  std::string name;
  std::string label;
  std::string definition;
  EntityRole role = EntityRole::kPart;
  std::vector<Term> terms;
  // Terms (references) that lead towards the account, in the order in which they are tried.
  std::vector<uint16_t> parents;
  Place place;

  const Term* Find(std::string_view name) const;
};

struct Glossary {
  std::vector<Entity> entities;
  // Words that people type where they know nothing ("n/a"), as FoldKey gives them, sorted: read as
  // empty in every term but names.
  std::vector<std::string> empty_words;

  const Entity* Find(std::string_view name) const;
  // The one entity of role kAccount.
  const Entity& account() const;
};

}  // namespace trueup::mappings
