import { describe, expect, test } from '@jest/globals';
import type { Action } from '../../../src/workflow/store/actions/action';
import { lineage, LINEAGE_FORMATS } from '../../../src/commands/lineage';
import { traceLineage } from '../../../src/commands/lineage/trace';
import { DRAFT } from '../../helpers/artifacts';

const NOW = Date.parse('2026-01-01T02:00:00Z');
const OPTIONS = { cwd: '/proj', now: NOW, columns: 100 };

/** `[step, what it reads, the rest]`; keys and objects follow from the name. */
function actionOf(step: string, reads: readonly string[] = [], rest: Partial<Action> = {}): Action {
  return {
    ...DRAFT,
    kind: 'fairdistill-action',
    format: 1,
    key: hex(`key ${step}`),
    step,
    stage: { name: 'say', version: 1 },
    inputs: reads.map((name, i) => ({
      port: `port${i}`,
      step: name,
      output: 'text',
      digest: `sha256:${hex(name)}`,
      key: hex(`key ${name}`),
      object: hex(name),
    })),
    object: hex(step),
    digest: `sha256:${hex(step)}`,
    bytes: 1,
    others: [],
    ...rest,
  };
}

const READ = actionOf('read', [], {
  externals: [{ option: 'folder', path: '/data/rfw', digest: `sha256:${'ee'.repeat(32)}` }],
});
const ALIGN = actionOf('align', ['read']);
const MIX = actionOf('mix', ['align', 'lost']);
const STUDENT = actionOf('student', ['align', 'mix']);
const REPORT = actionOf('report', ['student']);
const ACTIONS = [REPORT, STUDENT, MIX, ALIGN, READ, actionOf('stranger')];

describe('lineage text', () => {
  test('goes back to what lies outside the store and forward to what was made of it, each once', () => {
    expect(textOf(STUDENT, ACTIONS)).toBe(`student (say)  ${short('student')}  run amber-otter, 1 h ago
of pipeline toy

made from
├─ port0: align (say)  ${short('align')}  run amber-otter, 1 h ago
│  └─ port0: read (say)  ${short('read')}  run amber-otter, 1 h ago
│     └─ folder: /data/rfw  eeeeeeee…  outside the store
└─ port1: mix (say)  ${short('mix')}  run amber-otter, 1 h ago
   ├─ port0: align (say)  ${short('align')}  run amber-otter, 1 h ago  (see above)
   └─ port1: lost  ${short('lost')}  no longer in the store

used by
└─ report (say)  ${short('report')}  run amber-otter, 1 h ago
`);
  });

  test('names each input of a port with names', () => {
    const { inputs } = MIX;
    const named = inputs.map((input, i) => ({ ...input, port: `teachers.${['arcface', 'b'][i]!}` }));
    const distilled = { ...STUDENT, inputs: [...named, ...named.slice(1)] };
    const text = textOf(distilled, [distilled, ALIGN, READ]);
    expect(text).toContain(`\n├─ teachers.arcface: align (say)  ${short('align')}`);
    expect(text.match(/─ teachers\.b: lost /g)).toHaveLength(2);
    expect(textOf(ALIGN, [distilled, ALIGN, READ])).toContain(`used by\n└─ student (say)`);
  });

  test('says that nothing was before or after', () => {
    const text = textOf(actionOf('alone'), []);
    expect(text).toContain('made from no other artifact');
    expect(text).toContain('used by nothing');
  });

  test('tells of accepted results why, at the root and on the way', () => {
    const accepted = { because: 'comment\u001b only', from: '77'.repeat(16), time: '2026-01-01T01:00:00Z' };
    const actions = [{ ...ALIGN, accepted }, READ, MIX, STUDENT];
    expect(textOf(actions[0] as Action, actions)).toContain(
      'accepted 1 h ago although it was made under the key 77777777…, because: comment\uFFFD only',
    );
    expect(textOf(STUDENT, actions)).toContain('run amber-otter, 1 h ago  accepted: comment\uFFFD only');
  });

  test('counts other work with the same bytes as the same artifact', () => {
    const twin = actionOf('twin', ['read'], { object: ALIGN.object, pipeline: 'other' });
    const actions = [twin, ...ACTIONS];
    const text = textOf(twin, actions);
    expect(text).toContain('the same bytes were made as toy/align in run amber-otter, 1 h ago');
    expect(text).toContain(`├─ mix (say)`);
  });
});

describe('lineage', () => {
  test.each(['mermaid', 'dot', 'html'])('draws all nodes as %s', format => {
    const text = lineage(locatedAt(STUDENT), ACTIONS, format, OPTIONS);
    for (const name of ['student', 'align', 'read', '/data/rfw', 'mix', 'lost', 'report']) expect(text).toContain(name);
    expect(text).not.toContain('stranger');
  });

  test('gives programs every node with what it needs', () => {
    const json = JSON.parse(lineage(locatedAt(MIX), ACTIONS, 'json', OPTIONS)) as {
      nodes: { id: string; relation: string }[];
    };
    expect(json.nodes.map(({ relation }) => relation).sort()).toEqual(
      ['product', 'product', 'source', 'source', 'source', 'source', 'target'].sort(),
    );
  });

  test('refuses an unknown format, and an artifact without a record', () => {
    expect(() => lineage(locatedAt(MIX), ACTIONS, 'ascii', OPTIONS)).toThrow(
      expect.objectContaining({ code: 'unknown-format' }),
    );
    expect(() => lineage({ ...locatedAt(MIX), actions: [] }, ACTIONS, 'text', OPTIONS)).toThrow(
      expect.objectContaining({ code: 'no-record', exit: 6 }),
    );
    expect(LINEAGE_FORMATS).toEqual(['text', 'mermaid', 'dot', 'html', 'json']);
  });
});

describe('traceLineage()', () => {
  test('ends also for records that claim to be made of each other', () => {
    const actions = [actionOf('a', ['b']), actionOf('b', ['a']), actionOf('c', ['c', 'b'])];
    for (const action of actions) expect(() => textOf(action, actions)).not.toThrow();
    expect(
      traceLineage(actions[0]!, actions)
        .nodes.map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'b'].map(hex).sort());
  });

  test('puts what a node needs before it', () => {
    const { nodes } = traceLineage(STUDENT, ACTIONS);
    const seen = new Set<string>();
    for (const { id, needs } of nodes) {
      for (const need of needs) expect(seen).toContain(need.id);
      seen.add(id);
    }
    expect(seen.size).toBe(7);
  });
});

function textOf(action: Action, actions: readonly Action[]): string {
  return lineage(locatedAt(action), actions, 'text', OPTIONS);
}

function locatedAt(action: Action) {
  return { object: action.object, folder: '/store/x', file: null, actions: [action] };
}

function hex(name: string): string {
  return Buffer.from(name.padEnd(16, '.')).toString('hex').slice(0, 32);
}

function short(name: string): string {
  return `${hex(name).slice(0, 8)}…`;
}
