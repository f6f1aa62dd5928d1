// Squared distance between the directions of two sets of embeddings, and its gradient.
#pragma once
#include <cstdint>

namespace fair {

/**
 * Sum over all values of (student / |student| - teacher / |teacher|)^2, divided by `terms`. Both [rows, dimensions].
 * @param gradient [rows, dimensions], by the student
 */
float embeddingMse(int64_t rows, int64_t dimensions, const float* student, const float* teacher, double terms,
                   float* gradient);

}  // namespace fair
