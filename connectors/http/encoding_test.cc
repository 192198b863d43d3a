#include "connectors/http/encoding.h"

#include <gtest/gtest.h>

namespace trueup::connectors {
namespace {

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a b+c/d='\xc3\xa9'"), "a%20b%2Bc%2Fd%3D%27%C3%A9%27");
  EXPECT_EQ(PercentDecode("a%20b%2Bc%zz%2"), "a b+c%zz%2");
}

TEST(Url, IsReadIntoItsParts) {
  const auto url = ParseUrl("HTTPS://Acme.my.salesforce.com/services/data?q=a%20b");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "acme.my.salesforce.com");
  EXPECT_EQ(url->path, "/services/data");
  EXPECT_EQ(url->query, "q=a%20b");
  EXPECT_EQ(OriginOf(*ParseUrl("http://[::1]:8080/x")), "http://[::1]:8080");
  EXPECT_EQ(OriginOf(*ParseUrl("https://a:443")), "https://a");
}

TEST(Url, IsRefusedWhereItIsNone) {
  for (const char* text : {"", "acme.com/x", "ftp://a/b", "http://", "http://u:p@a/", "http://a/#f",
                           "http://a:b/", "http://a:/"}) {
    EXPECT_FALSE(ParseUrl(text).ok()) << text;
  }
}

TEST(Url, ErrorsDoNotRepeatTheQuery) {
  const auto url = ParseUrl("ftp://a/b?token=hunter2");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.error().message().find("hunter2"), std::string::npos);
}

TEST(ResolveUrl, StaysOnTheHostForAPath) {
  EXPECT_EQ(*ResolveUrl("https://a:1/b?c", "/d?e"), "https://a:1/d?e");
  EXPECT_EQ(*ResolveUrl("https://a/b", "https://c/d"), "https://c/d");
  EXPECT_FALSE(ResolveUrl("https://a/b", "//evil/d").ok());
  EXPECT_FALSE(ResolveUrl("https://a/b", "d").ok());
}

TEST(Loopback, IsOnlyTheMachineItself) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"127.evil.example", "example.com", "10.0.0.1", "0.0.0.0"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

TEST(Base64, HasTheVectorsOfItsRfc) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(Base64Url("f"), "Zg");
}

TEST(AddParameters, ExtendsAQuery) {
  EXPECT_EQ(AddParameters("http://a/b", {{"q", "x y"}, {"n", "1"}}), "http://a/b?q=x%20y&n=1");
  EXPECT_EQ(AddParameters("http://a/b?c=d", {{"q", "x"}}), "http://a/b?c=d&q=x");
  EXPECT_EQ(AddParameters("http://a/b", {}), "http://a/b");
}

}  // namespace
}  // namespace trueup::connectors
