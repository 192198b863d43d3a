#include "connectors/http/oauth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace trueup::connectors {
namespace {

using config::Secret;

OAuth1Keys VendorKeys() {
  return {"123456", "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
          Secret("d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5"),
          "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
          Secret("c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295")};
}

// The example of NetSuite's own documentation.
TEST(OAuth1, SignsTheVendorsExample) {
  const auto header =
      SignOAuth1(VendorKeys(), "GET",
                 "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40",
                 "fjaLirsIcCGVZWzBX0pg", 1508242306);
  ASSERT_TRUE(header.ok());
  EXPECT_THAT(*header, testing::StartsWith("OAuth realm=\"123456\", oauth_consumer_key=\"ef40"));
  EXPECT_THAT(*header, testing::HasSubstr(
                           "oauth_signature=\"" +
                           PercentEncode("B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=") + "\""));
}

TEST(OAuth1, SignsTheParametersOfTheQuery) {
  const auto header = SignOAuth1(VendorKeys(), "POST",
                                 "https://123456.suitetalk.api.netsuite.com/services/rest/query/v1/"
                                 "suiteql?limit=1000&offset=0",
                                 "fjaLirsIcCGVZWzBX0pg", 1508242306);
  ASSERT_TRUE(header.ok());
  EXPECT_THAT(*header,
              testing::HasSubstr(PercentEncode("K77GAJRnfr1XDIXWkDNFBb1G343XzZc397WHGpnHFF8=")));
}

std::string PemOf(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string Unbase64Url(std::string_view text) {
  std::string out;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : text) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    buffer = buffer << 6 | static_cast<unsigned>(kAlphabet.find(c));
    bits += 6;
    if (bits >= 8) out.push_back(static_cast<char>(buffer >> (bits -= 8) & 255));
  }
  return out;
}

// r || s back to what OpenSSL verifies.
std::string DerOf(const std::string& raw) {
  ECDSA_SIG* signature = ECDSA_SIG_new();
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const int half = static_cast<int>(raw.size() / 2);
  ECDSA_SIG_set0(signature, BN_bin2bn(bytes, half, nullptr),
                 BN_bin2bn(bytes + half, half, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature, &der);
  std::string text(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
  return text;
}

// An algorithm as RFC 7518 describes it.
struct SchemeCase {
  JwtAlgorithm algorithm;
  std::string name;
  const EVP_MD* digest;
  const char* curve;      // null: RSA
  size_t signature_size;  // of an EC signature: r and s side by side
};

bool Verifies(const SchemeCase& scheme, EVP_PKEY* key, const std::string& jwt) {
  const size_t dot = jwt.rfind('.');
  const std::string text = jwt.substr(0, dot);
  std::string signature = Unbase64Url(jwt.substr(dot + 1));
  if (scheme.curve != nullptr) {
    if (signature.size() != scheme.signature_size) return false;
    signature = DerOf(signature);
  }
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  EVP_DigestVerifyInit(context, &options, scheme.digest, nullptr, key);
  if (scheme.name.starts_with("PS")) {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  const int verified = EVP_DigestVerify(
      context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  return verified == 1;
}

class Jwt : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa_ = EVP_RSA_gen(2048);
    ec_ = EVP_EC_gen("P-256");
  }
  static void TearDownTestSuite() {
    EVP_PKEY_free(rsa_);
    EVP_PKEY_free(ec_);
  }
  static inline EVP_PKEY* rsa_ = nullptr;
  static inline EVP_PKEY* ec_ = nullptr;
};

TEST_F(Jwt, IsSignedSoThatThePublicKeyVerifiesIt) {
  const SchemeCase cases[] = {
      {JwtAlgorithm::kRs256, "RS256", EVP_sha256(), nullptr, 0},
      {JwtAlgorithm::kPs256, "PS256", EVP_sha256(), nullptr, 0},
      {JwtAlgorithm::kPs384, "PS384", EVP_sha384(), nullptr, 0},
      {JwtAlgorithm::kPs512, "PS512", EVP_sha512(), nullptr, 0},
      {JwtAlgorithm::kEs256, "ES256", EVP_sha256(), "P-256", 64},
      {JwtAlgorithm::kEs384, "ES384", EVP_sha384(), "P-384", 96},
      {JwtAlgorithm::kEs512, "ES512", EVP_sha512(), "P-521", 132},
  };
  for (const SchemeCase& scheme : cases) {
    EVP_PKEY* key = scheme.curve == nullptr ? EVP_PKEY_dup(rsa_) : EVP_EC_gen(scheme.curve);
    const auto jwt = SignJwt(scheme.algorithm, Secret(PemOf(key)), "kid1", R"({"iss":"me"})");
    ASSERT_TRUE(jwt.ok()) << scheme.name << ": " << jwt.error().message();
    EXPECT_TRUE(Verifies(scheme, key, *jwt)) << scheme.name;
    const std::string header = Unbase64Url(jwt->substr(0, jwt->find('.')));
    EXPECT_THAT(header, testing::HasSubstr("\"alg\":\"" + scheme.name + "\""));
    EXPECT_THAT(header, testing::HasSubstr("\"kid\":\"kid1\""));
    EVP_PKEY_free(key);
  }
}

TEST_F(Jwt, IsRefusedForAKeyOfTheWrongType) {
  EXPECT_FALSE(SignJwt(JwtAlgorithm::kEs256, Secret(PemOf(rsa_)), "", "{}").ok());
  EXPECT_FALSE(SignJwt(JwtAlgorithm::kRs256, Secret(PemOf(ec_)), "", "{}").ok());
  const auto other_curve = SignJwt(JwtAlgorithm::kEs512, Secret(PemOf(ec_)), "", "{}");
  ASSERT_FALSE(other_curve.ok());
  EXPECT_THAT(other_curve.error().message(),
              testing::HasSubstr("not of the type that ES512 signs with (EC P-521)"));
  const auto broken = SignJwt(JwtAlgorithm::kRs256, Secret("no key at all"), "", "{}");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(CheckKey(JwtAlgorithm::kRs256, Secret("no key at all")).error().message(),
            broken.error().message());
  EXPECT_TRUE(CheckKey(JwtAlgorithm::kPs512, Secret(PemOf(rsa_))).ok());
  EXPECT_THAT(broken.error().message(), testing::Not(testing::HasSubstr("no key at all")));
}

TEST(Nonce, IsNewEveryTime) {
  EXPECT_NE(NewNonce(), NewNonce());
  EXPECT_EQ(NewNonce().size(), 32U);
}

TEST(Basic, IsBase64OfUserAndPassword) {
  EXPECT_EQ(BasicAuthorization("Aladdin", Secret("open sesame")),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace trueup::connectors
