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

struct Candidate {
  const Signature* signature;
  const RankFunction* ranks;  // one per parameter: &Arg<P>::rank or rank_nullable
  PyObject* (*call)(PyObject* self, PyObject* const* v, Home) noexcept;  // v: one per parameter, nullptr where absent
  bool mutates = false;  // a non-const method: passed over for a const self
  const char* const* null_rules = nullptr;  // one per parameter: how None would be allowed; nullptr where it is no pointer
};

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
      fits = its_rule || !slots[i] || candidate.ranks[i](slots[i], home) >= 0;
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
  const bool constant = home.instance && self && is_const_cell(self);
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

inline bool refuses_mutation(PyObject* self, Home home) noexcept { return home.instance && self && is_const_cell(self); }

// All arguments by position: they are ranked where they lie. Returns an index; -1: none (no exception set).
DOVETAIL_SHARED int choose_by_position(const Candidate* candidates, int count, PyObject* self, PyObject* const* args,
                                       Py_ssize_t nargs, Home home) noexcept {
  const bool constant = refuses_mutation(self, home);
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
      if (candidate.ranks[0] != known) {
        known = candidate.ranks[0];
        known_rank = known(args[0], home);
      }
      worst = sum = known_rank;
    }
    for (Py_ssize_t i = 1; i < nargs && worst >= 0; ++i) {
      const int rank = candidate.ranks[i](args[i], home);
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
  const bool constant = refuses_mutation(self, home);
  Best best;
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    const Signature& signature = *candidate.signature;
    if (candidate.mutates && constant) continue;
    if (bind_into(signature, args, nargs, kwnames, slots, home).misfit != Misfit::none) continue;
    int worst = 0, sum = 0;
    for (int i = 0; i < signature.total && worst >= 0; ++i) {
      if (!slots[i]) continue;
      const int rank = candidate.ranks[i](slots[i], home);
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
  const int best = kwnames ? -1 : choose_by_position(candidates, count, self, args, nargs, home);
  if (DOVETAIL_LIKELY(best >= 0 && candidates[best].signature->total == nargs)) return candidates[best].call(self, args, home);
  return call_overload_slowly(candidates, count, best, self, args, nargs, kwnames, home);
}

// Overloads of a binary operator: NotImplemented instead of an error, so that the other operand gets its turn.
inline PyObject* call_operator(const Candidate* candidates, int count, PyObject* self, PyObject* other, Home home) noexcept {
  const int best = choose_by_position(candidates, count, self, &other, 1, home);
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
