export { barChart } from './bar-chart';
export { dotPlot } from './dot-plot';
export { histogram, histogramOfCounts } from './histogram';
export { lineChart } from './line-chart';
