#pragma once

#include "learning_loop/settings/settings.h"

#include <string>

namespace learning_loop {

/// A section of docs/settings.md: the program's purpose and a table of its settings.
std::string settings_section(ProgramDescription const& program, std::vector<SettingField> const& fields);

/// What stands above the sections: where settings come from and how they are written.
std::string settings_introduction();

/// The section of a program whose settings have these defaults.
template <DescribedStruct T>
std::string settings_section(ProgramDescription const& program, T defaults)
{
    return settings_section(program, setting_fields(program.settings, defaults));
}

} // namespace learning_loop
