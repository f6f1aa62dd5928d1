import { relative } from 'node:path';
import type { Place } from '../../workflow/configuration/checked-pipeline';
import { placeText } from '../../workflow/history/explain-plan';
import { runName } from '../../workflow/history/run-name';
import { clip, printable } from '../../kit/text/printable';
import type { Json } from '../../stage';
import { formatAge } from '../../kit/text/human';

/** `amber-otter` of `20261124-101500-amber-otter`. */
export function shortRun(run: string): string {
  return printable(runName(run));
}

/** The beginning of a key, digest or object, short enough for people: `9f31c2ab…`. */
export function shortDigest(digest: string): string {
  const hex = digest.startsWith('sha256:') ? digest.slice(7) : digest;
  return hex.length <= 8 ? printable(hex) : `${printable(hex.slice(0, 8))}…`;
}

/** `3 d ago` for an ISO time. */
export function ageOf(time: string, now: number): string {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 'at an unknown time' : formatAge(Math.max(0, now - milliseconds));
}

/** `2026-11-24 10:15 UTC`. */
export function dateOf(time: string): string {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) return 'at an unknown time';
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `pipelines/kd.yaml:41:25`, or the argument of the command line as it was typed. */
export function shownPlace(place: Place, cwd: string): string {
  const text = placeText(place, cwd);
  return place.line === 0 ? clip(text, 60) : printable(text);
}

/** Relative to the working directory where that is shorter. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return printable(short !== '' && short.length < path.length ? short : path);
}

/** A value of JSON in a line: texts without quotes where that is clear. */
export function valueText(value: Json, width: number): string {
  const text = typeof value === 'string' && /^[^\s"'{}[\],]+$/.test(value) ? value : JSON.stringify(value);
  return clip(text, width);
}
