#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/detector/commands/outbox_access.h"
#include "learning_loop/detector/commands/outbox_command.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace learning_loop {
namespace {

constexpr std::size_t ids_per_request = 100; // so that other work of the detector does not wait long

struct RequeueSettings {
    std::filesystem::path data_folder;
};
BOOST_DESCRIBE_STRUCT(RequeueSettings, (), (data_folder))

struct DropSettings {
    std::filesystem::path data_folder;
    bool rejected = false;
    bool all = false;
};
BOOST_DESCRIBE_STRUCT(DropSettings, (), (data_folder, rejected, all))

using Words = std::vector<std::string>;

void tell_changed(std::uint64_t done)
{
    if (::isatty(STDERR_FILENO) == 1) std::cerr << images_text(done) << "\r" << std::flush;
}

/// Asks for all of it, some at a time.
Result<OutboxAnswer> ask_in_parts(OutboxAccess& outbox, OutboxCommand command, Words const& ids)
{
    OutboxAnswer sum;
    for (std::size_t i = 0; i < ids.size(); i += ids_per_request) {
        auto const end = std::min(i + ids_per_request, ids.size());
        OutboxRequest request{command, {}};
        for (auto j = i; j < end; ++j) {
            auto const shown = printable(ids[j]);
            if (is_utf8(ids[j])) request.ids.push_back(ids[j]);
            else sum.left.push_back({shown, shown + " is no image of ours: its name is no text", true});
        }
        auto const answer = outbox.ask(request);
        if (!answer) return answer.error();
        sum.done += answer->done;
        sum.left.insert(sum.left.end(), answer->left.begin(), answer->left.end());
        if (ids.size() > ids_per_request) tell_changed(sum.done);
    }
    return sum;
}

void tell_left(OutboxAnswer const& answer)
{
    for (auto const& left : answer.left) std::cerr << "left: " << printable(left.why) << "\n";
}

Words without_doubles(Words words)
{
    std::ranges::sort(words);
    auto const doubles = std::ranges::unique(words);
    words.erase(doubles.begin(), doubles.end());
    return words;
}

/// Without ids: all that were rejected, and what is no image of ours is left and named, which is no failure.
int requeue(std::string const& command, RequeueSettings const& settings, Words const& ids)
{
    auto const folder = find_outbox(settings.data_folder);
    if (!folder) return refuse_command(command, folder.error());
    OutboxAccess outbox(folder->parent_path());
    auto const wanted = ids.empty() ? OutboxReader(*folder).names_in(OutboxQueue::rejected) : without_doubles(ids);
    auto const answer = ask_in_parts(outbox, OutboxCommand::requeue, wanted);
    if (!answer) return refuse_command(command, answer.error());
    tell_left(*answer);
    std::cout << images_text(answer->done) << " to be uploaded again\n";
    return ids.empty() || answer->left.empty() ? 0 : 1;
}

std::string what_there_is(OutboxReader const& outbox)
{
    std::string text;
    for (auto const queue : all_queues) {
        text += text.empty() ? "" : ", ";
        text += std::to_string(outbox.names_in(queue).size()) + " " + name_of(queue);
    }
    return text;
}

/// What `drop --rejected` and `drop --all` delete: what is there now.
Result<OutboxAnswer> drop_many(OutboxAccess& outbox, OutboxReader const& reader, bool all)
{
    Words waiting;
    for (auto const queue : waiting_queues) {
        auto const names = all ? reader.names_in(queue) : Words();
        waiting.insert(waiting.end(), names.begin(), names.end());
    }
    auto const rejected = reader.names_in(OutboxQueue::rejected);
    auto sum = ask_in_parts(outbox, OutboxCommand::drop, waiting);
    if (!sum) return sum;
    auto const more = ask_in_parts(outbox, OutboxCommand::drop_rejected, rejected);
    if (!more) return more;
    sum->done += more->done;
    sum->left.clear(); // uploaded or dropped meanwhile
    return sum;
}

int drop(std::string const& command, DropSettings const& settings, Words const& ids)
{
    auto const folder = find_outbox(settings.data_folder);
    if (!folder) return refuse_command(command, folder.error());
    OutboxReader const reader(*folder);
    if (int(!ids.empty()) + int(settings.rejected) + int(settings.all) != 1) {
        std::cerr << command << ": which images? Give their ids, --rejected or --all, one of them; there are "
                  << what_there_is(reader) << "\n`learning-loop outbox list` shows them\n";
        return 2;
    }
    OutboxAccess outbox(folder->parent_path());
    auto const answer = ids.empty() ? drop_many(outbox, reader, settings.all)
                                    : ask_in_parts(outbox, OutboxCommand::drop, without_doubles(ids));
    if (!answer) return refuse_command(command, answer.error());
    tell_left(*answer);
    std::cout << images_text(answer->done) << " dropped\n";
    return answer->left.empty() ? 0 : 1;
}

constexpr auto any_words = [](auto const&, Words const&) { return Result<void>(); };

} // namespace

int requeue_outbox(Invocation const& start)
{
    auto const description = describe_outbox_command(
        "requeue",
        "learning-loop outbox requeue [ID...]: has images that the Loop refused uploaded again; without ids all of "
        "them.",
        {});
    RequeueSettings const defaults{default_detector_folder(start.environment)};
    auto const run = [&](auto const& settings, Words const& ids) { return requeue(description.name, settings, ids); };
    return run_command_with_words(start, description, defaults, any_words, run);
}

int drop_outbox(Invocation const& start)
{
    auto const description = describe_outbox_command(
        "drop", "learning-loop outbox drop ID...|--rejected|--all: deletes images for good, without asking again.",
        {{.field = "rejected", .meaning = "all that the Loop refused", .flag_only = true},
         {.field = "all", .meaning = "also all that wait for their upload", .flag_only = true}});
    DropSettings defaults;
    defaults.data_folder = default_detector_folder(start.environment);
    auto const run = [&](auto const& settings, Words const& ids) { return drop(description.name, settings, ids); };
    return run_command_with_words(start, description, defaults, any_words, run);
}

} // namespace learning_loop
