#include "learning_loop/trainer/dataset/image_downloads.h"

#include "learning_loop/base/log.h"
#include "learning_loop/trainer/dataset/impl/image_run.h"
#include "learning_loop/trainer/dataset/kept_images.h"

namespace learning_loop {

ImageDownloads::ImageDownloads(LoopClient& loop, Pool& pool, std::filesystem::path folder, ImageDownloadOptions options)
    : loop_(loop), pool_(pool), folder_(std::move(folder)), options_(std::move(options))
{}

Task<Result<std::vector<ImageFate>>> ImageDownloads::fetch(std::vector<std::string> ids,
                                                           std::function<void(std::size_t, std::size_t)> progress)
{
    auto prepare = [folder = folder_] { return prepare_image_folder(folder); };
    auto const prepared = co_await pool_.run(std::move(prepare));
    if (!prepared) co_return prepared.error();
    ImageRun run(co_await boost::asio::this_coro::executor, loop_, pool_, folder_, options_, ids, std::move(progress));
    auto const checked = co_await run.check_kept();
    if (!checked) co_return checked.error();
    auto const fetched = co_await run.fetch_others();
    if (!fetched) co_return fetched.error();
    co_return run.fates();
}

} // namespace learning_loop
