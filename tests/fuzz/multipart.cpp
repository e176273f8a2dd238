// A body is read the same whole and in pieces, wherever it is cut. The input's first line is the Content-Type.
#include "learning_loop/http/multipart.h"

#include "target.h"

#include <algorithm>

namespace learning_loop::http {
namespace {

using fuzz::require;

/// What came of a body: its parts, or what is wrong with it.
struct Outcome {
    struct Piece {
        PartHead head;
        std::string bytes;
        bool ended = false;
    };

    std::vector<Piece> parts;
    std::string error;
};

class Collector final : public MultipartParser::Sink {
public:
    explicit Collector(std::vector<Outcome::Piece>& parts) : parts_(parts) {}

    Result<void> begin(PartHead head) override
    {
        require(parts_.empty() || parts_.back().ended, "a part begins after the last one ended");
        parts_.push_back({std::move(head), {}, false});
        return {};
    }
    Result<void> data(std::string_view bytes) override
    {
        require(!parts_.empty() && !parts_.back().ended, "data belongs to a part");
        parts_.back().bytes += bytes;
        return {};
    }
    Result<void> end() override
    {
        require(!parts_.empty() && !parts_.back().ended, "a part ends once");
        parts_.back().ended = true;
        return {};
    }

private:
    std::vector<Outcome::Piece>& parts_;
};

/// Feeds a first piece of `first` bytes, then pieces of `rest`.
Outcome outcome_of(MultipartParser parser, std::string_view body, std::size_t first, std::size_t rest)
{
    Outcome outcome;
    Collector collector(outcome.parts);
    for (auto size = first; !body.empty(); size = rest) {
        auto const fed = parser.feed(body.substr(0, size), collector);
        if (!fed) {
            outcome.error = fed.error().message;
            return outcome;
        }
        body.remove_prefix(std::min(size, body.size()));
    }
    if (auto const finished = parser.finish(); !finished) outcome.error = finished.error().message;
    return outcome;
}

void require_same(Outcome const& whole, Outcome const& cut)
{
    require(whole.error == cut.error, "cut or whole, the same is wrong");
    if (!whole.error.empty()) return;
    auto const same = [](Outcome::Piece const& a, Outcome::Piece const& b) {
        return a.head.name == b.head.name && a.head.file_name == b.head.file_name &&
               a.head.content_type == b.head.content_type && a.bytes == b.bytes && a.ended && b.ended;
    };
    require(std::ranges::equal(whole.parts, cut.parts, same), "cut or whole, the parts are the same");
}

void check(std::string_view content_type, std::string_view body)
{
    auto const parser = MultipartParser::of(content_type);
    auto const views = parse_multipart(content_type, body);
    require(parser.has_value() || !views, "both readers ask the same of the Content-Type");
    if (!parser) return;

    auto const whole = outcome_of(*parser, body, body.size(), 1);
    require(views.has_value() == whole.error.empty(), "both readers take the same bodies");
    if (views) {
        auto const same = [](Part const& a, Outcome::Piece const& b) {
            return a.name == b.head.name && a.bytes == b.bytes;
        };
        require(std::ranges::equal(*views, whole.parts, same), "both readers find the same parts");
    }
    for (std::size_t const size : {1U, 2U, 3U, 7U, 64U}) require_same(whole, outcome_of(*parser, body, size, size));
    constexpr std::size_t max_cuts = 300; // of a longer body, its beginning
    for (std::size_t cut = 1; cut < std::min(body.size(), max_cuts); ++cut)
        require_same(whole, outcome_of(*parser, body, cut, body.size()));
}

} // namespace
} // namespace learning_loop::http

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const text = learning_loop::fuzz::text_of(data, size);
    auto const line_end = std::min(text.find('\n'), text.size());
    learning_loop::http::check(text.substr(0, line_end), text.substr(std::min(line_end + 1, text.size())));
    return 0;
}
