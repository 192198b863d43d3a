#include "connectors/http/oauth.h"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/json.h"

namespace trueup::connectors {
namespace {

template <auto Destroy>
struct DeleteWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    Destroy(handle);
  }
};
using Bio = std::unique_ptr<BIO, DeleteWith<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, DeleteWith<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, DeleteWith<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, DeleteWith<ECDSA_SIG_free>>;

// What one algorithm is made of.
struct Scheme {
  std::string_view name;
  const EVP_MD* digest;
  bool pss = false;
  int curve_bits = 0;  // 0: an RSA key

  bool elliptic() const { return curve_bits != 0; }
  int half() const { return (curve_bits + 7) / 8; }  // bytes of r and of s
};

Scheme SchemeOf(JwtAlgorithm algorithm) {
  switch (algorithm) {
    case JwtAlgorithm::kRs256: return {"RS256", EVP_sha256(), false, 0};
    case JwtAlgorithm::kPs256: return {"PS256", EVP_sha256(), true, 0};
    case JwtAlgorithm::kPs384: return {"PS384", EVP_sha384(), true, 0};
    case JwtAlgorithm::kPs512: return {"PS512", EVP_sha512(), true, 0};
    case JwtAlgorithm::kEs256: return {"ES256", EVP_sha256(), false, 256};
    case JwtAlgorithm::kEs384: return {"ES384", EVP_sha384(), false, 384};
    case JwtAlgorithm::kEs512: return {"ES512", EVP_sha512(), false, 521};
  }
  std::abort();
}

// OpenSSL's own reason goes into the text; the key never does.
Error CannotSign(std::string_view what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return {ErrorKind::kInvalid, std::string(what) + ": " + reason.data()};
}

Result<Key> LoadKey(const config::Secret& pem, const Scheme& scheme) {
  const std::string& text = pem.reveal();
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  // An empty pass phrase instead of a prompt on the terminal for an encrypted key.
  Key key(PEM_read_bio_PrivateKey(
      bio.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  if (!key) return CannotSign("the private key cannot be read as PEM");
  const bool fits =
      EVP_PKEY_base_id(key.get()) == (scheme.elliptic() ? EVP_PKEY_EC : EVP_PKEY_RSA) &&
      (!scheme.elliptic() || EVP_PKEY_bits(key.get()) == scheme.curve_bits);
  if (!fits) {
    const std::string type =
        scheme.elliptic() ? "EC P-" + std::to_string(scheme.curve_bits) : "RSA";
    return Error(ErrorKind::kInvalid, "the private key is not of the type that " +
                                          std::string(scheme.name) + " signs with (" + type + ")");
  }
  return key;
}

// DER as OpenSSL makes it -> r and s side by side, as JWS wants it.
Result<std::string> RawEcSignature(std::string_view der, int half) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  if (!signature) return CannotSign("signing gave no EC signature");
  std::string raw(2 * static_cast<size_t>(half), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, half);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + half, half);
  return raw;
}

Result<std::string> Sign(const Scheme& scheme, EVP_PKEY* key, std::string_view text) {
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // belongs to the digest
  bool ok = EVP_DigestSignInit(digest.get(), &options, scheme.digest, nullptr, key) == 1;
  if (ok && scheme.pss) {
    ok = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  ok = ok && EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size()) == 1;
  std::string signature(size, '\0');
  ok = ok && EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                            bytes, text.size()) == 1;
  if (!ok) return CannotSign("signing failed");
  signature.resize(size);
  if (scheme.elliptic()) return RawEcSignature(signature, scheme.half());
  return signature;
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

Parameters DecodeQuery(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    parameters.emplace_back(PercentDecode(pair.substr(0, equals)),
                            PercentDecode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return parameters;
}

// What OAuth 1.0a signs (RFC 5849, 3.4.1): method, URL without query, and all parameters in order.
std::string SignatureBase(std::string_view method, const UrlParts& url, Parameters parameters) {
  for (auto& [name, value] : DecodeQuery(url.query)) parameters.emplace_back(name, value);
  for (auto& [name, value] : parameters) {
    name = PercentEncode(name);
    value = PercentEncode(value);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string joined;
  for (const auto& [name, value] : parameters) {
    if (!joined.empty()) joined.push_back('&');
    joined += name + "=" + value;
  }
  return std::string(method) + "&" + PercentEncode(OriginOf(url) + url.path) + "&" +
         PercentEncode(joined);
}

}  // namespace

Status CheckKey(JwtAlgorithm algorithm, const config::Secret& private_key) {
  TRUEUP_RETURN_IF_ERROR(LoadKey(private_key, SchemeOf(algorithm)));
  return {};
}

Result<std::string> SignJwt(JwtAlgorithm algorithm, const config::Secret& private_key,
                            std::string_view key_id, std::string_view claims) {
  const Scheme scheme = SchemeOf(algorithm);
  TRUEUP_ASSIGN(const Key key, LoadKey(private_key, scheme));
  JsonWriter header;
  header.BeginObject().Member("typ", "JWT").Member("alg", scheme.name);
  if (!key_id.empty()) header.Member("kid", key_id);
  header.EndObject();
  const std::string text = Base64Url(header.text()) + "." + Base64Url(claims);
  TRUEUP_ASSIGN(const std::string signature, Sign(scheme, key.get(), text));
  return text + "." + Base64Url(signature);
}

Result<std::string> SignOAuth1(const OAuth1Keys& keys, std::string_view method,
                               std::string_view url, std::string_view nonce, int64_t timestamp) {
  TRUEUP_ASSIGN(const UrlParts parts, ParseUrl(url));
  Parameters signed_ones{
      {"oauth_consumer_key", keys.consumer_key}, {"oauth_token", keys.token_id},
      {"oauth_nonce", std::string(nonce)},       {"oauth_timestamp", std::to_string(timestamp)},
      {"oauth_signature_method", "HMAC-SHA256"}, {"oauth_version", "1.0"}};
  const std::string key = PercentEncode(keys.consumer_secret.reveal()) + "&" +
                          PercentEncode(keys.token_secret.reveal());
  const std::string signature = Base64(HmacSha256(key, SignatureBase(method, parts, signed_ones)));
  std::string header = "OAuth realm=\"" + PercentEncode(keys.realm) + "\"";
  signed_ones.emplace_back("oauth_signature", signature);
  for (const auto& [name, value] : signed_ones) {
    header += ", " + name + "=\"" + PercentEncode(value) + "\"";
  }
  return header;
}

std::string NewNonce() {
  std::array<unsigned char, 16> bytes{};
  // Fails only where the machine has no randomness at all: nothing could go on then.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  std::string text;
  for (const unsigned char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

std::string BasicAuthorization(std::string_view user, const config::Secret& password) {
  return "Basic " + Base64(std::string(user) + ":" + password.reveal());
}

}  // namespace trueup::connectors
