#include "tests/sandbox/salesforce/bulk_jobs.h"

#include <algorithm>
#include <regex>

#include <gtest/gtest.h>
#include <rapidjson/document.h>

namespace trueup::sandbox {
namespace {

World& SharedWorld() {
  static World* const world = [] {
    WorldOptions options;
    options.population.customers = 100;
    return new World(options);  // lives as long as the process
  }();
  return *world;
}

std::string Header(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

std::string Member(const HttpReply& reply, const char* name) {
  rapidjson::Document json;
  json.Parse(reply.body.c_str());
  const rapidjson::Value& object = json.IsArray() ? json[0] : json;
  return object.HasMember(name) ? object[name].GetString() : "(none)";
}

class BulkJobsTest : public testing::Test {
 protected:
  HttpReply Call(const std::string& method, const std::string& rest, const std::string& body = "",
                 const std::string& version = "v62.0") {
    HttpRequest request;
    request.method = method;
    request.body = body;
    const size_t mark = rest.find('?');
    std::string_view query = mark == rest.npos ? "" : std::string_view(rest).substr(mark + 1);
    while (!query.empty()) {
      const std::string_view pair = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(pair.size() + 1, query.size()));
      const size_t equals = pair.find('=');
      request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return jobs_.Handle(request, version, rest.substr(0, mark));
  }
  HttpReply Create(const std::string& soql, const std::string& operation = "queryAll") {
    return Call("POST", "", "{\"operation\":\"" + operation + "\",\"query\":\"" + soql + "\"}");
  }
  // A job that is looked at until it has ended; its place in paths.
  std::string Finished(const std::string& soql) {
    const std::string job = "/" + Member(Create(soql), "id");
    for (int i = 0; i < 3; ++i) Call("GET", job);
    return job;
  }

  Permissions permissions_;
  BulkJobs jobs_{SharedWorld(), permissions_};
};

TEST_F(BulkJobsTest, GoThroughTheirStates) {
  const HttpReply made = Create("SELECT Id, Name FROM Account");
  EXPECT_EQ(Member(made, "state"), "UploadComplete");
  EXPECT_EQ(Member(made, "object"), "Account");
  const std::string job = "/" + Member(made, "id");
  EXPECT_EQ(job.size(), 19U);
  EXPECT_EQ(Call("GET", job + "/results").status, 400);
  EXPECT_EQ(Call("DELETE", job).status, 400);
  EXPECT_EQ(Member(Call("GET", job), "state"), "InProgress");
  EXPECT_EQ(Member(Call("GET", job), "state"), "InProgress");
  EXPECT_EQ(Member(Call("GET", job), "state"), "JobComplete");
  EXPECT_EQ(Call("PATCH", job, R"({"state":"Aborted"})").status, 400);
  EXPECT_EQ(Call("GET", job + "/results").status, 200);
  EXPECT_EQ(Call("GET", job + "/results", "", "v61.0").status, 409);
  EXPECT_EQ(Call("DELETE", job).status, 204);
  EXPECT_EQ(Call("GET", job).status, 404);
}

TEST_F(BulkJobsTest, PagesGiveEveryRowOnceAndAgain) {
  const Table& table = SharedWorld().table(TableId::kSfContact);
  const std::string job = Finished("SELECT Id FROM Contact");
  std::string all;
  std::string locator;
  size_t records = 0;
  do {
    const std::string page = job + "/results?maxRecords=70" + locator;
    const HttpReply reply = Call("GET", page);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.content_type, "text/csv");
    EXPECT_TRUE(reply.body.starts_with("\"Id\"\n"));
    EXPECT_EQ(Call("GET", page).body, reply.body);
    all += reply.body.substr(5);
    records += std::stoul(Header(reply, "Sforce-NumberOfRecords"));
    locator = "&locator=" + Header(reply, "Sforce-Locator");
  } while (locator != "&locator=null");
  EXPECT_EQ(records, table.rows().size());
  EXPECT_EQ(static_cast<size_t>(std::count(all.begin(), all.end(), '\n')), records);
  for (const Row& row : table.rows()) EXPECT_NE(all.find('"' + row.id + '"'), all.npos);
}

TEST_F(BulkJobsTest, ShowCellsAsCsv) {
  const std::string job = Finished("SELECT Id,IsDeleted,SystemModstamp,ParentId FROM Account");
  const std::string csv = Call("GET", job + "/results").body;
  const Row& row = SharedWorld().table(TableId::kSfAccount).rows().front();
  const std::string begin = "\"Id\",\"IsDeleted\",\"SystemModstamp\",\"ParentId\"\n\"" + row.id +
                            "\",\"false\",\"" + DateTimeText(row.stamp, 'T', ".000Z") + "\",";
  EXPECT_EQ(csv.substr(0, begin.size()), begin);
  EXPECT_NE(csv.find("Z\",\n"), csv.npos) << "an empty cell is null, without quotes";
}

TEST_F(BulkJobsTest, FailAreAbortedAndLoseTheirLocatorsWhenAsked) {
  EXPECT_TRUE(jobs_.Set("fail", 1));
  EXPECT_EQ(Member(Call("GET", Finished("SELECT Id FROM User")), "state"), "Failed");
  EXPECT_TRUE(jobs_.Set("abort", 1));
  EXPECT_EQ(Member(Call("GET", Finished("SELECT Id FROM User")), "state"), "Aborted");
  const std::string job = Finished("SELECT Id FROM Contact");
  const std::string next = job + "/results?locator=" +
                           Header(Call("GET", job + "/results?maxRecords=2"), "Sforce-Locator");
  EXPECT_EQ(Call("GET", next).status, 200);
  EXPECT_TRUE(jobs_.Set("headers", 0));
  EXPECT_EQ(Call("GET", next).body.find("\"Id\""), std::string::npos);
  EXPECT_TRUE(jobs_.Set("expire", 1));
  EXPECT_EQ(Call("GET", next).status, 200) << "a page more";
  EXPECT_EQ(Call("GET", next).status, 400);
  EXPECT_EQ(Call("GET", job + "/results").status, 200);
  EXPECT_TRUE(jobs_.Set("forget", 0));
  EXPECT_EQ(Call("GET", job).status, 404);
  EXPECT_FALSE(jobs_.Set("nonsense", 1));
}

TEST_F(BulkJobsTest, ListTheirPagesFiveAtATime) {
  EXPECT_TRUE(jobs_.Set("page_cap", 10));
  const std::string job = Finished("SELECT Id FROM Contact");
  const size_t rows = SharedWorld().table(TableId::kSfContact).rows().size();
  std::string next = job + "/resultPages";
  size_t pages = 0;
  size_t read = 0;
  size_t lists = 0;
  for (; !next.empty(); ++lists) {
    const std::string list = Call("GET", next).body;
    static const std::regex kUrl("\"(resultUrl|nextRecordsUrl)\":\"[^\"]*/jobs/query(/[^\"]*)\"");
    next.clear();
    for (std::sregex_iterator it(list.begin(), list.end(), kUrl), end; it != end; ++it) {
      if ((*it)[1] == "nextRecordsUrl") {
        next = std::regex_replace((*it)[2].str(), std::regex("%3D"), "=");
        continue;
      }
      const HttpReply page =
          Call("GET", std::regex_replace((*it)[2].str(), std::regex("%3D"), "="));
      EXPECT_EQ(page.status, 200);
      read += std::stoul(Header(page, "Sforce-NumberOfRecords"));
      ++pages;
    }
  }
  EXPECT_EQ(read, rows);
  EXPECT_EQ(pages, (rows + 9) / 10);
  EXPECT_EQ(lists, (pages + 4) / 5);
}

TEST_F(BulkJobsTest, GiveNulsWhenAsked) {
  EXPECT_TRUE(jobs_.Set("nul", 1));
  const std::string job = Finished("SELECT Id,Name FROM Account");
  EXPECT_NE(Call("GET", job + "/results").body.find('\0'), std::string::npos);
}

TEST_F(BulkJobsTest, CanBeAbortedAndListed) {
  const std::string job = "/" + Member(Create("SELECT Id FROM User", "query"), "id");
  EXPECT_EQ(Member(Call("PATCH", job, R"({"state":"Aborted"})"), "state"), "Aborted");
  EXPECT_NE(Call("GET", "").body.find("\"state\":\"Aborted\""), std::string::npos);
}

TEST_F(BulkJobsTest, RefuseWhatTheyDoNotPlay) {
  EXPECT_EQ(Member(Create("SELECT Nope FROM Account"), "errorCode"), "INVALID_FIELD");
  EXPECT_EQ(Create("SELECT COUNT() FROM Account").status, 400);
  EXPECT_EQ(Create("SELECT Id FROM Account", "insert").status, 400);
  EXPECT_EQ(Call("POST", "", "no json").status, 400);
  EXPECT_EQ(Call("GET", "/750x").status, 404);
}

TEST_F(BulkJobsTest, WhatIsHiddenIsRefusedWhereverItStands) {
  const TableSpec& account = SpecOf(TableId::kSfAccount);
  permissions_.Hide(account.Find("Website"), true);
  for (const char* soql :
       {"SELECT Id, Website FROM Account", "SELECT Id FROM Account WHERE Website = null",
        "SELECT Id FROM Account WHERE Name = 'x' OR NOT (Website != null)",
        "SELECT Id FROM Account ORDER BY Website"}) {
    EXPECT_EQ(Member(Create(soql), "errorCode"), "INVALID_FIELD") << soql;
  }
  EXPECT_EQ(Create("SELECT Id, Name FROM Account").status, 200);
  permissions_.Hide(account.Find("Website"), false);
  EXPECT_EQ(Create("SELECT Id, Website FROM Account").status, 200);
  permissions_.Hide(TableId::kSfAccount, true);
  EXPECT_EQ(Member(Create("SELECT Id FROM Account"), "errorCode"), "INVALID_TYPE");
}

}  // namespace
}  // namespace trueup::sandbox
