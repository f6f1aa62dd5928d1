// What JavaScript calls. Sizes are checked here: beyond this file nothing knows how long an array is.
#include "../napi.h"
#include "embedding_mse.h"
#include "margin_softmax.h"
#include "optimiser.h"

namespace {

void wantSize(const napi::Floats& array, int64_t size, const char* name) {
  if (int64_t(array.size) != size)
    throw std::invalid_argument(std::string(name) + " has " + std::to_string(array.size) + " values, want " +
                                std::to_string(size));
}

void wantCounts(size_t found, size_t wanted, const char* name) {
  if (found != wanted)
    throw std::invalid_argument("got " + std::to_string(found) + " " + name + ", want " + std::to_string(wanted));
}

}  // namespace

// marginSoftmax(features, centres, labels, margins, scale, out value [2], out products, out ofFeatures, out ofCentres)
EXPORT(marginSoftmax) {
  const auto features = args.floats(0), centres = args.floats(1);
  const auto labels = args.ints(2);
  const auto margins = args.floats(3, labels.size);
  const auto products = args.floats(6);
  const int64_t faces = labels.size;
  if (faces == 0 || products.size % faces != 0) throw std::invalid_argument("there are no faces, or no classes");
  const int64_t dimensions = features.size / faces, classes = products.size / faces;
  wantSize(features, faces * dimensions, "features");
  wantSize(centres, dimensions * classes, "centres");
  const fair::MarginSoftmax head{faces,         dimensions,  classes,      features.data,
                                 centres.data,  labels.data, margins.data, float(args.number(4))};
  const auto value = args.floats(5, 2);
  const auto [loss, accuracy] =
      fair::marginSoftmax(head, {products.data, args.floats(7, faces).data, args.floats(8, classes).data});
  value[0] = loss;
  value[1] = accuracy;
  return args.undefined();
}

// marginSoftmaxGradients(upstream, features, centres, products, ofFeatures, ofCentres, out dFeatures, out dCentres)
EXPORT(marginSoftmaxGradients) {
  const auto features = args.floats(1), centres = args.floats(2), ofFeatures = args.floats(4), ofCentres = args.floats(5);
  const int64_t faces = ofFeatures.size, classes = ofCentres.size;
  if (faces == 0 || classes == 0) throw std::invalid_argument("there are no faces, or no classes");
  const int64_t dimensions = features.size / faces;
  wantSize(features, faces * dimensions, "features");
  wantSize(centres, dimensions * classes, "centres");
  const fair::MarginSoftmax head{faces, dimensions, classes, features.data, centres.data, nullptr, nullptr, 0.f};
  fair::marginSoftmaxGradients(head, {args.floats(3, faces * classes).data, ofFeatures.data, ofCentres.data},
                               float(args.number(0)), args.floats(6, features.size).data,
                               args.floats(7, centres.size).data);
  return args.undefined();
}

// embeddingMse(student, teacher, rows, terms, out gradient): the loss
EXPORT(embeddingMse) {
  const auto student = args.floats(0);
  const auto teacher = args.floats(1, student.size), gradient = args.floats(4, student.size);
  const int64_t rows = args.integer(2);
  if (rows < 1) throw std::invalid_argument("there are no rows");
  const int64_t dimensions = student.size / rows;
  wantSize(student, rows * dimensions, "student");
  return args.resultNumber(fair::embeddingMse(rows, dimensions, student.data, teacher.data, args.number(3), gradient.data));
}

// sgd(weights[], gradients[], velocities[], factors [arrays], learningRate, momentum, weightDecay), in place
EXPORT(sgd) {
  const auto weights = args.floatsList(0), gradients = args.floatsList(1), velocities = args.floatsList(2);
  wantCounts(gradients.size(), weights.size(), "gradients");
  wantCounts(velocities.size(), weights.size(), "velocities");
  const auto factors = args.floats(3, weights.size());
  std::vector<fair::SgdUpdate> updates;
  for (size_t i = 0; i < weights.size(); i++) {
    const int64_t count = weights[i].size;
    wantSize(gradients[i], count, "a gradient");
    wantSize(velocities[i], count, "a velocity");
    updates.push_back({weights[i].data, velocities[i].data, gradients[i].data, count, factors[i]});
  }
  fair::sgd(updates, float(args.number(4)), float(args.number(5)), float(args.number(6)));
  return args.undefined();
}

// sumOfSquares(arrays[]): number
EXPORT(sumOfSquares) {
  std::vector<fair::Span> spans;
  for (const auto& array : args.floatsList(0)) spans.push_back({array.data, int64_t(array.size)});
  return args.resultNumber(fair::sumOfSquares(spans));
}

// moveAverages(running[], latest[], share), in place
EXPORT(moveAverages) {
  const auto running = args.floatsList(0), latest = args.floatsList(1);
  wantCounts(latest.size(), running.size(), "statistics");
  std::vector<fair::Average> averages;
  for (size_t i = 0; i < running.size(); i++) {
    wantSize(latest[i], running[i].size, "a statistic");
    averages.push_back({running[i].data, latest[i].data, int64_t(running[i].size)});
  }
  fair::moveAverages(averages, float(args.number(2)));
  return args.undefined();
}
