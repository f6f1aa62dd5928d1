/** The number after `--name=` on the command line. */
export function readOption(name: string, otherwise: number): number {
  const given = readText(name);
  return given === undefined ? otherwise : Number(given);
}

/** What stands after `--name=` on the command line. */
export function readText(name: string): string | undefined {
  return process.argv.find(argument => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** What stands on the command line beside options. */
export function readWords(otherwise: readonly string[]): readonly string[] {
  const given = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
  return given.length > 0 ? given : otherwise;
}
