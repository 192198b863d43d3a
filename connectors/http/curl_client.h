#pragma once

#include "base/error.h"

namespace trueup::connectors {

// What a caller does about a failed exchange, by curl's code (CURLcode, as int: curl's header stays
// in one file). The one place where curl's codes are translated.
ErrorKind KindOfCurlCode(int code);

}  // namespace trueup::connectors
