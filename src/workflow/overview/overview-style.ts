/** Style sheet of the overview page; follows the reader's choice of light or dark. */
export const OVERVIEW_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --faint: light-dark(#555, #aaa); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #16181c); color: light-dark(#1c1e21, #e4e6ea); }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.8rem; } h2 { margin: 0; font-size: 1.2rem; }
a { color: light-dark(#0b57d0, #8ab4f8); }
.summary, .about, .facts { margin: .25rem 0; color: var(--faint); font-size: .9rem; }
.report { display: inline-block; margin: .5rem 0; padding: .5rem 1rem; border-radius: .5rem; background: #0b57d0; color: #fff; text-decoration: none; }
.contents { columns: 16rem; padding-left: 1.5rem; }
section { margin-top: 1.25rem; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem; }
.badge { padding: .1rem .5rem; border-radius: 1rem; font-size: .75rem; font-weight: 600; vertical-align: middle; background: var(--soft); color: var(--faint); }
.badge.executed { background: #1a7f3733; color: light-dark(#116329, #7ee2a0); }
.badge.failed { background: #d1242f33; color: light-dark(#a40e26, #ff9a9a); }
pre { overflow-x: auto; padding: .75rem; border-radius: .5rem; background: var(--soft); font: 13px/1.4 ui-monospace, monospace; }
pre.failure { white-space: pre-wrap; border-left: 4px solid #d1242f; }
code { font: .9em ui-monospace, monospace; }
.looks { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 1rem; }
figure { margin: .5rem 0; } figcaption { color: var(--faint); font-size: .85rem; }
img { max-width: 100%; max-height: 24rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; }
.file { display: block; padding: 1rem; border: 1px dashed var(--line); border-radius: .5rem; overflow-wrap: anywhere; }
details { overflow-x: auto; margin: .5rem 0; } summary { cursor: pointer; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem 1rem .15rem 0; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; overflow-wrap: anywhere; }
td { font-family: ui-monospace, monospace; }
`;
