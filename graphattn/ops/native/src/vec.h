// Fixed-width vectors, written once over the compiler's vector extension.
//
// This header is compiled once per instruction set, each time in a namespace of its
// own: an inline function of the same name built with AVX-512 must never replace the
// baseline's when the linker merges duplicates. For the same reason nothing here calls
// a template of the standard library.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define GRAPHATTN_ISA avx512
#define GRAPHATTN_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define GRAPHATTN_ISA avx2
#define GRAPHATTN_VECTOR_BYTES 32
#else
#define GRAPHATTN_ISA baseline
#define GRAPHATTN_VECTOR_BYTES 16
#endif

#define GRAPHATTN_INLINE inline __attribute__((always_inline))
#define GRAPHATTN_LAMBDA_INLINE __attribute__((always_inline))

namespace graphattn::GRAPHATTN_ISA {

constexpr int kVectorBytes = GRAPHATTN_VECTOR_BYTES;

// Storage types of 16 bits; all arithmetic happens in float.
struct Half {
  uint16_t bits;
};
struct Bfloat {
  uint16_t bits;
};

template <class T>
struct Storage {
  using Accumulator = float;
};
template <>
struct Storage<double> {
  using Accumulator = double;
};
template <class T>
using Acc = typename Storage<T>::Accumulator;

template <class A>
struct VecOf;
template <>
struct VecOf<float> {
  typedef float type __attribute__((vector_size(kVectorBytes)));
  typedef int32_t bits __attribute__((vector_size(kVectorBytes)));
};
template <>
struct VecOf<double> {
  typedef double type __attribute__((vector_size(kVectorBytes)));
  typedef int64_t bits __attribute__((vector_size(kVectorBytes)));
};
typedef uint16_t ShortVec __attribute__((vector_size(kVectorBytes / 2)));
typedef uint32_t WordVec __attribute__((vector_size(kVectorBytes)));
template <class A>
using Vec = typename VecOf<A>::type;
template <class A>
using BitsVec = typename VecOf<A>::bits;
template <class A>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(A));

// Whether loading a vector of this type is a matter of a few instructions.
template <class T>
constexpr bool kConvertsInRegisters = true;
#if !defined(__F16C__)
template <>
inline constexpr bool kConvertsInRegisters<Half> = false;
#endif

template <class A>
GRAPHATTN_INLINE Vec<A> splat(A value) {
  return value - Vec<A>{};  // not 0 + value: that would turn -0.0 into 0.0
}

template <class To, class From>
GRAPHATTN_INLINE To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

// Conversions of single 16-bit values, round to nearest even.
GRAPHATTN_INLINE float widen(Bfloat value) {
  return bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}

GRAPHATTN_INLINE float widen(Half value) {
#if defined(__F16C__)
  return _cvtsh_ss(value.bits);
#elif defined(__aarch64__)
  return static_cast<float>(bit_cast<__fp16>(value.bits));
#else
  // Moves the exponent by multiplying with 2^112, which is exact for subnormals too;
  // what overflows the exponent of a half is an infinity or a NaN.
  const uint32_t sign = static_cast<uint32_t>(value.bits & 0x8000u) << 16;
  const uint32_t rest = static_cast<uint32_t>(value.bits & 0x7fffu) << 13;
  uint32_t wide = bit_cast<uint32_t>(bit_cast<float>(rest) * 0x1p112f);
  if (rest >= 0x0f800000u) wide = rest | 0x7f800000u;
  return bit_cast<float>(wide | sign);
#endif
}

GRAPHATTN_INLINE float widen(float value) { return value; }
GRAPHATTN_INLINE double widen(double value) { return value; }

GRAPHATTN_INLINE void narrow(float value, Bfloat* to) {
  const uint32_t bits = bit_cast<uint32_t>(value);
  const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
  const uint32_t rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  to->bits = static_cast<uint16_t>(nan ? 0x7fc0u : rounded >> 16);
}

GRAPHATTN_INLINE void narrow(float value, Half* to) {
#if defined(__F16C__)
  to->bits = static_cast<uint16_t>(_cvtss_sh(value, _MM_FROUND_TO_NEAREST_INT));
#elif defined(__aarch64__)
  to->bits = bit_cast<uint16_t>(static_cast<__fp16>(value));
#else
  const uint32_t bits = bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & 0x7fffffffu;
  uint32_t half;
  if (magnitude >= 0x47800000u) {  // 65536 and more, infinity, NaN
    half = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
  } else if (magnitude < 0x38800000u) {
    // Below the normal range: adding 0.5 aligns the last kept bit with the float's own
    // last bit, so the addition rounds for us.
    const float aligned = bit_cast<float>(magnitude) + 0.5f;
    half = bit_cast<uint32_t>(aligned) - 0x3f000000u;
  } else {
    const uint32_t odd = (magnitude >> 13) & 1u;
    half = (magnitude - 0x38000000u + 0xfffu + odd) >> 13;
  }
  to->bits = static_cast<uint16_t>(half | ((bits >> 16) & 0x8000u));
#endif
}

GRAPHATTN_INLINE void narrow(float value, float* to) { *to = value; }
GRAPHATTN_INLINE void narrow(double value, double* to) { *to = value; }

// Loads of whole vectors, at any alignment.
template <class T>
GRAPHATTN_INLINE Vec<Acc<T>> load(const T* from) {
  Vec<Acc<T>> value = {};
  if constexpr (sizeof(T) >= 4) {
    std::memcpy(&value, from, sizeof(value));
#if defined(__F16C__)
  } else if constexpr (std::is_same_v<T, Half>) {
#if defined(__AVX512F__)
    // The unmasked form makes GCC 12 warn about its own header.
    value = _mm512_maskz_cvtph_ps(
        0xffff, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#else
    value = _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
#endif
#endif
  } else if constexpr (std::is_same_v<T, Bfloat>) {
    ShortVec bits;
    std::memcpy(&bits, from, sizeof(bits));
    value = bit_cast<Vec<float>>(__builtin_convertvector(bits, WordVec) << 16);
  } else {
    for (int i = 0; i < kLanes<Acc<T>>; ++i) value[i] = widen(from[i]);
  }
  return value;
}

// Loads `count` lanes, fewer than a whole vector; the others are zero and not read.
template <class T>
GRAPHATTN_INLINE Vec<Acc<T>> load_part(const T* from, int count) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1u), from);
  }
#endif
  T padded[kLanes<Acc<T>>] = {};
  for (int i = 0; i < count; ++i) padded[i] = from[i];
  return load(padded);
}

template <class T>
GRAPHATTN_INLINE void store(T* to, Vec<Acc<T>> value) {
  if constexpr (sizeof(T) >= 4) {
    std::memcpy(to, &value, sizeof(value));
  } else {
    for (int i = 0; i < kLanes<Acc<T>>; ++i) narrow(value[i], to + i);
  }
}

template <class T>
GRAPHATTN_INLINE void store_part(T* to, Vec<Acc<T>> value, int count) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1u), value);
    return;
  }
#endif
  for (int i = 0; i < count; ++i) narrow(value[i], to + i);
}

template <class A>
GRAPHATTN_INLINE Vec<A> maximum(Vec<A> a, Vec<A> b) {
  // A NaN in either operand must survive: in `a` by this comparison being false
  // for it, in `b` by being chosen.
  return ((a > b) | (a != a)) ? a : b;
}

// Rearranges two vectors lane by lane; index i < lanes takes a[i], else b[i - lanes].
template <class A, class Index, int... I>
GRAPHATTN_INLINE Vec<A> shuffle_by(Vec<A> a, Vec<A> b, std::integer_sequence<int, I...>) {
#if defined(__clang__) || __GNUC__ >= 12
  return __builtin_shufflevector(a, b, Index::at(I)...);
#else
  return __builtin_shuffle(a, b, BitsVec<A>{Index::at(I)...});
#endif
}
template <class A, class Index>
GRAPHATTN_INLINE Vec<A> shuffle(Vec<A> a, Vec<A> b) {
  return shuffle_by<A, Index>(a, b, std::make_integer_sequence<int, kLanes<A>>{});
}

template <int kDistance>
struct SwapIndex {
  static constexpr int at(int lane) { return lane ^ kDistance; }
};
template <class A, int kDistance>
struct KeepIndex {
  static constexpr int at(int lane) {
    return lane & kDistance ? lane + kLanes<A> : lane;
  }
};
template <class A, int kDistance>
struct CrossIndex {
  static constexpr int at(int lane) {
    return (lane ^ kDistance) + (lane & kDistance ? kLanes<A> : 0);
  }
};

// Exchanges lanes that differ in the bit `kDistance` of their number.
template <class A, int kDistance>
GRAPHATTN_INLINE Vec<A> swap_lanes(Vec<A> a) {
  return shuffle<A, SwapIndex<kDistance>>(a, a);
}

// One step of a transposing sum. Lanes without the bit `kDistance` get pairs of `a`,
// the others pairs of `b`: half the lanes of two vectors, added up, in one vector.
template <class A, int kDistance>
GRAPHATTN_INLINE Vec<A> merge_lanes(Vec<A> a, Vec<A> b) {
  return shuffle<A, KeepIndex<A, kDistance>>(a, b) +
         shuffle<A, CrossIndex<A, kDistance>>(a, b);
}

template <class A, int kDistance = kLanes<A> / 2>
GRAPHATTN_INLINE A sum_lanes(Vec<A> a) {
  if constexpr (kDistance == 0) {
    return a[0];
  } else {
    return sum_lanes<A, kDistance / 2>(a + swap_lanes<A, kDistance>(a));
  }
}

}  // namespace graphattn::GRAPHATTN_ISA
