#pragma once

#include <memory>
#include <string>

#include "connectors/connector.h"
#include "connectors/http/http_client.h"
#include "connectors/http/retry.h"
#include "connectors/netsuite/settings.h"
#include "connectors/netsuite/turns.h"

namespace trueup::connectors {

// What the registry lists. README.md in this folder says what the connector promises.
ConnectorKind NetsuiteKind();

namespace netsuite {

// What a connector is made of; tests hand in a client that they script.
struct Parts {
  std::string system;
  NetsuiteSettings settings;
  std::shared_ptr<HttpClient> http;
  std::shared_ptr<Clock> clock;
  Random random;
  std::shared_ptr<Turns> turns = nullptr;  // of the account; null: of this connector alone
};
std::unique_ptr<Connector> MakeConnector(Parts parts);

}  // namespace netsuite
}  // namespace trueup::connectors
