#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/base/secret.h"

#include <string>

namespace learning_loop {

// Passwords are kept as argon2id hashes (19 MiB, two passes): a hash takes some 30 ms of a core, and so does each try.

/// Errors: invalid_argument if it is shorter than 8 or longer than 1024 bytes.
Result<void> check_new_password(Secret const& password);

/// Blocks. Throws std::runtime_error if there is no memory.
std::string hash_password(Secret const& password);

/// Whether it is the password of that hash. Blocks, also when the hash is none.
bool is_password_of(std::string const& hash, Secret const& password);

/// Whether the hash was made in another, weaker way.
bool is_outdated(std::string const& hash);

/// The hash of a password that nobody knows: it is tried for a name that nobody has, which takes as long.
std::string const& nobodys_hash();

/// 20 characters that are easily typed: 100 bits.
Secret random_password();

} // namespace learning_loop
