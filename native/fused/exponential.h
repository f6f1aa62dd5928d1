// exp() that the compiler turns into vectors: libm's is a call for each value unless unsafe mathematics are allowed.
#pragma once
#include <cstdint>
#include <cstring>

namespace fair {

/**
 * e^x to 2 units in the last place for x up to 88; 0 below -87, where float32 loses its last digits; NaN for NaN. Cephes'
 * `expf`: x = k ln 2 + r with |r| <= ln(2) / 2, a polynomial in r, k added to the exponent.
 */
inline float exponential(float x) {
  const float kept = x < -87.f ? -87.f : x > 88.f ? 88.f : x;
  // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number.
  const float shifted = kept * 1.44269504088896341f + 12582912.f;
  const float k = shifted - 12582912.f;
  const float r = (kept - k * 0.693359375f) + k * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  // The low bits of `shifted` hold k. The shift drops its upper bits.
  bits = (bits + 127u) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  const float result = p * power;
  return x < -87.f ? 0.f : result;
}

}  // namespace fair
