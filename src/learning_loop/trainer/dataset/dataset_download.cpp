#include "learning_loop/trainer/dataset/dataset_download.h"

#include "learning_loop/async/all.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/trainer/dataset/dataset_writer.h"
#include "learning_loop/trainer/dataset/validation_set.h"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <unordered_set>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

using Images = std::vector<TrainingImage>;
using Sets = std::vector<std::optional<ImageSet>>;

constexpr std::size_t pages_at_once = 4;
constexpr double share_of_rows = 0.1; // of the progress; the rest is that of the images

/// What is asked of the Loop, until it answers or was asked often enough.
template <class T>
Task<Result<T>> ask_again(std::function<Task<Result<T>>()> ask, LoopClient& loop, DatasetOptions options)
{
    Backoff backoff(options.first_wait, options.max_wait);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int tries = 1;; ++tries) {
        auto answer = co_await ask();
        if (answer || tries == options.max_tries) co_return answer;
        log::warn("asked again later: {}", answer.error().message);
        if (options.images.trouble) options.images.trouble(answer.error().message);
        about_to_wait_for("the Loop, which did not answer");
        timer.expires_after(backoff.next(loop.asked_wait()));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// The images that the Loop tells of, in the order in which it lists them.
struct Rows {
    std::vector<std::string> ids;
    Sets sets; ///< None is absent.

    bool has(ImageSet set) const { return std::ranges::find(sets, std::optional(set)) != sets.end(); }
    void add(Images const& images)
    {
        for (auto const& image : images) {
            ids.push_back(image.id);
            sets.emplace_back(image.set);
        }
    }
};

/// Fetches what the Loop knows of the images, and hands it to the writer.
class RowFetch {
public:
    RowFetch(LoopClient& loop, Pool& pool, DatasetOptions const& options, DatasetWriter& writer,
             std::vector<std::string> const& ids)
        : loop_(loop), pool_(pool), options_(options), writer_(writer), ids_(ids)
    {}

    Task<Result<Rows>> run(std::function<void(double)> progress)
    {
        Rows rows;
        while (first_ < ids_.size()) {
            std::vector<Task<Result<Images>>> pages;
            while (pages.size() < pages_at_once && first_ < ids_.size()) pages.push_back(next_page());
            auto const fetched = co_await all(std::move(pages));
            for (auto const& page : fetched) {
                if (!page) co_return page.error();
                rows.add(*page);
                auto write = [this, &page] { return writer_.add(*page); };
                auto const written = co_await pool_.run(std::move(write));
                if (!written) co_return written.error();
            }
            progress(static_cast<double>(first_) / static_cast<double>(ids_.size()));
        }
        co_return rows;
    }

private:
    Task<Result<Images>> next_page()
    {
        auto const last = std::min(first_ + max_images_per_page, ids_.size());
        auto const at = [&](std::size_t index) { return ids_.begin() + static_cast<std::ptrdiff_t>(index); };
        std::vector<std::string> ids(at(first_), at(last));
        first_ = last;
        std::function<Task<Result<Images>>()> ask = [this, ids] { return loop_.fetch_training_images(ids); };
        return ask_again(std::move(ask), loop_, options_);
    }

    LoopClient& loop_;
    Pool& pool_;
    DatasetOptions const& options_;
    DatasetWriter& writer_;
    std::vector<std::string> const& ids_;
    std::size_t first_ = 0; ///< Of those that were not asked for yet.
};

/// Moves some of the images to train on to those to select the model with.
Result<void> split_validation_set(std::vector<std::string> const& ids, Sets& sets)
{
    std::vector<std::string_view> train_ids;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (sets[i] == ImageSet::train) train_ids.emplace_back(ids[i]);
    }
    auto const chosen = choose_validation_images(train_ids);
    if (!chosen) return chosen.error();
    std::unordered_set<std::string_view> const val(chosen->begin(), chosen->end());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (val.contains(ids[i])) sets[i] = ImageSet::val;
    }
    log::info("the model is selected on images to train with val={} of={}", val.size(), train_ids.size());
    return {};
}

/// The images of the Loop to select the model with are used as they are.
Result<bool> is_to_be_split(Rows const& rows, Hyperparameters const& hyperparameters)
{
    if (rows.has(ImageSet::val)) return false;
    return asks_for_validation_set(hyperparameters);
}

/// Leaves out the images that are not there, and writes the others.
Result<DatasetCounts> finish_dataset(DatasetWriter& writer, Rows& rows, std::vector<ImageFate> const& fates,
                                     Hyperparameters const& hyperparameters)
{
    for (std::size_t i = 0; i < fates.size(); ++i) {
        if (fates[i] != ImageFate::there) rows.sets[i].reset();
    }
    auto const splits = is_to_be_split(rows, hyperparameters);
    if (!splits) return splits.error();
    if (*splits) {
        if (auto const split = split_validation_set(rows.ids, rows.sets); !split) return split.error();
    }
    auto counts = writer.finish(rows.sets);
    if (!counts) return counts;
    counts->corrupt = std::ranges::count(fates, ImageFate::corrupt);
    counts->missing = std::ranges::count(fates, ImageFate::missing);
    return counts;
}

} // namespace

DatasetDownload::DatasetDownload(LoopClient& loop, Pool& pool, std::filesystem::path images, DatasetOptions options)
    : loop_(loop), pool_(pool), images_(loop, pool, std::move(images), options.images), options_(std::move(options))
{}

Task<Result<DatasetCounts>> DatasetDownload::run(std::filesystem::path dataset, Hyperparameters hyperparameters,
                                                 std::function<void(double)> progress)
{
    std::function<Task<Result<std::vector<std::string>>>()> list = [this] {
        return loop_.fetch_image_ids(ImageState::complete);
    };
    auto const ids = co_await ask_again(std::move(list), loop_, options_);
    if (!ids) co_return ids.error();

    auto create = [file = std::move(dataset)] { return DatasetWriter::create(file); };
    auto writer = co_await pool_.run(std::move(create));
    if (!writer) co_return writer.error();
    RowFetch row_fetch(loop_, pool_, options_, *writer, *ids);
    std::function<void(double)> row_progress = [&](double part) { progress(share_of_rows * part); };
    auto rows = co_await row_fetch.run(std::move(row_progress));
    if (!rows) co_return rows.error();
    auto const splits = is_to_be_split(*rows, hyperparameters); // before the long part
    if (!splits) co_return splits.error();

    std::function<void(std::size_t, std::size_t)> image_progress = [&](std::size_t done, std::size_t total) {
        progress(share_of_rows + (1 - share_of_rows) * static_cast<double>(done) / static_cast<double>(total));
    };
    auto const fates = co_await images_.fetch(rows->ids, std::move(image_progress));
    if (!fates) co_return fates.error();

    auto finish = [&] { return finish_dataset(*writer, *rows, *fates, hyperparameters); };
    auto counts = co_await pool_.run(std::move(finish));
    if (!counts) co_return counts;
    counts->missing += static_cast<std::int64_t>(ids->size() - rows->ids.size());
    co_return counts;
}

} // namespace learning_loop
