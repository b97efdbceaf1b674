"""The records of a plan.

In: decided by policy.  Out: read by every emitter, so that C++, stubs, docs and reports cannot disagree.
Must not know: how C++ or Python text is laid out. C++ expressions and type spellings are allowed: they are facts.

Scopes: `scope` is a dotted Python path inside the module: "" (the module), "detail" (a submodule), "Shape" or
"detail.Shape" (a class). Python names are final: made unique, keywords escaped. `cpp` spellings are fully qualified.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import final

from dovetail.convert import Callback
from dovetail.diagnostics import NO_SPAN, Span
from dovetail.plan.conduct import NO_CONDUCT, Conduct
from dovetail.plan.failure import Failure
from dovetail.plan.native import Native, NativeClass, NativeContainer, NativeSequence, Ufunc
from dovetail.plan.reach import NO_COUNTS, Counts, Skipped


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """How one C++ type crosses the border.

    `cpp` is what emitted code passes to `dovetail::Arg<cpp>` (a parameter) or gives to Python (a result).
    """

    cpp: str
    converter: str
    """Name of the record in `convert`: "integer", "text", "class", "sequence" …"""
    takes: str
    """Python annotation of what is accepted: `int`, `str | bytes`, `Iterable[int]`, `Shape`. Classes by Python path in
    the module."""
    gives: str
    """Python annotation of what is produced: `int`, `str`, `VectorInt`, `Shape`."""
    headers: tuple[str, ...] = ()
    """Runtime headers that emitted code needs for it: `dovetail/convert/text.h`."""
    callbacks: tuple[Callback, ...] = ()
    """Signatures of callables in it, which the runtime must know."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultValue:
    python: str
    """As the stub shows it: `1.5`, `Mode.fast`, `None`; `...` where it has no Python spelling."""
    cpp: str | None = None
    """An expression valid at namespace scope; None: only C++ itself can fill it in, so that later parameters cannot be
    given while this one is left out."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    name: str
    """Python name; "" for positional-only."""
    value: Value
    default: DefaultValue | None = None
    nullable: bool = False
    """A pointer that takes None."""
    null_rule: str = ""
    """Of a pointer that does not: the rule with which it would, for the message that refuses None."""
    out: bool = False
    """An output: not an argument, but part of the result. Emitted code declares a variable of type `value.cpp` (a
    value, no reference); `{k}` in the expression is that variable, `&{k}` where C++ wants a pointer."""
    inout: bool = False
    """Also an argument: as `out`, but the variable starts with what Python gave (taken as a `value.cpp` by value), or
    with `default.cpp`; it is part of the result too."""
    owns: bool = False
    """An output that is a pointer to a bound class: Python deletes the object. Else it is borrowed."""
    kept_by: str = ""
    """Who keeps the argument alive: "", "self", "result", or "#0" for the first argument."""
    transfers: bool = False
    """The callee takes the object over: it is unusable afterwards (unique_ptr)."""
    data: str = ""
    """"" or "after" or "before": where C++ wants the user data of a callback beside it. Emitted code passes both in the
    one place in the expression."""
    extent: str = ""
    """Of an output that is an array: C++ with `{k}` for other outputs that says its length."""
    starts: int | None = None
    """An output that starts as the length of this parameter (an index among all), which is an array."""


class Return(enum.Enum):
    """What happens to a result."""

    NONE = "none"
    VALUE = "value"  # converted, or moved into a new object
    COPY = "copy"  # a reference, copied by rule
    BORROW = "borrow"  # reference or pointer: self (or the module for statics) stays alive
    SELF = "self"  # returns *this: the same Python object
    OWN = "own"  # raw pointer: Python deletes it
    LIST = "list"
    DICT = "dict"
    BYTES = "bytes"
    NDARRAY = "ndarray"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    how: Return
    value: Value | None = None
    annotation: str = "None"
    """The whole Python result, outputs included: `Shape | None`, `tuple[bool, int]`."""
    nullable: bool = False
    """A pointer: null becomes None."""
    lent: bool = False
    """A value that may point into self (a row of a matrix): it keeps self alive."""


class Call(enum.Enum):
    """Where the Python callable's arguments go in the C++ expression."""

    FUNCTION = "function"  # no self
    METHOD = "method"
    STATIC = "static"
    CONSTRUCTOR = "constructor"  # `expression` is the initialiser: `lib::Row({0}, {1})` or `lib::Row{{0}, {1}}`
    READ = "read"  # property get; no params
    WRITE = "write"  # property set; one param


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """One C++ function as Python calls it."""

    cpp: str
    """Qualified C++ name with parameter types, for messages and comments: `lib::Row::at(int) const`."""
    call: Call
    expression: str
    """C++ with `{self}` and `{0}`, `{1}` … for the arguments: `{self}.at({0})`, `lib::area({0})`, `{self} + {0}`.
    Where trailing defaults are left to C++, the emitter shortens `, {k}` from the right: arguments stand last, in
    order. Of an array also its members: `{0.end}`, `{0.extent:1}`, `{1.like:0}` (as long as another)."""
    params: tuple[Param, ...]
    result: Result
    span: Span
    const: bool = True
    """It works on a const object (always True without self)."""
    noexcept: bool = False
    release_gil: bool = False
    interrupt: str = ""
    """C++ that makes the call return early, for Ctrl-C: `{self}.stop()`. Goes with `release_gil`."""
    ufunc: bool = False
    """A rule wants it to be a loop of a NumPy ufunc."""
    locks: bool = False
    """One thread at a time runs such a method of one object, also without a GIL."""
    pending: bool = False
    """C that may call callbacks: their exceptions wait until it returns."""
    deprecated: str | None = None
    doc: str = ""
    """Clean text of the comment (no marks), Doxygen commands turned into prose."""
    made: bool = False
    """A constructor whose expression gives a pointer to a new object."""
    twin: bool = False
    """Python cannot tell it from the overload before it (a const twin that gives a const object): dispatched like any
    other, not shown in stubs and docs."""
    virtual: bool = False
    """Python may override it: for an object of a class written in Python, the call is of `upcall` itself, as super()
    means."""
    upcall: str = ""
    """The C++ class whose function that is; "" where there is none to call."""
    pure: bool = False
    """It is pure virtual: a class written in Python must override it."""
    protected: bool = False
    """Only for objects of classes written in Python; a constructor: only for them."""
    temporary: bool = False
    """C++ calls it on a temporary only: `{self}` is a copy, or the object itself, which is then taken over."""
    failure: Failure | None = None
    """Its result says whether it failed."""
    elsewhere: bool = False
    """Its body is in no header."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Python callable: a function, method, constructor (`__init__`), static method or special method."""

    name: str
    scope: str
    overloads: tuple[Overload, ...]
    cpp: str
    """Qualified C++ name without parameters; emitted identifiers derive from it."""
    reflected: bool = False
    """A right-hand operator (`__radd__`): Python calls it with self as the right operand."""
    ends: bool = False
    """It ends the object, by the `destroy` of its class."""
    ufunc: bool = False
    """In Python it is the NumPy ufunc of the same name."""
    awaits: str = ""
    """The Python name of the callable that this one runs in the executor of the event loop: it gives an awaitable."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Accessor:
    """An attribute that reads and writes C++: a field, a static member, a module variable, an anonymous member."""

    name: str
    cpp: str
    read: Overload
    write: Overload | None
    """None: read-only."""
    span: Span
    static: bool = False
    doc: str = ""
    array: int | None = None
    """Extent of a C array field."""
    offset: int | None = None
    """Bytes from the start of the object, where fixed."""


class Hold(enum.Enum):
    """Where a C++ object of the class lives."""

    INLINE = "inline"  # inside the Python object
    HEAP = "heap"  # behind a pointer that Python deletes
    NONE = "none"  # never owned by Python: no public destructor


class Protocol(enum.Enum):
    """What a class can do beyond its methods; each is one piece of runtime."""

    LENGTH = "length"  # size()
    ITERATE = "iterate"  # begin()/end()
    REVERSE = "reverse"  # rbegin()/rend()
    GETITEM = "getitem"  # operator[] or at()
    SETITEM = "setitem"  # operator[] that returns a non-const reference to a convertible value
    CALL = "call"
    BOOL = "bool"
    STR = "str"  # operator<< to a stream
    HASH = "hash"
    EQUAL = "equal"  # memberwise, for aggregates
    REPR = "repr"  # memberwise, for aggregates
    COPY = "copy"  # __copy__, __deepcopy__
    PICKLE = "pickle"  # __reduce__ through the fields


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Upcast:
    """A bound base: `base` is its Python path, `offset` bytes from the start (None: only a cast knows)."""

    base: str
    cpp: str
    offset: int | None
    virtual: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A Python class over a C++ class."""

    name: str
    scope: str
    cpp: str
    span: Span
    hold: Hold
    bases: tuple[Upcast, ...] = ()
    """The Python bases, in order."""
    casts: tuple[Upcast, ...] = ()
    """All bound bases, of bases too, where not all begin where the object does, or there are several."""
    ambiguous: tuple[str, ...] = ()
    """Paths of bases that an object of the class has more than once: it converts to none of them."""
    constructors: Function | None = None
    """None: cannot be constructed from Python (`no_constructor` says why)."""
    no_constructor: str = ""
    methods: tuple[Function, ...] = ()
    """Also special methods by their Python names (`__add__`, `__getitem__`, `__lt__`, `__call__`, `__bool__`,
    `__int__`, `__str__`)."""
    accessors: tuple[Accessor, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    """Those that need more than a method: ITERATE, REVERSE, EQUAL, REPR, COPY, PICKLE, HASH, STR."""
    iterates: Value | None = None
    """The element type with ITERATE: what `*begin()` gives."""
    iterate_const: bool = True
    iterate_lent: bool = False
    """Elements are values that may look into the object: they keep it alive."""
    fields: tuple[str, ...] = ()
    """Python names in order, for aggregates (constructor, repr, match, pickle)."""
    copyable: bool = False
    movable: bool = False
    subclassable: bool = True
    abstract: bool = False
    tracked: bool = False
    """Something returns it by reference or pointer: instances are found again by address (`is`), and are GC-tracked."""
    element: bool = False
    """Instances can be elements of a bound growable container: what is borrowed from one is resolved again on use."""
    polymorphic: bool = False
    derived: tuple[str, ...] = ()
    """C++ names of bound derived classes, most derived first: what a returned base pointer may turn out to be."""
    template: str | None = None
    """Python name of the class template that lists it (`Box[int]`), with `arguments` as Python annotations."""
    arguments: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    """Further arguments that need not be given."""
    spellings: tuple[str, ...] = ()
    """All of them as C++ spells them: `unsigned char`, `4`."""
    deprecated: str | None = None
    doc: str = ""
    nested: bool = False
    """Its scope is a class, not a module."""
    destroy: str = ""
    """The C++ function that ends objects which Python owns through a pointer; "": `delete` does."""
    conduct: Conduct = NO_CONDUCT
    forwards: str = ""
    """The method that gives the object whose attributes this one has too: it is used like a pointer."""
    opaque: bool = False
    """Only declared in these headers: references and pointers to it pass through, with Hold.NONE; C++ knows no size."""
    module: str = ""
    """Import name of the module that has made it, where that is another one: `scope` begins with it."""
    virtuals: tuple[Virtual, ...] = ()
    """What Python overrides: an object of a Python subclass is one of a C++ class derived for that. Empty: a Python
    subclass changes nothing for C++."""
    flat: bool = False
    """Something gives it by value, and its bytes are all that it is: no copy of it can be told from another."""
    own_memory: bool = False
    """It has operators new and delete of its own."""
    size: int | None = None
    """Of an object, in bytes."""
    layout: str = ""
    """A hash of where C++ finds what in an object; "": of opaque ones."""


class Pass(enum.Enum):
    """How an argument of C++ reaches an override."""

    GIVE = "give"  # converted, or lent where it is a reference or pointer to an object
    GET = "get"  # a reference to a unique_ptr, whose object is lent
    OUT = "out"  # not at all: C++ gets it from the result
    INOUT = "inout"  # both
    ARRAY = "array"  # a pointer and its length, as one object
    LENGTH = "length"  # with its array


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualParam:
    name: str
    """"" where the header gives none."""
    cpp: str
    """The C++ type of the parameter."""
    how: Pass
    value: Value
    """As it is given; of an output as it is taken."""
    length: int | None = None
    """Of an array: the parameter that is its length."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Virtual:
    """A virtual function that classes written in Python override."""

    name: str
    """In Python; several functions may share one."""
    cpp: str
    """With parameter types, for comments: `lib::Shape::area(int) const`."""
    function: str
    """In C++: `area`, `operator()`."""
    base: str
    """The class whose function is called where Python does not override it; "" for a pure virtual one."""
    params: tuple[VirtualParam, ...]
    returns: str
    """The C++ type of the result."""
    result: Value | None
    """How what an override returns is taken, outputs aside; None: nothing."""
    annotation: str
    """What an override must return, outputs included."""
    kept: bool = False
    """C++ looks at the result through a reference or pointer: it is kept until the next call."""
    owns: bool = False
    """C++ deletes what it is given: the result is taken over."""
    const: bool = False
    noexcept: bool = False
    reference: bool = False
    """It is qualified with `&`."""
    span: Span = NO_SPAN


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A Python type that is a C++ std container."""

    name: str
    cpp: str
    kind: str
    """Runtime template: `vector`, `deque`, `list`, `array`, `set`, `unordered_set`, `map`, `unordered_map` …"""
    elements: tuple[Value, ...]
    """(element,) or (key, value)."""
    headers: tuple[str, ...]
    protocol: str
    """collections.abc class of the stub: `MutableSequence`, `MutableSet`, `MutableMapping`, `Sequence`."""
    buffer: str | None = None
    """struct format of the elements (`d`, `(3)d` where they are arrays), or for records a T{...} format; None: no
    buffer."""
    copyable: bool = True
    scope: str = ""
    span: Span = NO_SPAN
    module: str = ""
    """Import name of the module that has made it, where that is another one: `scope` begins with it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerator:
    name: str
    value: int
    cpp: str
    doc: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    name: str
    scope: str
    cpp: str
    base: str
    """`IntEnum` or `IntFlag`."""
    enumerators: tuple[Enumerator, ...]
    scoped: bool
    """A scoped enum refuses a plain int."""
    span: Span
    signed: bool = True
    size: int = 4
    exported: bool = False
    """Its enumerators are also attributes of the enclosing scope."""
    doc: str = ""
    nested: bool = False
    module: str = ""
    """Import name of the module that has made it, where that is another one: `scope` begins with it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A C++ exception class as a Python exception class."""

    name: str
    scope: str
    cpp: str
    """"": there is none; a `Failure` raises it, with a `code`."""
    base: str
    """First Python base: `RuntimeError`, or the path of another Raised."""
    more_bases: tuple[str, ...] = ()
    message: str
    """C++ expression over `{self}` that gives its text as a C string: `{self}.what()`, `{self}.GetMsg().c_str()`."""
    constructors: Function | None = None
    """None: made from Python it is a plain exception without a C++ object."""
    methods: tuple[Function, ...] = ()
    """Callable on a caught exception."""
    accessors: tuple[Accessor, ...] = ()
    span: Span = NO_SPAN
    doc: str = ""
    module: str = ""
    """Import name of the module that has made it, where that is another one: `scope` begins with it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A value fixed when the module is imported."""

    name: str
    scope: str
    cpp: str
    """The expression: `lib::kMax`, `LIB_VERSION`."""
    annotation: str
    value: Value
    literal: int | float | str | bool | None = None
    span: Span = NO_SPAN
    doc: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A mutable global: reads and writes through the module."""

    scope: str
    accessor: Accessor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A second Python name for a class, enum or container."""

    name: str
    scope: str
    target: str
    span: Span = NO_SPAN


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Submodule:
    path: str
    """Dotted, inside the module: `detail`, `detail.deep`."""
    doc: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    name: str
    """Python name of the extension, dotted where it is inside a package: `rowlog._core`."""
    includes: tuple[str, ...]
    doc: str = ""
    submodules: tuple[Submodule, ...] = ()
    enums: tuple[Enum, ...] = ()
    classes: tuple[Class, ...] = ()
    """Base before derived, outer before nested."""
    containers: tuple[Container, ...] = ()
    formats: tuple[tuple[str, str], ...] = ()
    """Plain structs that are elements of buffers: C++ name and struct format."""
    raised: tuple[Raised, ...] = ()
    """Base before derived."""
    functions: tuple[Function, ...] = ()
    """At module and submodule scope."""
    constants: tuple[Constant, ...] = ()
    variables: tuple[Variable, ...] = ()
    aliases: tuple[Alias, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    counts: Counts = NO_COUNTS
    natives: tuple[Native, ...] = ()
    """What other compilers call without Python objects."""
    native_classes: tuple[NativeClass, ...] = ()
    """Classes of such objects."""
    native_sequences: tuple[NativeSequence, ...] = ()
    native_containers: tuple[NativeContainer, ...] = ()
    """Containers of what is native."""
    ufuncs: tuple[Ufunc, ...] = ()
    """Functions that go over arrays."""
    hidden_by: tuple[str, ...] = ()
    """Macros with parameters that are named like something bound: they must be gone before it is called."""
    foreign: tuple[str, ...] = ()
    """Names that annotations of the header's own conversions use: `decimal.Decimal`."""
    inner: tuple[str, ...] = ()
    """Names of the modules inside of this one that Cython makes of its sources."""

    @property
    def thrown(self) -> tuple[Raised, ...]:
        """The exceptions that C++ throws."""
        return tuple(record for record in self.raised if record.cpp)
