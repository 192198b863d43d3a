#include "connectors/salesforce/settings.h"

#include "connectors/http/encoding.h"
#include "connectors/salesforce/soql.h"

namespace trueup::connectors::salesforce {
namespace {

using config::AtLeast;
using config::Between;
using config::Required;

// The member's own place, or the section's where it is not there.
const Place& PlaceOf(const YamlNode& section, const std::string& name) {
  return section[name].exists() ? section[name].place : section.place;
}

void NeedFor(std::string_view flow, bool given, const char* name, const YamlNode& node,
             Problems& problems) {
  if (given) return;
  // A secret that could not be read was reported where it stands.
  if (node[name].exists() && !node[name].is_scalar()) return;
  problems.Add(node.place, "\"" + std::string(name) + "\" is missing",
               "the flow " + std::string(flow) + " needs it");
}

void CheckAuth(const AuthSettings& auth, const YamlNode& node, Problems& problems) {
  if (auth.flow == Flow::kClientCredentials) {
    NeedFor("client_credentials", !auth.client_secret.empty(), "client_secret", node, problems);
  } else {
    NeedFor("jwt_bearer", !auth.private_key.empty(), "private_key", node, problems);
    NeedFor("jwt_bearer", !auth.username.empty(), "username", node, problems);
  }
}

void CheckUrl(const std::string& url, const std::string& name, const YamlNode& node,
              Problems& problems) {
  if (url.empty()) return;
  const auto parsed = ParseUrl(url);
  if (!parsed.ok()) {
    problems.Add(PlaceOf(node, name), parsed.error().message());
  } else if (parsed->path != "/" || !parsed->query.empty()) {
    problems.Add(PlaceOf(node, name), "expected only a scheme and a host, without a path",
                 "such as https://acme.my.salesforce.com");
  }
}

// Names go into SOQL as they are, so they must be names.
void CheckObjects(const SalesforceSettings& settings, const YamlNode& node, Problems& problems) {
  for (const auto& [object, chosen] : settings.objects) {
    const YamlNode& section = node["objects"][object];
    const Place& place = section.exists() ? section.place : PlaceOf(node, "objects");
    if (!IsSoqlName(object)) problems.Add(place, "\"" + object + "\" is no object name");
    for (const auto* list : {&chosen.fields, &chosen.exclude}) {
      for (const std::string& field : *list) {
        if (!IsSoqlName(field)) problems.Add(place, "\"" + field + "\" is no field name");
      }
    }
    if (chosen.fields.empty()) problems.Add(place, "no fields to read", "fields: all");
  }
  if (settings.objects.empty()) problems.Add(PlaceOf(node, "objects"), "no objects to pull");
}

bool IsVersion(const std::string& text) {
  return text.size() == 4 && text.find_first_not_of("0123456789.") == text.npos && text[2] == '.';
}

}  // namespace

const config::Table<AuthSettings>& AuthSettings::Settings() {
  static const auto table =
      config::Table<AuthSettings>()
          .Add("flow", &AuthSettings::flow, "How trueup signs in.",
               config::Choices<Flow>{{"client_credentials", Flow::kClientCredentials},
                                     {"jwt_bearer", Flow::kJwtBearer}})
          .Add("client_id", &AuthSettings::client_id,
               "The consumer key of the external client app.", Required())
          .Add("client_secret", &AuthSettings::client_secret,
               "The consumer secret, for `client_credentials`.")
          .Add("username", &AuthSettings::username, "Whom to act as, for `jwt_bearer`.")
          .Add("private_key", &AuthSettings::private_key,
               "The RSA key (PEM) whose certificate the app knows, for `jwt_bearer`.")
          .Add("audience", &AuthSettings::audience,
               "The audience of the JWT: https://test.salesforce.com for a sandbox.")
          .Check(CheckAuth);
  return table;
}

const config::Table<ObjectSettings>& ObjectSettings::Settings() {
  static const auto table =
      config::Table<ObjectSettings>()
          .Add("fields", &ObjectSettings::fields,
               "`all`: every field that may be read but compound and binary ones; or a list.")
          .Add("exclude", &ObjectSettings::exclude, "Fields to leave out of `all`.")
          .Add("optional", &ObjectSettings::optional,
               "An object that the user may not read is left out with a warning, and is no error.");
  return table;
}

const config::Table<BudgetSettings>& BudgetSettings::Settings() {
  static const auto table = config::Table<BudgetSettings>()
                                .Add("own", &BudgetSettings::own,
                                     "Share of the daily API calls, and of the daily Bulk jobs, "
                                     "that trueup itself may use in 24 hours.")
                                .Add("total", &BudgetSettings::total,
                                     "Use of the daily API calls, by everybody or by the connected "
                                     "app, at which trueup pauses.");
  return table;
}

const config::Table<BulkSettings>& BulkSettings::Settings() {
  static const auto table =
      config::Table<BulkSettings>()
          .Add("from_rows", &BulkSettings::from_rows,
               "A snapshot or an increment of at least so many rows goes by a Bulk job, a smaller "
               "one by REST; 0: all go by REST.",
               AtLeast(0))
          .Add("page_rows", &BulkSettings::page_rows,
               "Rows of a job's result asked for at once; a page is held in memory as its text.",
               Between(1, 1'000'000))
          .Add("poll", &BulkSettings::poll, "How soon a new job is looked at again.", AtLeast(1))
          .Add("longest_poll", &BulkSettings::longest_poll,
               "How often a job that takes long is looked at.", AtLeast(1))
          .Add("job_limit", &BulkSettings::job_limit, "When a job that is not done is given up.",
               AtLeast(1'000));
  return table;
}

std::map<std::string, ObjectSettings> SalesforceSettings::DefaultObjects() {
  std::map<std::string, ObjectSettings> objects;
  for (const char* name : {"Account", "Contact", "Opportunity", "OpportunityLineItem", "Task",
                           "Goal__c", "User", "Product2"}) {
    objects[name];
  }
  for (const char* name :
       {"AccountHistory", "OpportunityFieldHistory", "ProcessInstance", "ProcessInstanceStep"}) {
    objects[name].optional = true;
  }
  return objects;
}

const config::Table<SalesforceSettings>& SalesforceSettings::Settings() {
  static const auto table =
      config::Table<SalesforceSettings>()
          .Add("instance_url", &SalesforceSettings::instance_url,
               "The org's My Domain address; where empty, what the sign-in answers.")
          .Add("login_url", &SalesforceSettings::login_url,
               "Where to sign in; where empty, the instance.")
          .Add("api_version", &SalesforceSettings::api_version, "Version of the REST API.")
          .Add("auth", &SalesforceSettings::auth, "How to sign in.", Required())
          .Add("objects", &SalesforceSettings::objects,
               "The objects to pull; where not given, those of the default mapping.")
          .Add("lookback", &SalesforceSettings::lookback,
               "How far behind the newest row each pull begins again, for rows that were saved "
               "before others but seen after them.",
               AtLeast(0))
          .Add("upper_bound_delay", &SalesforceSettings::upper_bound_delay,
               "Rows younger than this wait for the next pull.", AtLeast(0))
          .Add("deletions_every", &SalesforceSettings::deletions_every,
               "How often is asked for records that are deleted for good.", AtLeast(120'000))
          .Add("describe_every", &SalesforceSettings::describe_every,
               "How often is looked whether an object has other fields than before.",
               AtLeast(1'000))
          .Add("page_size", &SalesforceSettings::page_size, "Rows asked for at once.",
               Between(200, 2'000))
          .Add("bulk", &SalesforceSettings::bulk, "When to use Bulk API 2.0, and how.")
          .Add("api_budget", &SalesforceSettings::api_budget, "When to pause for the allowance.")
          .Add("http", &SalesforceSettings::http, "The connection.")
          .Check([](const SalesforceSettings& settings, const YamlNode& node, Problems& problems) {
            if (settings.instance_url.empty() && settings.login_url.empty()) {
              problems.Add(node.place, "neither \"instance_url\" nor \"login_url\" is given");
            }
            CheckUrl(settings.instance_url, "instance_url", node, problems);
            CheckUrl(settings.login_url, "login_url", node, problems);
            CheckObjects(settings, node, problems);
            if (!IsVersion(settings.api_version)) {
              problems.Add(PlaceOf(node, "api_version"), "expected a version such as \"62.0\"");
            }
          });
  return table;
}

}  // namespace trueup::connectors::salesforce
