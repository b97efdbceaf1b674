/// Functions of x that are text, compiled by muParser.
#pragma once

#include <muParser.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace formula {

/// An expression of x: "exp(-x^2)".
class Formula {
 public:
  explicit Formula(const std::string& text) try {
    parser_.DefineVar("x", &x_);
    parser_.SetExpr(text);
    parser_.Eval();
  } catch (const mu::ParserError& error) {
    throw std::invalid_argument(error.GetMsg());
  }
  Formula(const Formula&) = delete;  // the parser knows where x is

  double operator()(double x) {
    x_ = x;
    return parser_.Eval();
  }

 private:
  double x_ = 0;
  mu::Parser parser_;
};

/// As SciPy integrates and finds roots: a formula is given by its address. What cannot be computed is no number.
inline double value(double x, void* formula) noexcept try {
  return (*static_cast<Formula*>(formula))(x);
} catch (...) {
  return std::nan("");
}

/// As SciPy filters images: the formula of the mean of a window.
inline int toned(double* window, std::intptr_t count, double* result, void* formula) noexcept {
  double sum = 0;
  for (std::intptr_t i = 0; i < count; ++i) sum += window[i];
  *result = value(sum / static_cast<double>(count), formula);
  return 1;
}

}  // namespace formula
