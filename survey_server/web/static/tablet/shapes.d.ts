// The records that the tablet's modules hand to each other, for the type checker; nothing of this is served.

/** A text in the languages of its questionnaire; `vi` is always there. */
export type Text = Record<string, string>;

export type Answers = Record<string, unknown>;

/** How IndexedDB holds a record: its keys beside `data`, JSON text, readable while `key_id` is null. */
export interface Wrapped {
  key_id: string | null;
  iv: string | null;
  data: string;
}

export interface Locality {
  scheme: string;
  level: string;
  code: string;
  name: string;
}

export interface DraftKeys {
  id: string;
  assignment: string;
  questionnaire: string;
  version: string;
  round: string;
  locality: Locality;
  visit: string | null;
  supersedes: string | null;
  started_at: string;
  saved_at: string;
  section: string | null;
  title: Text;
}

/** `typed` is what stands in the inputs by question, readable or not; `seconds` are spent by section. */
export interface DraftContent {
  answers: Answers;
  typed: Record<string, Record<string, unknown>> | null;
  instances: Record<string, number>;
  seconds: Record<string, number>;
}

export interface Draft {
  keys: DraftKeys;
  content: DraftContent;
}

export type ProblemMessage = { code?: string; message?: Text | string };

/** A finished response; `data` is the text that is sent, byte for byte, `sha256` its digest. */
export interface OutboxRow extends Wrapped {
  sha256: string;
  id: string;
  state: string;
  finished_at: string;
  questionnaire: string;
  version: string;
  assignment: string | null;
  title: Text;
  problems: ProblemMessage[];
}

/** What the server answers for one row of a batch. */
export interface Receipt {
  id: string;
  sha256: string;
  status: string;
  received_at: string;
  problems?: ProblemMessage[];
}

/** A receipt as the tablet stores it, with what the list of receipts shows. */
export type StoredReceipt = Receipt & Omit<OutboxRow, keyof Wrapped | "state"> & { problems: ProblemMessage[] };

export interface Device {
  device_id: string;
  upload_token: string;
  server_key: string | null;
  token: string;
  person: string;
}

export interface Clock {
  offset_ms: number;
  measured_at: string;
}

export interface Assignment {
  id: string;
  questionnaire: string;
  version: string;
  round: string;
  locality: Locality;
  visit: string | null;
  quantity: number;
  done: number;
  due_on: string | null;
}

export interface AssignedQuestionnaire {
  id: string;
  version: string;
  title: Text;
  url: string;
  sha256: string;
}

export interface Returned {
  id: string;
  body: string;
  by: string;
  at: string;
  reason: string;
}

export interface Visit {
  id: string;
  locality: Locality;
  starts_on: string;
  ends_on: string;
}

export interface Work {
  assignments: Assignment[];
  questionnaires: AssignedQuestionnaire[];
  returned: Returned[];
  visits: Visit[];
  fetched_at: string;
}

export interface ServerError {
  code?: string;
  message: Text | string;
  name?: string;
}

/** What became of a request: `kind` is "ok", "offline", "portal", "unauthorised", "revoked", "busy" or "refused". */
export interface Answer {
  kind: string;
  // deno-lint-ignore no-explicit-any -- JSON of the server
  body?: any;
  text?: string;
  status?: number;
  error?: ServerError;
  retryAfter?: number;
}

/** The outcome of a sync: an answer's kind, or "none", "outdated", "broken". */
export type Outcome = Pick<Answer, "kind" | "error" | "retryAfter">;

export interface SyncState {
  kind: string;
  error?: ServerError;
  at: string;
}
