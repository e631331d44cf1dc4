"""The closed words of an English clause that speak against a wish."""

from __future__ import annotations

import re

from tickets.flows.matching.clauses.rule import Clause, Excuse, Matter, Rule, of_no_action
from tickets.flows.slots.stance import ENGLISH_PERSON_WORDS, without_politeness


def _rule(why: str, pattern: str, excuse: Excuse | None = None) -> Rule:
    return Rule(why, re.compile(pattern, re.I), excuse)


_IT = (
    r"(?:it|that|this|them|anything|nothing|any(?:thing)? (?:more|else)|any|do|go|proceed|process|bother|worry|"
    r"trouble|action|need\w*|necessary|required)\b"
)
_NOT = (
    r"(?:\bnot|\bnever|\bno longer|\bwithout|\bneedn['’]?t|\b(?:do|did|does|wo|would|should)n['’]?t|\bdont|\bdidnt|"
    r"\bwont)\b"
)
_FILL = (
    r"(?:\s+(?:want|need|wish|like|have|has|to|be|a|an|any|the|your|my|me|for|of|that|this|please|really|"
    r"actually|ever|even|just|"
    r"another|new|more|yet|do|get|go|ahead|with|asking?|asked|ask|request\w*|looking|trying|after|think\w*|going|"
    r"planning|you|"
    r"initiate|issue|process|send|i|point|in|reason|it))*\s*"
)
_THEY = re.compile(
    r"\b(?:you|they|he|she|it|seller|shop|store|agent|support|courier|nobody|system|app|page|which|that|why|"
    r"still|has|have)\s*(?:\w+ )?$",
    re.I,
)


def _of_other(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    if _THEY.search(clause.words[: match.start()]):
        return True
    rest = clause.words[match.end() :]
    return not (
        matter.action.match(rest)
        or (re.search(rf"\b{_IT}\s*$", match[0], re.I) and not rest.strip() and not matter.goods)
    )


def _polite(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    if match[0].lower() not in without_politeness(clause.words).lower():
        return True
    rest = clause.words[match.end() :]
    return (
        bool(re.match(r" (?:you|i|it|this|that|nothing|no one|nobody)\b.{0,20}(?:n['’]t|\bnot?\b|never)", rest, re.I))
        and not clause.wish
    )


def _not_behind(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    return not clause.behind


def _lacking(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    return bool(
        re.search(
            r"\b(?:not|never|hardly|nor|nothing|none|nobody|no|stopp?\w*|quit|fail\w*)\b|n['’]?t\b",
            clause.words[: match.start()],
            re.I,
        )
    )


def _lacks(clause: Clause) -> bool:
    """Where is my code, why have you not refunded me, how do I return it: a wish."""
    return clause.wish and bool(
        re.search(
            r"\b(?:not|never|no|still|yet)\b|n['’]t\b|"
            r"^(?:where|why|how (?:do|can) (?:i|we))\b|possible|any chance",
            clause.words,
            re.I,
        )
    )


ENGLISH = (
    _rule(
        "fit.unclear",
        r"^(?:oh|yeah|ah|right|wow|haha|lol)[ ,]+(?:sure|right|great|of course|yeah)\b|\bthat['’]ll be the day\b|"
        r"\bas if\b|\bin your dreams\b",
    ),
    _rule("fit.refused", rf"{_NOT}{_FILL}", _of_other),
    _rule(
        "fit.refused",
        r"\bno (?:need|point|reason|rush|hurry)\b|\bneedn['’]?t\b|\bunnecessary\b|\bnot? (?:worth|necessary|"
        r"needed|required)\b|\bdon['’]?t (?:bother|worry|trouble|touch)\b",
    ),
    _rule(
        "person.undecided",
        r"\b(?:cancel|drop|scrap|forget|disregard|withdraw\w*|retract\w*|revoke|undo|revert|halt|void|skip|"
        r"call(?:ing)? off|never ?mind|nvm|scratch)\b"
        r"(?! (?:the|my|this) order)|\bi ignore\b|\bplease ignore\b|\bignore (?:this|that|my|the)\b|"
        r"\bchanged? (?:of heart|my mind)\b|\b(?:on )?second thoughts?\b|\bon reflection\b|\bafter all$|"
        r"\brather (?:not|keep|have)\b|"
        r"\ball (?:good|sorted|set)\b|\b(?:by (?:mistake|accident)|accidentally|mistakenly)\b(?=$)|"
        r"\bjust (?:kidding|joking)\b|\bno worries\b|\bmake do\b|\bput up with\b|\blive with\b|"
        r"\bstop (?:it|that|this|the|my|any)\b|\b(?:leave|keep) (?:it|them|everything|things|my \w+|"
        r"the \w+)(?: as| the way|$)|\bstay(?:ing)? (?:as|where|put)\b",
        lambda clause, matter, match: bool(matter.action.match(clause.words, match.start())),
    ),
    _rule(
        "person.undecided",
        r"\bkeep(?:ing)? (?:it|them|these|those|this|the (?!money)\w+|my (?!money)\w+)\b|\bhang(?:ing)? on to\b|"
        r"\bhold(?:ing)? on(?:to)?\b|\bgrown on me\b|\bfine with\b",
        lambda clause, matter, match: matter.part or _lacking(clause, matter, match),
    ),
    _rule(
        "person.undecided",
        r"\b(?:sorted|resolved|solved|fixed)\b(?! (?:it|this|that|my|the)\b)|\bworks? (?:now|again|fine|after|"
        r"perfectly|great)\b|\bworking (?:now|again|fine|after)\b|"
        r"\bfound (?:it|them|the|my)\b|\bturned up\b|\bshowed up\b|\bcame through\b|\bgot it$|\bfigured\b|"
        r"\bi(?:['’]m| am) in\b|\bmanaged to\b|\bback (?:on|up|to normal)\b",
        lambda clause, matter, match: not clause.behind or _lacking(clause, matter, match),
    ),
    _rule(
        "person.undecided",
        r"\b(?:arrived|received|came|got (?:it|the \w+))\b(?=$| (?:now|just|today|finally|already|a|in|this|after|at))",
        lambda clause, matter, match: matter.goods or matter.faulty or _lacking(clause, matter, match),
    ),
    _rule(
        "fit.supposed",
        r"\b(?:if|unless|in case|provided|assuming|suppos(?:e|ing)|depend(?:s|ing)|whether|in the event|only when)\b",
        _polite,
    ),
    _rule(
        "fit.supposed",
        r"\b(?:once(?! more| again)|as soon as|(?:until|till) (?:i|we|you|my|the|it)\b)|\b(?:when|after|"
        r"before) (?:i|we|my|the|it) (?:\w+ )?(?:decide|hear|know|test|check|try|get back|confirm|speak|talk|"
        r"return|move|receive)\w*\b",
        of_no_action,
    ),
    _rule(
        "person.undecided",
        r"\b(?:tomorrow|next (?:week|month|year|time)|later|some ?day|eventually|one day|(?:not|for|right) now|"
        r"at the moment|not yet|in (?:a|two|three|\d+) (?:days?|weeks?|months?))\b",
        lambda clause, matter, match: not clause.wish or bool(re.search(r"\b(?:right now)$", match[0])),
    ),
    _rule(
        "person.undecided",
        r"\b(?:maybe|perhaps|possibly|probably|might|thinking (?:of|about)|think (?:it over|about it)|"
        r"consider\w*|wondering|not (?:quite |really )?sure|unsure|undecided|debating|(?<=i'm )torn|"
        r"(?<=i am )torn|tempted|"
        r"leaning|hesitat\w+|sleep on it|i guess|i suppose|decid(?:e|ing)|in two minds|no rush)\b",
        lambda clause, matter, match: (
            (
                of_no_action(clause, matter, match)
                and match[0].lower()
                in {
                    "might",
                    "probably",
                    "possibly",
                    "consider",
                    "considering",
                    "wondering",
                    "i guess",
                    "maybe",
                    "perhaps",
                }
            )
            or (match[0].lower() == "wondering" and "if you" in clause.words.lower())
        ),
    ),
    _rule(
        "person.undecided",
        r"^(?:oh |ah |hm+ |um+ |no )?(?:no|wait|stop|hold on|actually|hang on|scratch that|nope)(?: no|"
        r" wait)?(?: (?:please|sorry))?$",
        _not_behind,
    ),
    _rule(
        "fit.supposed",
        rf"\b(?:(?:my|his|her|their|our|a) (?:\w+ )?(?:{ENGLISH_PERSON_WORDS}|customer|client|buyer|guest|tenant|"
        rf"kid)|he|she|they|someone|somebody|people)(?: (?:also|really|just|now|still|says? (?:he|she|they)))? "
        r"(?:wants?|wanted|needs?|would like|asked|is asking|asks?|wish\w*|is (?:thinking|considering|planning|"
        r"going|after)|told me|suggest\w*|keeps?|got|had|returned|requested)\b",
        of_no_action,
    ),
    _rule("fit.supposed", r"^(?:but |and |so )?(?:once|as soon as|until|till) (?:i|we|you|my|the|she|he|they|it)\b"),
    _rule(
        "fit.unclear",
        r"\b(?!(?:the|my|our|your|this|that|a|an|new|old|right|wrong|correct|current|another|different|delivery|"
        r"shipping|home|work|"
        r"office|full|other|same|of|for|to|ship|shipping|street|postal|mailing|receiving|recipient|whose|change|"
        r"update|in|on|and|incorrect|"
        r"previous|registered|saved|default|original|updated|following|me|with|"
        r"from)\b)[a-z-]+ address\b(?! (?:to|is|was|from|for|on|in)\b)|"
        r"\b(?:e-?mail|ip|billing|web|wallet|url|mac|invoice|return) address\b",
        lambda clause, matter, match: not matter.faulty,
    ),
    _rule(
        "fit.unclear",
        r"\b(?:promo|promotion\w*|discount|coupon|voucher|gift|referral|invite|invitation|area|country|zip|"
        r"postal|post|qr|bar|source|dress|"
        r"error|status|product|item|locker|pick-?up|door|gate|swift|sort|tax|tracking|colou?r|training|"
        r"building) (?:card )?codes?\b",
    ),
    _rule(
        "fit.unclear",
        r"\b(?:refund|return|exchange|verification|address|code|complaint)s? (?:policy|policies|feature|service|"
        r"process|button|page|api|"
        r"rate|scam|window|period|fraud|terms|form|link|system|platform|provider|rules?|fees?)\b|\btax (?:return|"
        r"refund)s?\b|"
        r"\breturn (?:ticket|flight|trip|journey|key|call|fare)\b",
    ),
    _rule("fit.supposed", r"\b(?:asking|writing|enquiring|inquiring) (?:for|on behalf of) (?:a|my)\b|\bon behalf of\b"),
    _rule(
        "fit.asked",
        r"\b(?:just|only|merely|simply) (?:asking|curious|wondering|checking|a question|want(?:ed)? to (?:know|"
        r"ask|check|understand))\b|\bcurious\b|\bout of (?:curiosity|interest)\b|\bhypothetical\w*\b|"
        r"\btheoretical\w*\b",
    ),
    _rule(
        "fit.asked",
        r"^(?:and |so |but |also |hi |hello )*(?:how|what|when|where|who|which|why|is|are|do|does|did|will|has|"
        r"have|was|were|am)\b(?! (?:i|we) (?:want|need|am|would|really want))(?!.*\b(?:please|can you|"
        r"could you)\b)",
        lambda clause, matter, match: (
            matter.looks or _lacks(clause) or clause.mark != "?" or not matter.action.search(clause.words)
        ),
    ),
)
