#include "tests/sandbox/server/sandbox.h"

#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <shared_mutex>
#include <stdexcept>

#include "tests/sandbox/world/truth.h"

namespace trueup::sandbox {
namespace {

constexpr std::string_view kControl = "/__sandbox/";

Seconds RealSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

HttpReply Text(int status, std::string text) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "text/plain";
  reply.body = std::move(text) + "\n";
  return reply;
}

// {"salesforce":{NAME:COUNT,...},...}
HttpReply Counts(const std::function<std::map<std::string, size_t>(System)>& of) {
  HttpReply reply;
  reply.body = "{";
  for (System system : kAllSystems) {
    if (reply.body.back() != '{') reply.body += ',';
    AppendJsonString(ToString(system), &reply.body);
    reply.body += ":{";
    for (const auto& [name, count] : of(system)) {
      if (reply.body.back() != '{') reply.body += ',';
      AppendJsonString(name, &reply.body);
      reply.body += ":" + std::to_string(count);
    }
    reply.body += "}";
  }
  reply.body += "}";
  return reply;
}

std::optional<System> ReadSystem(const HttpRequest& request) {
  for (System system : kAllSystems) {
    if (ToString(system) == request.Param("system")) return system;
  }
  return std::nullopt;
}

std::optional<int> ReadCount(const HttpRequest& request, std::string_view name, int otherwise) {
  const std::string text = request.Param(name);
  if (text.empty()) return otherwise;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// Where the servers stand, and the hosts that clients write themselves.
std::vector<std::string> ServerNames() {
  return {"127.0.0.1",
          "localhost",
          "login.salesforce.com",
          "test.salesforce.com",
          "*.my.salesforce.com",
          "*.sandbox.my.salesforce.com",
          "*.suitetalk.api.netsuite.com"};
}

NetsuiteOptions Capped(const SandboxOptions& options) {
  NetsuiteOptions netsuite = options.netsuite;
  netsuite.page_cap = options.page_cap.value_or(netsuite.page_cap);
  return netsuite;
}

}  // namespace

void WriteFileWhole(const std::filesystem::path& file, const std::string& text) {
  const std::filesystem::path fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + fresh.string());
  std::filesystem::rename(fresh, file);
}

Sandbox::Sandbox(const SandboxOptions& options)
    : options_(options),
      world_(options.world),
      credentials_(MakeCredentials(options.world.population.seed, options.secrets)),
      faults_(options.faults, options.world.population.seed),
      salesforce_(world_, credentials_, RealSeconds,
                  {options.daily_requests, options.app_requests, options.page_cap.value_or(2000),
                   options.page_cap.value_or(50000)}),
      netsuite_(world_, credentials_, RealSeconds, Capped(options)),
      sky_(world_, credentials_, {options.page_cap.value_or(500)}) {
  for (size_t i = 0; i < options.steps; ++i) world_.Step();
  if (options.tls) certificate_ = Issue(OpenTestCa(*options.tls), ServerNames());
  SystemServer* const servers[kSystems] = {&salesforce_, &netsuite_, &sky_};
  for (System system : kAllSystems) {
    const auto i = static_cast<size_t>(system);
    listeners_[i] = std::make_unique<Listener>(system, servers[i], &faults_, options.latency,
                                               certificate_ ? &*certificate_ : nullptr);
  }
  listeners_[0]->SetSideDoor([this](const HttpRequest& request) { return Control(request); });
}

void Sandbox::Start() {
  WriteTruth();
  for (size_t i = 0; i < kSystems; ++i) {
    const int port = options_.port == 0 ? 0 : options_.port + static_cast<int>(i);
    if (!listeners_[i]->Start(port))
      throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
}

void Sandbox::Stop() {
  for (auto& listener : listeners_) listener->Stop();
}

void Sandbox::WriteTruth() {
  if (options_.truth) WriteFileWhole(*options_.truth, TruthJson(world_));
}

std::optional<HttpReply> Sandbox::Control(const HttpRequest& request) {
  if (!request.path.starts_with(kControl)) return std::nullopt;
  const std::string what = request.path.substr(kControl.size());
  if (request.method == "GET" && what == "stats") return Stats();
  if (request.method == "GET" && what == "faults") return Struck();
  if (request.method == "GET" && what == "truth") {
    const std::shared_lock lock(world_.mutex());
    HttpReply reply;
    reply.body = TruthJson(world_);
    return reply;
  }
  if (request.method != "POST") return Text(404, "no such control");
  if (what == "step") return Step(request);
  if (what == "faults") return SetProfile(request);
  if (what == "bulk") {
    for (const auto& [name, text] : request.query) {
      const auto value = ReadCount(request, name, 0);
      if (!value || !salesforce_.jobs().Set(name, *value)) {
        return Text(
            400,
            "bulk takes polls, fail, abort, nul, headers, page_cap, expire and forget, each "
            "with a number");
      }
    }
    return Text(200, "ok");
  }
  if (what == "expire-locators") {
    salesforce_.ForgetLocators();
    return Text(200, "ok");
  }
  if (what == "hide" || what == "show") return Hide(request, what == "hide");
  const auto system = ReadSystem(request);
  if (!system) return Text(400, "system must be salesforce, netsuite or sky");
  if (what == "down") {
    faults_.SetDown(*system, request.Param("on") != "0");
    return Text(200, "ok");
  }
  if (what == "expire-tokens") {
    SystemServer* const servers[kSystems] = {&salesforce_, &netsuite_, &sky_};
    servers[static_cast<size_t>(*system)]->ExpireTokens();
    return Text(200, "ok");
  }
  if (what == "vanish" || what == "reappear" || what == "purge") {
    return Move(request, *system, what);
  }
  if (what == "drift") return Drift(request, *system);
  if (what == "ghosts") {
    const auto table = FindTable(System::kSky, request.Param("object"));
    const auto count = ReadCount(request, "count", 1);
    if (*system != System::kSky || !table || !count) {
      return Text(400, "ghosts are of an object of sky, and count a number");
    }
    sky_.SetGhosts(*table, *count);
    return Text(200, "ok");
  }
  if (what == "fault") return PlanFault(request, *system);
  return Text(404, "no such control");
}

HttpReply Sandbox::SetProfile(const HttpRequest& request) {
  const auto profile = ParseFaultProfile(request.Param("profile"));
  if (!profile) return Text(400, "profile must be none, flaky or nasty");
  faults_.SetProfile(*profile);
  return Text(200, "ok");
}

HttpReply Sandbox::PlanFault(const HttpRequest& request, System system) {
  const auto fault = ParseFault(request.Param("kind"));
  const auto count = ReadCount(request, "count", 1);
  if (!fault || !Knows(system, *fault) || !count) {
    return Text(400,
                "kind must be a fault that the system has (tests/sandbox/server/fault.h), and "
                "count a number");
  }
  faults_.Plan(system, *fault, *count, request.Param("path"));
  return Text(200, "ok");
}

HttpReply Sandbox::Step(const HttpRequest& request) {
  const auto count = ReadCount(request, "n", 1);
  if (!count) return Text(400, "n must be a number");
  const std::lock_guard lock(step_mutex_);
  StepReport sum;
  for (int i = 0; i < *count; ++i) {
    for (const auto& [what, n] : world_.Step()) sum[what] += n;
  }
  try {
    WriteTruth();
  } catch (const std::exception& error) {
    return Text(500, error.what());
  }
  HttpReply reply;
  reply.body = "{\"steps\":" + std::to_string(world_.steps()) + ",\"now\":\"" +
               DateTimeText(world_.now(), 'T', "Z") + "\",\"changed\":{";
  for (const auto& [what, n] : sum) {
    if (reply.body.back() != '{') reply.body += ',';
    AppendJsonString(what, &reply.body);
    reply.body += ":" + std::to_string(n);
  }
  reply.body += "}}";
  return reply;
}

HttpReply Sandbox::Move(const HttpRequest& request, System system, std::string_view what) {
  const auto table = FindTable(system, request.Param("object"));
  const auto count = ReadCount(request, "count", 1);
  if (!table || !count) return Text(400, "object must be one of the system's, and count a number");
  if (what == "purge" && system != System::kSalesforce) {
    return Text(400, "purge is of an object of salesforce");
  }
  const std::lock_guard lock(step_mutex_);
  const auto most = static_cast<size_t>(*count);
  const size_t moved = what == "vanish"  ? world_.Vanish(*table, most)
                       : what == "purge" ? world_.Purge(*table, most)
                                         : world_.Reappear(*table);
  try {
    WriteTruth();
  } catch (const std::exception& error) {
    return Text(500, error.what());
  }
  return Text(200, std::to_string(moved));
}

HttpReply Sandbox::Hide(const HttpRequest& request, bool hidden) {
  const bool netsuite = request.Param("system") == "netsuite";
  const auto table =
      FindTable(netsuite ? System::kNetsuite : System::kSalesforce, request.Param("object"));
  const std::string name = request.Param("field");
  const Field* field = table ? SpecOf(*table).Find(name) : nullptr;
  const auto status = ReadCount(request, "status", 400);
  const bool known = table && (field != nullptr || name.empty());
  if (!known || (status != 400 && status != 500)) {
    return Text(400,
                "object must be one of Salesforce's, or with system=netsuite of NetSuite's, field, "
                "where given, one of it, and status 400 or 500");
  }
  if (netsuite) netsuite_.RefuseHiddenWith(*status);
  Permissions& permissions = netsuite ? netsuite_.permissions() : salesforce_.permissions();
  if (field == nullptr) {
    permissions.Hide(*table, hidden);
  } else {
    permissions.Hide(field, hidden);
  }
  return Text(200, "ok");
}

HttpReply Sandbox::Drift(const HttpRequest& request, System system) {
  const auto table = FindTable(system, request.Param("object"));
  const auto count = ReadCount(request, "count", 1);
  const Field* field = table ? SpecOf(*table).Find(request.Param("field")) : nullptr;
  if (field == nullptr || field->type != FieldType::kText || field->source != FieldSource::kSlot ||
      !count) {
    return Text(400, "object must be one of the system's, field a text of it, and count a number");
  }
  const std::lock_guard lock(step_mutex_);
  const size_t changed = world_.Drift(*table, field->name, static_cast<size_t>(*count));
  try {
    WriteTruth();
  } catch (const std::exception& error) {
    return Text(500, error.what());
  }
  return Text(200, std::to_string(changed));
}

HttpReply Sandbox::Struck() const {
  return Counts([this](System system) { return faults_.Struck(system); });
}

HttpReply Sandbox::Stats() const {
  return Counts(
      [this](System system) { return listeners_[static_cast<size_t>(system)]->counts(); });
}

}  // namespace trueup::sandbox
