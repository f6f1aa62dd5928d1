/**
 * What the process of a stage inherits: what Node, the system's libraries and the engines need to start. Of that, what brings other code into
 * it or makes an engine round in another way is part of the key by itself (`runtime-leaves.ts`). Any other variable that changes a result has
 * to be declared in the pipeline file (`env`), and then it is part of the key, too.
 */
const INHERITED: readonly RegExp[] = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|PWD)$/,
  /^(TMPDIR|TMP|TEMP)$/,
  /^(LANG|LANGUAGE|LC_\w+)$/,
  // NODE_ENV and the like are for programs of other people.
  /^NODE_(OPTIONS|PATH|ICU_DATA|NO_WARNINGS|DEBUG|DEBUG_NATIVE|V8_COVERAGE|(DISABLE_)?COMPILE_CACHE)$/,
  // Libraries and devices.
  /^(LD|DYLD)_\w+$/,
  /^(CUDA|CUDNN|NVIDIA|TF|XLA|OMP|KMP|DNNL|ONEDNN|VK|MESA|LP|XDG)_\w+$/i,
  // Windows.
  /^(SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramFiles.*|NUMBER_OF_PROCESSORS)$/i,
];

/** The part of an environment that every stage inherits. */
export function stageEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.some(name => name.test(entry[0])),
  );
  return Object.fromEntries(entries);
}
