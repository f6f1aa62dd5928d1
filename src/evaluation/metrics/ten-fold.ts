/** What accuracy means, for the protocol and for the metric. */
export const TEN_FOLD =
  'percent, mean over 10 folds as the pair list gives them; a pair matches when the squared L2 distance of the unit vectors is < threshold; ' +
  'threshold in the middle of the gap between two scores that is best on the other folds, the widest of equally good ones';
