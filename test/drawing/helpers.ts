import { drawCircumstances, type Circumstances } from '../../src/drawing/circumstances';
import { DOMAINS, type DomainName } from '../../src/drawing/domains';
import { GROUPS } from '../../src/drawing/groups';
import { drawIdentity, type Identity } from '../../src/drawing/identity';
import { seededRandom } from '../../src/kit/math/random';

export function somebody(seed: number, domain: DomainName = 'real'): Identity {
  return drawIdentity(GROUPS.A, DOMAINS[domain], seededRandom(seed, 'somebody'));
}

export function anyCircumstances(seed: number, domain: DomainName = 'real'): Circumstances {
  return drawCircumstances(DOMAINS[domain], GROUPS.A, 0.2, seededRandom(seed, 'circumstances'));
}

/** A plain photo: upright, frontal, evenly lit, sharp, eyes open, nothing before the face. */
export function plain(changes: Partial<Circumstances> = {}): Circumstances {
  return {
    ...anyCircumstances(1),
    yaw: 0,
    pitch: 0,
    roll: 0,
    scale: 0.65,
    shiftX: 0,
    shiftY: 0,
    light: 0,
    gain: [1, 1, 1],
    smile: 0,
    mouthOpen: 0,
    browRaise: 0,
    eyesClosed: 0,
    gaze: 0,
    noise: 0,
    grid: 0,
    glasses: false,
    occluder: 'none',
    clutter: [],
    ...changes,
  };
}
