#pragma once

#include <memory>
#include <string>

#include "connectors/connector.h"
#include "connectors/http/http_client.h"
#include "connectors/http/retry.h"
#include "connectors/salesforce/settings.h"

namespace trueup::connectors {

// What the registry lists.
ConnectorKind SalesforceKind();

namespace salesforce {

// What a connector is made of; tests hand in a client that they script.
struct Parts {
  std::string system;
  SalesforceSettings settings;
  std::shared_ptr<HttpClient> http;
  std::shared_ptr<Clock> clock;
  Random random;
  MappedFields mapped_fields = std::nullopt;
};
std::unique_ptr<Connector> MakeConnector(Parts parts);

}  // namespace salesforce
}  // namespace trueup::connectors
