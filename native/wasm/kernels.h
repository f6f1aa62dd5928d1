// Shared by the kernels: vector shorthand, the product of packed blocks. All tensors are float32 in the heap of tfjs.
#pragma once
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))

typedef v128_t vec;

#define LOAD(p) wasm_v128_load(p)
#define STORE(p, v) wasm_v128_store(p, v)
#define SPLAT(x) wasm_f32x4_splat(x)
#define LOAD_SPLAT(p) wasm_v128_load32_splat(p)
#define ADD(a, b) wasm_f32x4_add(a, b)
#define SUB(a, b) wasm_f32x4_sub(a, b)
#define MUL(a, b) wasm_f32x4_mul(a, b)

// Registers hold 8 sums of a 4 x 8 tile, 2 vectors of B, one of A and one product: 12 of the 15 that V8 gives.
#define MR 4
#define NR 8
// A block of A (64 x 256) stays in a second-level cache, a panel of B (256 x 8) in the first.
#define MC 64
#define KC 256
#define NC 512

static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }
static inline int round_up(int a, int b) { return (a + b - 1) / b * b; }

static inline void fill_zero(float *to, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) STORE(to + i, SPLAT(0));
  for (; i < count; i++) to[i] = 0;
}

// Transposes four vectors in place.
static inline void transpose(vec *a, vec *b, vec *c, vec *d) {
  vec ab_low = wasm_i32x4_shuffle(*a, *b, 0, 4, 1, 5), ab_high = wasm_i32x4_shuffle(*a, *b, 2, 6, 3, 7);
  vec cd_low = wasm_i32x4_shuffle(*c, *d, 0, 4, 1, 5), cd_high = wasm_i32x4_shuffle(*c, *d, 2, 6, 3, 7);
  *a = wasm_i64x2_shuffle(ab_low, cd_low, 0, 2);
  *b = wasm_i64x2_shuffle(ab_low, cd_low, 1, 3);
  *c = wasm_i64x2_shuffle(ab_high, cd_high, 0, 2);
  *d = wasm_i64x2_shuffle(ab_high, cd_high, 1, 3);
}

// [k][4] from four rows of k values.
void pack_rows(float *to, const float *const rows[MR], int k);
// Panels [k][8] of B, `panel` values apart, from B[k][n] with steps of `k_step` and `n_step` values, one of which is 1.
void pack_columns(float *to, int panel, const float *from, int k, int n, int k_step, int n_step);
// C += or = A B for packed A [m / 4][k][4] and packed B [n / 8][k][8], whose panels lie `a_panel` and `b_panel` values apart. Row i of C
// begins at c[rows[i]].
void multiply_packed(const float *a, int a_panel, int m, const float *b, int b_panel, int n, int k, float *c, const unsigned *rows, int add);
