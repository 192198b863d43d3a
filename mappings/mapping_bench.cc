// What one record costs to map: CPU per record of an account with 25 fields and 23 terms, of each
// kind that costs something, all values different from record to record.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

#include "mappings/catalog.h"

namespace trueup::mappings {
namespace {

constexpr size_t kRecords = 50000;

std::shared_ptr<const Catalog> LoadDefaults() {
  Problems problems;
  auto catalog = Catalog::Load(TRUEUP_SOURCE_DIR "/mappings/default", problems);
  if (catalog == nullptr) {
    std::cerr << problems.ToText();
    std::abort();
  }
  return catalog;
}

ChangeEvent MakeAccount(size_t number, bool with_phone) {
  const std::string digits = std::to_string(1000000 + number);
  ChangeEvent event;
  event.ref = Ref("salesforce", "Account", "001M00000" + digits + "AA");
  event.modified = FromMicros(static_cast<int64_t>(number) * 1000000);
  Row& row = event.row;
  row.AddText("Id", event.ref.id());
  row.AddText("CreatedDate", "2026-01-31T09:00:00.000+0000");
  row.AddText("LastModifiedDate", "2026-01-31T09:00:00.000+0000");
  row.AddText("SystemModstamp", "2026-01-31T09:00:00.000+0000");
  row.Add("IsDeleted", FieldKind::kFalse);
  row.AddText("Name", "Acme Widgets " + digits);
  row.AddText("Legal_Name__c", "Acme Widgets " + digits + " GmbH");
  row.AddText("AccountNumber", "A-" + digits);
  row.AddText("Industry", "Manufacturing");
  if (with_phone) row.AddText("Phone", "+49 30 " + digits);
  row.AddText("Website", "https://www.acme" + digits + ".de/");
  row.AddText("BillingStreet", "Hauptstraße " + digits);
  row.AddText("BillingCity", "Berlin");
  row.AddText("BillingState", "Berlin");
  row.AddText("BillingPostalCode", "10115");
  row.AddText("BillingCountry", "Germany");
  row.AddText("CurrencyIsoCode", "EUR");
  row.Add("ParentId", FieldKind::kNull);
  row.AddText("OwnerId", "005M000000" + digits + "A");
  row.AddText("Lifecycle_Stage__c", "Billing Ready");
  row.AddText("Tax_ID__c", "DE136695976");
  row.AddText("Payment_Terms__c", "Net 30");
  row.AddText("Language__c", "German");
  row.AddText("Timezone__c", "Europe/Berlin");
  row.AddText("Billing_Email__c", "invoices@acme" + digits + ".de");
  row.Add("AnnualRevenue", FieldKind::kNumber, "12500000");
  row.AddText("Go_Live_Date__c", "2026-03-01");
  return event;
}

void MapAccounts(benchmark::State& state, bool with_phone) {
  const auto catalog = LoadDefaults();
  std::vector<ChangeEvent> events;
  for (size_t i = 0; i < kRecords; ++i) events.push_back(MakeAccount(i, with_phone));
  size_t next = 0;
  std::string quarantine;
  for (auto _ : state) {
    benchmark::DoNotOptimize(catalog->Map(events[next], quarantine));
    next = (next + 1) % events.size();
  }
  state.SetItemsProcessed(state.iterations());
}

void EncodeAccount(benchmark::State& state) {
  const auto catalog = LoadDefaults();
  std::string quarantine;
  const auto row = catalog->Map(MakeAccount(1, true), quarantine);
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    row->Encode(bytes);
    benchmark::DoNotOptimize(MappedRow::Decode(bytes));
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}

BENCHMARK_CAPTURE(MapAccounts, with_distinct_phones, true);
BENCHMARK_CAPTURE(MapAccounts, without_phone, false);
BENCHMARK(EncodeAccount);

}  // namespace
}  // namespace trueup::mappings

BENCHMARK_MAIN();
