#pragma once

#include <memory>

#include "connectors/http/json_api.h"
#include "connectors/rest/settings.h"

namespace trueup::connectors::rest {

// Proves who we are, in the way that the settings name; null where they name none.
std::shared_ptr<Authorizer> MakeAuthorizer(const RestSettings& settings,
                                           std::shared_ptr<HttpClient> http,
                                           std::shared_ptr<Clock> clock, Random random);

}  // namespace trueup::connectors::rest
