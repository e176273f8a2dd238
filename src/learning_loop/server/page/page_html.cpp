#include "learning_loop/server/page/page_html.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/url.h"

#include <fmt/core.h>

#include <algorithm>

namespace learning_loop {
namespace {

std::string tag(std::string_view name, std::string_view css_class, std::string_view text)
{
    return fmt::format("<{0} class=\"{1}\">{2}</{0}>", name, css_class, escape_html(text));
}

/// With its zone, where no head of a table tells it.
std::string shown_date(std::string_view date)
{
    return read_timestamp(date) ? shown_in_utc(date) + " UTC" : std::string(date);
}

std::string section(std::string_view title, std::string const& content)
{
    return fmt::format("<section><h2>{}</h2>\n{}</section>\n", escape_html(title), content);
}

std::string table(std::vector<std::string_view> const& head, std::string const& rows)
{
    std::string cells;
    for (auto const title : head) cells += fmt::format("<th scope=\"col\">{}</th>", escape_html(title));
    return fmt::format("<div class=\"table\"><table><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>\n",
                       cells, rows);
}

std::string row(std::vector<std::string> const& cells)
{
    std::string out = "<tr>";
    for (auto const& cell : cells) out += "<td>" + cell + "</td>";
    return out + "</tr>\n";
}

std::string project_links(std::string const& base, std::vector<store::Project> const& projects,
                          store::Project const& chosen)
{
    std::string links;
    for (auto const& project : projects) {
        auto const name = escape_html(project.organization + " / " + project.name);
        if (project.number == chosen.number) {
            links += fmt::format("<li><strong aria-current=\"page\">{}</strong></li>", name);
        } else {
            links +=
                fmt::format("<li><a href=\"{}/?organization={}&amp;project={}\">{}</a></li>", base,
                            http::percent_encoded(project.organization), http::percent_encoded(project.name), name);
        }
    }
    return "<nav aria-label=\"Projects\"><ul>" + links + "</ul></nav>\n";
}

std::string count_tiles(std::map<ImageState, std::int64_t> const& counts)
{
    std::string tiles;
    for (auto const& [state, count] : counts) {
        tiles += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", boost::describe::enum_to_string(state, "?"), count);
    }
    return "<dl class=\"tiles\">" + tiles + "</dl>\n";
}

/// One of the style sheet's colours, the same for a category all over the page.
std::size_t color_of(std::vector<Category> const& categories, std::string const& name)
{
    constexpr std::size_t colors = 6;
    auto const found =
        std::find_if(categories.begin(), categories.end(), [&](auto const& c) { return c.name == name; });
    return static_cast<std::size_t>(found - categories.begin()) % colors;
}

std::string boxes_svg(StoredImage const& image, std::vector<Category> const& categories)
{
    auto const text_px = std::max(8, image.width / 30);
    auto svg = fmt::format("<svg viewBox=\"0 0 {} {}\" font-size=\"{}\" aria-hidden=\"true\">", image.width,
                           image.height, text_px);
    auto const box = [&](auto const& b, std::string_view kind, std::string const& label) {
        auto const y = std::max(int{b.y} - text_px / 3, text_px);
        svg += fmt::format("<g class=\"{} c{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/><text x=\"{}\" "
                           "y=\"{}\">{}</text></g>",
                           kind, color_of(categories, b.category_name), int{b.x}, int{b.y}, std::max(0, int{b.width}),
                           std::max(0, int{b.height}), int{b.x}, y, escape_html(label));
    };
    for (auto const& b : image.box_annotations) box(b, "annotation", b.category_name);
    for (auto const& b : image.box_detections)
        box(b, "detection", fmt::format("{} {:.2f}", b.category_name, b.confidence));
    for (auto const& p : image.point_detections) {
        svg += fmt::format("<g class=\"detection c{}\"><circle cx=\"{}\" cy=\"{}\" r=\"{}\"/></g>",
                           color_of(categories, p.category_name), p.x, p.y, text_px / 2);
    }
    return svg + "</svg>";
}

std::string figure(std::string const& base, store::Project const& project, StoredImage const& image)
{
    std::string tags;
    for (auto const& t : image.tags) tags += tag("span", "tag", t.name) + " ";
    auto const path_of = [&](std::string_view pattern) {
        return base +
               http::path_of(pattern,
                             {{"organization", project.organization}, {"project", project.name}, {"image", image.id}});
    };
    bool const is_broken = image.pixels == Pixels::broken; // a browser shows what there is of it
    if (is_broken) tags += tag("span", "tag wrong", "pixels damaged") + " ";
    if (!image.remarks.empty()) tags += tag("span", "tag", fmt::format("remarks: {}", image.remarks.size())) + " ";
    return fmt::format(
        "<figure><a class=\"picture\" href=\"{0}\"><img src=\"{8}\" width=\"{1}\" height=\"{2}\" loading=\"lazy\" "
        "alt=\"image of {3}, {4} detections\">{5}</a><figcaption>{6}{7}</figcaption></figure>\n",
        path_of(loop_api::image_file), image.width, image.height, escape_html(shown_date(image.created)),
        image.box_detections.size(), boxes_svg(image, project.categories),
        tag("time", "when", shown_date(image.created)), tags,
        path_of(is_broken ? loop_api::image_file : loop_api::thumbnail));
}

std::string inbox_section(std::string const& base, ProjectView const& view)
{
    std::string figures;
    for (auto const& image : view.inbox) figures += figure(base, view.project, image);
    if (figures.empty()) return section("Inbox", "<p class=\"empty\">No image waits here.</p>\n");
    return section("Inbox, newest first", "<div class=\"figures\">\n" + figures + "</div>\n");
}

std::string model_section(std::string const& base, ProjectView const& view)
{
    std::string rows;
    for (auto model = view.models.rbegin(); model != view.models.rend(); ++model) {
        std::string formats;
        for (auto const& format : model->formats) {
            auto const file = base + http::path_of(loop_api::model_file, {{"organization", view.project.organization},
                                                                          {"project", view.project.name},
                                                                          {"model", model->id},
                                                                          {"format", format}});
            formats += fmt::format("<a href=\"{}\">{}</a> ", file, escape_html(format));
        }
        bool const is_target = view.target && view.target->model_uuid == model->id;
        rows += row({escape_html(model->version) + (is_target ? " " + tag("span", "tag", "target") : ""), formats,
                     escape_html(shown_in_utc(model->created))});
    }
    auto const target = view.target ? "Detectors are to run version " + escape_html(view.target->version) + "."
                                    : std::string("No deployment target is set: detectors wait.");
    if (rows.empty()) return section("Models", "<p class=\"empty\">No model has come in.</p>\n");
    return section("Models", "<p>" + target + "</p>\n" + table({"Version", "Formats", "Came in (UTC)"}, rows));
}

std::string detector_section(ProjectView const& view)
{
    std::string rows;
    for (auto const& detector : view.detectors) {
        std::string errors;
        for (auto const& [step, what] : detector.errors) errors += tag("div", "wrong", step + ": " + what);
        rows += row({escape_html(detector.name),
                     escape_html(detector.state) + ", " + boost::describe::enum_to_string(detector.operation_mode, "?"),
                     escape_html(detector.current_model.value_or("none")),
                     escape_html(detector.target_model.value_or("none")), escape_html(shown_in_utc(detector.last_seen)),
                     errors.empty() ? "none" : errors});
    }
    if (rows.empty()) return section("Detectors", "<p class=\"empty\">No detector has reported yet.</p>\n");
    return section("Detectors", table({"Name", "State", "Model", "Target", "Last seen (UTC)", "Errors"}, rows));
}

std::string no_project(PageFrame const& frame)
{
    return fmt::format(
        "<section><h2>No project yet</h2>\n<p>Generate one to try things out. On the Loop's machine:</p>\n"
        "<pre>learning-loop token create --script try</pre>\n<p>and with the token that it prints:</p>\n"
        "<pre>curl -H \"Authorization: Bearer $LOOP_TOKEN\" -d '{{\"project_name\": \"field\", "
        "\"complete\": 30, \"inbox\": 10, \"box_categories\": 2}}' \\\n"
        "     {}/api/demo/projects/generator</pre></section>\n",
        escape_html(frame.url));
}

std::string logout_form(PageFrame const& frame)
{
    if (frame.user.empty()) return "";
    return fmt::format("<form class=\"logout\" method=\"post\" action=\"{}/logout\"><span>{}</span> "
                       "<button>Log out</button></form>\n",
                       frame.base, escape_html(frame.user));
}

std::string whole_page(std::string const& base, std::string const& title, std::string const& header,
                       std::string const& body)
{
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{} - Learning Loop</title>"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<link rel=\"stylesheet\" href=\"{}/page.css\"></head>\n"
        "<body><header><h1>Learning Loop</h1>\n{}</header>\n<main>\n{}</main></body></html>\n",
        title, base, header, body);
}

} // namespace

std::string page_html(PageFrame const& frame, std::vector<store::Project> const& projects,
                      std::optional<ProjectView> const& view)
{
    if (!view) return whole_page(frame.base, "no project", logout_form(frame), no_project(frame));
    auto const& base = frame.base;
    auto const body = section("Images", count_tiles(view->counts)) + inbox_section(base, *view) +
                      model_section(base, *view) + detector_section(*view);
    return whole_page(base, escape_html(view->project.name),
                      logout_form(frame) + project_links(base, projects, view->project), body);
}

std::string login_html(std::string const& base, std::string const& fault)
{
    auto const told =
        fault.empty() ? std::string() : fmt::format("<p class=\"wrong\" role=\"alert\">{}</p>", escape_html(fault));
    auto const form = fmt::format(
        "<form class=\"login\" method=\"post\" action=\"{}/login\">{}"
        "<label>Username<input name=\"username\" autocomplete=\"username\" required autofocus></label>"
        "<label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required>"
        "</label><button>Log in</button></form>\n"
        "<p class=\"empty\">The first account and its password stand in the output of the Loop's first start; "
        "<code>learning-loop user password admin</code> on its machine sets a new one.</p>\n",
        base, told);
    return whole_page(base, "Log in", "", section("Log in", form));
}

} // namespace learning_loop
