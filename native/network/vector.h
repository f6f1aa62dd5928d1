// Vectors of W floats, and what they are stored as: float, or bf16 rounded to nearest even.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace fair {

struct bf16 {
  uint16_t bits;
};

template <int W>
struct Lanes {
  typedef float Floats __attribute__((vector_size(4 * W)));
  typedef uint32_t Words __attribute__((vector_size(4 * W)));
  typedef uint16_t Halves __attribute__((vector_size(2 * W)));
};
template <int W>
using Floats = typename Lanes<W>::Floats;
template <int W>
using Words = typename Lanes<W>::Words;
template <int W>
using Halves = typename Lanes<W>::Halves;

template <int W>
inline Floats<W> load(const float* from) {
  Floats<W> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <int W>
inline Floats<W> load(const bf16* from) {
#if defined(__AVX512F__)
  // gcc 12 widens in two halves.
  if constexpr (W == 16) {
    __m256i halves;
    std::memcpy(&halves, from, sizeof halves);
    return (Floats<W>)_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16);
  }
#endif
  Halves<W> halves;
  std::memcpy(&halves, from, sizeof halves);
  return (Floats<W>)(__builtin_convertvector(halves, Words<W>) << 16);
}

template <int W>
inline void store(float* to, Floats<W> v) {
  std::memcpy(to, &v, sizeof v);
}

template <int W>
inline void store(bf16* to, Floats<W> v) {
#if defined(__AVX512BF16__)
  if constexpr (W == 16) {
    const __m256bh rounded = _mm512_cvtneps_pbh((__m512)v);
    std::memcpy(to, &rounded, sizeof rounded);
    return;
  }
#endif
  const Words<W> bits = (Words<W>)v;
  const Words<W> rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  // Rounding would carry some NaNs over into a number.
  const Words<W> isNan = (Words<W>)(v != v);
  const Halves<W> halves = __builtin_convertvector((isNan & ((bits >> 16) | 0x40u)) | (~isNan & rounded), Halves<W>);
  std::memcpy(to, &halves, sizeof halves);
}

template <int W>
inline Floats<W> zero() {
  return Floats<W>{};
}

/** Calls f with the widest vector that divides `channels`, as an integral constant. */
template <typename F>
inline void withWidth(int channels, F f) {
  if (channels % 16 == 0) f(std::integral_constant<int, 16>());
  else if (channels % 8 == 0) f(std::integral_constant<int, 8>());
  else f(std::integral_constant<int, 1>());
}

}  // namespace fair
