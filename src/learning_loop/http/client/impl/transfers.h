#pragma once

#include "learning_loop/async/report.h"
#include "learning_loop/async/task.h"
#include "learning_loop/http/client/impl/transfer.h"

#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace learning_loop::http {

/// The thread on which libcurl works for one client: reading the files that are uploaded, writing those that are
/// downloaded, and TLS would block the io thread. Many transfers run at once; they use connections again, and share the
/// cookies.
class Transfers {
public:
    explicit Transfers(ClientOptions const& options); ///< The options must outlive it.
    ~Transfers();                                     ///< Ends the calls that run with operation_aborted.
    Transfers(Transfers const&) = delete;
    Transfers& operator=(Transfers const&) = delete;

    /// Runs the request, at once or after others. If the task is cancelled, its connection is closed and it ends with
    /// operation_aborted. The outcome's errors: those of Client; unavailable also if too many wait already.
    Task<Outcome> run(TransferRequest request);

    /// See CookieShare::header_for.
    std::string cookies_for(std::string_view url) const;

private:
    struct Work;
    struct Start;

    std::string line() const; ///< Of the report.

    ClientOptions const& options_;
    std::shared_ptr<Work> work_; // shared: with the cancellation slots of tasks, which may outlive the client
    ReportEntry in_report_;
    std::thread thread_;
};

} // namespace learning_loop::http
