#include "connectors/rest/rest_connector.h"

#include <utility>

#include "connectors/http/http_kind.h"
#include "connectors/rest/client.h"
#include "connectors/rest/pull.h"
#include "connectors/rest/records.h"

namespace trueup::connectors::rest {
namespace {

class RestConnector : public Connector {
 public:
  explicit RestConnector(Parts parts) : client_(std::move(parts)) {}

  Result<std::vector<ObjectInfo>> Describe(std::stop_token stop) override;
  Result<Page> Pull(const std::string& object, const std::string& cursor,
                    std::stop_token stop) override;
  Result<IdPage> ListIds(const std::string& object, const std::string& next,
                         std::stop_token stop) override;
  Result<uint64_t> Count(const std::string& object, std::stop_token stop) override;
  Result<std::vector<ChangeEvent>> Fetch(const std::string& object,
                                         const std::vector<std::string>& ids,
                                         std::stop_token stop) override;
  size_t IdsPerFetch() const override { return kIdsPerReading; }
  ApiUsage Usage() const override { return {client_.calls(), std::nullopt, std::nullopt}; }

 private:
  Result<const ObjectSettings*> Find(const std::string& name) const;
  Result<IdPage> ListIdsOf(const std::string& object, const ObjectSettings& settings,
                           const std::string& next, std::stop_token stop);
  Result<uint64_t> CountOf(const std::string& object, const ObjectSettings& settings,
                           std::stop_token stop);
  Result<ObjectInfo> DescribeObject(const std::string& object, const ObjectSettings& settings,
                                    std::stop_token stop);
  // Says which system, which object and what was being done.
  template <class T>
  Result<T> In(const std::string& object, std::string_view doing, Result<T> result) const {
    if (result.ok()) return result;
    return std::move(result).error().In(client_.system() + ": " + object + ": " +
                                        std::string(doing));
  }

  Client client_;
};

Result<const ObjectSettings*> RestConnector::Find(const std::string& name) const {
  const auto found = client_.settings().objects.find(name);
  if (found != client_.settings().objects.end()) return &found->second;
  return Error(ErrorKind::kInvalid, client_.system() + " has no object \"" + name + "\"");
}

Result<Page> RestConnector::Pull(const std::string& object, const std::string& cursor,
                                 std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  if (cursor.empty())
    return In(object, "pull", PullPage(client_, {object, *settings}, Cursor(), stop));
  const auto parsed = Cursor::FromJson(cursor);
  if (parsed) return In(object, "pull", PullPage(client_, {object, *settings}, *parsed, stop));
  Page page;
  page.gap = "the stored cursor cannot be read";
  return page;
}

Result<std::vector<ObjectInfo>> RestConnector::Describe(std::stop_token stop) {
  std::vector<ObjectInfo> described;
  for (const auto& [name, settings] : client_.settings().objects) {
    TRUEUP_ASSIGN(ObjectInfo info, In(name, "describe", DescribeObject(name, settings, stop)));
    described.push_back(std::move(info));
  }
  return described;
}

// The API describes nothing: the first row tells the fields.
Result<ObjectInfo> RestConnector::DescribeObject(const std::string& object,
                                                 const ObjectSettings& settings,
                                                 std::stop_token stop) {
  ObjectSettings one = settings;
  one.page_size = 1;
  TRUEUP_ASSIGN(const ListPage list,
                client_.GetPage(client_.RecordsOf(object, one, std::nullopt), "", stop));
  ObjectInfo info{object, {}};
  if (list.rows().size() == 0) return info;
  TRUEUP_ASSIGN(const ChangeEvent first,
                ReadRecord(client_.system(), object, settings, *list.rows().begin()));
  for (const Field& field : first.row) info.fields.emplace_back().name = field.name;
  return info;
}

Result<IdPage> RestConnector::ListIds(const std::string& object, const std::string& next,
                                      std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "list ids", ListIdsOf(object, *settings, next, stop));
}

Result<IdPage> RestConnector::ListIdsOf(const std::string& object, const ObjectSettings& settings,
                                        const std::string& next, std::stop_token stop) {
  TRUEUP_ASSIGN(const ListPage list, client_.GetPage(client_.IdsOf(object, settings), next, stop));
  IdPage page;
  TRUEUP_ASSIGN(page.ids, client_.ReadIds(settings, list));
  page.next = list.next.value_or("");
  return page;
}

Result<uint64_t> RestConnector::Count(const std::string& object, std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "count", CountOf(object, *settings, stop));
}

// Where the server does not tell, the ids are counted.
Result<uint64_t> RestConnector::CountOf(const std::string& object, const ObjectSettings& settings,
                                        std::stop_token stop) {
  if (settings.count) {
    TRUEUP_ASSIGN(
        const JsonReply reply,
        client_.Get(UrlOf(client_.settings().base_url, settings.count->path, object), stop));
    const auto count = reply.body.root().At(settings.count->pointer).integer();
    if (count && *count >= 0) return static_cast<uint64_t>(*count);
    return Error(ErrorKind::kInvalid,
                 "the reply holds no number at \"" + settings.count->pointer + "\"");
  }
  uint64_t count = 0;
  std::string next;
  do {
    TRUEUP_ASSIGN(const IdPage page, ListIdsOf(object, settings, next, stop));
    count += page.ids.size();
    next = page.next;
  } while (!next.empty());
  return count;
}

Result<std::vector<ChangeEvent>> RestConnector::Fetch(const std::string& object,
                                                      const std::vector<std::string>& ids,
                                                      std::stop_token stop) {
  TRUEUP_ASSIGN(const ObjectSettings* const settings, Find(object));
  return In(object, "fetch", client_.Fetch(object, *settings, ids, stop));
}

}  // namespace

std::unique_ptr<Connector> MakeConnector(Parts parts) {
  return std::make_unique<RestConnector>(std::move(parts));
}

}  // namespace trueup::connectors::rest

namespace trueup::connectors {
namespace {

std::unique_ptr<Connector> Make(const ConnectorContext& context, rest::RestSettings settings,
                                std::shared_ptr<HttpClient> http) {
  return rest::MakeConnector(
      {context.system, std::move(settings), std::move(http), context.clock, SystemRandom()});
}

}  // namespace

ConnectorKind RestKind() {
  return HttpKind<rest::RestSettings, &Make, &rest::ReadSettings>("rest");
}

}  // namespace trueup::connectors
