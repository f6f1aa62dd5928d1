import type { ErrorCode } from '../../error-codes';
import { UserError, messageOf } from '../../errors';
import { plural } from '../../kit/text/human';

/** What a person can do about a fault, by what onnxruntime says. */
interface Fault {
  readonly says: RegExp;
  readonly code: ErrorCode;
  /** What was found and what to do, with the groups of `says`. */
  readonly describe: (groups: readonly string[]) => string;
}

const OPENING: readonly Fault[] = [
  {
    // ENFILE and EMFILE.
    says: /system error number 2[34]\b/,
    code: 'too-many-files',
    describe: () => 'too many files are open; raise the limit of the shell (`ulimit -n`), or run with `--jobs 1`',
  },
  {
    says: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    code: 'newer-onnx',
    describe: ([found, most]) =>
      `it is in version ${found} of the ONNX format (\`ir_version\`), onnxruntime knows up to ${most}; export it with an older \`onnx\` package`,
  },
  {
    says: /Opset (\d+) is under development.*support for domain (\S+) is till opset (\d+)/s,
    code: 'newer-onnx',
    describe: ([found, domain, most]) =>
      `it uses operator set ${found} of ${domain}, onnxruntime knows up to ${most}; export it with \`opset_version=${most}\` or lower`,
  },
  {
    says: /([\w.:]+)\(-?\d+\) is not a registered function|No Op registered for (\S+) with domain_version of \d+/,
    code: 'unknown-operator',
    describe: ([custom, unknown]) =>
      `onnxruntime has no operator ${custom ?? unknown}; export the model with standard ONNX operators only`,
  },
  {
    says: /In Node, \("[^"]*", (\w+), .*No opset import for domain '([^']+)'/s,
    code: 'unknown-operator',
    describe: ([operator, domain]) =>
      `onnxruntime has no operator ${domain}:${operator}; export the model with standard ONNX operators only`,
  },
  {
    says: /Could not find an implementation for (\S+?)\(\d+\) node/,
    code: 'unknown-operator',
    describe: ([operator]) =>
      `onnxruntime cannot compute ${operator} with the types that the model gives it; export the model in float32`,
  },
  {
    says: /(Protobuf parsing failed|ModelProto does not have a graph|Missing opset in the model)/,
    code: 'not-onnx',
    describe: ([reason]) => `it is damaged or no ONNX model (${reason}); download or copy it again`,
  },
  {
    says: /(External initializer[^.]*|External data path [^.]*)/i,
    code: 'damaged-model-data',
    describe: ([reason]) =>
      `the file beside it that holds its weights cannot be read (${reason}); copy both from where they came from`,
  },
];

const MEMORY = /Failed to allocate memory(?: for requested buffer of size (\d+))?|bad[_ ]alloc|out of memory/i;

/** An ONNX file that onnxruntime refuses. @param found what it threw */
export function cannotOpen(file: string, found: unknown): UserError {
  const text = messageOf(found);
  const about = `Cannot open recogniser ${file}: `;
  if (MEMORY.test(text))
    return outOfMemory(about, text, 'leave it more, or run fewer stages at once (`--jobs 1`)', found);
  for (const { says, code, describe } of OPENING) {
    const groups = says.exec(text)?.slice(1);
    if (groups) return new UserError(about + describe(groups), { code, cause: found });
  }
  const reason = `onnxruntime does not take it as an ONNX model (${plain(text)})`;
  return new UserError(`${about}${reason}; export the model to ONNX again`, { code: 'not-onnx', cause: found });
}

/** A run that failed. @param alone whether the model takes one face, where it failed with `batch` of them */
export function cannotRun(file: string, batch: number, alone: boolean, found: unknown): UserError {
  const text = messageOf(found);
  const about = `Cannot embed ${plural(batch, 'face')} with ${file}: `;
  if (MEMORY.test(text)) {
    const less = batch > 1 ? `set \`batch\` lower than ${batch}, or ` : '';
    return outOfMemory(about, text, `${less}run fewer stages at once (\`--jobs 1\`)`, found);
  }
  const advice = alone
    ? 'it takes one face at a time: set `batch: 1`, or export it with a free first dimension'
    : 'one face alone fails as well, so the model itself is wrong: export it again, and try it with onnxruntime before';
  return new UserError(`${about}${plain(text)}; ${advice}`, { code: 'recogniser-failed', cause: found });
}

/** An embedding without a direction: its norm is 0, infinite or no number. */
export function noDirection(norm: number, where: string): UserError {
  const [found, advice] =
    norm === 0
      ? [
          'all its values are 0',
          'check `mean` and `scale`; if they are right, the model gives nothing for such a picture: leave it out',
        ]
      : [
          `the norm of its embedding is ${norm}`,
          'the model computes what is no number for it, such as the root of a negative value or more than half precision can hold: ' +
            'check `mean` and `scale`, and export it in float32',
        ];
  return new UserError(`Cannot embed ${where}: ${found}, want a positive norm; ${advice}`, { code: 'bad-embedding' });
}

/** A face and its mirror image whose embeddings are each other's negative: the sum that is compared is 0. */
export function viewsCancel(where: string): UserError {
  return new UserError(
    `Cannot embed ${where}: the embedding of its mirror image is exactly the negative of its own, so that their sum, which is compared, is 0, want a ` +
      'positive norm; a model of faces gives both nearly the same: check `mean`, `scale` and whether this is a face recogniser; if so, leave the picture out',
    { code: 'bad-embedding' },
  );
}

/** @param why such a model is like that, in words */
export function notDeterministic(file: string, found: string, why: string): UserError {
  return new UserError(
    `Cannot use ${file}: ${found}, ${why}; export the model to ONNX in evaluation mode (PyTorch: model.eval() before torch.onnx.export)`,
    { code: 'not-deterministic' },
  );
}

function outOfMemory(about: string, text: string, advice: string, cause: unknown): UserError {
  const bytes = MEMORY.exec(text)?.[1];
  const wanted = bytes === undefined ? '' : ` (it asked for ${bytes} bytes at once)`;
  return new UserError(`${about}there is not enough memory${wanted}; ${advice}`, { code: 'recogniser-memory', cause });
}

const LONGEST = 400;

/** Without the places in the source of onnxruntime. */
function plain(text: string): string {
  const reason = text
    .trim()
    .replace(/\/\S*\.(?:cc|h):\d+ (?:[^()]*\((?:[^()]|\([^()]*\))*\)(?: const)? )?/g, '')
    .replace(/Non-zero status code returned while running (\S+) node\. Name:'[^']*' Status Message: /, '$1: ')
    .replace(/\.$/, '');
  return reason.length > LONGEST ? `${reason.slice(0, LONGEST - 1)}…` : reason;
}
