#include "learning_loop/http/client/client.h"

#include "learning_loop/async/retry.h"
#include "learning_loop/http/client/impl/transfers.h"
#include "learning_loop/http/tls.h"
#include "learning_loop/http/url.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace {

constexpr int max_fruitless_tries = 4;
constexpr std::chrono::seconds max_resume_wait{30};

/// Makes a socket of a connection.
Task<Result<asio::ip::tcp::socket>> socket_of(Descriptor connection)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    bool const is_v6 = ::getsockname(connection.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                       address.ss_family == AF_INET6;
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    boost::system::error_code failure;
    socket.assign(is_v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), connection.get(), failure);
    if (failure) co_return Error{Errc::unavailable, failure.message()};
    connection.release();
    co_return socket;
}

bool is_temporary(int status)
{
    return status == 408 || status == 416 || status == 425 || status == 429 || status >= 500;
}

} // namespace

Client::Client(ClientOptions options) : options_(std::move(options)), transfers_(std::make_unique<Transfers>(options_))
{}

Client::~Client() = default;

std::optional<double> TransferProgress::fraction() const
{
    auto const all = static_cast<double>(all_bytes);
    if (all <= 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(bytes) / all);
}

TransferRequest Client::request(std::string method, std::string const& path, CallOptions options) const
{
    TransferRequest request;
    request.method = std::move(method);
    request.url = options_.base_url + path;
    request.headers = std::move(options.headers);
    request.max_bytes = options.max_answer_bytes.value_or(options_.max_answer_bytes);
    request.once = options.once;
    request.progress = std::move(options.progress);
    request.stall_timeout = options.stall_timeout.value_or(options_.stall_timeout);
    return request;
}

Task<Result<Answer>> Client::get(std::string path, CallOptions options)
{
    return send(request("GET", path, std::move(options)));
}

Task<Result<Answer>> Client::post_text(std::string path, std::string body, CallOptions options)
{
    options.headers.add("Content-Type", "text/plain; charset=utf-8");
    return post(std::move(path), std::move(body), std::move(options));
}

Task<Result<Answer>> Client::post_json(std::string path, std::string body, CallOptions options)
{
    options.headers.add("Content-Type", "application/json");
    return post(std::move(path), std::move(body), std::move(options));
}

Task<Result<Answer>> Client::post(std::string path, std::string body, CallOptions options)
{
    auto asked = request("POST", path, std::move(options));
    asked.body = std::move(body);
    return send(std::move(asked));
}

Task<Result<Answer>> Client::post_form(std::string path, std::vector<std::pair<std::string, std::string>> fields)
{
    std::string body;
    for (auto const& [name, value] : fields)
        body += (body.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    return post(std::move(path), std::move(body), {});
}

Task<Result<std::shared_ptr<asio::ssl::context>>> Client::load_tls()
{
    if (!options_.base_url.starts_with("https://")) co_return nullptr;
    auto load = [file = options_.ca_file] { return load_client_tls(file); }; // each time: it may be replaced
    co_return co_await files_.run(std::move(load));
}

Task<Result<asio::ip::tcp::socket>> Client::connect()
{
    auto asked = request("CONNECT", "", {});
    auto outcome = co_await transfers_->run(std::move(asked));
    if (!outcome.answer) co_return outcome.answer.error();
    co_return co_await socket_of(std::move(outcome.connection));
}

Task<Result<Answer>> Client::post_files(std::string path, std::vector<FormPart> parts, CallOptions options)
{
    auto asked = request("POST", path, std::move(options));
    asked.body = std::move(parts);
    return send(std::move(asked));
}

Task<Result<Answer>> Client::put_files(std::string path, std::vector<FormPart> parts, CallOptions options)
{
    auto asked = request("PUT", path, std::move(options));
    asked.body = std::move(parts);
    return send(std::move(asked));
}

Task<Result<Answer>> Client::send(TransferRequest request)
{
    auto outcome = co_await transfers_->run(std::move(request));
    co_return std::move(outcome.answer);
}

Task<Result<Answer>> Client::download(std::string path, std::filesystem::path file, DownloadOptions options)
{
    auto create = [file = std::move(file)] { return DownloadFile::create(file); };
    auto const created = co_await files_.run(std::move(create));
    if (!created) co_return created.error();
    auto asked = request("GET", path, {});
    asked.max_bytes = options.max_bytes;
    asked.progress = std::move(options.progress);
    asked.file = *created;

    std::exception_ptr failure;
    std::optional<Result<Answer>> answer;
    try {
        answer = co_await fetch(std::move(asked));
    } catch (...) {
        failure = std::current_exception();
    }
    bool const is_whole = answer && *answer && (*answer)->status == 200;
    auto finish = [part = *created, is_whole]() -> Result<void> {
        if (is_whole) return part->keep();
        part->discard();
        return {};
    };
    co_await asio::this_coro::throw_if_cancelled(false); // a call that was cancelled must not leave a file behind
    auto const finished = co_await files_.run(std::move(finish));
    co_await asio::this_coro::throw_if_cancelled(true);
    if (failure) std::rethrow_exception(failure);
    if (!finished) co_return finished.error();
    co_return std::move(*answer);
}

/// Downloads the file of the request. If the connection breaks off, asks for the rest, until the file is complete, no
/// more of it comes, or the server answers something else.
Task<Result<Answer>> Client::fetch(TransferRequest request)
{
    auto& file = *request.file;
    Backoff backoff(options_.first_resume_wait, max_resume_wait);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int fruitless = 0;;) {
        auto const before = file.bytes();
        auto attempt = request;
        if (before > 0 && !file.etag.empty()) {
            attempt.headers.add("Range", "bytes=" + std::to_string(before) + "-");
            attempt.headers.add("If-Range", file.etag);
        }
        auto outcome = co_await transfers_->run(std::move(attempt));
        auto const& answer = outcome.answer;
        bool const is_over = answer ? !is_temporary(answer->status) : !outcome.broke_off;
        if (is_over || file.bytes() + before == 0) co_return std::move(outcome.answer);
        if (answer && answer->status == 416) file.etag.clear(); // there is no such rest: the file is another one by now
        bool const came_nearer = file.bytes() > before && !file.etag.empty();
        fruitless = came_nearer ? 0 : fruitless + 1;
        if (came_nearer) backoff.reset();
        if (fruitless == max_fruitless_tries) co_return std::move(outcome.answer);
        timer.expires_after(backoff.next(answer ? answer->retry_after : std::chrono::seconds(0)));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

std::string Client::cookies_for(std::string_view path) const
{
    return transfers_->cookies_for(options_.base_url + std::string(path));
}

} // namespace learning_loop::http
