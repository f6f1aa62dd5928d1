export { barChart, type BarChart, type BarSeries } from './bar-chart';
export { dotPlot, type Dot, type DotPlot, type DotSeries } from './dot-plot';
export { histogram, histogramOfCounts, type CountedHistogram, type Histogram } from './histogram';
export { lineChart, type ChartMark, type LineChart, type LineSeries } from './line-chart';
