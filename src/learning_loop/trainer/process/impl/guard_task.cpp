#include "learning_loop/trainer/process/impl/guard_task.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

// The text: the grace in milliseconds, the folder, the log, the number of arguments, the arguments, and then a name and
// a value for each variable; behind each of them stands a zero byte, which none of them can hold.

namespace learning_loop {
namespace {

bool holds_zero(std::string_view text)
{
    return text.find('\0') != std::string_view::npos;
}

/// The parts of the text, one after the other.
class TaskReader {
public:
    explicit TaskReader(std::string_view text) : text_(text) {}

    bool is_at_end() const { return text_.empty(); }
    std::string next()
    {
        auto const end = text_.find('\0');
        if (end == std::string_view::npos) throw std::runtime_error("the task of a guard is cut");
        std::string part(text_.substr(0, end));
        text_.remove_prefix(end + 1);
        return part;
    }

private:
    std::string_view text_;
};

} // namespace

Result<void> check_command(Command const& command)
{
    if (command.arguments.empty() || command.arguments.front().empty())
        return Error{Errc::invalid_argument, "the command is empty: name a program"};
    if (std::ranges::any_of(command.arguments, holds_zero))
        return Error{Errc::invalid_argument, "an argument of '" + printable(command.arguments.front()) +
                                                 "' has a zero byte in it: leave that out"};
    for (auto const& [name, value] : command.environment) {
        if (name.empty() || name.find('=') != std::string::npos || holds_zero(name) || holds_zero(value))
            return Error{Errc::invalid_argument, "the variable '" + printable(name) +
                                                     "' cannot be given to a program: its name must have no '=' in it, "
                                                     "and neither name nor value a zero byte"};
    }
    return {};
}

std::string text_of_guard_task(GuardTask const& task)
{
    std::string text;
    auto const add = [&text](std::string_view part) { text.append(part).push_back('\0'); };
    add(std::to_string(task.place.grace_if_orphaned.count()));
    add(task.place.folder.native());
    add(task.place.log.native());
    add(std::to_string(task.command.arguments.size()));
    for (auto const& argument : task.command.arguments) add(argument);
    for (auto const& [name, value] : task.command.environment) {
        add(name);
        add(value);
    }
    return text;
}

GuardTask read_guard_task(std::string_view text)
{
    TaskReader reader(text);
    GuardTask task;
    task.place.grace_if_orphaned = std::chrono::milliseconds(std::stoll(reader.next()));
    task.place.folder = reader.next();
    task.place.log = reader.next();
    for (auto left = std::stoul(reader.next()); left > 0; --left) task.command.arguments.push_back(reader.next());
    while (!reader.is_at_end()) {
        auto name = reader.next();
        task.command.environment[std::move(name)] = reader.next();
    }
    return task;
}

} // namespace learning_loop
