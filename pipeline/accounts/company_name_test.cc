#include "pipeline/accounts/company_name.h"

#include <gtest/gtest.h>

namespace trueup::pipeline {
namespace {

struct Row {
  const char* a;
  const char* b;
  bool same;
};

class CompanyName : public testing::TestWithParam<Row> {};

TEST_P(CompanyName, IsOneNameExactlyWhereOnlySpellingDiffers) {
  const auto& [a, b, same] = GetParam();
  EXPECT_EQ(CompanyNameKey(a) == CompanyNameKey(b), same)
      << CompanyNameKey(a) << " | " << CompanyNameKey(b);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CompanyName,
    testing::Values(
        Row{"Acme GmbH", "ACME", true},
        Row{"Acme G.m.b.H.", "acme Gesellschaft mit beschränkter Haftung", true},
        Row{"Müller & Söhne GmbH", "Mueller und Soehne", true},
        Row{"Müller AG", "Muller A.G.", true}, Row{"Ørsted A/S", "Oersted AS", true},
        Row{"Ålborg ApS", "Aalborg", true}, Row{"Dupont S.à r.l.", "Dupont SARL", true},
        Row{"Nowak Sp. z o.o.", "Nowak Sp z oo", true},
        Row{"Nowak Sp. z o.o.", "NOWAK Spółka z ograniczoną odpowiedzialnością", true},
        Row{"Toyo Co., Ltd.", "Toyo K.K.", true}, Row{"Coca-Cola Inc", "Coca Cola, Inc.", true},
        Row{"O'Reilly Ltd", "OReilly Limited", true}, Row{"株式会社東京", "東京", false},
        Row{"ООО Ромашка", "Ромашка", true}, Row{"АКМЕ", "акме", true},
        Row{"Acme Logistics", "Acme Trading", false}, Row{"Fund II", "Fund III", false},
        Row{"Acme Company of Ohio", "Acme of Ohio", false}, Row{"The Company", "Company", false},
        Row{"Limited", "Company", false}, Row{"", "Acme", false}, Row{"!!!", "???", false},
        Row{"\xff\xfe Acme", "Acme", true}));

TEST(CompanyNameKey, KeepsANameThatIsOnlyALegalForm) {
  EXPECT_EQ(CompanyNameKey("Co. Ltd."), "co");
  EXPECT_EQ(CompanyNameKey("AG"), "ag");
}

}  // namespace
}  // namespace trueup::pipeline
