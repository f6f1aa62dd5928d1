/* Convolutions over NHWC images with HWIO filters. */

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

enum Kind : int64_t { kForward, kForwardBias, kBackwardData, kBackwardWeights };

/** What the Int32Array of a call holds, in this order. */
struct Geometry {
  int64_t n, inH, inW, inC, filterH, filterW, outC, outH, outW, strideH, strideW, dilationH, dilationW, padTop, padLeft;

  explicit Geometry(const napi::Ints& ints) {
    if (ints.size != sizeof(Geometry) / sizeof(int64_t)) throw std::invalid_argument("wanted 15 sizes");
    std::copy(ints.begin(), ints.end(), &n);
  }
  Dims src() const { return {n, inC, inH, inW}; }
  Dims weights() const { return {outC, inC, filterH, filterW}; }
  Dims dst() const { return {n, outC, outH, outW}; }
  Dims strides() const { return {strideH, strideW}; }
  Dims dilates() const { return {dilationH - 1, dilationW - 1}; }
  Dims padL() const { return {padTop, padLeft}; }
  /** As many rows and columns as make the output's size come out, less than none where the filter leaves some over. */
  Dims padR() const {
    return {(outH - 1) * strideH + (filterH - 1) * dilationH + 1 - inH - padTop,
            (outW - 1) * strideW + (filterW - 1) * dilationW + 1 - inW - padLeft};
  }
  double flops() const { return 2.0 * n * outH * outW * outC * inC * filterH * filterW; }
  size_t srcSize() const { return n * inH * inW * inC; }
  size_t weightsSize() const { return outC * inC * filterH * filterW; }
  size_t dstSize() const { return n * outH * outW * outC; }
};

static_assert(sizeof(Geometry) == 15 * sizeof(int64_t), "Geometry is copied as an array");

Desc nhwc(const Dims& dims, Type type = Type::f32) { return Desc(dims, type, Tag::nhwc); }
Desc hwio(const Dims& dims) { return Desc(dims, Type::f32, Tag::hwio); }
Desc anyOf(const Dims& dims, Type type) { return Desc(dims, type, Tag::any); }

auto forwardDesc(const Geometry& g, Type type, bool hasBias) {
  const auto& engine = runtime::engine();
  const auto prop = dnnl::prop_kind::forward_training;
  const auto src = nhwc(g.src(), type), weights = anyOf(g.weights(), type), dst = nhwc(g.dst());
  const Desc bias({g.outC}, Type::f32, Tag::a);
  return hasBias ? compat::makeConvForwardBias(engine, prop, src, weights, bias, dst, g.strides(), g.dilates(), g.padL(),
                                               g.padR(), plan::attr())
                 : compat::makeConvForward(engine, prop, src, weights, dst, g.strides(), g.dilates(), g.padL(), g.padR(),
                                           plan::attr());
}

Plan forward(const Geometry& g, Type type, bool hasBias, int threads) {
  const auto pd = forwardDesc(g, type, hasBias);
  Plan made(dnnl::convolution_forward(pd), pd.scratchpad_desc(), threads);
  made.input(DNNL_ARG_SRC, nhwc(g.src()), pd.src_desc());
  made.input(DNNL_ARG_WEIGHTS, hwio(g.weights()), pd.weights_desc());
  if (hasBias) made.input(DNNL_ARG_BIAS, Desc({g.outC}, Type::f32, Tag::a), pd.bias_desc());
  made.output(DNNL_ARG_DST, nhwc(g.dst()), pd.dst_desc());
  return made;
}

Plan backwardData(const Geometry& g, Type type, int threads) {
  const auto pd = compat::makeConvBackwardData(runtime::engine(), nhwc(g.src()), anyOf(g.weights(), type),
                                               nhwc(g.dst(), type), g.strides(), g.dilates(), g.padL(), g.padR(),
                                               forwardDesc(g, type, false), plan::attr());
  Plan made(dnnl::convolution_backward_data(pd), pd.scratchpad_desc(), threads);
  made.input(DNNL_ARG_DIFF_DST, nhwc(g.dst()), pd.diff_dst_desc());
  made.input(DNNL_ARG_WEIGHTS, hwio(g.weights()), pd.weights_desc());
  made.output(DNNL_ARG_DIFF_SRC, nhwc(g.src()), pd.diff_src_desc());
  return made;
}

Plan backwardWeights(const Geometry& g, Type type, int threads) {
  const auto pd = compat::makeConvBackwardWeights(runtime::engine(), nhwc(g.src(), type), anyOf(g.weights(), Type::f32),
                                                  nhwc(g.dst(), type), g.strides(), g.dilates(), g.padL(), g.padR(),
                                                  forwardDesc(g, type, false), plan::attr());
  Plan made(dnnl::convolution_backward_weights(pd), pd.scratchpad_desc(), threads);
  made.input(DNNL_ARG_SRC, nhwc(g.src()), pd.src_desc());
  made.input(DNNL_ARG_DIFF_DST, nhwc(g.dst()), pd.diff_dst_desc());
  made.output(DNNL_ARG_DIFF_WEIGHTS, hwio(g.weights()), pd.diff_weights_desc());
  return made;
}

Plan& planOf(Kind kind, const Geometry& g) {
  static thread_local runtime::Cache<Plan> cache;
  const int threads = plan::threadsForFlops(g.flops());
  runtime::Key key{kind, threads, runtime::bf16()};
  key.insert(key.end(), &g.n, &g.n + sizeof(Geometry) / sizeof(int64_t));
  return cache.get(key, [&] {
    runtime::ThreadScope scope(threads);
    return plan::inPrecision([&](Type type) {
      if (kind == kBackwardData) return backwardData(g, type, threads);
      if (kind == kBackwardWeights) return backwardWeights(g, type, threads);
      return forward(g, type, kind == kForwardBias, threads);
    });
  });
}

}  // namespace

/** conv2d(x, filter, bias | null, y, geometry): whether oneDNN knows the geometry */
EXPORT(conv2d) {
  const Geometry g(args.ints(4));
  const auto x = args.floats(0, g.srcSize());
  const auto filter = args.floats(1, g.weightsSize());
  const auto bias = args.optionalFloats(2);
  const auto y = args.floats(3, g.dstSize());
  if (bias) args.floats(2, g.outC);
  return args.resultFlag(plan::isKnown([&] {
    if (bias) {
      planOf(kForwardBias, g).run({{DNNL_ARG_SRC, x.data},
                                   {DNNL_ARG_WEIGHTS, filter.data},
                                   {DNNL_ARG_BIAS, bias.data},
                                   {DNNL_ARG_DST, y.data}});
    } else {
      planOf(kForward, g).run({{DNNL_ARG_SRC, x.data}, {DNNL_ARG_WEIGHTS, filter.data}, {DNNL_ARG_DST, y.data}});
    }
  }));
}

/** conv2dBackpropInput(dy, filter, dx, geometry): likewise */
EXPORT(conv2dBackpropInput) {
  const Geometry g(args.ints(3));
  const auto dy = args.floats(0, g.dstSize());
  const auto filter = args.floats(1, g.weightsSize());
  const auto dx = args.floats(2, g.srcSize());
  return args.resultFlag(plan::isKnown([&] {
    planOf(kBackwardData, g).run(
        {{DNNL_ARG_DIFF_DST, dy.data}, {DNNL_ARG_WEIGHTS, filter.data}, {DNNL_ARG_DIFF_SRC, dx.data}});
  }));
}

/** conv2dBackpropFilter(x, dy, dFilter, geometry): likewise */
EXPORT(conv2dBackpropFilter) {
  const Geometry g(args.ints(3));
  const auto x = args.floats(0, g.srcSize());
  const auto dy = args.floats(1, g.dstSize());
  const auto dFilter = args.floats(2, g.weightsSize());
  return args.resultFlag(plan::isKnown([&] {
    planOf(kBackwardWeights, g).run(
        {{DNNL_ARG_SRC, x.data}, {DNNL_ARG_DIFF_DST, dy.data}, {DNNL_ARG_DIFF_WEIGHTS, dFilter.data}});
  }));
}
