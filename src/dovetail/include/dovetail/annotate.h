// dovetail/annotate.h: DOVETAIL(...) says in a header what a rule says in pyproject.toml.
//
//     DOVETAIL(release_gil) int count_primes(int limit);
//     class DOVETAIL(skip) Internal { ... };
//
// The words are those of the rules, separated by commas: `skip`, `rename = "area"`, `returns = "borrow"`.
// Compilers see nothing: only dovetail, which defines DOVETAIL_PARSE while it reads, gets the text.
#ifndef DOVETAIL_ANNOTATE_H
#define DOVETAIL_ANNOTATE_H

#ifdef DOVETAIL_PARSE
#define DOVETAIL(...) __attribute__((annotate("dovetail: " #__VA_ARGS__)))
#else
#define DOVETAIL(...)
#endif

#endif
