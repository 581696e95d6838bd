// The records that the tablet's modules hand to each other, for the type checker; nothing of this is served.

/** A text in the languages of its questionnaire; `vi` is always there. */
export type Text = Record<string, string>;

/** JSON whose shape depends on the type of its question. */
// deno-lint-ignore no-explicit-any -- only the module of that type knows the shape
export type Json = any;

/** By the names of questions; a repeat is a list of instances, each with its answers. */
export type Answers = Record<string, Json>;

/** A value of expressions; dates and times are ISO text. */
export type Value = null | boolean | number | string | Value[];

/** An expression: a constant, `[operator, ...arguments]` or `["call", function, ...arguments]`. */
export type Tree = Json;

/** What expressions read. `instance` and `position` (from 1) are those of the repeat around, `now` the local minute. */
export interface Scope {
  answers: Answers;
  own: Value;
  today: string;
  now?: string;
  instance: Record<string, Value>;
  position: number | null;
}

export type Operation = (...values: Value[]) => Value;

/** An operation that takes its arguments unevaluated. */
export type ScopeOperation = (scope: Scope, ...parts: Tree[]) => Value;

export interface Choice {
  code: string;
  label: Text;
}

/** A compiled question, as survey_server/questionnaire/client.py writes it. */
export interface Question {
  name: string;
  type: string;
  label?: Text;
  constraint_message?: Text;
  required?: Tree;
  relevant?: Tree;
  constraint?: Tree;
  calculation?: Tree;
  default?: Tree;
  choices?: string;
  rows?: Choice[];
  periods?: Choice[];
  questions?: Question[];
}

export interface Section {
  name: string;
  title: Text;
  relevant: Tree;
  questions: Question[];
}

/** A compiled questionnaire; `order` is the order of evaluation. */
export interface Questionnaire {
  title: Text;
  choices: Record<string, { missing: Choice[] }>;
  sections: Section[];
  order: string[];
}

/** The texts of inputs by the inputs' names. */
export type Typed = Record<string, string[]>;

/** The texts of inputs; the number of instances of each repeat. */
export interface Filling {
  typed: Typed;
  instances: Record<string, number>;
}

/** What the inputs of a question say; a fault is the key of a text. */
export interface Reading {
  value?: Json;
  fault?: string;
  cells?: { suffix: string; code: string }[];
}

/** A problem of an answer: `code` is the key of a text. */
export interface Problem {
  path: string;
  code: string;
}

/** See question_types.js. */
export interface QuestionType {
  role: string;
  read: (element: HTMLElement) => Reading;
  typed: (name: string, answer: Json) => Typed;
  toValue: (answer: Json) => Json;
  coerce: (value: Value) => Json;
  isNumber: boolean;
  isAnswered: (answer: Json, question: Question) => boolean;
}

/** A question on the route: `around` is the group or repeat that it stands in, `repeat` the name of the repeat. */
export interface Step {
  question: Question;
  name: string;
  type: QuestionType;
  around: Step | null;
  repeat: string | null;
  sectionRelevant: Tree;
  missing: Set<string>;
}

/** What the route found out, by path; `values` are those that expressions read. */
export interface RouteState {
  relevant: Set<string>;
  required: Set<string>;
  calculated: Record<string, Value>;
  values: Answers;
  problems: (Problem & { question: string })[];
}

export interface Route {
  steps: Map<string, Step>;
  evaluate: (answers: Answers, on: { today: string }) => RouteState;
}

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

/** `typed`: the texts of the inputs by question, readable or not; `seconds` are spent by section. */
export interface DraftContent {
  answers: Answers;
  typed: Record<string, Typed> | null;
  instances: Record<string, number>;
  seconds: Record<string, number>;
  /** The questions that had their default. */
  defaulted?: string[];
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
