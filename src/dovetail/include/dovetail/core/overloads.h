// dovetail/core/overloads.h: one Python callable for a set of C++ overloads.
//
// Each candidate that the arguments fit in number and name is ranked by how far every argument must be converted; the one
// whose worst argument is closest wins, then the smallest sum, then the order of declaration. The winner converts and
// calls; its own errors (a value out of range, an exception from C++) are final.
// No candidate: TypeError with every candidate as the stub spells it, and the types that were given.
#pragma once
#include <dovetail/core/binding.h>

namespace dovetail {
inline namespace v1 DOVETAIL_HIDDEN {

struct Candidate {
  const Signature* signature;
  const RankFunction* ranks;  // one per parameter: &Arg<P>::rank or rank_nullable
  PyObject* (*call)(PyObject* self, PyObject* const* v, Home) noexcept;  // v: one per parameter, nullptr where absent
  bool mutates = false;  // a non-const method: passed over for a const self
};

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
  if (text) PyErr_SetObject(PyExc_TypeError, text.get());
  return nullptr;
}

// The best candidate, its arguments sorted into `best_slots`; -1: none (no exception set).
inline int choose_candidate(const Candidate* candidates, int count, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                            PyObject* kwnames, PyObject** slots, PyObject** best_slots, Home home) noexcept {
  const bool constant = home.instance && self && is_const_cell(self);
  int best = -1, best_worst = 0, best_sum = 0;
  for (int c = 0; c < count; ++c) {
    const Candidate& candidate = candidates[c];
    const Signature& signature = *candidate.signature;
    if (candidate.mutates && constant) continue;
    if (nargs > signature.total) continue;
    if (bind_into(signature, args, nargs, kwnames, slots, home).misfit != Misfit::none) continue;
    int worst = 0, sum = 0;
    for (int i = 0; i < signature.total && worst >= 0; ++i) {
      if (!slots[i]) continue;
      const int rank = candidate.ranks[i](slots[i], home);
      worst = rank < 0 ? -1 : rank > worst ? rank : worst;
      sum += rank;
    }
    if (worst < 0) continue;
    if (best >= 0) {
      if (worst > best_worst || (worst == best_worst && sum > best_sum)) continue;
      // Of equals the first wins, but a non-const object prefers the non-const one of two twins, as in C++.
      if (worst == best_worst && sum == best_sum && !(candidate.mutates && !candidates[best].mutates)) continue;
    }
    best = c;
    best_worst = worst;
    best_sum = sum;
    for (int i = 0; i < signature.total; ++i) best_slots[i] = slots[i];
    if (!worst && (!home.instance || candidate.mutates)) break;  // nothing can be closer
  }
  return best;
}

inline int most_parameters(const Candidate* candidates, int count) noexcept {
  int most = 1;
  for (int i = 0; i < count; ++i) most = candidates[i].signature->total > most ? candidates[i].signature->total : most;
  return most;
}

inline PyObject* call_overload(const Candidate* candidates, int count, PyObject* self, PyObject* const* args, Py_ssize_t nargs,
                               PyObject* kwnames, Home home) noexcept {
  const int most = most_parameters(candidates, count);
  PyObject** slots = DOVETAIL_ALLOCA(PyObject*, 2 * most);
  const int best = choose_candidate(candidates, count, self, args, nargs, kwnames, slots, slots + most, home);
  if (best >= 0) return candidates[best].call(self, slots + most, home);
  if (PyErr_Occurred()) return nullptr;
  return no_candidate(candidates, count, self, args, nargs, kwnames, home);
}

// Overloads of a binary operator: NotImplemented instead of an error, so that the other operand gets its turn.
inline PyObject* call_operator(const Candidate* candidates, int count, PyObject* self, PyObject* other, Home home) noexcept {
  PyObject *slots[1], *best_slots[1];
  const int best = choose_candidate(candidates, count, self, &other, 1, nullptr, slots, best_slots, home);
  if (best >= 0) return candidates[best].call(self, best_slots, home);
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
