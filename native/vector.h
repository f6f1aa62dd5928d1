/* Sixteen floats at once: one register where there are 512 bits, several where there are fewer. And exp, log and tanh for them. */
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace vec {

typedef float V __attribute__((vector_size(64)));
typedef int32_t I __attribute__((vector_size(64)));
typedef float Unaligned __attribute__((vector_size(64), aligned(4), may_alias));
constexpr int64_t kLanes = 16;

inline V load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, V value) { *reinterpret_cast<Unaligned*>(to) = value; }
inline V all(float value) { return V{} + value; }

inline I bits(V x) { return reinterpret_cast<I>(x); }
inline V fromBits(I x) { return reinterpret_cast<V>(x); }
inline V select(I condition, V then, V otherwise) {
  return fromBits((condition & bits(then)) | (~condition & bits(otherwise)));
}

/** `count` below 16, the others 0. */
inline V loadSome(const float* from, int64_t count) {
  V value{};
  std::memcpy(&value, from, count * sizeof(float));
  return value;
}
inline void storeSome(float* to, V value, int64_t count) { std::memcpy(to, &value, count * sizeof(float)); }

inline float sum(V x) {
  float total = 0;
  for (int i = 0; i < kLanes; i++) total += x[i];
  return total;
}

/** Nearest integer, for |x| below 2^22. */
inline V rounded(V x) {
  const V magic = all(12582912.0f);
  return (x + magic) - magic;
}

/** 2^n for whole n from -126 to 127. */
inline V powerOfTwo(V n) { return fromBits((__builtin_convertvector(n, I) + 127) << 23); }

/** e^x within 2 units in the last place (Cephes' polynomial); 0 below -103.97, infinity above 88.72, NaN stays. */
inline V exp(V x) {
  const V inside = select(x > 89.0f, all(89.0f), select(x < -104.0f, all(-104.0f), x));
  const I isNan = x != x;
  const V safe = select(isNan, all(0.0f), inside);
  const V n = rounded(safe * 1.44269504088896341f);
  const V r = (safe - n * 0.693359375f) - n * -2.12194440e-4f;
  V p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // In two steps, so that results beyond the normal range on either side come out.
  const V half = rounded(n * 0.5f);
  return select(isNan, x, p * powerOfTwo(half) * powerOfTwo(n - half));
}

/** Natural logarithm within 2 units in the last place (Cephes' polynomial); -infinity at 0, NaN below. */
inline V log(V x) {
  // Numbers too small to be normal have no leading one.
  const I isSmall = (x < 1.17549435e-38f) & (x > 0.0f);
  const V scaled = select(isSmall, x * 8388608.0f, x);
  const I raw = bits(scaled);
  V exponent = __builtin_convertvector(((raw >> 23) & 0xff) - 126, V) - select(isSmall, all(23.0f), all(0.0f));
  V m = fromBits((raw & 0x007fffff) | 0x3f000000);
  const I isLow = m < 0.707106781186547524f;
  exponent = exponent - select(isLow, all(1.0f), all(0.0f));
  m = select(isLow, m + m, m) - 1.0f;
  const V z = m * m;
  V p = all(7.0376836292e-2f);
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  V y = p * m * z;
  y = y + exponent * -2.12194440e-4f - z * 0.5f;
  V result = m + y + exponent * 0.693359375f;
  result = select(x == 0.0f, all(-INFINITY), result);
  result = select((x < 0.0f) | (x != x), all(NAN), result);
  return select(x == INFINITY, x, result);
}

inline V abs(V x) { return fromBits(bits(x) & 0x7fffffff); }

/** Within 3 units in the last place; odd, so that small values keep their precision. */
inline V tanh(V x) {
  const V size = abs(x);
  const V z = x * x;
  V p = all(-5.70498872745e-3f);
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const V small = p * z * x + x;
  const V large = 1.0f - 2.0f / (exp(size + size) + 1.0f);
  const V signedLarge = fromBits(bits(large) | (bits(x) & INT32_MIN));
  return select(x != x, x, select(size < 0.625f, small, signedLarge));
}

inline V sigmoid(V x) { return 1.0f / (1.0f + exp(-x)); }

inline V sqrt(V x) {
  V result;
  for (int i = 0; i < kLanes; i++) result[i] = __builtin_sqrtf(x[i]);
  return result;
}

}  // namespace vec
