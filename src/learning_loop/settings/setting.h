#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// What people are told of one field of a settings struct. Its type and default are the field's, its flag and its key
/// in a settings file follow from the name: `data_folder` is the flag `--data-folder`.
struct Setting {
    std::string field;
    std::string meaning;
    std::string variable = {};    ///< Empty: named after the field, as DATA_FOLDER.
    std::string alias = {};       ///< Another variable, read when `variable` is unset.
    std::string alias_group = {}; ///< Aliases of one group count only when all of them, and no variable, are set.
    std::optional<double> min = {};
    std::optional<double> max = {};
    bool bytes = false;            ///< A number of bytes, which may be written `512MiB`.
    bool required = false;         ///< There is no default: it must be given.
    std::string default_text = {}; ///< Tells the default if the field's own value does not.
    bool flag_only = false;        ///< What one call is about: no variable steers it.
    bool secret = false;           ///< Set from the field's type: no flag, which every user of the machine could read.

    std::string flag() const; ///< `--data-folder`; empty for a secret.
};

/// `--data-folder` for data_folder.
std::string flag_of(std::string field);

/// A program as --help and the documentation introduce it.
struct ProgramDescription {
    std::string name;    ///< As it is called: `learning-loop server`.
    std::string purpose; ///< A sentence.
    std::vector<Setting> settings;
    bool shares_settings_file = false; ///< With another program, whose settings it passes over.
};

/// A setting together with the field that holds it; refers to that field.
struct SettingField {
    Setting setting;
    std::string expected;                           ///< What may be given: `a whole number from 0 to 65535`.
    std::string initial_value;                      ///< The default, empty when there is none.
    bool is_text = false;                           ///< In a file it is written in quotes.
    bool is_switch = false;                         ///< As a flag it may stand alone and then means `true`.
    std::function<bool(std::string_view text)> set; ///< False: the text is not what is expected.
};

} // namespace learning_loop
