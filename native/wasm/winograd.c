// 3x3 convolutions of stride 1 by Winograd's F(2x2, 3x3) (Lavin and Gray 2016): 16 products for 4 outputs instead of 36. Its rounding
// errors are about those of the plain sum; larger tiles would lose digits.
// Channels and outputs are multiples of 8. A tile reads 4x4 pixels and writes 2x2.
#include "kernels.h"

typedef struct {
  int batch, channels, outputs;
  int height, width;
  // Zero rows and columns before the image.
  int pad_h, pad_w;
  int to_height, to_width;
  // The filter is [9][channels][outputs], or [9][outputs][channels] with its taps in reverse.
  int backward;
} plane;

typedef struct {
  int image, y, x;
} tile;

static inline tile tile_at(const plane *p, int index) {
  int across = (p->to_width + 1) / 2, down = (p->to_height + 1) / 2;
  return (tile){index / (across * down), index / across % down * 2, index % across * 2};
}

static inline int count_tiles(const plane *p) { return p->batch * ((p->to_height + 1) / 2) * ((p->to_width + 1) / 2); }

// Bᵀ d B of one tile and four channels from c on; zeros outside the image.
static inline void transform_input(const plane *p, const float *image, tile t, int c, vec to[16]) {
  vec d[16];
  int y0 = t.y - p->pad_h, x0 = t.x - p->pad_w;
  const float *origin = image + c;
  if (y0 >= 0 && x0 >= 0 && y0 + 4 <= p->height && x0 + 4 <= p->width) {
    const float *from = origin + (unsigned)((t.image * p->height + y0) * p->width + x0) * (unsigned)p->channels;
    for (int i = 0; i < 4; i++, from += p->width * p->channels)
      for (int j = 0; j < 4; j++) d[i * 4 + j] = LOAD(from + j * p->channels);
  } else {
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++) {
        int y = y0 + i, x = x0 + j;
        int inside = (unsigned)y < (unsigned)p->height && (unsigned)x < (unsigned)p->width;
        d[i * 4 + j] = inside ? LOAD(origin + (unsigned)((t.image * p->height + y) * p->width + x) * (unsigned)p->channels) : SPLAT(0);
      }
  }
  for (int j = 0; j < 4; j++) {
    vec a = d[j], b = d[4 + j], c = d[8 + j], e = d[12 + j];
    d[j] = SUB(a, c), d[4 + j] = ADD(b, c), d[8 + j] = SUB(c, b), d[12 + j] = SUB(b, e);
  }
  for (int i = 0; i < 16; i += 4) {
    to[i] = SUB(d[i], d[i + 2]), to[i + 1] = ADD(d[i + 1], d[i + 2]);
    to[i + 2] = SUB(d[i + 2], d[i + 1]), to[i + 3] = SUB(d[i + 1], d[i + 3]);
  }
}

static void transform_filter(const plane *p, const float *filter, float *to);
static void write_tile(const plane *p, const float *from, int step, tile t, float *to);

// to [batch, to_height, to_width, outputs]. `block` tiles at a time, a multiple of 64.
// scratch: 16 * (channels * outputs + block * (channels + outputs)) + 9 * channels * outputs floats.
EXPORT(winograd) void winograd(const plane *p, const float *image, const float *filter, float *to, int block, float *scratch) {
  int channels = p->channels, outputs = p->outputs, total = count_tiles(p);
  float *filters = scratch, *inputs = filters + 16 * channels * outputs, *products = inputs + 16 * block * channels;
  unsigned rows[MC];
  for (int i = 0; i < MC; i++) rows[i] = i * outputs;
  transform_filter(p, filter, filters);
  for (int first = 0; first < total; first += block) {
    int count = min(block, total - first);
    for (int t = 0; t < count; t += MR)
      for (int c = 0; c < channels; c += 4) {
        vec v[MR][16];
        for (int r = 0; r < MR; r++) transform_input(p, image, tile_at(p, first + min(t + r, count - 1)), c, v[r]);
        for (int e = 0; e < 16; e++) {
          float *at = inputs + (e * block + t) * channels + c * MR;
          transpose(&v[0][e], &v[1][e], &v[2][e], &v[3][e]);
          STORE(at, v[0][e]), STORE(at + 4, v[1][e]), STORE(at + 8, v[2][e]), STORE(at + 12, v[3][e]);
        }
      }
    for (int e = 0; e < 16; e++)
      for (int t = 0; t < count; t += MC)
        multiply_packed(inputs + (e * block + t) * channels, channels * MR, min(MC, count - t), filters + e * channels * outputs,
                        channels * NR, outputs, channels, products + (e * block + t) * outputs, rows, 0);
    for (int t = 0; t < count; t++) write_tile(p, products + t * outputs, block * outputs, tile_at(p, first + t), to);
  }
}

// G g Gᵀ as packed right factors: [16][outputs / 8][channels][8].
static void transform_filter(const plane *p, const float *filter, float *to) {
  int channels = p->channels, outputs = p->outputs, size = channels * outputs;
  for (int o = 0; o < outputs; o += 4)
    for (int c = 0; c < channels; c++) {
      vec g[9], h[12];
      for (int k = 0; k < 9; k++) {
        const float *tap = filter + (p->backward ? 8 - k : k) * size;
        const float *from = tap + o * channels + c;
        g[k] = p->backward ? wasm_f32x4_make(from[0], from[channels], from[2 * channels], from[3 * channels]) : LOAD(tap + c * outputs + o);
      }
      for (int j = 0; j < 3; j++) {
        vec sum = MUL(ADD(g[j], g[6 + j]), SPLAT(0.5f)), middle = MUL(g[3 + j], SPLAT(0.5f));
        h[j] = g[j], h[3 + j] = ADD(sum, middle), h[6 + j] = SUB(sum, middle), h[9 + j] = g[6 + j];
      }
      float *at = to + o / NR * channels * NR + c * NR + o % NR;
      for (int i = 0; i < 4; i++, at += 4 * size) {
        vec sum = MUL(ADD(h[3 * i], h[3 * i + 2]), SPLAT(0.5f)), middle = MUL(h[3 * i + 1], SPLAT(0.5f));
        STORE(at, h[3 * i]), STORE(at + size, ADD(sum, middle)), STORE(at + 2 * size, SUB(sum, middle)), STORE(at + 3 * size, h[3 * i + 2]);
      }
    }
}

// Aᵀ m A: the outputs of a tile, those inside.
static void write_tile(const plane *p, const float *from, int step, tile t, float *to) {
  int outputs = p->outputs, lower = t.y + 1 < p->to_height, right = t.x + 1 < p->to_width;
  float *at = to + (unsigned)((t.image * p->to_height + t.y) * p->to_width + t.x) * (unsigned)outputs, *below = at + p->to_width * outputs;
  for (int o = 0; o < outputs; o += 4) {
    vec top[4], bottom[4];
    for (int j = 0; j < 4; j++) {
      const float *m = from + j * step + o;
      vec a = LOAD(m), b = LOAD(m + 4 * step), c = LOAD(m + 8 * step), d = LOAD(m + 12 * step);
      top[j] = ADD(ADD(a, b), c), bottom[j] = SUB(SUB(b, c), d);
    }
    STORE(at + o, ADD(ADD(top[0], top[1]), top[2]));
    if (right) STORE(at + outputs + o, SUB(SUB(top[1], top[2]), top[3]));
    if (lower) STORE(below + o, ADD(ADD(bottom[0], bottom[1]), bottom[2]));
    if (lower && right) STORE(below + outputs + o, SUB(SUB(bottom[1], bottom[2]), bottom[3]));
  }
}

static void transform_gradient(const plane *p, const float *dy, tile t, int o, vec to[16]);
static void write_filter(const float *sums, int size, float *to);

// The gradient of the filter [9][channels][outputs] = Gᵀ (the sum over tiles of (Bᵀ d B) (A dy Aᵀ)) G.
// scratch: 16 * (channels * outputs + block * (channels + outputs)) floats.
EXPORT(winograd_filter) void winograd_filter(const plane *p, const float *image, const float *dy, float *to, int block, float *scratch) {
  int channels = p->channels, outputs = p->outputs, total = count_tiles(p), size = channels * outputs;
  float *sums = scratch, *inputs = sums + 16 * size, *gradients = inputs + 16 * block * channels;
  unsigned rows[MC];
  for (int i = 0; i < MC; i++) rows[i] = i * outputs;
  for (int first = 0; first < total; first += block) {
    int count = min(block, total - first);
    for (int t = 0; t < count; t++) {
      tile place = tile_at(p, first + t);
      vec v[16];
      for (int c = 0; c < channels; c += 4) {
        transform_input(p, image, place, c, v);
        for (int e = 0; e < 16; e++) STORE(inputs + (e * channels + c) * block + t * MR, v[e]);
      }
      for (int o = 0; o < outputs; o += 4) {
        transform_gradient(p, dy, place, o, v);
        for (int e = 0; e < 16; e++) STORE(gradients + (e * outputs + o / NR * NR) * block + t * NR + o % NR, v[e]);
      }
    }
    for (int e = 0; e < 16; e++)
      for (int c = 0; c < channels; c += MC)
        multiply_packed(inputs + (e * channels + c) * block, block * MR, min(MC, channels - c), gradients + e * outputs * block, block * NR,
                        outputs, count, sums + e * size + c * outputs, rows, first > 0);
  }
  write_filter(sums, size, to);
}

static void transform_gradient(const plane *p, const float *dy, tile t, int o, vec to[16]) {
  int lower = t.y + 1 < p->to_height, right = t.x + 1 < p->to_width;
  const float *at = dy + (unsigned)((t.image * p->to_height + t.y) * p->to_width + t.x) * (unsigned)p->outputs + o;
  const float *below = at + p->to_width * p->outputs;
  vec a = LOAD(at), b = right ? LOAD(at + p->outputs) : SPLAT(0);
  vec c = lower ? LOAD(below) : SPLAT(0), d = lower && right ? LOAD(below + p->outputs) : SPLAT(0);
  vec left[4] = {a, ADD(a, c), SUB(a, c), SUB(SPLAT(0), c)}, other[4] = {b, ADD(b, d), SUB(b, d), SUB(SPLAT(0), d)};
  for (int i = 0; i < 4; i++) {
    to[4 * i] = left[i], to[4 * i + 1] = ADD(left[i], other[i]);
    to[4 * i + 2] = SUB(left[i], other[i]), to[4 * i + 3] = SUB(SPLAT(0), other[i]);
  }
}

static void write_filter(const float *sums, int size, float *to) {
  for (int n = 0; n < size; n += 4) {
    vec h[12];
    for (int j = 0; j < 4; j++) {
      const float *m = sums + j * size + n;
      vec a = LOAD(m), b = LOAD(m + 4 * size), c = LOAD(m + 8 * size), d = LOAD(m + 12 * size);
      vec sum = MUL(ADD(b, c), SPLAT(0.5f));
      h[j] = ADD(a, sum), h[4 + j] = MUL(SUB(b, c), SPLAT(0.5f)), h[8 + j] = ADD(sum, d);
    }
    for (int i = 0; i < 3; i++) {
      vec a = h[4 * i], b = h[4 * i + 1], c = h[4 * i + 2], d = h[4 * i + 3], sum = MUL(ADD(b, c), SPLAT(0.5f));
      STORE(to + (3 * i) * size + n, ADD(a, sum));
      STORE(to + (3 * i + 1) * size + n, MUL(SUB(b, c), SPLAT(0.5f)));
      STORE(to + (3 * i + 2) * size + n, ADD(sum, d));
    }
  }
}
