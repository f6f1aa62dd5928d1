/*
 * The differences between oneDNN 2.6 (descriptor, then primitive descriptor) and 3.x (primitive descriptor at once), in one place.
 * Dilations are counted as oneDNN does: 0 is a dense filter. All results are written for the layouts of the descriptors given,
 * format_tag::any included; ask the primitive descriptor what was chosen.
 */
#pragma once

#include <dnnl.hpp>

namespace compat {

using Attr = dnnl::primitive_attr;
using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Engine = dnnl::engine;

#if DNNL_VERSION_MAJOR >= 3
#define COMPAT_MAKE(op, ...) dnnl::op::primitive_desc(engine, __VA_ARGS__, attr)
#define COMPAT_MAKE_HINTED(op, ...) dnnl::op::primitive_desc(engine, __VA_ARGS__, hint, attr)
#define COMPAT_ADD_ELTWISE(ops, algorithm, alpha, beta) (ops).append_eltwise(algorithm, alpha, beta)
#else
#define COMPAT_MAKE(op, ...) dnnl::op::primitive_desc(dnnl::op::desc(__VA_ARGS__), attr, engine)
#define COMPAT_MAKE_HINTED(op, ...) dnnl::op::primitive_desc(dnnl::op::desc(__VA_ARGS__), attr, engine, hint)
#define COMPAT_ADD_ELTWISE(ops, algorithm, alpha, beta) (ops).append_eltwise(1.0f, algorithm, alpha, beta)
#endif

constexpr auto kConvAlgorithm = dnnl::algorithm::convolution_direct;

/** `prop`: forward_training or forward_inference. */
inline dnnl::convolution_forward::primitive_desc makeConvForward(
    const Engine& engine, dnnl::prop_kind prop, const Desc& src, const Desc& weights, const Desc& dst,
    const Dims& strides, const Dims& dilates, const Dims& padL, const Dims& padR, const Attr& attr = Attr()) {
  return COMPAT_MAKE(convolution_forward, prop, kConvAlgorithm, src, weights, dst, strides, dilates, padL, padR);
}

inline dnnl::convolution_forward::primitive_desc makeConvForwardBias(
    const Engine& engine, dnnl::prop_kind prop, const Desc& src, const Desc& weights, const Desc& bias,
    const Desc& dst, const Dims& strides, const Dims& dilates, const Dims& padL, const Dims& padR,
    const Attr& attr = Attr()) {
  return COMPAT_MAKE(convolution_forward, prop, kConvAlgorithm, src, weights, bias, dst, strides, dilates, padL, padR);
}

/** `hint` is a forward descriptor of the same geometry and data types. */
inline dnnl::convolution_backward_data::primitive_desc makeConvBackwardData(
    const Engine& engine, const Desc& diffSrc, const Desc& weights, const Desc& diffDst, const Dims& strides,
    const Dims& dilates, const Dims& padL, const Dims& padR,
    const dnnl::convolution_forward::primitive_desc& hint, const Attr& attr = Attr()) {
  return COMPAT_MAKE_HINTED(convolution_backward_data, kConvAlgorithm, diffSrc, weights, diffDst, strides, dilates,
                            padL, padR);
}

inline dnnl::convolution_backward_weights::primitive_desc makeConvBackwardWeights(
    const Engine& engine, const Desc& src, const Desc& diffWeights, const Desc& diffDst, const Dims& strides,
    const Dims& dilates, const Dims& padL, const Dims& padR,
    const dnnl::convolution_forward::primitive_desc& hint, const Attr& attr = Attr()) {
  return COMPAT_MAKE_HINTED(convolution_backward_weights, kConvAlgorithm, src, diffWeights, diffDst, strides,
                            dilates, padL, padR);
}

inline dnnl::matmul::primitive_desc makeMatmul(const Engine& engine, const Desc& a, const Desc& b, const Desc& c,
                                               const Attr& attr = Attr()) {
  return COMPAT_MAKE(matmul, a, b, c);
}

inline dnnl::matmul::primitive_desc makeMatmulBias(const Engine& engine, const Desc& a, const Desc& b,
                                                   const Desc& bias, const Desc& c, const Attr& attr = Attr()) {
  return COMPAT_MAKE(matmul, a, b, bias, c);
}

/** Adds `algorithm(x, alpha, beta)` to what is done to the result. */
inline void appendEltwise(dnnl::post_ops& ops, dnnl::algorithm algorithm, float alpha, float beta) {
  COMPAT_ADD_ELTWISE(ops, algorithm, alpha, beta);
}

}  // namespace compat
