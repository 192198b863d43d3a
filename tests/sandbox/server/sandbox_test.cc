// The three systems over real loopback HTTP.
#include "tests/sandbox/server/sandbox.h"

#include <set>

#include <gtest/gtest.h>
#include <httplib.h>
#include <rapidjson/document.h>

#include "tests/sandbox/auth/oauth1.h"

namespace trueup::sandbox {
namespace {

using rapidjson::Document;

Document Json(const std::string& text) {
  Document json;
  json.Parse(text.c_str(), text.size());
  EXPECT_FALSE(json.HasParseError()) << text;
  return json;
}

std::string Url64(std::string_view bytes) {
  std::string text = Base64(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

Seconds Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class SandboxServer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    SandboxOptions options;
    options.world.population.customers = 200;
    options.app_requests = 250;
    sandbox_ = new Sandbox(options);
    sandbox_->Start();
  }
  static void TearDownTestSuite() {
    delete sandbox_;
    sandbox_ = nullptr;
  }

  static httplib::Client Client(System system) {
    httplib::Client client(sandbox_->origin(system));
    client.set_tcp_nodelay(true);
    return client;
  }
  static const Credentials& Keys() { return sandbox_->credentials(); }

  static httplib::Headers SignInToSalesforce() {
    const std::string body =
        "grant_type=client_credentials&client_id=" + Keys().salesforce_client_id +
        "&client_secret=" + Keys().salesforce_client_secret;
    const auto reply =
        Client(System::kSalesforce)
            .Post("/services/oauth2/token", body, "application/x-www-form-urlencoded");
    EXPECT_EQ(reply->status, 200);
    return {
        {"Authorization", std::string("Bearer ") + Json(reply->body)["access_token"].GetString()}};
  }
  static std::string Soql(const std::string& query) {
    return "/services/data/v62.0/query?q=" + PercentEncode(query);
  }

  static std::string Assertion(const KeyPair& key, const std::string& algorithm,
                               const std::string& key_id, const std::string& issuer,
                               const std::string& audience, Seconds length,
                               const std::string& subject = "") {
    const std::string head = "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + key_id + "\"}";
    const std::string claims = "{\"iss\":\"" + issuer + "\",\"sub\":\"" + subject +
                               "\",\"aud\":\"" + audience + "\",\"iat\":" + std::to_string(Now()) +
                               ",\"exp\":" + std::to_string(Now() + length) + "}";
    const std::string message = Url64(head) + "." + Url64(claims);
    return message + "." + Url64(key.Sign(algorithm, message));
  }

  static httplib::Result NetsuiteToken(const KeyPair& key, const std::string& algorithm,
                                       const std::string& key_id, Seconds length = 600) {
    const std::string path = "/services/rest/auth/oauth2/v1/token";
    const std::string assertion = Assertion(key, algorithm, key_id, Keys().netsuite_client_id,
                                            sandbox_->origin(System::kNetsuite) + path, length);
    return Client(System::kNetsuite)
        .Post(path,
              "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%"
              "3Aclient-assertion-type%"
              "3Ajwt-bearer&client_assertion=" +
                  assertion,
              "application/x-www-form-urlencoded");
  }

  static std::string Tba(const std::string& nonce, Seconds at, const std::string& limit) {
    std::map<std::string, std::string> oauth = {
        {"realm", Keys().netsuite_account},
        {"oauth_consumer_key", Keys().netsuite_consumer_key},
        {"oauth_token", Keys().netsuite_token_id},
        {"oauth_nonce", nonce},
        {"oauth_timestamp", std::to_string(at)},
        {"oauth_signature_method", "HMAC-SHA256"},
        {"oauth_version", "1.0"}};
    oauth["oauth_signature"] = OAuth1Signature(
        "POST", sandbox_->origin(System::kNetsuite) + "/services/rest/query/v1/suiteql",
        {{"limit", limit}, {"offset", "0"}}, oauth, Keys().netsuite_consumer_secret,
        Keys().netsuite_token_secret);
    std::string header = "OAuth ";
    for (const auto& [key, value] : oauth)
      header += (header.size() > 6 ? ", " : "") + key + "=\"" + PercentEncode(value) + "\"";
    return header;
  }

  static httplib::Result SuiteQuery(const std::string& authorization, const std::string& q,
                                    const std::string& limit = "2", bool transient = true) {
    httplib::Headers headers = {{"Authorization", authorization}};
    if (transient) headers.emplace("Prefer", "transient");
    return Client(System::kNetsuite)
        .Post("/services/rest/query/v1/suiteql?limit=" + limit + "&offset=0", headers,
              "{\"q\":\"" + q + "\"}", "application/json");
  }

  static httplib::Headers SkyHeaders() { return {{"Authorization", "Bearer " + Keys().sky_token}}; }
  static int Control(const std::string& what) {
    return Client(System::kSalesforce).Post("/__sandbox/" + what)->status;
  }

  static Sandbox* sandbox_;
};
Sandbox* SandboxServer::sandbox_ = nullptr;

TEST_F(SandboxServer, SalesforceRefusesWrongSecretsAndUnknownTokens) {
  const auto wrong =
      Client(System::kSalesforce)
          .Post("/services/oauth2/token",
                "grant_type=client_credentials&client_id=" + Keys().salesforce_client_id +
                    "&client_secret=x",
                "application/x-www-form-urlencoded");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_STREQ(Json(wrong->body)["error"].GetString(), "invalid_client");
  const auto refused =
      Client(System::kSalesforce).Get(Soql("SELECT Id FROM User"), {{"Authorization", "Bearer x"}});
  EXPECT_EQ(refused->status, 401);
  EXPECT_STREQ(Json(refused->body)[0]["errorCode"].GetString(), "INVALID_SESSION_ID");
}

TEST_F(SandboxServer, SalesforceTakesAJwtOfItsOwnKeyOnly) {
  const auto sign_in = [](const std::string& assertion) {
    return Client(System::kSalesforce)
        .Post("/services/oauth2/token",
              "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
                  assertion,
              "application/x-www-form-urlencoded")
        ->status;
  };
  const std::string login = "https://login.salesforce.com";
  const auto& id = Keys().salesforce_client_id;
  const auto& user = Keys().salesforce_username;
  EXPECT_EQ(sign_in(Assertion(Keys().salesforce_jwt_key, "RS256", "", id, login, 120, user)), 200);
  EXPECT_EQ(sign_in(Assertion(Keys().netsuite_rsa_key, "RS256", "", id, login, 120, user)), 400);
  EXPECT_EQ(sign_in(Assertion(Keys().salesforce_jwt_key, "RS256", "", id, "https://example.com",
                              120, user)),
            400);
  EXPECT_EQ(sign_in(Assertion(Keys().salesforce_jwt_key, "RS256", "", id, login, 3600, user)), 400);
  EXPECT_EQ(sign_in(Assertion(Keys().salesforce_jwt_key, "RS256", "", id, login, -5, user)), 400);
}

TEST_F(SandboxServer, SalesforcePagesByLocatorGiveEveryRowOnce) {
  const auto headers = SignInToSalesforce();
  auto client = Client(System::kSalesforce);
  httplib::Headers small = headers;
  small.emplace("Sforce-Query-Options", "batchSize=200");
  std::set<std::string> ids;
  size_t rows = 0;
  std::string next = Soql("SELECT Id, LastName FROM Contact ORDER BY SystemModstamp, Id");
  while (!next.empty()) {
    const auto reply = client.Get(next, small);
    ASSERT_EQ(reply->status, 200) << reply->body;
    const std::string limits = reply->get_header_value("Sforce-Limit-Info");
    EXPECT_TRUE(limits.starts_with("api-usage=")) << limits;
    EXPECT_TRUE(limits.ends_with("/250(appName=trueup)")) << limits;
    const Document page = Json(reply->body);
    for (const auto& record : page["records"].GetArray()) ids.insert(record["Id"].GetString());
    rows += page["records"].Size();
    next = page["done"].GetBool() ? "" : page["nextRecordsUrl"].GetString();
  }
  EXPECT_EQ(rows, sandbox_->world().table(TableId::kSfContact).live());
  EXPECT_EQ(ids.size(), rows);
}

TEST_F(SandboxServer, SalesforceForgetsTheOldestOfElevenLocators) {
  const auto headers = SignInToSalesforce();
  auto client = Client(System::kSalesforce);
  httplib::Headers small = headers;
  small.emplace("Sforce-Query-Options", "batchSize=200");
  std::vector<std::string> locators;
  for (int i = 0; i < 11; ++i) {
    locators.emplace_back(
        Json(client.Get(Soql("SELECT Id FROM Contact"), small)->body)["nextRecordsUrl"]
            .GetString());
  }
  const auto gone = client.Get(locators.front(), headers);
  EXPECT_EQ(gone->status, 400);
  EXPECT_STREQ(Json(gone->body)[0]["errorCode"].GetString(), "INVALID_QUERY_LOCATOR");
  EXPECT_EQ(client.Get(locators.back(), headers)->status, 200);
  EXPECT_EQ(Control("expire-locators"), 200);
  EXPECT_EQ(client.Get(locators.back(), headers)->status, 400);
}

TEST_F(SandboxServer, SalesforceTellsWhatIsLeftOfTheDay) {
  auto client = Client(System::kSalesforce);
  const auto headers = SignInToSalesforce();
  const auto first = client.Get("/services/data/v62.0/limits", headers);
  ASSERT_EQ(first->status, 200) << first->body;
  const auto second = client.Get("/services/data/v62.0/limits", headers);
  const Document before = Json(first->body);
  const Document after = Json(second->body);
  EXPECT_EQ(after["DailyApiRequests"]["Remaining"].GetInt(),
            before["DailyApiRequests"]["Remaining"].GetInt() - 1);
  EXPECT_EQ(after["DailyBulkV2QueryJobs"]["Max"].GetInt(), 10000);
}

TEST_F(SandboxServer, SalesforceTokensCanBeMadeToExpire) {
  const auto headers = SignInToSalesforce();
  EXPECT_EQ(Client(System::kSalesforce).Get(Soql("SELECT Id FROM User"), headers)->status, 200);
  EXPECT_EQ(Control("expire-tokens?system=salesforce"), 200);
  EXPECT_EQ(Client(System::kSalesforce).Get(Soql("SELECT Id FROM User"), headers)->status, 401);
}

TEST_F(SandboxServer, SalesforceRepliesAreZippedWhenAsked) {
  httplib::Headers headers = SignInToSalesforce();
  headers.emplace("Accept-Encoding", "gzip");
  auto client = Client(System::kSalesforce);
  client.set_decompress(false);
  const auto reply = client.Get(Soql("SELECT Id, Name FROM Account"), headers);
  EXPECT_EQ(reply->get_header_value("Content-Encoding"), "gzip");
}

TEST_F(SandboxServer, NetsuiteTakesPs256AndEs256ButNotRs256) {
  EXPECT_EQ(
      NetsuiteToken(Keys().netsuite_ec_key, "ES256", Keys().netsuite_ec_certificate_id)->status,
      200);
  EXPECT_EQ(
      NetsuiteToken(Keys().netsuite_rsa_key, "PS256", Keys().netsuite_rsa_certificate_id)->status,
      200);
  EXPECT_EQ(
      NetsuiteToken(Keys().netsuite_rsa_key, "RS256", Keys().netsuite_rsa_certificate_id)->status,
      400);
  EXPECT_EQ(
      NetsuiteToken(Keys().netsuite_rsa_key, "PS256", Keys().netsuite_ec_certificate_id)->status,
      400);
  EXPECT_EQ(NetsuiteToken(Keys().netsuite_ec_key, "ES256", Keys().netsuite_ec_certificate_id, 7200)
                ->status,
            400);
}

TEST_F(SandboxServer, NetsuiteRefusesReplayedAndStaleAndForgedRequests) {
  const std::string good = Tba("nonce001", Now(), "2");
  EXPECT_EQ(SuiteQuery(good, "SELECT id FROM customer")->status, 200);
  const auto replayed = SuiteQuery(good, "SELECT id FROM customer");
  EXPECT_EQ(replayed->status, 401);
  EXPECT_STREQ(Json(replayed->body)["o:errorDetails"][0]["o:errorCode"].GetString(),
               "INVALID_LOGIN");
  EXPECT_EQ(SuiteQuery(Tba("nonce002", Now() - 3600, "2"), "SELECT id FROM customer")->status, 401);
  EXPECT_EQ(SuiteQuery(Tba("nonce003", Now(), "3"), "SELECT id FROM customer", "2")->status, 401);
}

TEST_F(SandboxServer, NetsuiteShowsTextAndLeavesNullsOut) {
  const auto reply =
      SuiteQuery(Tba("nonce010", Now(), "1000"),
                 "SELECT id, custentity_crm_id, currency FROM customer ORDER BY id", "1000");
  const Document page = Json(reply->body);
  EXPECT_EQ(page["totalResults"].GetUint64(), sandbox_->world().table(TableId::kNsCustomer).live());
  size_t without = 0;
  for (const auto& item : page["items"].GetArray()) {
    EXPECT_TRUE(item["id"].IsString());
    without += item.HasMember("custentity_crm_id") ? 0 : 1;
  }
  EXPECT_GT(without, 0U);
}

TEST_F(SandboxServer, SalesforceKnowsItselfAndGivesAnAddressAsOneValue) {
  const auto headers = SignInToSalesforce();
  auto client = Client(System::kSalesforce);
  const Document org =
      Json(client.Get(Soql("SELECT Id, IsSandbox FROM Organization LIMIT 1"), headers)->body);
  EXPECT_TRUE(org["records"][0]["IsSandbox"].GetBool());
  const Document page = Json(
      client
          .Get(Soql("SELECT BillingCity, BillingAddress FROM Account WHERE BillingCity != null"),
               headers)
          ->body);
  for (const auto& record : page["records"].GetArray()) {
    EXPECT_STREQ(record["BillingAddress"]["city"].GetString(), record["BillingCity"].GetString());
  }
  const Document job =
      Json(client
               .Post("/services/data/v62.0/jobs/query", headers,
                     R"({"operation":"query","query":"SELECT BillingAddress FROM Account"})",
                     "application/json")
               ->body);
  EXPECT_STREQ(job[0]["errorCode"].GetString(), "FEATURENOTENABLED");
}

TEST_F(SandboxServer, NetsuiteGivesWhatIsNotOrderedInAnyOrder) {
  const auto first = [](const std::string& nonce, const std::string& order) {
    const auto reply = SuiteQuery(Tba(nonce, Now(), "2"), "SELECT id FROM customer" + order);
    return std::string(Json(reply->body)["items"][0]["id"].GetString());
  };
  EXPECT_NE(first("nonce030", ""), first("nonce031", ""));
  EXPECT_EQ(first("nonce032", " ORDER BY id"), first("nonce033", " ORDER BY id"));
}

TEST_F(SandboxServer, NetsuiteGivesACustomerOfTwoSubsidiariesTwice) {
  const auto reply = SuiteQuery(Tba("nonce040", Now(), "1000"),
                                "SELECT c.id, s.subsidiary FROM customer c JOIN "
                                "customersubsidiaryrelationship s ON s.entity = c.id ORDER BY c.id",
                                "1000");
  std::map<std::string, int> times;
  const Document page = Json(reply->body);
  for (const auto& item : page["items"].GetArray()) ++times[item["id"].GetString()];
  EXPECT_EQ(times.size(), sandbox_->world().table(TableId::kNsCustomer).live());
  EXPECT_EQ(times["1"], 2);
  EXPECT_EQ(times["2"], 1);
}

TEST_F(SandboxServer, NetsuiteDemandsItsHeaderAndItsLimits) {
  EXPECT_EQ(SuiteQuery(Tba("nonce020", Now(), "2"), "SELECT id FROM customer", "2", false)->status,
            400);
  EXPECT_EQ(SuiteQuery(Tba("nonce021", Now(), "1001"), "SELECT id FROM customer", "1001")->status,
            400);
  EXPECT_EQ(SuiteQuery(Tba("nonce022", Now(), "2"), "SELECT nope FROM customer")->status, 400);
}

TEST_F(SandboxServer, SkyPagesGiveEveryRowOnceInOrder) {
  auto client = Client(System::kSky);
  EXPECT_EQ(client.Get("/api/v1/tasks", {{"Authorization", "Bearer x"}})->status, 401);
  std::set<std::string> ids;
  std::string last;
  std::string cursor;
  size_t rows = 0;
  do {
    const Document page = Json(client.Get("/api/v1/tasks?limit=7" + cursor, SkyHeaders())->body);
    for (const auto& row : page["data"].GetArray()) {
      ids.insert(row["id"].GetString());
      const std::string key = std::string(row["updated_at"].GetString()) + row["id"].GetString();
      EXPECT_LT(last, key);
      last = key;
      ++rows;
    }
    cursor = page["next_cursor"].IsNull()
                 ? ""
                 : std::string("&cursor=") + page["next_cursor"].GetString();
  } while (!cursor.empty());
  EXPECT_EQ(rows, sandbox_->world().table(TableId::kSkyTasks).live());
  EXPECT_EQ(ids.size(), rows);
  const Document listed = Json(client.Get("/api/v1/tasks/ids", SkyHeaders())->body);
  EXPECT_EQ(listed["total"].GetUint64(), rows);
}

TEST_F(SandboxServer, PlannedFaultsStrikeAndPass) {
  const auto get = [] { return Client(System::kSky).Get("/api/v1/users", SkyHeaders()); };
  const std::pair<const char*, int> kinds[] = {
      {"500", 500}, {"503", 503}, {"429", 429}, {"expired", 401}};
  for (const auto& [kind, status] : kinds) {
    EXPECT_EQ(Control(std::string("fault?system=sky&count=1&kind=") + kind), 200);
    EXPECT_EQ(get()->status, status);
    EXPECT_EQ(get()->status, 200) << kind;
  }
  EXPECT_EQ(Control("fault?system=sky&kind=html"), 200);
  EXPECT_EQ(get()->body.front(), '<');
  EXPECT_EQ(Control("fault?system=sky&kind=cut&path=users"), 200);
  EXPECT_FALSE(get());
  EXPECT_EQ(get()->status, 200);
  EXPECT_EQ(Control("down?system=sky&on=1"), 200);
  EXPECT_EQ(get()->status, 503);
  EXPECT_EQ(Control("down?system=sky&on=0"), 200);
  EXPECT_EQ(get()->status, 200);
  EXPECT_EQ(Control("fault?system=sky&kind=nonsense"), 400);
}

TEST_F(SandboxServer, StepsChangeWhatTheSystemsShow) {
  const size_t before = sandbox_->world().steps();
  const auto reply = Client(System::kSalesforce).Post("/__sandbox/step?n=2");
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(Json(reply->body)["steps"].GetUint64(), before + 2);
  const std::string since = PercentEncode(DateTimeText(kWorldStart, 'T', "Z"));
  const Document page =
      Json(Client(System::kSky).Get("/api/v1/accounts?updated_since=" + since, SkyHeaders())->body);
  EXPECT_GT(page["data"].Size(), 0U);
  const auto headers = SignInToSalesforce();
  const auto deleted =
      Client(System::kSalesforce)
          .Get("/services/data/v62.0/sobjects/Contact/deleted?start=" + since +
                   "&end=" + PercentEncode(DateTimeText(kWorldStart + kDay, 'T', "Z")),
               headers);
  EXPECT_EQ(deleted->status, 200);
  EXPECT_GT(Json(deleted->body)["deletedRecords"].Size(), 0U);
}

TEST_F(SandboxServer, WhatIsDeletedForGoodIsToldByGetDeletedOnceItIsPast) {
  const auto headers = SignInToSalesforce();
  const auto get = [&](const std::string& path) {
    return Json(Client(System::kSalesforce).Get("/services/data/v62.0/" + path, headers)->body);
  };
  const auto count = [&] {
    return get("queryAll?q=" + PercentEncode("SELECT COUNT() FROM Contact"))["totalSize"].GetInt();
  };
  const Seconds now = sandbox_->world().now();
  const auto deleted = [&] {
    return get("sobjects/Contact/deleted?start=" + PercentEncode(DateTimeText(now, 'T', "Z")) +
               "&end=" + PercentEncode(DateTimeText(now + kDay, 'T', "Z")));
  };
  const int before = count();
  EXPECT_EQ(Control("purge?system=salesforce&object=Contact&count=2"), 200);
  EXPECT_EQ(count(), before - 2);
  EXPECT_EQ(deleted()["deletedRecords"].Size(), 0U);
  EXPECT_EQ(deleted()["latestDateCovered"].GetString(),
            DateTimeText(now - 5 * kMinute, 'T', ".000+0000"));
  EXPECT_EQ(Control("step"), 200);
  EXPECT_GE(deleted()["deletedRecords"].Size(), 2U);
  EXPECT_EQ(deleted()["latestDateCovered"].GetString(),
            DateTimeText(now + 5 * kMinute, 'T', ".000+0000"));
  EXPECT_EQ(Control("purge?system=sky&object=sites"), 400);
}

}  // namespace
}  // namespace trueup::sandbox
