#include "learning_loop/http/api/service_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/version.h"
#include "learning_loop/http/api/api_document.h"

namespace learning_loop::http {
namespace {

constexpr auto style =
    R"(body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
section { border-top: 1px solid #ccc; }
h2 { font-size: 1.1rem; }
table { border-collapse: collapse; }
td { padding: 0.15rem 1rem 0.15rem 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { background: #181a1b; color: #ddd; } a { color: #8ab4f8; } }
)";

class ServiceApi {
public:
    ServiceApi(Router& router, Metrics& metrics, Health const& health, std::string title)
        : router_(router), metrics_(metrics), health_(health), title_(std::move(title))
    {}

    void add_to(Router& router)
    {
        router.get("/health/live", *this, &ServiceApi::live)
            .summary("Whether the program runs at all.")
            .open_to(Access::everybody);
        router.get("/health/ready", *this, &ServiceApi::ready)
            .summary("Whether it can do its work: 200, or 503 with what is missing.")
            .open_to(Access::everybody);
        router.get("/metrics", *this, &ServiceApi::metrics)
            .summary("What it counts and measures, for Prometheus.")
            .open_to(Access::detectors);
        router.put("/debug_logging", *this, &ServiceApi::choose_debug_logging)
            .summary("`on`: the log tells more; `off`: as much as at the start.")
            .open_to(Access::operators);
        router.get("/openapi.json", *this, &ServiceApi::document)
            .summary("This document, for programs.")
            .open_to(Access::everybody);
        router.get("/docs", *this, &ServiceApi::page).summary("This document, for people.").open_to(Access::everybody);
        router.get("/redoc", *this, &ServiceApi::page).summary("The same as /docs.").open_to(Access::everybody);
        router.get("/docs.css", *this, &ServiceApi::page_style).summary("How /docs looks.").open_to(Access::everybody);
        document_ = api_document(router_, title_, std::string(version()));
    }

private:
    Task<Result<boost::json::value>> live() { co_return boost::json::value{{"status", "live"}}; }

    Task<Result<Response>> ready()
    {
        auto const faults = health_.faults();
        if (faults.empty()) co_return json_response({{"status", "ready"}});
        auto response = json_response({{"status", "not ready"}, {"faults", to_json(faults)}}, 503);
        response.headers.add("Retry-After", "1");
        co_return response;
    }

    Task<Result<Response>> metrics()
    {
        auto response = text_response(metrics_.text());
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        co_return response;
    }

    Task<Result<std::string>> choose_debug_logging(TextBody choice)
    {
        if (choice.text != "on" && choice.text != "off") co_return Error{Errc::invalid_argument, "Invalid state"};
        log::set_level(choice.text == "on" ? log::Level::debug : level_at_start_);
        co_return choice.text;
    }

    Task<Result<boost::json::value>> document() { co_return document_; }

    /// Its links are relative, since a proxy may have the program below a path.
    Task<Result<Response>> page(Request request)
    {
        co_return html_response(api_page(document_, request.path.ends_with('/') ? "../" : ""));
    }

    Task<Result<Response>> page_style()
    {
        auto response = text_response(style);
        response.content_type = "text/css; charset=utf-8";
        co_return response;
    }

    Router& router_;
    Metrics& metrics_;
    Health const& health_;
    std::string title_;
    log::Level level_at_start_ = log::level();
    boost::json::object document_;
};

} // namespace

void Health::add(std::string part, std::function<std::optional<std::string>()> fault)
{
    parts_.emplace(std::move(part), std::move(fault));
}

std::map<std::string, std::string> Health::faults() const
{
    std::map<std::string, std::string> faults;
    for (auto const& [part, fault] : parts_) {
        if (auto what = fault()) faults.emplace(part, std::move(*what));
    }
    return faults;
}

void add_service_api(Router& router, Metrics& metrics, Health const& health, std::string title)
{
    router.keep<ServiceApi>(router, metrics, health, std::move(title));
}

} // namespace learning_loop::http
