/** `terms[0].weights`. Equal names mean equal places: a name that could be read otherwise stands in quotes, `teachers["a.b"].weights`. */
export function leafName(pointer: readonly (string | number)[]): string {
  return pointer.reduce<string>(memberName, '');
}

/** Name of a member of something named; '' names the whole. */
export function memberName(name: string, step: string | number): string {
  if (typeof step === 'number') return `${name}[${step}]`;
  return memberNames(name, step)[0]!;
}

/** How a member may be written: as it is named, then otherwise. */
export function memberNames(name: string, step: string): string[] {
  const [plain, quoted] = [name === '' ? step : `${name}.${step}`, `${name}[${JSON.stringify(step)}]`];
  return /^[^.[\]"/\\]+$/.test(step) ? [plain] : [quoted, plain];
}

/** The same for a person, who asks for an option and not for an item of it: `terms[0].weights`, `lists`. */
export function optionName(pointer: readonly (string | number)[]): string {
  const last = pointer.findLastIndex(step => typeof step === 'string');
  return leafName(pointer.slice(0, last + 1));
}
