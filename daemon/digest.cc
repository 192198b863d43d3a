#include <map>
#include <memory>

#include "base/hash.h"
#include "config/config.h"
#include "daemon/folders.h"
#include "daemon/run.h"
#include "pipeline/runtime/generation.h"
#include "pipeline/stages/changes.h"
#include "pipeline/stages/families.h"

namespace trueup::daemon {
namespace {

// Adds up the documents of one topic: each counts with its key and the hash of its canonical form,
// in key order.
struct TopicHash {
  Sha256 hash;
  uint64_t documents = 0;
};

}  // namespace

Result<Digest> ComputeDigest(const config::Config& config) {
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  std::map<std::string, std::unique_ptr<TopicHash>> topics;
  Sha256 all;
  TRUEUP_RETURN_IF_ERROR(
      store->Scan(pipeline::kPublished, {}, [&](std::string_view key, std::string_view value) {
        const pipeline::StoredDocument document = pipeline::DecodeDocument(value);
        std::string line(key);
        line.append(1, '\0').append(document.hash);
        auto& topic = topics[std::string(key.substr(0, key.find('\0')))];
        if (!topic) topic = std::make_unique<TopicHash>();
        topic->hash.Update(line);
        ++topic->documents;
        all.Update(line);
        return true;
      }));
  Digest digest;
  digest.sha256 = all.FinishHex();
  for (const auto& [name, topic] : topics) {
    digest.topics.push_back({name, topic->documents, topic->hash.FinishHex()});
  }
  return digest;
}

}  // namespace trueup::daemon
