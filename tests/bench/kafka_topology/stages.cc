#include "tests/bench/kafka_topology/stages.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/binary.h"
#include "base/change_event.h"
#include "base/json.h"
#include "mappings/mapped_row.h"
#include "pipeline/runtime/tasks/gate.h"
#include "pipeline/runtime/tasks/topics.h"
#include "pipeline/stages/families.h"

namespace trueup::bench {
namespace {

using mappings::Catalog;
using mappings::MappedRow;
using pipeline::LogRecord;
using pipeline::MapCounts;
using pipeline::Outbound;
using pipeline::Store;
using pipeline::View;

constexpr size_t kSystems = 3;
constexpr char kGateTag = 'a';

Error At(Error error, const LogRecord& record) {
  return std::move(error).In("offset " + std::to_string(record.offset));
}

// What travels between the stages.
struct Message {
  uint64_t version = 0;
  size_t system = 0;  // its place in Systems()
  std::string_view customer;
  std::string_view row;  // of each mapped term that is not empty its number and its text
};

std::string Encode(const Message& message) {
  std::string bytes;
  PutVarint(bytes, message.version);
  PutVarint(bytes, message.system);
  PutBytes(bytes, message.customer);
  PutBytes(bytes, message.row);
  return bytes;
}

Result<Message> Decode(std::string_view bytes) {
  BinaryReader reader(bytes);
  const Message message{reader.Varint(), reader.Varint(), reader.Bytes(), reader.Bytes()};
  TRUEUP_RETURN_IF_ERROR(reader.Check("a row on its way"));
  if (message.system >= kSystems) return Error(ErrorKind::kCorrupt, "a row of an unknown system");
  return message;
}

class Mapper : public pipeline::UncutStage {
 public:
  Mapper(std::shared_ptr<const Catalog> catalog, Topology topology, size_t system)
      : catalog_(std::move(catalog)),
        topology_(std::move(topology)),
        system_(system),
        object_(catalog_->objects(Systems()[system]).front()),
        number_(catalog_->glossary().account().terms.size() - 1) {}

  Status Apply(std::vector<LogRecord>& records, View& /*view*/, Outbound& out,
               MapCounts& counts) override {
    for (LogRecord& record : records) {
      auto json = JsonDocument::Parse(std::move(record.value));
      if (!json.ok()) return At(std::move(json).error(), record);
      ChangeEvent event;
      event.ref = Ref(Systems()[system_], object_, record.key);
      AddJsonFields(json->root(), event.row);
      std::string quarantine;
      const auto row = catalog_->Map(event, quarantine);
      if (!row) return At(Error(ErrorKind::kRejected, quarantine), record);
      Send(*row, record.offset, out);
      ++counts.mapped;
    }
    return {};
  }

 private:
  void Send(const MappedRow& row, uint64_t offset, Outbound& out) const {
    std::string customer;
    std::string terms;
    for (const mappings::MappedTerm& term : row.terms) {
      if (term.value.is_empty()) continue;
      if (term.term == number_) {
        customer = term.value.ToText();
      } else {
        PutVarint(terms, term.term);
        PutBytes(terms, term.value.ToText());
      }
    }
    out.Put({topology_.rows(), pipeline::PartitionOf(customer, topology_.partitions)},
            {row.ref.text(), Encode({offset, system_, customer, terms})});
  }

  std::shared_ptr<const Catalog> catalog_;
  Topology topology_;
  size_t system_;
  std::string object_;
  size_t number_;  // the term by which systems know a customer: the glossary's last
};

// What is kept of a customer: each system's mapped row, empty where it has said nothing.
using Rows = std::array<std::string_view, kSystems>;

std::string EncodeRows(const Rows& rows) {
  std::string bytes;
  for (const std::string_view row : rows) PutBytes(bytes, row);
  return bytes;
}

Result<Rows> DecodeRows(std::string_view bytes) {
  BinaryReader reader(bytes);
  Rows rows;
  for (std::string_view& row : rows) row = reader.Bytes();
  TRUEUP_RETURN_IF_ERROR(reader.Check("a customer"));
  return rows;
}

class Reconciler : public pipeline::UncutStage {
 public:
  Reconciler(std::shared_ptr<const Catalog> catalog, Topology topology)
      : catalog_(std::move(catalog)), topology_(std::move(topology)), gate_(kGateTag) {}

  Status Apply(std::vector<LogRecord>& records, View& view, Outbound& out,
               MapCounts& /*counts*/) override {
    std::vector<pipeline::Gate::Arrival> arrivals;
    std::vector<Message> messages;
    std::vector<std::string> customers;
    for (const LogRecord& record : records) {
      auto message = Decode(record.value);
      if (!message.ok()) return At(std::move(message).error(), record);
      arrivals.push_back({record.key, message->version});
      customers.emplace_back(message->customer);
      messages.push_back(*message);
    }
    const std::vector<bool> passed = gate_.Pass(arrivals, view);
    view.Prefetch(pipeline::kAccounts, customers);
    for (size_t i = 0; i < records.size(); ++i) {
      if (!passed[i]) continue;
      const Status taken = Take(customers[i], messages[i], records[i].offset, view, out);
      if (!taken.ok()) return At(taken.error(), records[i]);
    }
    return {};
  }

 private:
  Status Take(const std::string& customer, const Message& message, uint64_t offset, View& view,
              Outbound& out) const {
    Rows rows;
    if (const std::string* kept = view.Get(pipeline::kAccounts, customer)) {
      TRUEUP_ASSIGN(rows, DecodeRows(*kept));
    }
    if (rows[message.system] == message.row) return {};
    rows[message.system] = message.row;
    TRUEUP_ASSIGN(std::string golden, Golden(customer, rows));
    view.Put(pipeline::kAccounts, customer, EncodeRows(rows));
    out.Put({topology_.golden(), pipeline::PartitionOf(customer, topology_.partitions)},
            {customer, std::move(golden), offset});
    return {};
  }

  Result<std::string> Golden(const std::string& customer, const Rows& rows) const {
    const auto& terms = catalog_->glossary().account().terms;
    std::vector<std::string_view> values(terms.size());
    // The first system that has a value is the last to write it.
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      BinaryReader reader(*row);
      while (!reader.at_end()) {
        const uint64_t term = reader.Varint();
        const std::string_view text = reader.Bytes();
        TRUEUP_RETURN_IF_ERROR(reader.Check("a customer's row"));
        if (term >= values.size()) return Error(ErrorKind::kCorrupt, "a term that is not known");
        values[term] = text;
      }
    }
    JsonWriter json;
    json.BeginObject().Member("id", customer);
    for (size_t term = 0; term < terms.size(); ++term) {
      if (!values[term].empty()) json.Member(terms[term].name, values[term]);
    }
    return json.EndObject().Take();
  }

  std::shared_ptr<const Catalog> catalog_;
  Topology topology_;
  pipeline::Gate gate_;
};

}  // namespace

const std::vector<std::string>& Systems() {
  static const std::vector<std::string> systems = {"salesforce", "netsuite", "sky"};
  return systems;
}

std::unique_ptr<pipeline::TaskStage> MakeMapper(std::shared_ptr<const Catalog> catalog,
                                                const Topology& topology, size_t system) {
  return std::make_unique<Mapper>(std::move(catalog), topology, system);
}

std::unique_ptr<pipeline::TaskStage> MakeReconciler(std::shared_ptr<const Catalog> catalog,
                                                    const Topology& topology) {
  return std::make_unique<Reconciler>(std::move(catalog), topology);
}

}  // namespace trueup::bench
