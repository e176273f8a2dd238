#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/settings/setting.h"

#include <map>
#include <string>
#include <vector>

namespace learning_loop {

struct Flags {
    bool wants_help = false;
    std::map<std::string, std::string> values; ///< As given, by field.
};

/// `arguments` are those without the program's name. Errors: invalid_argument if a flag is unknown, lacks its value or
/// comes twice; the message repeats no text that could be a secret.
Result<Flags> read_flags(std::vector<std::string> const& arguments, ProgramDescription const& program,
                         std::vector<SettingField> const& fields);

/// What --help prints: every setting with its variable, range and default.
std::string help_text(ProgramDescription const& program, std::vector<SettingField> const& fields);

} // namespace learning_loop
