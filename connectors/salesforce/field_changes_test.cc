#include "connectors/salesforce/field_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trueup::connectors::salesforce {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const FieldTypes kBefore{{"Id", "id"}, {"Name", "string"}, {"Size__c", "string"}};
const MappedFields kMapped = std::map<std::string, std::set<std::string>>{
    {"Account", {"Name", "Size__c", "Tax__c", "Place.city"}}};

FieldChanges Compare(const FieldTypes& now, const std::set<std::string>& partial = {},
                     const MappedFields& mapped = kMapped) {
  return CompareFields("Account", kBefore, partial, now, mapped);
}

TEST(FieldChanges, AreNoneBetweenEqualFields) {
  const FieldChanges changes = Compare(kBefore, {"Id"});
  EXPECT_THAT(changes.notices, IsEmpty());
  EXPECT_FALSE(changes.read_again);
  EXPECT_THAT(changes.partial, ElementsAre("Id"));
}

struct Case {
  const char* name;
  FieldTypes now;
  std::set<std::string> partial;
  const char* notice;
  bool read_again;
  std::set<std::string> partial_then;
};

class FieldChangesTest : public testing::TestWithParam<Case> {};

TEST_P(FieldChangesTest, SaysWhatHappenedAndWhatItMeans) {
  const Case& given = GetParam();
  const FieldChanges changes = Compare(given.now, given.partial);
  EXPECT_THAT(changes.notices, ElementsAre(given.notice));
  EXPECT_EQ(changes.read_again, given.read_again);
  EXPECT_EQ(changes.partial, given.partial_then);
}

FieldTypes With(FieldTypes fields, const char* name, const char* type) {
  fields[name] = type;
  return fields;
}

FieldTypes Without(FieldTypes fields, const char* name) {
  fields.erase(name);
  return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FieldChangesTest,
    testing::Values(
        Case{"new_and_mapped",
             With(kBefore, "Tax__c", "string"),
             {"Id"},
             "field Tax__c (string) is new and a mapping reads it: every record is read again",
             true,
             {}},
        Case{"new_and_mapped_in_part",
             With(kBefore, "Place", "address"),
             {},
             "field Place (address) is new and a mapping reads it: every record is read again",
             true,
             {}},
        Case{"new_and_not_mapped",
             With(kBefore, "New__c", "double"),
             {},
             "field New__c (double) is new; no mapping reads it, and records get it as they change",
             false,
             {"New__c"}},
        Case{"gone_and_mapped",
             Without(kBefore, "Name"),
             {},
             "field Name (string) is gone, hidden from the user or excluded, and a mapping reads "
             "it: that has no value any more: every record is read again",
             true,
             {}},
        Case{"gone_and_not_mapped",
             Without(kBefore, "Id"),
             {"Id"},
             "field Id (id) is gone, hidden from the user or excluded; no mapping reads it",
             false,
             {}},
        Case{"retyped_and_mapped",
             With(kBefore, "Size__c", "double"),
             {},
             "field Size__c was of type string and is double now, and a mapping reads it: every "
             "record is read again",
             true,
             {}},
        Case{"retyped_and_not_mapped",
             With(kBefore, "Id", "double"),
             {},
             "field Id was of type id and is double now; no mapping reads it, and records get the "
             "new form as they change",
             false,
             {"Id"}},
        Case{"retyped_in_the_same_form",
             With(kBefore, "Size__c", "picklist"),
             {},
             "field Size__c was of type string and is picklist now; its values have the same form",
             false,
             {}},
        Case{"partial_and_mapped_by_now",
             kBefore,
             {"Name"},
             "field Name is read by a mapping now: every record is read again",
             true,
             {}}),
    [](const auto& tested) { return tested.param.name; });

TEST(FieldChanges, CountEachFieldAsReadWhereTheMappingsAreNotKnown) {
  EXPECT_TRUE(Compare(With(kBefore, "New__c", "double"), {}, std::nullopt).read_again);
}

TEST(FieldChanges, OfAnObjectWithoutAMappingNeedNoReading) {
  EXPECT_FALSE(CompareFields("Lead", kBefore, {}, {}, kMapped).read_again);
}

}  // namespace
}  // namespace trueup::connectors::salesforce
