#include "connectors/connector.h"
#include "connectors/files/files_connector.h"
#include "connectors/netsuite/netsuite_connector.h"
#include "connectors/rest/rest_connector.h"
#include "connectors/salesforce/salesforce_connector.h"
#include "connectors/singer/singer_connector.h"

namespace trueup::connectors {

// A plain list, because a linker drops objects of a static library that only register themselves.
const std::map<std::string, ConnectorKind>& Registry() {
  static const auto kinds = [] {
    std::map<std::string, ConnectorKind> by_name;
    for (ConnectorKind kind :
         {FilesKind(), NetsuiteKind(), RestKind(), SalesforceKind(), SingerKind()}) {
      by_name.emplace(kind.name, kind);
    }
    return by_name;
  }();
  return kinds;
}

}  // namespace trueup::connectors
