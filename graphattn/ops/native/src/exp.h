// exp, log, and tanh by way of expm1, on whole vectors.
#pragma once

#include "vec.h"

namespace graphattn::GRAPHATTN_ISA {

template <class A>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  static constexpr float kLog2e = 0x1.715476p+0f;
  // ln 2 in two parts; the first has trailing zeros, so that n * kLn2High is exact.
  static constexpr float kLn2High = 0x1.62e4p-1f;
  static constexpr float kLn2Low = 0x1.7f7d1cp-20f;
  // Adding this puts the rounded integer into the low bits of the mantissa.
  static constexpr float kRounder = 0x1.8p23f;
  static constexpr int kMantissaBits = 23;
  static constexpr int kBias = 127;
  static constexpr float kLowest = -87.33654f;  // below: less than the least normal
  static constexpr float kHighest = 88.37626f;
  static constexpr int kDegree = 7;
  static constexpr int kLogTerms = 6;
};

template <>
struct ExpConstants<double> {
  static constexpr double kLog2e = 0x1.71547652b82fep+0;
  static constexpr double kLn2High = 0x1.62e42fefa0000p-1;
  static constexpr double kLn2Low = 0x1.cf79abc9e3b3ap-40;
  static constexpr double kRounder = 0x1.8p52;
  static constexpr int kMantissaBits = 52;
  static constexpr int kBias = 1023;
  static constexpr double kLowest = -708.3964;
  static constexpr double kHighest = 709.4361;
  static constexpr int kDegree = 13;
  static constexpr int kLogTerms = 12;
};

// 1 / n!; the Taylor series on |r| <= ln(2) / 2 errs by less than half a unit in the
// last place at degree 7 (float) and 13 (double).
constexpr double reciprocal_factorial(int n) {
  double product = 1.0;
  for (int i = 2; i <= n; ++i) product *= i;
  return 1.0 / product;
}

template <class A, int kTerm>
GRAPHATTN_INLINE Vec<A> exp_series(Vec<A> r) {
  constexpr A coefficient = static_cast<A>(reciprocal_factorial(kTerm));
  if constexpr (kTerm == ExpConstants<A>::kDegree) {
    return splat<A>(coefficient);
  } else {
    return exp_series<A, kTerm + 1>(r) * r + coefficient;
  }
}

// x = n ln 2 + r with |r| <= ln(2) / 2; returns expm1(r), and 2^n in `power`.
// Built without -ffast-math, which would fold the rounding trick away.
template <class A>
GRAPHATTN_INLINE Vec<A> reduced_expm1(Vec<A> x, Vec<A>* power) {
  using K = ExpConstants<A>;
  const Vec<A> shifted = x * K::kLog2e + K::kRounder;
  const Vec<A> n = shifted - K::kRounder;
  const Vec<A> r = (x - n * K::kLn2High) - n * K::kLn2Low;
  const BitsVec<A> integer = bit_cast<BitsVec<A>>(shifted);
  using Int = std::conditional_t<sizeof(A) == 4, int32_t, int64_t>;
  constexpr Int bias = static_cast<Int>(K::kBias) << K::kMantissaBits;
  *power = bit_cast<Vec<A>>((integer << K::kMantissaBits) + bias);
  return exp_series<A, 2>(r) * (r * r) + r;
}

// e^x to about 1 unit in the last place. What is smaller than the least normal number
// becomes 0: beside a softmax's sum, which is at least 1, it is nothing. exp(-inf) is
// 0 and exp(NaN) is NaN.
template <class A>
GRAPHATTN_INLINE Vec<A> exp(Vec<A> x) {
  using K = ExpConstants<A>;
  const auto underflow = x < K::kLowest;
  x = underflow ? splat<A>(0) : x;
  x = x > K::kHighest ? splat<A>(K::kHighest) : x;
  Vec<A> power;
  const Vec<A> fraction = reduced_expm1<A>(x, &power);
  return underflow ? splat<A>(0) : fraction * power + power;
}

// tanh |x| = -m / (2 + m) with m = expm1(-2 |x|): no cancellation near 0.
template <class A>
GRAPHATTN_INLINE Vec<A> tanh(Vec<A> x) {
  using Bits = BitsVec<A>;
  const Bits sign = bit_cast<Bits>(x) & bit_cast<Bits>(splat<A>(A(-0.0)));
  const Vec<A> magnitude = bit_cast<Vec<A>>(bit_cast<Bits>(x) ^ sign);
  // tanh is 1 to the last bit beyond 20; a NaN fails the comparison and stays.
  const Vec<A> bounded = magnitude > A(20) ? splat<A>(20) : magnitude;
  Vec<A> power;
  const Vec<A> fraction = reduced_expm1<A>(A(-2) * bounded, &power);
  const Vec<A> m = fraction * power + (power - A(1));
  const Vec<A> positive = m / (A(-2) - m);
  return bit_cast<Vec<A>>(bit_cast<Bits>(positive) | sign);
}

// s^2 / 3 + s^4 / 5 + ..., given the square of s.
template <class A, int kTerm = 1>
GRAPHATTN_INLINE Vec<A> atanh_series(Vec<A> square) {
  if constexpr (kTerm == ExpConstants<A>::kLogTerms) {
    return splat<A>(0);
  } else {
    return (atanh_series<A, kTerm + 1>(square) + A(1) / A(2 * kTerm + 1)) * square;
  }
}

// Natural logarithm of normal positive numbers: x = 2^n m with m within sqrt(2) of 1,
// and log m = 2 atanh((m - 1) / (m + 1)), where |s| < 0.172. NaN and infinity stay.
template <class A>
GRAPHATTN_INLINE Vec<A> log(Vec<A> x) {
  using K = ExpConstants<A>;
  using Int = std::conditional_t<sizeof(A) == 4, int32_t, int64_t>;
  const BitsVec<A> bits = bit_cast<BitsVec<A>>(x);
  // Bits of sqrt(1/2): subtracting them moves m's range to [sqrt(1/2), sqrt(2)).
  const Int half_root = bit_cast<Int>(A(0.70710678118654752440));
  const BitsVec<A> exponent = (bits - half_root) >> K::kMantissaBits;
  const Vec<A> m = bit_cast<Vec<A>>(bits - (exponent << K::kMantissaBits));
  // The exponent as a float, by the same rounding constant as in exp.
  const BitsVec<A> shifted = exponent + bit_cast<Int>(A(K::kRounder));
  const Vec<A> n = bit_cast<Vec<A>>(shifted) - K::kRounder;
  const Vec<A> s = (m - A(1)) / (m + A(1));
  const Vec<A> twice = s + s;
  const Vec<A> found =
      n * K::kLn2High + (twice + (twice * atanh_series<A>(s * s) + n * K::kLn2Low));
  const auto special = (bits < 0) | (bits >= (Int(2 * K::kBias + 1) << K::kMantissaBits));
  return special ? x : found;
}

}  // namespace graphattn::GRAPHATTN_ISA
