// Matrix products by packed blocks, after Goto and van de Geijn 2008.
#include "kernels.h"

static void multiply_tile(int k, const float *a, const float *b, float *c, const unsigned *rows, int m, int n, int add);

// C [m][n] = op(A) op(B). A[i][k] lies at a[i * a_row + k * a_column], one of which steps is 1; likewise B[k][j].
// scratch: MC * KC + round_up(min(n, NC), 8) * KC floats.
EXPORT(product) void product(const float *a, int a_row, int a_column, const float *b, int b_row, int b_column, float *c, int m, int n, int k, float *scratch) {
  float *packed_a = scratch, *packed_b = scratch + MC * KC;
  unsigned rows[MC];
  for (int n0 = 0; n0 < n; n0 += NC) {
    int nc = min(NC, n - n0);
    for (int k0 = 0; k0 < k; k0 += KC) {
      int kc = min(KC, k - k0);
      pack_columns(packed_b, kc * NR, b + k0 * b_row + n0 * b_column, kc, nc, b_row, b_column);
      for (int m0 = 0; m0 < m; m0 += MC) {
        int mc = min(MC, m - m0);
        for (int i = 0; i < mc; i += MR) {
          const float *from = a + (m0 + i) * a_row + k0 * a_column;
          if (a_column == 1) {
            const float *source[MR];
            for (int r = 0; r < MR; r++) source[r] = from + min(r, mc - i - 1) * a_row;
            pack_rows(packed_a + i * kc, source, kc);
          } else if (mc - i >= MR) {
            for (int p = 0; p < kc; p++) STORE(packed_a + i * kc + p * MR, LOAD(from + p * a_column));
          } else {
            for (int p = 0; p < kc; p++)
              for (int r = 0; r < MR; r++) packed_a[i * kc + p * MR + r] = from[min(r, mc - i - 1) + p * a_column];
          }
        }
        for (int i = 0; i < mc; i++) rows[i] = (unsigned)(m0 + i) * (unsigned)n + (unsigned)n0;
        multiply_packed(packed_a, kc * MR, mc, packed_b, kc * NR, nc, kc, c, rows, k0 > 0);
      }
    }
  }
}

void multiply_packed(const float *a, int a_panel, int m, const float *b, int b_panel, int n, int k, float *c, const unsigned *rows, int add) {
  for (int j = 0; j < n; j += NR, b += b_panel)
    for (int i = 0; i < m; i += MR) multiply_tile(k, a + i / MR * a_panel, b, c + j, rows + i, min(MR, m - i), min(NR, n - j), add);
}

static void multiply_tile(int k, const float *a, const float *b, float *c, const unsigned *rows, int m, int n, int add) {
  vec c00, c01, c10, c11, c20, c21, c30, c31;
  c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = SPLAT(0);
  // Unrolling made V8's code a fifth slower.
#pragma clang loop unroll(disable)
  for (; k; k--) {
    vec b0 = LOAD(b), b1 = LOAD(b + 4), x = LOAD_SPLAT(a);
    c00 = ADD(c00, MUL(x, b0));
    c01 = ADD(c01, MUL(x, b1));
    x = LOAD_SPLAT(a + 1);
    c10 = ADD(c10, MUL(x, b0));
    c11 = ADD(c11, MUL(x, b1));
    x = LOAD_SPLAT(a + 2);
    c20 = ADD(c20, MUL(x, b0));
    c21 = ADD(c21, MUL(x, b1));
    x = LOAD_SPLAT(a + 3);
    c30 = ADD(c30, MUL(x, b0));
    c31 = ADD(c31, MUL(x, b1));
    a += MR;
    b += NR;
  }
  if (m == MR && n == NR) {
    float *r0 = c + rows[0], *r1 = c + rows[1], *r2 = c + rows[2], *r3 = c + rows[3];
    if (add) {
      c00 = ADD(c00, LOAD(r0)), c01 = ADD(c01, LOAD(r0 + 4));
      c10 = ADD(c10, LOAD(r1)), c11 = ADD(c11, LOAD(r1 + 4));
      c20 = ADD(c20, LOAD(r2)), c21 = ADD(c21, LOAD(r2 + 4));
      c30 = ADD(c30, LOAD(r3)), c31 = ADD(c31, LOAD(r3 + 4));
    }
    STORE(r0, c00), STORE(r0 + 4, c01);
    STORE(r1, c10), STORE(r1 + 4, c11);
    STORE(r2, c20), STORE(r2 + 4, c21);
    STORE(r3, c30), STORE(r3 + 4, c31);
    return;
  }
  float tile[MR * NR];
  STORE(tile, c00), STORE(tile + 4, c01), STORE(tile + 8, c10), STORE(tile + 12, c11);
  STORE(tile + 16, c20), STORE(tile + 20, c21), STORE(tile + 24, c30), STORE(tile + 28, c31);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) c[rows[i] + j] = tile[i * NR + j] + (add ? c[rows[i] + j] : 0);
}

void pack_rows(float *to, const float *const rows[MR], int k) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  int p = 0;
  for (; p + 4 <= k; p += 4, to += 16) {
    vec a = LOAD(r0 + p), b = LOAD(r1 + p), c = LOAD(r2 + p), d = LOAD(r3 + p);
    transpose(&a, &b, &c, &d);
    STORE(to, a), STORE(to + 4, b), STORE(to + 8, c), STORE(to + 12, d);
  }
  for (; p < k; p++, to += 4) to[0] = r0[p], to[1] = r1[p], to[2] = r2[p], to[3] = r3[p];
}

static void pack_panel(float *to, const float *from, int k, int k_step, int n_step);

void pack_columns(float *to, int panel, const float *from, int k, int n, int k_step, int n_step) {
  for (int j = 0; j < n; j += NR, to += panel) {
    const float *source = from + j * n_step;
    if (n - j >= NR) {
      pack_panel(to, source, k, k_step, n_step);
      continue;
    }
    for (int p = 0; p < k; p++)
      for (int i = 0; i < NR; i++) to[p * NR + i] = i < n - j ? source[p * k_step + i * n_step] : 0;
  }
}

static void pack_panel(float *to, const float *from, int k, int k_step, int n_step) {
  if (n_step == 1) {
    for (int p = 0; p < k; p++, to += NR, from += k_step) STORE(to, LOAD(from)), STORE(to + 4, LOAD(from + 4));
    return;
  }
  int p = 0;
  for (; p + 4 <= k; p += 4)
    for (int half = 0; half < NR; half += 4) {
      const float *source = from + p + half * n_step;
      vec a = LOAD(source), b = LOAD(source + n_step), c = LOAD(source + 2 * n_step), d = LOAD(source + 3 * n_step);
      transpose(&a, &b, &c, &d);
      float *at = to + p * NR + half;
      STORE(at, a), STORE(at + NR, b), STORE(at + 2 * NR, c), STORE(at + 3 * NR, d);
    }
  for (; p < k; p++)
    for (int i = 0; i < NR; i++) to[p * NR + i] = from[p + i * n_step];
}
