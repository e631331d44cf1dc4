"""Passwords on command lines and in the settings by which programs find a server.

Rule: an option is a password's only for the programs that read it so: `-p` is one for mysql, a port for ssh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span

_VALUE = r"(?:'(?P<{0}q>[^'\n]{{2,200}})'|\"(?P<{0}d>[^\"\n]{{2,200}})\"|(?P<{0}>[^\s'\"|;&<>-][^\s'\"|;&<>]{{1,200}}))"
_WORDS = r"(?:[^\n|;&]{0,300}?\s)?"


def _option(programs: str, option: str, group: str) -> str:
    return rf"\b(?:{programs})\s{_WORDS}{option}{_VALUE.format(group)}"


_ON_A_LINE = tuple(
    re.compile(pattern)
    for pattern in (
        _option(r"mysql\w*|mariadb\w*|mycli|percona\w*|pt-\w+", r"-p", "a"),  # nothing between the option and its value
        _option(
            r"sshpass|docker login|podman login|nerdctl login|helm registry login|az login|oc login|cf login|mongo\w*"
            r"|mongosh|heroku|svn|argocd login|kinit|plink|pscp|putty|sqlcmd|bcp",
            r"(?:-p|-pw|-P(?=\s*[^\s\d]))\s*=?\s*",
            "b",
        ),
        _option(r"7z\w*|rar|unrar", r"-h?p", "u"),
        _option(r"zip|unzip", r"-P\s?", "v"),
        _option(r"redis-cli|keydb-cli|valkey-cli", r"(?:-a|--pass)[ =]", "c"),
        _option(r"ldap\w+|pgbadger|ipmitool|vncviewer", r"(?:-w|-P)\s", "d"),
        _option(
            r"openssl|gpg", r"(?:-k|-passin(?:\spass:)?|-passout(?:\spass:)?|-pass(?:\spass:)|--passphrase)[ =]?", "e"
        ),
        _option(
            r"curl|wget|http|https|httpie|xh|aria2c|lftp|skopeo",
            r"(?:-u|--user|--proxy-user|-U|-a|--auth|--creds)[ =]?['\"]?[^\s:'\"/=]{1,64}:",
            "f",
        ),
        _option(r"smbclient|rpcclient|net|winexe|smbmap|nmblookup|mount\.cifs", r"-U[ =]?['\"]?[^\s%'\"]{1,64}%", "g"),
        rf"\bnet\s+use\s(?:\S:\s)?\\\\\S+\s(?!/)(?!\*){_VALUE.format('h')}",
        rf"\bnet\s+user\s\S+\s(?!/)(?!\*){_VALUE.format('i')}",
        rf"\b(?:echo|printf)\s{_VALUE.format('j')}(?:\\n)?\s*[|\t]\s*(?:sudo\s[^|\n]{{0,40}}-S|passwd|kinit|su\b"
        rf"|chpasswd|docker login|cryptsetup)",
        rf"--?(?:[a-z]+-)?(?:password|passwd|passphrase|pass|pwd|secret|token|api-?key|access-?key|auth-?token)(?:=|\s+){_VALUE.format('k')}",
        rf"\b(?:IDENTIFIED\s+BY|(?:WITH\s+)?PASSWORD(?=\s+'))\s+{_VALUE.format('l')}",
        rf"\bSET\s+PASSWORD\s[^\n]{{0,80}}=\s*(?:PASSWORD\()?{_VALUE.format('m')}",
        r"(?:jdbc:oracle:\w+:|\bsqlplus\s(?:-\w+\s)*|\b(?:imp|exp)(?:dp)?\s)[^\s/@]{1,64}/(?P<n>[^\s@/]{2,64})@?",
        r"(?i:\b(?:Account|Shared\s?Access|Access|Storage|Primary|Secondary)Key(?:Value)?|\bSharedAccessSignature)\s*=\s*(?P<o>[A-Za-z0-9+/=%&?._~-]{12,512})",
        r"(?i:(?<![A-Za-z])(?:pwd|password|passwd|pass|passphrase)\s*=\s*)(?P<p>\{[^}\n]{2,128}\}|[^\s;&\"'<>]{2,128})",
        r"(?i:\"(?:\w{0,24}(?:password|passwd|passphrase|secret|pwd))\"\s*:\s*)\"(?P<q>[^\"\n]{2,200})\"",
        rf"\b[A-Z][A-Z0-9_]{{0,40}}(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PASSPHRASE|CREDENTIALS?)\s*[=:]\s*"
        rf"{_VALUE.format('r')}",
        r"\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@]{0,64}:(?P<s>[^\s/@]{2,128})@",
        r"\b(?i:machine|login|user(?:name)?|登[录陆]名|账号|帐号|用户名?)\s*[:=]?\s*[\w.@-]{1,64}[\s,;/]{1,3}(?i:password|passwd|pw|pass|pwd|密码|口令)"
        r"\s*[:=]?\s*(?![是为请错])(?P<t>[!-~]{3,64})",
    )
)
_NO_VALUE = re.compile(
    r"(?:\$|%|<|\{\{|\*+\Z|x{3,}\Z|null\Z|none\Z|true\Z|false\Z|stdin\Z|env:|file:|required|optional|your|prompt|changeme\Z|password\Z|passwd\Z|pass\Z|secret\Z|pwd\Z|token\Z|-)",
    re.IGNORECASE,
)


def passwords_of_commands(text: str) -> Iterator[Span]:
    """A place for one (`$DB_PASSWORD`, `<password>`, `****`) is none."""
    for pattern in _ON_A_LINE:
        for match in pattern.finditer(text):
            group = match.lastgroup or "a"
            if not _NO_VALUE.match(match.group(group)):
                yield Span(DataKind.PASSWORD, *match.span(group), match.group(group))
