#include "tests/sandbox/world/table.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace trueup::sandbox {
namespace {

// Three characters that begin every id of the object.
std::string_view KeyPrefix(TableId id) {
  switch (id) {
    case TableId::kSfAccount: return "001";
    case TableId::kSfContact: return "003";
    case TableId::kSfOpportunity: return "006";
    case TableId::kSfLineItem: return "00k";
    case TableId::kSfTask: return "00T";
    case TableId::kSfGoal: return "a01";
    case TableId::kSfUser: return "005";
    case TableId::kSfProduct: return "01t";
    case TableId::kSfAccountHistory:
    case TableId::kSfOpportunityHistory: return "017";
    case TableId::kSfApproval: return "04g";
    case TableId::kSfOrganization: return "00D";
    case TableId::kSfApprovalStep: return "04h";
    case TableId::kSkyAccounts: return "acc_";
    case TableId::kSkySites: return "site_";
    case TableId::kSkyInstallations: return "inst_";
    case TableId::kSkyTasks: return "task_";
    case TableId::kSkyUsers: return "user_";
    default: return "";
  }
}

// Ids grow with the row number in plain byte order, because both keyset paging and the order of
// rows rely on one and the same comparison.
std::string SalesforceId(std::string_view prefix, uint64_t number) {
  static constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string serial(7, '0');
  for (size_t i = serial.size(); i-- > 0; number /= 62) serial[i] = kDigits[number % 62];
  return WithCaseSuffix(std::string(prefix) + "gK000" + serial);
}

std::string MakeId(TableId id, System system, size_t number) {
  const std::string_view prefix = KeyPrefix(id);
  if (system == System::kNetsuite) return std::to_string(number + 1);
  // A stride makes the ids look drawn by several clients, and case matter in most of them.
  if (system == System::kSalesforce) return SalesforceId(prefix, 1000 + number * 37);
  char text[32];
  std::snprintf(text, sizeof text, "%s%08zx", std::string(prefix).c_str(), number * 11 + 4096);
  return text;
}

const Field& FieldOf(const TableSpec& spec, std::string_view name) {
  const Field* field = spec.Find(name);
  if (field == nullptr || field->source != FieldSource::kSlot) {
    std::fprintf(stderr, "no field %s in %s\n", std::string(name).c_str(),
                 std::string(spec.name).c_str());
    std::abort();
  }
  return *field;
}

}  // namespace

std::string WithCaseSuffix(std::string_view id15) {
  static constexpr std::string_view kSuffix = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  std::string id(id15);
  for (size_t chunk = 0; chunk < 3; ++chunk) {
    size_t bits = 0;
    for (size_t k = 0; k < 5; ++k) {
      const char c = id15[chunk * 5 + k];
      if (c >= 'A' && c <= 'Z') bits |= size_t{1} << k;
    }
    id.push_back(kSuffix[bits]);
  }
  return id;
}

uint32_t Table::Add(Seconds created, Seconds stamp, int customer) {
  const auto number = static_cast<uint32_t>(rows_.size());
  Row row;
  row.id = MakeId(spec_->id, spec_->system, number);
  row.created = created;
  row.modified = row.stamp = std::max(created, stamp);
  row.customer = customer;
  row.values.resize(spec_->slots);
  by_id_.emplace(row.id, number);
  rows_.push_back(std::move(row));
  return number;
}

void Table::Set(uint32_t number, std::string_view field, std::string value) {
  rows_[number].values[FieldOf(*spec_, field).slot] = std::move(value);
}

const std::string& Table::Get(uint32_t number, std::string_view field) const {
  return rows_[number].values[FieldOf(*spec_, field).slot];
}

std::optional<uint32_t> Table::Find(const std::string& id) const {
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return std::nullopt;
  return it->second;
}

void Table::Reorder() {
  std::vector<std::pair<Seconds, uint32_t>> keys(rows_.size());
  live_ = 0;
  for (uint32_t i = 0; i < rows_.size(); ++i) {
    keys[i] = {OrderKey(rows_[i]), i};
    live_ += rows_[i].deleted ? 0 : 1;
  }
  std::sort(keys.begin(), keys.end());
  by_stamp_.resize(keys.size());
  std::transform(keys.begin(), keys.end(), by_stamp_.begin(),
                 [](const auto& k) { return k.second; });
}

}  // namespace trueup::sandbox
