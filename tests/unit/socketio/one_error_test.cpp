#include "learning_loop/http/message.h"
#include "learning_loop/json/json.h"
#include "learning_loop/settings/settings.h"
#include "learning_loop/socketio/events.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace learning_loop {
namespace {

enum class Shelf { upper, lower };
BOOST_DESCRIBE_ENUM(Shelf, upper, lower)

struct Wish {
    Shelf shelf = Shelf::upper;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (shelf))

TEST(OneError, reaches_the_person_who_asked_as_a_list_as_a_text_as_the_ack_of_an_event_and_on_the_command_line)
{
    auto const error = from_json<Wish>(parse_json(R"({"shelf": "middle"})", "a wish").value()).error();

    auto const list = http::error_response(placed_in("body", error));
    EXPECT_EQ(list.status, 422);
    EXPECT_EQ(std::get<std::string>(list.body),
              R"({"detail":[{"type":"value_error","loc":["body","shelf"],)"
              R"("msg":"shelf: 'middle' is unknown: use upper or lower","input":""}]})");

    auto const text = http::error_response(error); // where it stood was not told
    EXPECT_EQ(std::get<std::string>(text.body), R"({"detail":"shelf: 'middle' is unknown: use upper or lower"})");

    EXPECT_EQ(to_text(socketio::error_ack(error).values),
              R"([{"error":"shelf: 'middle' is unknown: use upper or lower"}])");

    std::ostringstream err;
    EXPECT_EQ(refuse_settings("learning-loop server", error, err), 2);
    EXPECT_EQ(err.str(), "learning-loop server: shelf: 'middle' is unknown: use upper or lower\n"
                         "`learning-loop server --help` lists the settings.\n");
}

} // namespace
} // namespace learning_loop
