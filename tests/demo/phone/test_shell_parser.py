"""The shell's parser: every text is a script or a syntax error; quoting means what it means everywhere."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.demo.phone.shell.parser import parse
from cs_agent.demo.phone.shell.syntax import (
    Assignment,
    For,
    Group,
    If,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Substitution,
    Text,
    Variable,
    While,
    Word,
)

shellish = st.text(st.sampled_from("ab1 \t\n'\"\\$`(){}[]<>|&;#=!*?~%:-+/éif中"), max_size=60)
words = st.sampled_from(
    [
        "if",
        "then",
        "else",
        "fi",
        "for",
        "in",
        "do",
        "done",
        "while",
        "{",
        "}",
        "(",
        ")",
        ";",
        "\n",
        "&&",
        "||",
        "|",
        "&",
        "!",
        "x",
        "y=1",
        "$x",
        "$(",
        "`",
        "'",
        '"',
        ">",
        "<",
        "2>&1",
        "#c",
        "$((",
        "))",
        "${x:-",
        "}",
    ]
)


def first_command(text: str) -> object:
    return parse(text).items[0].first.commands[0]


def simple(text: str) -> Simple:
    command = first_command(text)
    assert isinstance(command, Simple)
    return command


def texts(text: str) -> list[str]:
    return ["".join(p.value for p in word.parts if isinstance(p, Text)) for word in simple(text).words]


def outcome(text: str) -> Script | str:
    """The script, or the syntax error's words."""
    try:
        return parse(text)
    except ShellSyntaxError as error:
        return str(error)


@given(shellish)
def test_any_text_is_a_script_or_a_syntax_error(text: str) -> None:
    assert outcome(text) or parse(text) == Script()


@given(st.lists(words, max_size=25))
def test_any_sequence_of_shell_words_is_a_script_or_a_syntax_error(parts: list[str]) -> None:
    assert outcome(" ".join(parts)) == outcome("  ".join(parts)) or "'" in parts or '"' in parts


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=6))
def test_quoted_arguments_come_through_unchanged(args: list[str]) -> None:
    parsed = texts("cmd " + shlex.join(args))
    assert parsed == ["cmd", *args]


@pytest.mark.parametrize("text", ["(" * 500, "$(" * 500, "$((" * 500, "{ " * 500, "`" * 501, '"$(' * 300])
def test_endless_nesting_is_a_syntax_error(text: str) -> None:
    with pytest.raises(ShellSyntaxError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("echo )", "unexpected ')'"),
        ("echo 'a", "no closing quote"),
        ('echo "a', "no closing quote"),
        ("| x", "unexpected '|'"),
        ("a && ", "unexpected end of file"),
        ("if true; then", "unexpected end of file"),
        ("then", "unexpected 'then'"),
        ("for 1 in a; do x; done", "unexpected '1'"),
        ("echo >", "unexpected end of file"),
        ("echo > ;", "unexpected ';'"),
        ("cat <<EOF", "unexpected '<<'"),
        ("echo ${}", "bad substitution"),
        ("()", "unexpected ')'"),
    ],
)
def test_what_is_no_script_is_refused_with_the_shells_words(text: str, message: str) -> None:
    with pytest.raises(ShellSyntaxError) as refusal:
        parse(text)
    assert message in str(refusal.value)


@pytest.mark.parametrize("text", ["", "   ", "# only a remark", "\n\n", " # a\n # b"])
def test_an_empty_script_has_no_commands(text: str) -> None:
    assert parse(text).items == ()


def test_a_hash_inside_a_word_is_no_remark() -> None:
    assert texts("echo a#b # c") == ["echo", "a#b"]


def test_lists_know_their_operators() -> None:
    item = parse("a && b || c").items[0]
    assert [op for op, _ in item.rest] == ["&&", "||"]
    assert len(parse("a; b\nc").items) == 3
    assert parse("a & b").items[0].background is True
    assert len(parse("a | b | c").items[0].first.commands) == 3
    assert parse("! a").items[0].first.negated is True


def test_redirections_have_a_descriptor_an_operator_and_a_target() -> None:
    command = simple("cmd <in >out 2>>err 2>&1")
    written = [(r.descriptor, r.op, r.target.literal) for r in command.redirects]
    assert written == [(0, "<", "in"), (1, ">", "out"), (2, ">>", "err"), (2, ">&", "1")]


def test_both_outputs_at_once_are_two_redirections() -> None:
    assert simple("cmd &>f").redirects == (
        Redirect(1, ">", Word((Text("f"),))),
        Redirect(2, ">&", Word((Text("1"),))),
    )


def test_a_digit_that_belongs_to_a_word_is_no_descriptor() -> None:
    assert texts("echo a2>f") == ["echo", "a2"]


def test_assignments_stand_before_the_command_only() -> None:
    command = simple("A=1 B='x y' cmd C=3")
    assert [item.name for item in command.assignments] == ["A", "B"]
    assert texts("A=1 cmd C=3") == ["cmd", "C=3"]
    assert simple("A=").assignments == (Assignment("A", Word(())),)


def test_dollar_forms_are_told_apart() -> None:
    parts = [word.parts[0] for word in simple('x $a ${b} "$c" $(d) `e` $? ${#f} ${g:-h}').words[1:]]
    assert parts[0] == Variable("a")
    assert parts[1] == Variable("b")
    assert isinstance(parts[3], Substitution)
    assert isinstance(parts[4], Substitution)
    assert parts[5] == Variable("?")
    assert parts[6] == Variable("f", length=True)
    assert parts[7] == Variable("g", op=":-", operand=Word((Text("h"),)))


def test_a_lonely_dollar_is_itself() -> None:
    assert texts("echo $ a$ '$x'") == ["echo", "$", "a$", "$x"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("if a; then b; elif c; then d; else e; fi", If),
        ("while a; do b; done", While),
        ("until a; do b; done", While),
        ("for x in 1 2; do b; done", For),
        ("{ a; b; }", Group),
        ("(a; b)", Group),
    ],
)
def test_compound_commands_are_recognised_and_may_be_redirected(text: str, kind: type) -> None:
    command = first_command(f"{text} > out")
    assert isinstance(command, kind)
    assert len(command.redirects) == 1  # type: ignore[attr-defined]


def test_reserved_words_mean_nothing_after_the_first_word() -> None:
    assert texts("echo if then fi") == ["echo", "if", "then", "fi"]
    assert texts("'if' x") == ["if", "x"]
