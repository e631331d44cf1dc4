"""Names of people, in Han characters and in Latin letters: beside the words that announce them, in sentences, in chats
and letters, and beside somebody's number.

Rule: in doubt hide, but a word of an interface and the name of a thing that stands alone are no names.
"""
