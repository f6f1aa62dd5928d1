/** Style sheet of the page with the graph; follows the reader's choice of light or dark. */
export const GRAPH_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c1e21, #e4e6ea); --soft: light-dark(#59616b, #a3adb8); --line: light-dark(#8a939e, #76808c);
  --done: light-dark(#dff3e6, #173a27); --done-line: light-dark(#1a7f4b, #4dc488); --partial: light-dark(#fff3cf, #423405); --partial-line: light-dark(#9a7400, #e6b93c);
  --todo: light-dark(#ffe3dc, #47200f); --todo-line: light-dark(#b3401f, #ff9068); --waiting: light-dark(#e8eaee, #2a2f36); --waiting-line: light-dark(#6b7480, #9aa5b1);
  --outside: light-dark(#e3edfb, #16304f); --outside-line: light-dark(#2b62a8, #7fb2f5); --plain: light-dark(#ffffff, #20242a); --plain-line: light-dark(#59616b, #a3adb8); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#f6f7f9, #14171b); }
main { padding: 1.25rem; }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }
a { color: light-dark(#0b57d0, #8ab4f8); }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin: .5rem 0 1rem; padding: 0; list-style: none; color: var(--soft); font-size: .9rem; }
.legend i { display: inline-block; width: .9em; height: .9em; margin-right: .4em; border: 1.5px solid; border-radius: 3px; vertical-align: -.1em; }
.drawing { overflow: auto; max-width: 100%; }
svg { display: block; }
svg text { fill: var(--ink); font: 13px ui-monospace, monospace; }
svg text.more { fill: var(--soft); font-size: 11px; }
svg text.word { font-size: 11px; font-weight: 600; }
svg a text.name { fill: light-dark(#0b57d0, #8ab4f8); text-decoration: underline; }
path { fill: none; stroke: var(--line); stroke-width: 1.4; }
rect, .legend i { stroke-width: 1.4; }
.done { fill: var(--done); stroke: var(--done-line); background: var(--done); border-color: var(--done-line); }
.partial { fill: var(--partial); stroke: var(--partial-line); background: var(--partial); border-color: var(--partial-line); }
.todo { fill: var(--todo); stroke: var(--todo-line); background: var(--todo); border-color: var(--todo-line); }
.waiting { fill: var(--waiting); stroke: var(--waiting-line); background: var(--waiting); border-color: var(--waiting-line); }
rect.waiting { stroke-dasharray: 4 3; }
.outside { fill: var(--outside); stroke: var(--outside-line); background: var(--outside); border-color: var(--outside-line); }
.plain { fill: var(--plain); stroke: var(--plain-line); background: var(--plain); border-color: var(--plain-line); }
.tables { overflow-x: auto; margin-top: 1.5rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 500; }
td { min-width: 5rem; max-width: 34rem; }
`;
