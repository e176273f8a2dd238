#pragma once

#include "learning_loop/base/hash.h"

#include <string>
#include <string_view>

namespace learning_loop {

/// A UUID of version 7 (RFC 9562) in lower case: sorts by the time it was made, and never goes back within a process
/// even when the clock does. Thread safe.
std::string new_uuid();

/// From now on new ids sort after this one, also if the clock says an earlier time. Does nothing if it is no UUID of
/// version 7, or one of a time after the year 2200, which no clock tells. Thread safe.
void continue_after(std::string_view uuid);

/// 32 hexadecimal digits that nobody can guess: 128 bits from OpenSSL's generator. Thread safe.
std::string random_token();

/// 36 characters, hexadecimal in any case, dashes in place; any version, since the closed Loop's ids have none.
bool is_uuid(std::string_view text);

/// An organization's, project's or model format's name as it may stand in a path and a URL: 1 to 100 of a-z, A-Z, 0-9,
/// `_`, `-` and `.`, beginning with none of the last two.
bool is_name(std::string_view text);

/// Digits and dots, as `1.3`: 1 to 50 characters, a digit first and last, no two dots in a row. Fit for a folder's
/// name.
bool is_version(std::string_view text);

/// A UUID of version 8 from the first bytes of a hash: the same content, the same id.
std::string uuid_of(Sha256 const& hash);

} // namespace learning_loop
