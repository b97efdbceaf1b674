# cython: language_level=3, boundscheck=False, wraparound=False
from libcpp.string cimport string
from libcpp.vector cimport vector

cdef extern from *:
    """
    #include "work.h"
    static double sum_numbers(const double* from, size_t count) noexcept { return work::sum_view({from, count}); }
    static double first_number(const double* from, size_t count) noexcept { return work::first({from, count}); }
    """
    double sum_numbers(const double* values, size_t count) noexcept
    double first_number(const double* values, size_t count) noexcept

cdef extern from "work.h" namespace "work":
    int work_increment "work::increment"(int x) noexcept
    int work_plus "work::plus"(int x) noexcept
    double work_add "work::add"(double a, double b, double c) noexcept
    string work_echo "work::echo"(const string& text) except +
    long work_sum "work::sum"(const vector[int]& values) except +
    vector[double] work_ramp_list "work::ramp_list"(int count) except +
    cdef cppclass WorkCounter "work::Counter":
        int x
        WorkCounter() except +
        WorkCounter(int start) except +
        int value() noexcept
        void set(int value) noexcept
    int work_peek "work::peek"(const WorkCounter& counter) noexcept
    WorkCounter work_make "work::make"(int start) except +
    cdef cppclass WorkPoint "work::Point":
        double x
        double y
    cdef cppclass WorkStore "work::Store":
        WorkStore(int count) except +
        vector[long]& numbers() noexcept
        vector[WorkPoint]& points() noexcept


cdef class Counter:
    cdef WorkCounter it

    def __cinit__(self, int start=0):
        self.it = WorkCounter(start)

    def value(self):
        return self.it.value()

    def set(self, int value):
        self.it.set(value)

    @property
    def x(self):
        return self.it.x

    @x.setter
    def x(self, int x):
        self.it.x = x


cdef class Point:
    cdef object owner
    cdef WorkPoint* it

    @property
    def x(self):
        return self.it.x

    @property
    def y(self):
        return self.it.y


cdef class Numbers:
    cdef Store owner
    cdef vector[long]* it

    def __iter__(self):
        cdef size_t i
        for i in range(self.it.size()):
            yield self.it[0][i]


cdef class Points:
    cdef Store owner
    cdef vector[WorkPoint]* it

    def __iter__(self):
        cdef size_t i
        cdef Point point
        for i in range(self.it.size()):
            point = Point.__new__(Point)
            point.owner = self.owner
            point.it = &self.it[0][i]
            yield point


cdef class Store:
    cdef WorkStore* it

    def __cinit__(self, int count):
        self.it = new WorkStore(count)

    def __dealloc__(self):
        del self.it

    def numbers(self):
        cdef Numbers made = Numbers.__new__(Numbers)
        made.owner = self
        made.it = &self.it.numbers()
        return made

    def points(self):
        cdef Points made = Points.__new__(Points)
        made.owner = self
        made.it = &self.it.points()
        return made


def increment(int x, /):
    return work_increment(x)

def plus(int x):
    return work_plus(x)

def add(double a, double b, double c):
    return work_add(a, b, c)

def echo(str text):
    return work_echo(text.encode()).decode()

def peek(Counter counter not None):
    return work_peek(counter.it)

def make(int start):
    cdef Counter made = Counter.__new__(Counter)
    made.it = work_make(start)
    return made

def sum(list values):
    return work_sum(values)

def ramp_list(int count):
    return work_ramp_list(count)

def sum_view(const double[::1] values):
    return sum_numbers(&values[0], values.shape[0])

def first(const double[::1] values):
    return first_number(&values[0], values.shape[0])
