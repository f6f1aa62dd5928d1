/* Products of stacks of matrices. */

#include "dnnl_compat.h"
#include "napi.h"
#include "plan.h"
#include "runtime.h"

using compat::Dims;
using plan::Desc;
using plan::Plan;
using plan::Tag;
using plan::Type;

namespace {

/** What the Int32Array of a call holds: y[batch,m,n] = x[batchX,m,k] w[batchW,k,n]; batches are equal or 1. */
struct Sizes {
  int64_t batch, batchX, batchW, m, k, n, isXTransposed, isWTransposed;
  explicit Sizes(const napi::Ints& ints) {
    if (ints.size != 8) throw std::invalid_argument("wanted 8 sizes");
    std::copy(ints.begin(), ints.end(), &batch);
  }
};

/** A stack of matrices that may lie transposed. */
Desc stackOf(int64_t batch, int64_t rows, int64_t columns, bool isTransposed, Type type) {
  const Dims strides = isTransposed ? Dims{rows * columns, 1, rows} : Dims{rows * columns, columns, 1};
  return Desc({batch, rows, columns}, type, strides);
}

Plan product(const Sizes& s, Type type, bool hasBias, int threads) {
  const auto x = stackOf(s.batchX, s.m, s.k, s.isXTransposed, type);
  const auto w = stackOf(s.batchW, s.k, s.n, s.isWTransposed, type);
  const auto y = stackOf(s.batch, s.m, s.n, false, Type::f32);
  const Desc bias({1, 1, s.n}, Type::f32, Tag::abc);
  const auto pd = hasBias ? compat::makeMatmulBias(runtime::engine(), x, w, bias, y, plan::attr())
                          : compat::makeMatmul(runtime::engine(), x, w, y, plan::attr());
  Plan made(dnnl::matmul(pd), pd.scratchpad_desc(), threads);
  made.input(DNNL_ARG_SRC, stackOf(s.batchX, s.m, s.k, s.isXTransposed, Type::f32), pd.src_desc());
  made.input(DNNL_ARG_WEIGHTS, stackOf(s.batchW, s.k, s.n, s.isWTransposed, Type::f32), pd.weights_desc());
  if (hasBias) made.input(DNNL_ARG_BIAS, bias, bias);
  made.output(DNNL_ARG_DST, y, pd.dst_desc());
  return made;
}

Plan& planOf(const Sizes& s, bool hasBias) {
  static thread_local runtime::Cache<Plan> cache;
  const int threads = plan::threadsForFlops(2.0 * s.batch * s.m * s.k * s.n);
  runtime::Key key{threads, runtime::bf16(), hasBias};
  key.insert(key.end(), &s.batch, &s.batch + 8);
  return cache.get(key, [&] {
    runtime::ThreadScope scope(threads);
    return plan::inPrecision([&](Type type) { return product(s, type, hasBias, threads); });
  });
}

}  // namespace

/** matMul(x, w, bias | null, y, sizes); bias has n elements. Returns whether oneDNN knows the sizes. */
EXPORT(matMul) {
  const Sizes s(args.ints(4));
  const auto x = args.floats(0, s.batchX * s.m * s.k);
  const auto w = args.floats(1, s.batchW * s.k * s.n);
  const auto bias = args.optionalFloats(2);
  const auto y = args.floats(3, s.batch * s.m * s.n);
  if (bias) args.floats(2, s.n);
  return args.resultFlag(plan::isKnown([&] {
    if (bias) {
      planOf(s, true).run({{DNNL_ARG_SRC, x.data},
                           {DNNL_ARG_WEIGHTS, w.data},
                           {DNNL_ARG_BIAS, bias.data},
                           {DNNL_ARG_DST, y.data}});
    } else {
      planOf(s, false).run({{DNNL_ARG_SRC, x.data}, {DNNL_ARG_WEIGHTS, w.data}, {DNNL_ARG_DST, y.data}});
    }
  }));
}
