#include "learning_loop/trainer/process/impl/start_refusal.h"

#include "learning_loop/base/text.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace learning_loop {
namespace {

Errc kind_of(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT: return Errc::out_of_space;
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case ETXTBSY: return Errc::unavailable; // which pass
    default: return Errc::invalid_argument;
    }
}

std::string remedy_for_program(int number)
{
    switch (number) {
    case ENOENT: return "name a program that is there, by its path or as PATH finds it; a script's first line, too";
    case EACCES: return "make the file executable (chmod +x)";
    case E2BIG: return "give it less text in its arguments and its environment";
    case ENOEXEC: return "it is a program for another kind of machine, or none";
    default: return "see whether it runs when you start it yourself";
    }
}

} // namespace

Error start_refusal(GuardReport const& report, GuardTask const& task)
{
    auto const program = "'" + printable(task.command.arguments.front()) + "'";
    auto const folder = "the folder " + task.place.folder.string();
    auto const reason = ": " + std::generic_category().message(report.number);
    auto const code = kind_of(report.number);
    switch (report.step) {
    case StartStep::lock:
        if (report.number == EWOULDBLOCK)
            return {Errc::unavailable, "a program of an earlier start still runs in " + folder +
                                           " and is being ended: try again in a second"};
        return {code, folder + " cannot be locked" + reason};
    case StartStep::folder: return {code, folder + " cannot be used" + reason + ": see that it is there and writable"};
    case StartStep::log: return {code, "the log " + task.place.log.string() + " cannot be written" + reason};
    case StartStep::process: return {code, "no process can be started now" + reason};
    case StartStep::program: break;
    }
    return {code, program + " cannot be started" + reason + ": " + remedy_for_program(report.number)};
}

} // namespace learning_loop
