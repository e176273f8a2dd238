"""tools/check_sizes.py measures files and functions as a reader would, and finds what is too long."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TREE / "tools"))
sys.dont_write_bytecode = True
import check_sizes as tool  # noqa: E402


def measured(source):
    return [(line, count) for line, count, _ in tool.functions_of(source)]


def function(lines, name="f"):
    return f"void {name}()\n{{\n" + "    g();\n" * (lines - 3) + "}\n"


def check(planted):
    """Status and output for a tree with these files below src/."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in planted.items():
            path = Path(folder, "src", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        command = [sys.executable, "-B", str(TREE / "tools/check_sizes.py"), "--root", folder]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr


class FunctionsOf(unittest.TestCase):
    def test_a_function_counts_from_its_head_to_its_last_brace(self):
        self.assertEqual(measured("\nint f(int a,\n      int b)\n{\n    return a + b;\n}\n"), [(2, 5)])

    def test_the_comment_above_does_not_count(self):
        self.assertEqual(measured("/// Tells\n/// much.\nint f() { return 1; }\n"), [(3, 1)])

    def test_bodies_of_namespaces_and_classes_are_no_functions(self):
        source = "namespace a::b {\nnamespace {\nclass C final : public D<int(int)> {\npublic:\n    int f() { return 1; }\n};\n" \
                 "enum class E : int { one, two };\n}\n}\n"
        self.assertEqual(measured(source), [(5, 1)])

    def test_templates_and_operators_are_functions(self):
        for head in ("template <class T = int>\nT f(T a)", "bool operator==(A const& a, A const& b)", "A& A::operator=(A&& a) noexcept",
                     "A operator()(int) const", "auto f(int a = 1, B b = {}) -> std::vector<int>", "Task<Result<void>> A::f() const&",
                     "template <class T>\n    requires std::same_as<T, int>\nvoid f(T)", "[[noreturn]] void f(char const* a)"):
            with self.subTest(head):
                self.assertEqual(measured(f"{head}\n{{\n}}\n"), [(1, head.count("\n") + 3)])

    def test_initializers_of_a_constructor_are_part_of_it(self):
        for initializers in (": a_(a)", ": a_{a}, b_(b)", ": Base<int>{a}, b_{b}", ": a_(a ? b : c), b_{1}"):
            with self.subTest(initializers):
                self.assertEqual(measured(f"A::A(int a)\n    {initializers}\n{{\n    f();\n}}\n"), [(1, 5)])

    def test_values_in_braces_are_no_functions(self):
        for value in ("int a{1};", "constexpr std::array<B, 2> a = {\n    B{1},\n    B{2}};", "std::function<void(int)> a{};",
                      "auto const a = [](int b) { return b; };", "std::unique_ptr<A, void (*)(A*)> a{nullptr, nullptr};"):
            with self.subTest(value):
                self.assertEqual(measured(f"{value}\nvoid f() {{}}\n"), [(value.count("\n") + 2, 1)])

    def test_lambdas_and_classes_inside_belong_to_the_function(self):
        self.assertEqual(measured("void f()\n{\n    struct A {\n        int b() { return 1; }\n    };\n    g([] { h(); });\n}\n"), [(1, 7)])

    def test_a_macro_before_a_function_is_not_of_it(self):
        self.assertEqual(measured("BOOST_DESCRIBE_STRUCT(A, (), (a, b))\n\nvoid f()\n{\n}\n"), [(3, 3)])

    def test_braces_in_texts_comments_and_macros_do_not_count(self):
        source = 'void f()\n{\n    g("}{", \'{\', R"html(\n}}}"\n)html"); // }\n    /* } */\n    int a = 1\'000;\n}\n' \
                 "#define A {\\\n{\nvoid h() {}\n"
        self.assertEqual(measured(source), [(1, 8), (11, 1)])


class CheckSizes(unittest.TestCase):
    def assert_finds(self, planted, expected):
        status, output = check(planted)
        self.assertEqual(status, 1, output)
        self.assertIn(", 1 violations", output)
        self.assertIn(expected, output)

    def test_what_is_short_passes(self):
        status, output = check({"a.cpp": function(17)})
        self.assertEqual((status, output), (0, "check_sizes: 1 files, 1 functions, 90 % of them up to 17 lines, the longest 17, "
                                               "0 violations\n"))

    def test_this_tree_passes(self):
        command = [sys.executable, "-B", str(TREE / "tools/check_sizes.py")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_a_tree_without_functions_does_not_pass(self):
        self.assertEqual(check({"a.h": "#pragma once\n"})[0], 1)

    def test_a_file_of_301_lines_is_found(self):
        self.assertEqual(check({"a/b.h": "void f();\n" * 299 + "void f() {}\n"})[0], 0)
        self.assert_finds({"a/b.h": "void f();\n" * 300 + "void f() {}\n"}, "src/a/b.h:1: 301 lines, more than 300")

    def test_a_function_of_61_lines_is_found(self):
        short = {f"short{number}.cpp": function(3) for number in range(20)}
        self.assertEqual(check(short | {"a.cpp": "\n" + function(60)})[0], 0)
        self.assert_finds(short | {"a.cpp": "\n" + function(61)}, "src/a.cpp:2: a function of 61 lines, more than 60: void f()")

    def test_many_functions_of_18_lines_are_found(self):
        def tree(long):
            return {f"{number}.cpp": function(18 if number < long else 3) for number in range(100)}
        self.assertEqual(check(tree(10))[0], 0)
        self.assert_finds(tree(11), "src: 90 % of the functions have up to 18 lines, more than 17")


if __name__ == "__main__":
    unittest.main()
