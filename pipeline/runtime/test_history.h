#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/change_event.h"
#include "base/hash.h"
#include "base/problems.h"
#include "mappings/catalog.h"

namespace trueup::pipeline {

inline std::shared_ptr<const mappings::Catalog> TestCatalog() {
  static const auto catalog = [] {
    Problems problems;
    auto loaded = mappings::Catalog::Load(
        std::string(TRUEUP_SOURCE_DIR) + "/pipeline/runtime/testdata/mappings", problems);
    EXPECT_TRUE(loaded != nullptr) << problems.ToText();
    return loaded;
  }();
  return catalog;
}

inline ChangeEvent Event(const std::string& ref, int64_t second,
                         const std::vector<std::pair<std::string, std::string>>& fields) {
  ChangeEvent event;
  event.ref = *Ref::Parse(ref);
  event.modified = FromMicros(second * 1'000'000);
  event.created = FromMicros(static_cast<int64_t>(HashBytes64(ref) % 1'000'000) * 1'000'000);
  for (const auto& [name, value] : fields) event.row.AddText(name, value);
  return event;
}

inline ChangeEvent Deletion(const std::string& ref, int64_t second) {
  ChangeEvent event;
  event.ref = *Ref::Parse(ref);
  event.modified = FromMicros(second * 1'000'000);
  event.deleted = true;
  return event;
}

// A random history over a small world: names and domains that collide, parents that move, deletions
// and merges.
class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  std::vector<ChangeEvent> Make(int events) {
    std::vector<ChangeEvent> history;
    for (int i = 0; i < events; ++i) history.push_back(Next());
    return history;
  }

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string Id(int below) { return std::to_string(Pick(below)); }
  std::string Maybe(const std::string& text) { return Pick(4) == 0 ? "" : text; }

  ChangeEvent Next() {
    ++second_;
    switch (Pick(8)) {
      case 0:
      case 1:
        return Account("crm/Account/",
                       {"Name", "Legal", "Website", "Tax", "City", "Stage", "Parent"});
      case 2:
      case 3:
        return Account("erp/customer/", {"name", "legal", "web", "tax", "city", "stage", "parent"});
      case 4:
        return Event("erp/site/" + Id(6), second_, {{"name", "Site"}, {"customer", Maybe(Id(8))}});
      case 5:
        return Event("erp/task/" + Id(8), second_,
                     {{"kind", "hardware"},
                      {"status", Pick(2) == 0 ? "open" : "done"},
                      {"owner", Maybe(Id(3))},
                      {"site", Maybe(Id(6))},
                      {"customer", Maybe(Id(8))}});
      case 6:
        return Event("erp/user/" + Id(3), second_,
                     {{"name", "U"}, {"active", Pick(2) == 0 ? "T" : "F"}});
      default: return Odd();
    }
  }

  ChangeEvent Account(const std::string& prefix, const std::vector<std::string>& fields) {
    const std::string group = Id(4);
    const std::vector<std::string> values = {
        "Firm " + std::string(1, static_cast<char>('A' + Pick(4))) + "lpha" + group,
        Maybe("Firm " + group),
        Maybe("firm" + group + ".com"),
        Maybe("T" + group),
        Maybe("City" + Id(3)),
        Maybe(Pick(2) == 0 ? "prospect" : "active"),
        Pick(3) == 0 ? Id(8) : ""};
    std::vector<std::pair<std::string, std::string>> row;
    for (size_t i = 0; i < fields.size(); ++i) row.emplace_back(fields[i], values[i]);
    return Event(prefix + Id(8), second_, row);
  }

  ChangeEvent Odd() {
    switch (Pick(4)) {
      case 0: return Deletion("crm/Account/" + Id(8), second_);
      case 1: {
        ChangeEvent merge = Deletion("crm/Account/" + Id(8), second_);
        merge.merged_into = *Ref::Parse("crm/Account/" + Id(8));
        if (merge.merged_into == merge.ref) merge.merged_into = Ref();
        return merge;
      }
      case 2: return Deletion("erp/site/" + Id(6), second_);
      default:
        return Event("crm/Line/" + Id(5), second_,
                     {{"Amount", Id(100)}, {"Account", Maybe(Id(8))}});
    }
  }

  std::mt19937 random_;
  int64_t second_ = 1000;
};

}  // namespace trueup::pipeline
