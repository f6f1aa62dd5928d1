// The training head: softmax cross-entropy over cosines with an angular margin, and its gradients.
#pragma once
#include <cstdint>

namespace fair {

/** Row-major float32. features [faces, dimensions], centres [dimensions, classes], labels and margins (radians) [faces]. */
struct MarginSoftmax {
  int64_t faces, dimensions, classes;
  const float *features, *centres;
  const int32_t* labels;
  const float* margins;
  float scale;
};

/** What the backward pass needs of the forward pass. */
struct MarginSlopes {
  /** [faces, classes]: derivative of the loss by the product of raw feature and raw centre, the lengths held. */
  float* products;
  /** [faces] and [classes]: what the lengths add, as factors on the raw feature and the raw centre. */
  float *ofFeatures, *ofCentres;
};

struct HeadLoss {
  float loss, accuracy;
};

/** Mean loss of the batch, and the share of faces whose nearest centre is their own. One buffer of [faces, classes]: `products`. */
HeadLoss marginSoftmax(const MarginSoftmax& head, const MarginSlopes& slopes);

/** `upstream` times the gradients of the loss. */
void marginSoftmaxGradients(const MarginSoftmax& head, const MarginSlopes& slopes, float upstream, float* dFeatures,
                            float* dCentres);

}  // namespace fair
