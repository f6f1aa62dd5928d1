/** The report's style sheet. Colours of series are those of src/pictures/charts/palette.ts, lightened for a dark page. */
export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --rule: #d6dbe1; --accent: #005a9c; --note: #fff6dd; --best: #dff3e6; }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #14171b; --paper: #1d2126; --ink: #e6e9ed; --soft: #a3adb8; --rule: #3a424c; --accent: #7db8f0; --note: #37301a; --best: #1d3d2a; }
  .chart-s0 { color: #56a8e8; } .chart-s1 { color: #ff8a3d; } .chart-s2 { color: #2fc79a; } .chart-s3 { color: #e59ac5; }
  .chart-s4 { color: #e6b13c; } .chart-s5 { color: #7fc4f2; } .chart-s6 { color: #a79cf0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main, header, nav { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; margin: 0 0 .75rem; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, ul, dl { max-width: 62rem; }
.lead { color: var(--soft); margin: 0 0 1rem; overflow-wrap: anywhere; }
nav ol { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0 0 1rem; }
a { color: var(--accent); }
section { background: var(--paper); border: 1px solid var(--rule); border-radius: 10px; padding: 1.25rem 1.5rem; margin: 0 0 1.25rem; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: 50%; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .5rem; max-width: min(62rem, calc(100vw - 5rem)); }
th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--rule); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 8rem; }
.word { overflow-wrap: break-word; max-width: 22rem; }
th.number, td.number { text-align: right; }
td.number, code { white-space: nowrap; }
.best { background: var(--best); border-radius: 4px; padding: .1rem .3rem; margin-right: -.3rem; }
.quiet, .why, .interval { color: var(--soft); }
.interval { display: block; font-size: .8rem; }
.why { display: block; font-size: .8rem; white-space: normal; max-width: 12rem; margin-left: auto; }
.note { background: var(--note); border-left: 4px solid #c99a00; border-radius: 4px; padding: .6rem .9rem; margin: 1rem 0; max-width: 62rem; }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
figure { margin: 1.25rem 0; }
figcaption { color: var(--soft); font-size: .9rem; max-width: 62rem; }
.charts { display: grid; gap: .75rem; }
.wide { overflow-x: auto; }
.wide > svg { min-width: 36rem; }
.half { grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.small { grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); }
.half > svg { max-width: 34rem; } .small > svg { max-width: 26rem; }
svg.chart { width: 100%; height: auto; color: var(--ink); border: 1px solid var(--rule); border-radius: 6px; }
.chart-paper { fill: var(--paper); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1.25rem; }
dt { font-weight: 600; }
dd { margin: 0; }
code { font: .9em ui-monospace, monospace; }
footer { text-align: center; color: var(--soft); font-size: .85rem; padding: 0 1rem 2rem; }
@media (max-width: 40rem) { section { padding: 1rem; border-radius: 0; } main { padding: 0; } dl { display: block; } dt { margin-top: .6rem; } }
@media print {
  :root { --page: #fff; --paper: #fff; --ink: #000; --soft: #333; --rule: #bbb; --note: #fff; --best: #eee; }
  body { font-size: 10.5pt; } nav { display: none; } section { border: 0; padding: 0; }
  figure, tr, svg, .note { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
}
`;
