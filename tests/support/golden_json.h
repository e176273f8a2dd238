#pragma once

#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace learning_loop::test {

template <class T>
Result<T> read(std::string_view text)
{
    auto const document = parse_json(text, "test");
    if (!document) return document.error();
    return from_json<T>(*document);
}

/// What is wrong with the text, or `no error`.
template <class T>
std::string message_of(std::string_view text)
{
    auto const value = read<T>(text);
    return value ? "no error" : value.error().message;
}

/// The text is what the value is written as, and what it is read from.
template <class T>
void expect_golden(T const& value, std::string const& text)
{
    EXPECT_EQ(to_text(to_json(value)), text);
    EXPECT_EQ(to_text(to_json(read<T>(text).value())), text);
}

/// The shortest text that is read, and how it is written: with every field.
template <class T>
void expect_filled_up(std::string_view shortest, std::string const& text)
{
    EXPECT_EQ(to_text(to_json(read<T>(shortest).value())), text);
}

} // namespace learning_loop::test
