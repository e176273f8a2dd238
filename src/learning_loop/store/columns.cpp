#include "learning_loop/store/columns.h"

#include "learning_loop/json/words.h"

namespace learning_loop::store {
namespace {

template <class Wanted>
Wanted const& get(Row const& row, std::size_t column, std::string_view wanted)
{
    if (auto const* found = std::get_if<Wanted>(&row.at(column))) return *found;
    throw DatabaseError("column " + std::to_string(column) + " of an answer holds no " + std::string(wanted));
}

} // namespace

std::string text_of_word(std::int64_t value, std::span<reflect_detail::Word const> words)
{
    auto const* word = reflect_detail::find_word(value, words);
    if (!word) throw DatabaseError("no word has the value " + std::to_string(value));
    return word->text;
}

void read_column(Row const& row, std::size_t column, std::int64_t& into)
{
    into = get<std::int64_t>(row, column, "whole number");
}

void read_column(Row const& row, std::size_t column, int& into)
{
    auto const number = get<std::int64_t>(row, column, "whole number");
    if (!std::in_range<int>(number)) throw DatabaseError("column " + std::to_string(column) + " holds a huge number");
    into = static_cast<int>(number);
}

void read_column(Row const& row, std::size_t column, double& into)
{
    auto const* whole = std::get_if<std::int64_t>(&row.at(column));
    into = whole ? static_cast<double>(*whole) : get<double>(row, column, "number");
}

void read_column(Row const& row, std::size_t column, std::string& into)
{
    into = get<std::string>(row, column, "text");
}

std::int64_t word_in(Row const& row, std::size_t column, std::span<reflect_detail::Word const> words)
{
    auto const& text = get<std::string>(row, column, "text");
    auto const* word = reflect_detail::find_word(text, words);
    if (!word) throw DatabaseError("column " + std::to_string(column) + " holds the unknown word " + text);
    return word->value;
}

bool is_null(Row const& row, std::size_t column)
{
    return std::holds_alternative<std::nullptr_t>(row.at(column));
}

namespace columns_detail {

std::string select_text(std::string_view table, Names names)
{
    std::string columns;
    for (auto const* name : names) columns.append(columns.empty() ? "" : ", ").append(table).append(".").append(name);
    return "SELECT " + columns + " FROM " + std::string(table) + " ";
}

std::string insert_text(std::string_view table, Names names, std::string_view ending)
{
    std::string columns;
    std::string places;
    int count = 0;
    for (std::string_view const name : names) {
        if (name == given_by_database) continue;
        ++count;
        columns.append(count > 1 ? ", " : "").append(name);
        places.append(count > 1 ? ", $" : "$").append(std::to_string(count));
    }
    return "INSERT INTO " + std::string(table) + " (" + columns + ") VALUES (" + places + ")" + std::string(ending);
}

std::string upsert_ending(std::string_view key, Names names)
{
    std::string changes;
    for (std::string_view const name : names) {
        if (name == given_by_database) continue;
        changes.append(changes.empty() ? "" : ", ").append(name).append(" = excluded.").append(name);
    }
    return " ON CONFLICT (" + std::string(key) + ") DO UPDATE SET " + changes;
}

} // namespace columns_detail

} // namespace learning_loop::store
