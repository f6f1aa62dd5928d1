/*
 * A oneDNN primitive that is made once for a shape and run on a caller's arrays. Where the primitive wants another layout or data
 * type than the caller has, the operand passes through scratch memory; otherwise nothing is copied.
 *
 *   auto pd = compat::makeMatmul(runtime::engine(), any, any, f32, plan::attr());
 *   Plan plan(dnnl::matmul(pd), pd.scratchpad_desc(), threads);
 *   plan.input(DNNL_ARG_SRC, userDesc, pd.src_desc());
 *   plan.output(DNNL_ARG_DST, userDesc, pd.dst_desc());
 *   plan.run({{DNNL_ARG_SRC, a}, {DNNL_ARG_DST, c}});
 */
#pragma once

#include <dnnl.hpp>

#include <initializer_list>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime.h"

namespace plan {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;

/** Scratch memory is ours, one for all primitives. */
inline dnnl::primitive_attr attr() {
  dnnl::primitive_attr made;
  made.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return made;
}

/** Floating-point operations below which one thread is as fast. */
constexpr double kSerialFlops = 2e5;

inline int threadsForFlops(double flops) { return flops < kSerialFlops ? 1 : runtime::threads(); }

class Plan {
 public:
  Plan(dnnl::primitive primitive, const Desc& scratchpad, int threads)
      : primitive_(std::move(primitive)), threads_(threads) {
    scratchpad_ = dnnl::memory(scratchpad, runtime::engine(), nullptr);
    scratchpadBytes_ = rounded(scratchpad.get_size());
    bytes_ = scratchpadBytes_;
    arguments_.emplace(DNNL_ARG_SCRATCHPAD, scratchpad_);
  }

  void input(int argument, const Desc& user, const Desc& wanted) { add(argument, user, wanted, true); }
  void output(int argument, const Desc& user, const Desc& wanted) { add(argument, user, wanted, false); }

  /** The arrays must be those of all inputs and outputs, inputs first. */
  void run(std::initializer_list<std::pair<int, float*>> arrays) {
    static thread_local runtime::Scratch scratch;
    runtime::ThreadScope scope(threads_);
    auto* free = static_cast<char*>(scratch.bytes(bytes_));
    scratchpad_.set_data_handle(free);
    free += scratchpadBytes_;
    for (const auto& [argument, array] : arrays) {
      auto& operand = at(argument);
      operand.user.set_data_handle(array);
      if (!operand.isCopied) continue;
      operand.inner.set_data_handle(free);
      free += operand.bytes;
      if (operand.isInput) operand.reorder.execute(runtime::stream(), operand.user, operand.inner);
    }
    primitive_.execute(runtime::stream(), arguments_);
    for (auto& operand : operands_) {
      if (operand.isCopied && !operand.isInput) operand.reorder.execute(runtime::stream(), operand.inner, operand.user);
    }
    runtime::stream().wait();
  }

 private:
  struct Operand {
    int argument;
    bool isInput, isCopied;
    size_t bytes;
    dnnl::memory user, inner;
    dnnl::reorder reorder;
  };

  static size_t rounded(size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

  void add(int argument, const Desc& user, const Desc& wanted, bool isInput) {
    runtime::ThreadScope scope(threads_);
    const bool isCopied = user != wanted;
    Operand operand{argument, isInput, isCopied, 0, dnnl::memory(user, runtime::engine(), nullptr), {}, {}};
    if (isCopied) {
      operand.inner = dnnl::memory(wanted, runtime::engine(), nullptr);
      operand.reorder = isInput ? dnnl::reorder(operand.user, operand.inner) : dnnl::reorder(operand.inner, operand.user);
      operand.bytes = rounded(wanted.get_size());
      bytes_ += operand.bytes;
    }
    // Copies of one memory object share the pointer that is set later.
    arguments_.emplace(argument, isCopied ? operand.inner : operand.user);
    operands_.push_back(std::move(operand));
  }

  Operand& at(int argument) {
    for (auto& operand : operands_) {
      if (operand.argument == argument) return operand;
    }
    throw std::logic_error("no such operand");
  }

  dnnl::primitive primitive_;
  int threads_;
  dnnl::memory scratchpad_;
  size_t scratchpadBytes_ = 0, bytes_ = 0;
  std::vector<Operand> operands_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

/**
 * Makes a plan in bf16 where that is the precision set, and in f32 otherwise and where oneDNN knows no bf16 for this processor.
 * @param make gets the type of the operands
 */
template <typename Make>
Plan inPrecision(Make make) {
  if (runtime::bf16()) {
    try {
      return make(Type::bf16);
    } catch (const dnnl::error& error) {
      if (error.status != dnnl_unimplemented) throw;
    }
  }
  return make(Type::f32);
}

/** Whether oneDNN knows the geometry; the caller has other means where it does not. */
template <typename Run>
bool isKnown(Run run) {
  try {
    run();
    return true;
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented || error.status == dnnl_invalid_arguments) return false;
    throw;
  }
}

}  // namespace plan
