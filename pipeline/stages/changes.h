#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "mappings/catalog.h"
#include "pipeline/accounts/account.h"
#include "pipeline/stages/messages.h"

namespace trueup::pipeline {

// The key of a document in kPublished.
std::string DocumentKey(std::string_view topic, std::string_view key);

// How a document lies in kPublished: the hash of its canonical form, then its JSON.
std::string EncodeDocument(const Document& document);
struct StoredDocument {
  std::string_view hash;  // sixteen bytes
  std::string_view json;
};
StoredDocument DecodeDocument(std::string_view stored);

// What differs between the published account and its new form, one observation a term ("what
// changed since last week").
void AppendChanges(std::string_view published, const Account& account,
                   const mappings::Catalog& catalog, Instant now,
                   std::vector<Observation>& observations);

}  // namespace trueup::pipeline
