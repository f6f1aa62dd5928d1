import { markup, link, trusted, type Markup } from '../../pictures/page/markup';
import { formatSeconds } from '../../kit/text/human';
import type { TimeSpan, StageTimeline, RunTimeline } from './run-timeline';

/** Pixels. */
const [WIDTH, LABEL, ROW, AXIS] = [1000, 230, 22, 20];
/** So that even a very short stage is visible. */
const LEAST = 3;
const LONGEST_LABEL = 28;
const TICKS = 4;

export const TIMELINE_STYLE = `
.timeline { width: 100%; height: auto; font: 12px system-ui, sans-serif; } .timeline text { fill: var(--faint); }
.timeline .executed { fill: #2da44e; } .timeline .failed { fill: #d1242f; } .timeline .reused { fill: #57606a; }
.timeline .waiting { fill: #bf8700; } .timeline .running { fill: #0969da; } .timeline line { stroke: var(--line); }
.legend { display: flex; gap: 1rem; flex-wrap: wrap; } .legend svg { width: .8rem; height: .8rem; vertical-align: middle; }
main > h2 { margin-top: 1.5rem; }
.badge.interrupted { background: #bf870033; }
`;

/** The times at which each stage ran, as bars. */
export function drawTimeline(timeline: RunTimeline): Markup {
  const stages = [...timeline.stages.values()].filter(({ spans }) => spans.length > 0);
  const spans = stages.flatMap(stage => stage.spans);
  if (spans.length === 0) return markup`<p class="about">Nothing was done.</p>`;
  const from = timeline.started ?? Math.min(...spans.map(span => span.from));
  // At least a millisecond: a run of zero length has no scale.
  const length = Math.max(1, Math.max(...spans.map(span => span.to)) - from);
  const height = stages.length * ROW + AXIS;
  const xOf = (time: number): number => LABEL + ((time - from) / length) * (WIDTH - LABEL);
  return markup`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Timeline of the stages">
      ${ticks(length, height)} ${stages.map((stage, index) => row(stage, index * ROW, xOf))}
    </svg>
    ${legend(spans)}`;
}

function row({ stage, spans }: StageTimeline, y: number, xOf: (time: number) => number): Markup {
  return markup`<a href="#${link(stage)}"
      ><text x="${LABEL - 8}" y="${y + 15}" text-anchor="end">${shortName(stage)}</text></a
    >${spans.map(span => bar(stage, span, y, xOf))}`;
}

/** Keeps both ends of a long name: the first distinguishes stages, the last distinguishes cells of a matrix. */
function shortName(stage: string): string {
  const characters = Array.from(stage);
  if (characters.length <= LONGEST_LABEL) return stage;
  const half = Math.floor(LONGEST_LABEL / 2);
  return `${characters.slice(0, half).join('')}…${characters.slice(1 - half).join('')}`;
}

function bar(stage: string, { what, from, to, holder }: TimeSpan, y: number, xOf: (time: number) => number): Markup {
  const width = Math.max(LEAST, xOf(to) - xOf(from));
  const x = Math.min(xOf(from), WIDTH - width);
  const who = holder === undefined ? '' : ` for run ${holder.run}`;
  const title = `${stage}: ${what}${who}, ${formatSeconds((to - from) / 1000)}`;
  return markup`<rect
    class="${what}"
    x="${x.toFixed(1)}"
    y="${y + 4}"
    width="${width.toFixed(1)}"
    height="${ROW - 8}"
    rx="3"
    ><title>${title}</title></rect
  >`;
}

function ticks(length: number, height: number): Markup[] {
  return Array.from({ length: TICKS + 1 }, (_, index) => {
    const x = LABEL + (index / TICKS) * (WIDTH - LABEL);
    const anchor = index === 0 ? 'start' : index === TICKS ? 'end' : 'middle';
    return markup`<line x1="${x}" y1="0" x2="${x}" y2="${height - AXIS}" /><text
        x="${x}"
        y="${height - 5}"
        text-anchor="${anchor}"
        >${formatSeconds((index / TICKS) * length * 1e-3)}</text
      >`;
  });
}

function legend(spans: readonly TimeSpan[]): Markup {
  const kinds = (['executed', 'failed', 'reused', 'waiting', 'running'] as const).filter(what =>
    spans.some(span => span.what === what),
  );
  const mark = (what: string): Markup =>
    markup`<svg class="timeline" viewBox="0 0 10 10"><rect class="${what}" width="10" height="10" rx="2" /></svg>`;
  return markup`<p class="about legend">${kinds.map(what => markup`<span>${mark(what)} ${trusted(what)}</span>`)}</p>`;
}
