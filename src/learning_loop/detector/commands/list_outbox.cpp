#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/detector/commands/outbox_command.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <fmt/core.h>

#include <iostream>

namespace learning_loop {
namespace {

struct ListSettings {
    std::filesystem::path data_folder;
    bool json = false;
};
BOOST_DESCRIBE_STRUCT(ListSettings, (), (data_folder, json))

struct QueueSum {
    std::uint64_t images = 0;
    std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(QueueSum, (), (images, bytes))

struct OutboxSums {
    QueueSum priority;
    QueueSum normal;
    QueueSum rejected;
    std::uint64_t others = 0; ///< That wait, and are no images.

    QueueSum& of(OutboxQueue queue)
    {
        switch (queue) {
        case OutboxQueue::priority: return priority;
        case OutboxQueue::normal: return normal;
        case OutboxQueue::rejected: break;
        }
        return rejected;
    }
};
BOOST_DESCRIBE_STRUCT(OutboxSums, (), (priority, normal, rejected, others))

/// Writes each image as soon as it was read: there may be very many.
class ListWriter {
public:
    ListWriter() = default;
    ListWriter(ListWriter const&) = delete;
    ListWriter& operator=(ListWriter const&) = delete;
    virtual ~ListWriter() = default;

    virtual void begin() = 0;
    virtual void add(FoundImage const& image) = 0;
    virtual void end(OutboxSums const& sums) = 0;
};

class TableWriter final : public ListWriter {
public:
    void begin() override { std::cout << line("id", "queue", "bytes", "date", "reason"); }

    void add(FoundImage const& image) override
    {
        std::cout << line(printable(image.id), name_of(image.queue), std::to_string(image.bytes),
                          printable(shown_in_utc(image.created.value_or("unknown"))),
                          printable(image.reason.value_or("")));
    }

    void end(OutboxSums const& sums) override
    {
        std::cout << images_text(sums.priority.images + sums.normal.images) << " waiting, " << sums.priority.images
                  << " with priority, " << sums.priority.bytes + sums.normal.bytes << " bytes; " << sums.rejected.images
                  << " rejected, " << sums.rejected.bytes << " bytes\n";
        if (sums.others == 0) return;
        std::cout << sums.others << " more are no images: the detector moves them to rejected/ when it starts\n";
    }

private:
    static std::string line(std::string const& id, std::string const& queue, std::string const& bytes,
                            std::string const& date, std::string const& reason)
    {
        auto text = fmt::format("{:<36}  {:<8}  {:>10}  {:<19}  {}", id, queue, bytes, date, reason);
        return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
};

/// One document.
class JsonWriter final : public ListWriter {
public:
    void begin() override { std::cout << "{\"images\": ["; }
    void add(FoundImage const& image) override
    {
        auto shown = image;
        shown.id = printable(image.id);
        if (shown.reason) shown.reason = printable(*shown.reason);
        std::cout << (is_first_ ? "\n" : ",\n") << to_text(to_json(shown));
        is_first_ = false;
    }
    void end(OutboxSums const& sums) override { std::cout << "\n],\n\"sums\": " << to_text(to_json(sums)) << "}\n"; }

private:
    bool is_first_ = true;
};

void write_list(OutboxReader const& outbox, ListWriter& out)
{
    OutboxSums sums;
    out.begin();
    for (auto const queue : all_queues) {
        for (auto const& name : outbox.names_in(queue)) {
            auto const image = outbox.read(queue, name);
            if (!image) {
                if (image.error().code != Errc::not_found) ++sums.others;
                continue;
            }
            out.add(*image);
            auto& sum = sums.of(queue);
            ++sum.images;
            sum.bytes += image->bytes;
        }
    }
    out.end(sums);
    std::cout << std::flush;
}

int list(std::string const& command, ListSettings const& settings)
{
    auto const outbox = find_outbox(settings.data_folder);
    if (!outbox) return refuse_command(command, outbox.error());
    OutboxReader const reader(*outbox);
    TableWriter table;
    JsonWriter json;
    write_list(reader, settings.json ? static_cast<ListWriter&>(json) : table);
    if (std::cout) return 0;
    return refuse_command(command, {Errc::out_of_space, "the list cannot be written to where it goes"});
}

} // namespace

int list_outbox(Invocation const& start)
{
    auto const description = describe_outbox_command(
        "list", "Lists the images that a detector keeps for the Loop, and why some were rejected.",
        {{.field = "json", .meaning = "as one JSON document", .flag_only = true}});
    ListSettings defaults;
    defaults.data_folder = default_detector_folder(start.environment);
    auto const run = [&](ListSettings const& settings) { return list(description.name, settings); };
    return run_command(start, description, "--data-folder", defaults, no_check, run);
}

} // namespace learning_loop
