#include "learning_loop/trainer/training/training_slot.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>

namespace learning_loop {
namespace {

constexpr int claims = 3;
constexpr std::chrono::milliseconds instant{20};

/// Whether nobody else has it.
bool lock(Descriptor const& file)
{
    return flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

/// What the holder wrote.
std::string read_holder(Descriptor const& file)
{
    std::array<char, 4096> text{};
    auto const size = pread(file.get(), text.data(), text.size(), 0);
    if (size <= 0) return "unknown";
    return printable(std::string_view(text.data(), static_cast<std::size_t>(size)));
}

std::string process_on_host()
{
    std::array<char, HOST_NAME_MAX + 1> host{};
    gethostname(host.data(), host.size() - 1);
    return "pid " + std::to_string(getpid()) + " on " + host.data();
}

Error failure_of(std::filesystem::path const& file)
{
    return {Errc::unavailable, "TRAINING_SLOT_LOCK: " + file.string() + ": " + std::strerror(errno)};
}

} // namespace

Result<void> TrainingSlot::try_claim(std::string const& purpose)
{
    if (is_held_) return {};
    if (file_.empty()) {
        is_held_ = true;
        return {};
    }
    Descriptor file(open(file_.c_str(), O_RDWR | O_CLOEXEC)); // that of another user must not be asked to be created
    if (!file.is_open() && errno == ENOENT) file = Descriptor(open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file.is_open()) return failure_of(file_);
    fchmod(file.get(), 0666); // siblings in other containers may be other users; of their file it is theirs to say so
    if (!lock(file)) return errno == EWOULDBLOCK ? Error{Errc::conflict, read_holder(file)} : failure_of(file_);
    auto const holder = process_on_host() + ", " + purpose;
    if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), holder.data(), holder.size(), 0) < 0)
        return failure_of(file_);
    lock_ = std::move(file);
    is_held_ = true;
    return {};
}

Task<Result<void>> TrainingSlot::claim(std::string purpose)
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    for (int tries = 1;; ++tries) {
        auto claimed = try_claim(purpose);
        if (claimed || claimed.error().code != Errc::conflict || tries == claims) co_return claimed;
        timer.expires_after(instant);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

void TrainingSlot::release()
{
    if (lock_.is_open() && ftruncate(lock_.get(), 0) != 0)
        log::warn("TRAINING_SLOT_LOCK: {} still names this node: {}", file_.string(), std::strerror(errno));
    lock_ = Descriptor();
    is_held_ = false;
}

std::optional<std::string> TrainingSlot::find_sibling() const
{
    if (is_held_ || file_.empty()) return std::nullopt;
    Descriptor const file(open(file_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open() || lock(file) || errno != EWOULDBLOCK) return std::nullopt; // closing it unlocks
    return read_holder(file);
}

} // namespace learning_loop
