import { formatBytes } from '../../kit/text/human';

/** MLflow's REST interface, version 2.0 of it. */
export interface MlflowClient {
  /** Id of the experiment with the name, made if there is none. */
  experiment(name: string): Promise<string>;
  /** Sends a request; resolves to the answer. Rejects with `MlflowRefusal` when the server says no, otherwise as `fetch` does. */
  post(method: string, body: object): Promise<Answer>;
}

type Answer = Readonly<Record<string, unknown>>;

type Environment = Readonly<Record<string, string | undefined>>;

/** The server answered, and will say the same again; or it cannot be asked at all. */
export class MlflowRefusal extends Error {}

const REQUEST_MS = 5000;
/** The longest answer that is waited for is one experiment with its tags. */
const MOST_ANSWER = 1_000_000;

/**
 * A client for the server that the environment names (`MLFLOW_TRACKING_URI` with `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and
 * `MLFLOW_TRACKING_PASSWORD`); undefined where it names none that is reached by HTTP. `signal` ends every request. Throws `MlflowRefusal` for
 * a token that cannot be sent. No message holds an address; what the server says may hold whatever it was sent.
 */
export function mlflowClient(env: Environment, signal: AbortSignal): MlflowClient | undefined {
  const address = addressOf(env['MLFLOW_TRACKING_URI']);
  if (address === undefined) return undefined;
  const headers = { 'content-type': 'application/json', ...authorization(env, address) };
  const base = `${address.origin}${address.pathname.replace(/\/+$/, '')}/api/2.0/mlflow/`;

  const send = async (path: string, body?: object): Promise<Answer> => {
    const response = await fetch(base + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]),
      // It would take the password to wherever the server wants.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await textOf(response);
    if (response.ok) return asObject(text);
    const { error_code: code } = asObject(text);
    const message = `${response.status} ${typeof code === 'string' ? code : response.statusText}`;
    // Too many requests, or a server in trouble: another time it may do.
    throw response.status === 429 || response.status >= 500 ? new Error(message) : new MlflowRefusal(message);
  };
  const findExperiment = async (name: string): Promise<string> => {
    const { experiment } = await send(`experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`);
    return idIn(experiment, 'experiment_id');
  };
  return {
    post: send,
    experiment: async name => {
      try {
        return await findExperiment(name);
      } catch (error) {
        if (!(error instanceof MlflowRefusal)) throw error;
      }
      try {
        return idIn(await send('experiments/create', { name }), 'experiment_id');
      } catch (error) {
        // Another run was faster.
        if (error instanceof MlflowRefusal && error.message.includes('ALREADY_EXISTS')) return findExperiment(name);
        throw error;
      }
    },
  };
}

/** An id in an answer. */
export function idIn(value: unknown, name: string): string {
  const id: unknown = value !== null && typeof value === 'object' ? (value as Answer)[name] : undefined;
  if (typeof id !== 'string' || id === '') throw new MlflowRefusal(`an answer without ${name}`);
  return id;
}

/** The text of an answer. Throws `MlflowRefusal` for one without end, whose rest is not read. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER) throw new MlflowRefusal(`an answer of more than ${formatBytes(MOST_ANSWER)}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Files and databases are other ways to keep runs, which need MLflow itself. */
function addressOf(text: string | undefined): URL | undefined {
  if (text === undefined || !/^https?:\/\//i.test(text)) return undefined;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function authorization(env: Environment, address: URL): { authorization?: string } {
  const token = (env['MLFLOW_TRACKING_TOKEN'] ?? '').trim();
  // Node would say so too, with the token in its words.
  if (/[^\x20-\x7e]/.test(token))
    throw new MlflowRefusal('MLFLOW_TRACKING_TOKEN holds a line end, or a character that cannot be sent');
  if (token !== '') return { authorization: `Bearer ${token}` };
  const { user, password } = nameOf(env, address);
  if (user === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** All that is sent to the server for it to know us by, in every form, and must not be shown when it comes back. */
export function mlflowSecrets(env: Environment): Readonly<Record<string, string>> {
  const address = addressOf(env['MLFLOW_TRACKING_URI']);
  if (address === undefined) return {};
  const { user, password } = nameOf(env, address);
  const token = env['MLFLOW_TRACKING_TOKEN'] ?? '';
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return { token, password, basic, typed: address.password };
}

function nameOf(env: Environment, { username, password }: URL): { readonly user: string; readonly password: string } {
  return {
    user: env['MLFLOW_TRACKING_USERNAME'] ?? decoded(username),
    password: env['MLFLOW_TRACKING_PASSWORD'] ?? decoded(password),
  };
}

/** A `%` that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asObject(text: string): Answer {
  try {
    const value = JSON.parse(text) as unknown;
    return value !== null && typeof value === 'object' ? (value as Answer) : {};
  } catch {
    return {};
  }
}
