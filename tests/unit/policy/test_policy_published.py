"""What a public alias names is public, although its class is in a private namespace."""

from dovetail.diagnostics import NO_SPAN
from dovetail.model import Access, Module, Type, TypeAlias, TypeKind
from dovetail.policy.published import find_published


def make_alias(name, target, scope="lib::Box", access=Access.PUBLIC):
    type_ = Type(kind=TypeKind.RECORD, written=target, canonical=target, declaration=target)
    return TypeAlias(name=name, qualified=f"{scope}::{name}", scope=scope, type=type_, span=NO_SPAN, access=access)


def find(*aliases, visible=("lib::detail::Walker",)):
    return {key: alias.name for key, alias in find_published(Module(headers=(), aliases=aliases), set(visible)).items()}


def test_the_first_public_alias_counts():
    first, second = make_alias("iterator", "lib::detail::Walker"), make_alias("walker", "lib::detail::Walker")
    assert find(first, second) == {"lib::detail::Walker": "iterator"}


def test_others_publish_nothing():
    assert find(make_alias("iterator", "lib::detail::Walker", access=Access.PRIVATE)) == {}
    assert find(make_alias("iterator", "lib::detail::Walker", scope="lib::detail::Other")) == {}
    assert find(make_alias("value_type", "lib::detail::Walker")) == {}
    assert find(make_alias("iterator", "lib::Walker"), visible=["lib::Walker"]) == {}
    assert find(make_alias("iterator", "lib::detail::Walker"), visible=[]) == {}
