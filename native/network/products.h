// Matrix products and convolutions of oneDNN, made for one thread (a tile of a parallel loop) or for all.
#pragma once
#include <omp.h>
#include <dnnl.hpp>
#include <unordered_map>
#include <vector>
#include "../dnnl_compat.h"
#include "vector.h"

namespace fair {

inline dnnl::engine& cpuEngine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

template <typename T>
constexpr dnnl::memory::data_type typeOf() {
  return std::is_same_v<T, float> ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16;
}

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

inline Desc matrix(long rows, long columns, Type type, bool transposed = false) {
  return Desc({rows, columns}, type, transposed ? Tag::ba : Tag::ab);
}

/** oneDNN plans for as many threads as OpenMP would give now. */
class ThreadsForPlanning {
 public:
  explicit ThreadsForPlanning(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
  ~ThreadsForPlanning() { omp_set_num_threads(before_); }

 private:
  int before_;
};

inline dnnl::primitive_attr userScratchpad(bool accumulate = false) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (accumulate) {
    dnnl::post_ops sum;
    sum.append_sum(1.f);
    attributes.set_post_ops(sum);
  }
  return attributes;
}

inline dnnl::matmul::primitive_desc planProduct(const Desc& a, const Desc& b, const Desc& c, bool accumulate = false) {
  return compat::makeMatmul(cpuEngine(), a, b, c, userScratchpad(accumulate));
}

/** c = a b, or c += a b, at addresses given in each call. */
class Product {
 public:
  Product() = default;
  explicit Product(const dnnl::matmul::primitive_desc& plan)
      : plan_(plan), primitive_(plan), a_(plan.src_desc(), cpuEngine(), nullptr), b_(plan.weights_desc(), cpuEngine(), nullptr),
        c_(plan.dst_desc(), cpuEngine(), nullptr), scratch_(plan.scratchpad_desc(), cpuEngine(), nullptr), stream_(cpuEngine()),
        arguments_{{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, b_}, {DNNL_ARG_DST, c_}, {DNNL_ARG_SCRATCHPAD, scratch_}} {}
  size_t scratchBytes() const { return plan_.scratchpad_desc().get_size(); }
  void operator()(const void* a, const void* b, void* c, void* scratch) {
    a_.set_data_handle((void*)a), b_.set_data_handle((void*)b), c_.set_data_handle(c), scratch_.set_data_handle(scratch);
    primitive_.execute(stream_, arguments_);
  }

 private:
  dnnl::matmul::primitive_desc plan_;
  dnnl::primitive primitive_;
  dnnl::memory a_, b_, c_, scratch_;
  dnnl::stream stream_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

/** A matrix or filter in the form that a primitive asked for, made again from float32 in every step. */
class Packed {
 public:
  Packed() = default;
  Packed(const Desc& from, const Desc& to)
      : from_(from, cpuEngine(), nullptr), to_(to, cpuEngine()), reorder_(from_, to_), stream_(cpuEngine()) {}
  void pack(const float* values) {
    from_.set_data_handle((void*)values);
    reorder_.execute(stream_, from_, to_);
    stream_.wait();
  }
  void* data() const { return to_.get_data_handle(); }
  const dnnl::memory& memory() const { return to_; }

 private:
  dnnl::memory from_, to_;
  dnnl::reorder reorder_;
  dnnl::stream stream_;
};

}  // namespace fair
