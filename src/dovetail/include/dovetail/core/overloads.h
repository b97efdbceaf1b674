// dovetail/core/overloads.h: one Python callable for a set of C++ overloads.
//
// Each candidate that the arguments fit in number and name is ranked by how far every argument must be converted; the one
// whose worst argument is closest wins, then the smallest sum, then the order of declaration. The winner converts and
// calls; its own errors (a value out of range, an exception from C++) are final.
// No candidate: TypeError with every candidate as the stub spells it, and the types that were given; where one failed for
// a None that is no null pointer yet, with the rule that makes it one.
#pragma once
#include <dovetail/core/binding.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

// A parameter as an overload set sees it.
struct Ranker {
  RankFunction rank;
  Foreseen foreseen;
};

namespace detail {
// What Arg<P> says itself, or else the conversion that it names.
template <class A, class = void>
struct foreseen {
  static constexpr Foreseen value{};
};
template <class A>
struct foreseen<A, std::void_t<decltype(A::foreseen)>> {
  static constexpr Foreseen value = A::foreseen;
};
template <class A>
struct foreseen<A, std::void_t<typename A::Converter>> : foreseen<typename A::Converter> {};
}  // namespace detail

template <class A>
inline constexpr Ranker ranker{&A::rank, detail::foreseen<A>::value};
// None may be a null pointer, or not: that is asked.
template <class A>
inline constexpr Ranker nullable_ranker{&A::rank_nullable,
                                        {detail::foreseen<A>::value.exact & ~unsigned{none_kind},
                                         detail::foreseen<A>::value.never & ~unsigned{none_kind}}};

struct Candidate {
  const Signature* signature;
  const Ranker* ranks;  // one per parameter: ranker<Arg<P>> or nullable_ranker<Arg<P>>
  PyObject* (*call)(PyObject* self, PyObject* const* v, Home) noexcept;  // v: one per parameter, nullptr where absent
  const char* const* null_rules;  // one per parameter: how None would be allowed; nullptr where it is no pointer
  Foreseen first, second;         // of the first two parameters
  uint8_t total, required;
  bool mutates;  // a non-const method: passed over for a const self

  constexpr Candidate(const Signature* signature_, const Ranker* ranks_,
                      PyObject* (*call_)(PyObject*, PyObject* const*, Home) noexcept, bool mutates_ = false,
                      const char* const* null_rules_ = nullptr) noexcept
      : signature(signature_), ranks(ranks_), call(call_), null_rules(null_rules_), first(foresee(signature_, ranks_, 0)),
        second(foresee(signature_, ranks_, 1)), total(signature_->total), required(signature_->required), mutates(mutates_) {}

 private:
  // An argument that is not given fits as it is.
  static constexpr Foreseen foresee(const Signature* signature, const Ranker* ranks, int index) noexcept {
    if (index >= signature->total) return {absent_kind, 0};
    return {ranks[index].foreseen.exact | absent_kind, ranks[index].foreseen.never & ~unsigned{absent_kind}};
  }
};

// `instance`: the overloads are methods of self.
inline bool refuses_mutation(PyObject* self, bool instance) noexcept { return instance && self && is_const_cell(self); }

inline int most_parameters(const Candidate* candidates, int count) noexcept {
  int most = 1;
  for (int i = 0; i < count; ++i) most = candidates[i].signature->total > most ? candidates[i].signature->total : most;
  return most;
}

// The rule with which a candidate would take the None that is given for a pointer; nullptr: there is none.
DOVETAIL_COLD inline const char* find_null_rule(const Candidate* candidates, int count, PyObject* const* args, Py_ssize_t nargs,
                                                PyObject* kwnames, Home home) noexcept {
  PyObject** slots = DOVETAIL_ALLOCA(PyObject*, most_parameters(candidates, count));
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    if (!candidate.null_rules) continue;
    if (bind_into(*candidate.signature, args, nargs, kwnames, slots, home).misfit != Misfit::none) continue;
    const char* rule = nullptr;
    bool fits = true;
    for (int i = 0; i < candidate.signature->total && fits; ++i) {
      const char* const its_rule = slots[i] == Py_None ? candidate.null_rules[i] : nullptr;
      fits = its_rule || !slots[i] || candidate.ranks[i].rank(slots[i], home) >= 0;
      if (!rule) rule = its_rule;
    }
    if (fits && rule) return rule;
  }
  return nullptr;
}

DOVETAIL_COLD inline PyObject* no_candidate(const Candidate* candidates, int count, PyObject* self, PyObject* const* args,
                                            Py_ssize_t nargs, PyObject* kwnames, Home home) noexcept {
  Ref given(PyUnicode_FromString(""));
  const Py_ssize_t named = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
  for (Py_ssize_t i = 0; given && i < nargs + named; ++i) {
    const char* comma = i ? ", " : "";
    given = Ref(i < nargs ? PyUnicode_FromFormat("%U%s%.100s", given.get(), comma, type_name(args[i]))
                          : PyUnicode_FromFormat("%U%s%U=%.100s", given.get(), comma, PyTuple_GET_ITEM(kwnames, i - nargs),
                                                 type_name(args[i])));
  }
  const Text name = callable_name(candidates[0].signature->doc);
  Ref function(PyUnicode_DecodeUTF8(name.data, name.size, "replace"));
  if (!given || !function) return nullptr;
  const bool constant = refuses_mutation(self, home.instance);
  Ref text(PyUnicode_FromFormat("%U(): no overload takes (%U)%s; there are:", function.get(), given.get(),
                                constant ? " on a const object" : ""));
  for (int i = 0; text && i < count; ++i) {
    const Text line = typed_line(candidates[i].signature->doc, candidates[i].signature->line);
    Ref spelled(PyUnicode_DecodeUTF8(line.data, line.size, "replace"));
    if (!spelled) return nullptr;
    text = Ref(PyUnicode_FromFormat("%U\n    %U", text.get(), spelled.get()));
  }
  const char* const rule = find_null_rule(candidates, count, args, nargs, kwnames, home);
  if (text && rule) text = Ref(PyUnicode_FromFormat("%U\n" DOVETAIL_NULL_RULE, text.get(), rule));
  if (text) PyErr_SetObject(PyExc_TypeError, text.get());
  return nullptr;
}

// The candidate that fits best so far.
struct Best {
  int index = -1, worst = 0, sum = 0;

  DOVETAIL_INLINE void offer(const Candidate* candidates, int offered, int its_worst, int its_sum) noexcept {
    if (index >= 0) {
      if (its_worst > worst || (its_worst == worst && its_sum > sum)) return;
      // Of equals the first wins, but a non-const object prefers the non-const one of two twins, as in C++.
      const bool equal = its_worst == worst && its_sum == sum;
      if (equal && !(candidates[offered].mutates && !candidates[index].mutates)) return;
    }
    index = offered;
    worst = its_worst;
    sum = its_sum;
  }
  // Nothing can be closer.
  DOVETAIL_INLINE bool is_final(const Candidate* candidates, Home home) const noexcept {
    return index >= 0 && !worst && (!home.instance || candidates[index].mutates);
  }
};

// Not all is foreseen.
inline constexpr int unforeseen = -1;

// Up to two arguments by position, of which their types alone say that a candidate takes them as they are and that no other
// does it better: its index; `unforeseen` otherwise.
DOVETAIL_SHARED int foresee_candidate(const Candidate* candidates, int count, PyObject* self, PyObject* const* args,
                                      Py_ssize_t nargs, bool instance) noexcept {
  if (nargs > 2) return unforeseen;
  const unsigned first = nargs > 0 ? kind_of(args[0]) : absent_kind;
  const unsigned second = nargs > 1 ? kind_of(args[1]) : absent_kind;
  const bool constant = refuses_mutation(self, instance);
  int found = unforeseen;
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    if ((candidate.first.never & first) | (candidate.second.never & second)) continue;
    if (nargs > candidate.total || nargs < candidate.required || (candidate.mutates && constant)) continue;
    // Of two that are alike a non-const object prefers the one that may change it.
    if (found != unforeseen && !candidate.mutates) continue;
    if (!(candidate.first.exact & first) || !(candidate.second.exact & second)) return unforeseen;
    found = c;
    if (!instance || candidate.mutates) break;
  }
  return found;
}

// All arguments by position: they are ranked where they lie. Returns an index; -1: none (no exception set).
DOVETAIL_SHARED int choose_by_position(const Candidate* candidates, int count, PyObject* self, PyObject* const* args,
                                       Py_ssize_t nargs, Home home) noexcept {
  const bool constant = refuses_mutation(self, home.instance);
  // Neighbours in an overload set often have the same first parameter: it is ranked once for all of them.
  RankFunction known = nullptr;
  int known_rank = no_match;
  Best best;
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    const Signature& signature = *candidate.signature;
    if (nargs > signature.total || nargs < signature.required || (candidate.mutates && constant)) continue;
    int worst = 0, sum = 0;
    if (nargs) {
      if (candidate.ranks[0].rank != known) {
        known = candidate.ranks[0].rank;
        known_rank = known(args[0], home);
      }
      worst = sum = known_rank;
    }
    for (Py_ssize_t i = 1; i < nargs && worst >= 0; ++i) {
      const int rank = candidate.ranks[i].rank(args[i], home);
      worst = rank < 0 ? -1 : rank > worst ? rank : worst;
      sum += rank;
    }
    if (worst < 0) continue;
    best.offer(candidates, c, worst, sum);
    if (best.is_final(candidates, home)) break;
  }
  return best.index;
}

// Some by keyword: they are sorted for each candidate. `slots` and `best_slots` have room for the most parameters; the second
// gets the arguments of the best one.
DOVETAIL_COLD inline int choose_by_keyword(const Candidate* candidates, int count, PyObject* self, PyObject* const* args,
                                           Py_ssize_t nargs, PyObject* kwnames, PyObject** slots, PyObject** best_slots,
                                           Home home) noexcept {
  const bool constant = refuses_mutation(self, home.instance);
  Best best;
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    const Signature& signature = *candidate.signature;
    if (candidate.mutates && constant) continue;
    if (bind_into(signature, args, nargs, kwnames, slots, home).misfit != Misfit::none) continue;
    int worst = 0, sum = 0;
    for (int i = 0; i < signature.total && worst >= 0; ++i) {
      if (!slots[i]) continue;
      const int rank = candidate.ranks[i].rank(slots[i], home);
      worst = rank < 0 ? -1 : rank > worst ? rank : worst;
      sum += rank;
    }
    if (worst < 0) continue;
    best.offer(candidates, c, worst, sum);
    if (best.index != c) continue;
    for (int i = 0; i < signature.total; ++i) best_slots[i] = slots[i];
    if (best.is_final(candidates, home)) break;
  }
  return best.index;
}

// The cold half of call_overload: defaults, keywords, and what fits no candidate.
DOVETAIL_COLD inline PyObject* call_overload_slowly(const Candidate* candidates, int count, int best, PyObject* self,
                                                    PyObject* const* args, Py_ssize_t nargs, PyObject* kwnames,
                                                    Home home) noexcept {
  const int most = most_parameters(candidates, count);
  PyObject** slots = DOVETAIL_ALLOCA(PyObject*, 2 * most);
  PyObject** bound = slots + most;
  if (kwnames) {
    best = choose_by_keyword(candidates, count, self, args, nargs, kwnames, slots, bound, home);
  } else if (best >= 0) {
    for (int i = 0; i < candidates[best].signature->total; ++i) bound[i] = i < nargs ? args[i] : nullptr;
  }
  if (best >= 0) return candidates[best].call(self, bound, home);
  if (PyErr_Occurred()) return nullptr;
  return no_candidate(candidates, count, self, args, nargs, kwnames, home);
}

inline PyObject* call_overload(const Candidate* candidates, int count, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                               PyObject* kwnames, Home home) noexcept {
  int best = kwnames ? unforeseen : foresee_candidate(candidates, count, self, args, nargs, home.instance);
  if (best == unforeseen && !kwnames) best = choose_by_position(candidates, count, self, args, nargs, home);
  if (DOVETAIL_LIKELY(best >= 0 && candidates[best].signature->total == nargs)) return candidates[best].call(self, args, home);
  return call_overload_slowly(candidates, count, best, self, args, nargs, kwnames, home);
}

// Overloads of a binary operator: NotImplemented instead of an error, so that the other operand gets its turn.
inline PyObject* call_operator(const Candidate* candidates, int count, PyObject* self, PyObject* other, Home home) noexcept {
  int best = foresee_candidate(candidates, count, self, &other, 1, home.instance);
  if (best == unforeseen) best = choose_by_position(candidates, count, self, &other, 1, home);
  if (best >= 0) return candidates[best].call(self, &other, home);
  if (PyErr_Occurred()) return nullptr;
  return Py_NewRef(Py_NotImplemented);
}

// Overloads of a constructor: the candidates' calls give None. 0, or -1 with an exception set.
inline int construct_overload(const Candidate* candidates, int count, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                              PyObject* kwnames, Home home) noexcept {
  PyObject* none = call_overload(candidates, count, self, args, nargs, kwnames, home);
  if (!none) return -1;
  Py_DECREF(none);
  return 0;
}

}  // namespace v1
}  // namespace dovetail
