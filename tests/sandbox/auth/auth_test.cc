#include <gtest/gtest.h>

#include "tests/sandbox/auth/crypto.h"
#include "tests/sandbox/auth/oauth1.h"

namespace trueup::sandbox {
namespace {

// The vendor's published example.
TEST(OAuth1, GivesThePublishedSignature) {
  const std::map<std::string, std::string> oauth = {
      {"realm", "123456"},
      {"oauth_consumer_key", "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4"},
      {"oauth_token", "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc"},
      {"oauth_nonce", "fjaLirsIcCGVZWzBX0pg"},
      {"oauth_timestamp", "1508242306"},
      {"oauth_signature_method", "HMAC-SHA256"},
      {"oauth_version", "1.0"}};
  constexpr const char* kConsumer =
      "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5";
  constexpr const char* kToken = "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295";
  EXPECT_EQ(
      OAuth1Signature(
          "GET", "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40",
          {}, oauth, kConsumer, kToken),
      "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=");
  EXPECT_EQ(OAuth1Signature(
                "POST", "https://123456.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql",
                {{"limit", "1000"}, {"offset", "0"}}, oauth, kConsumer, kToken),
            "K77GAJRnfr1XDIXWkDNFBb1G343XzZc397WHGpnHFF8=");
}

TEST(OAuth1, ReadsItsHeader) {
  const auto params =
      ReadOAuthHeader("OAuth realm=\"1_SB1\", oauth_signature=\"a%2Bb%3D\",oauth_nonce=\"x\"");
  ASSERT_TRUE(params);
  EXPECT_EQ(params->at("realm"), "1_SB1");
  EXPECT_EQ(params->at("oauth_signature"), "a+b=");
  EXPECT_FALSE(ReadOAuthHeader("Bearer x"));
  EXPECT_FALSE(ReadOAuthHeader("OAuth realm=1"));
}

TEST(Keys, VerifyWhatTheySignedAndNothingElse) {
  const KeyPair rsa = KeyPair::Generate(KeyPair::kRsa2048);
  const KeyPair ec = KeyPair::Generate(KeyPair::kEcP256);
  for (const char* algorithm : {"RS256", "PS256", "PS384", "PS512"}) {
    const std::string signature = rsa.Sign(algorithm, "message");
    EXPECT_TRUE(rsa.Verify(algorithm, "message", signature)) << algorithm;
    EXPECT_FALSE(rsa.Verify(algorithm, "massage", signature)) << algorithm;
  }
  EXPECT_FALSE(rsa.Verify("PS256", "message", rsa.Sign("RS256", "message")));
  const struct {
    KeyPair::Kind kind;
    const char* algorithm;
    size_t size;
  } curves[] = {{KeyPair::kEcP256, "ES256", 64},
                {KeyPair::kEcP384, "ES384", 96},
                {KeyPair::kEcP521, "ES512", 132}};
  for (const auto& curve : curves) {
    const KeyPair key = KeyPair::Generate(curve.kind);
    const std::string signature = key.Sign(curve.algorithm, "message");
    EXPECT_EQ(signature.size(), curve.size);
    EXPECT_TRUE(key.Verify(curve.algorithm, "message", signature));
    EXPECT_FALSE(key.Verify("RS256", "message", signature));
    EXPECT_FALSE(ec.Verify(curve.algorithm, "message", signature));
  }
  EXPECT_FALSE(ec.Verify("none", "message", ""));
}

TEST(Keys, SurviveTheirPemFile) {
  const KeyPair key = KeyPair::Generate(KeyPair::kEcP256);
  const auto again = KeyPair::FromPem(key.Pem());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->Verify("ES256", "message", key.Sign("ES256", "message")));
  EXPECT_FALSE(KeyPair::FromPem("no key"));
}

TEST(Jwt, IsTakenApartWhateverFormItsClaimsHave) {
  // {"alg":"ES256","kid":"k"} . {"iss":"i","aud":["a"],"exp":"12","iat":3} . x
  const auto jwt = ReadJwt(
      "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJpIiwiYXVkIjpbImEiXSwiZXhwIjoiMTIiLCJpYXQiOjN9."
      "eA");
  ASSERT_TRUE(jwt);
  EXPECT_EQ(jwt->algorithm, "ES256");
  EXPECT_EQ(jwt->key_id, "k");
  EXPECT_EQ(jwt->audience, "a");
  EXPECT_EQ(jwt->expires, 12);
  EXPECT_EQ(jwt->issued_at, 3);
  EXPECT_FALSE(ReadJwt("a.b"));
  EXPECT_FALSE(ReadJwt("a.b.c"));
}

TEST(Secrets, AreFunctionsOfSeedAndPurpose) {
  EXPECT_EQ(DerivedSecret(1, "a", 64), DerivedSecret(1, "a", 64));
  EXPECT_NE(DerivedSecret(1, "a", 64), DerivedSecret(2, "a", 64));
  EXPECT_NE(DerivedSecret(1, "a", 64), DerivedSecret(1, "b", 64));
  EXPECT_EQ(DerivedSecret(1, "a", 64).size(), 64U);
}

}  // namespace
}  // namespace trueup::sandbox
