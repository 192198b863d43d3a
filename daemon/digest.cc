#include <map>
#include <memory>

#include "base/hash.h"
#include "config/config.h"
#include "daemon/folders.h"
#include "daemon/run.h"
#include "pipeline/runtime/generation.h"
#include "pipeline/runtime/tasks/published.h"
#include "pipeline/stages/changes.h"
#include "pipeline/stages/families.h"

namespace trueup::daemon {
namespace {

// Adds documents up, in order of key: each counts with its key and the hash of its canonical form.
class Sum {
 public:
  void Add(std::string_view key, std::string_view hash) {
    std::string line(key);
    line.append(1, '\0').append(hash);
    auto& topic = topics_[std::string(key.substr(0, key.find('\0')))];
    if (!topic) topic = std::make_unique<Topic>();
    topic->hash.Update(line);
    ++topic->documents;
    all_.Update(line);
  }

  // REQUIRES: called once.
  Digest Finish() {
    Digest digest;
    digest.sha256 = all_.FinishHex();
    for (const auto& [name, topic] : topics_) {
      digest.topics.push_back({name, topic->documents, topic->hash.FinishHex()});
    }
    return digest;
  }

 private:
  struct Topic {
    Sha256 hash;
    uint64_t documents = 0;
  };
  std::map<std::string, std::unique_ptr<Topic>> topics_;
  Sha256 all_;
};

// No instance has the whole state: the topics do, and any instance may ask.
Result<Digest> DigestOfTopics(const config::Config& config) {
  TRUEUP_ASSIGN(const auto log, OpenLog(config));
  TRUEUP_ASSIGN(const auto documents, pipeline::ReadPublished(*log));
  Sum sum;
  for (const auto& [key, document] : documents) {
    if (!document.hash.empty()) sum.Add(key, document.hash);
  }
  return sum.Finish();
}

}  // namespace

Result<Digest> ComputeDigest(const config::Config& config) {
  if (config.log.shared()) return DigestOfTopics(config);
  TRUEUP_ASSIGN(const auto store, OpenLiveState(config));
  Sum sum;
  TRUEUP_RETURN_IF_ERROR(
      store->Scan(pipeline::kPublished, {}, [&](std::string_view key, std::string_view value) {
        sum.Add(key, pipeline::DecodeDocument(value).hash);
        return true;
      }));
  return sum.Finish();
}

}  // namespace trueup::daemon
