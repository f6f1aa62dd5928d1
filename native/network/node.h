// The contract of a node.
#pragma once
#include "delivery.h"

namespace fair {

template <typename T>
class Node {
 public:
  explicit Node(const NodePlan& plan) : plan(plan) {}
  virtual ~Node() = default;
  /** Writes the value `plan.output`, and its moments where they are wanted. */
  virtual void forward(State<T>& state) = 0;
  /** Reads the gradient of `plan.output`; writes those of parameters and delivers those of inputs. */
  virtual void backward(State<T>& state) = 0;
  /** Floating-point operations of a forward pass, twice the multiply-adds. */
  virtual double operations(const State<T>&) const { return 0; }

  const NodePlan plan;
};

template <typename T>
std::unique_ptr<Node<T>> makePointwise(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeDepthwise(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeConvolution(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeDense(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeSum(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeMask(const NodePlan&, State<T>&);
template <typename T>
std::unique_ptr<Node<T>> makeFlatten(const NodePlan&, State<T>&);

}  // namespace fair
