// The types of the tablet's modules, which need no import of them; nothing of this is served.

/** A text in the languages of its questionnaire; `vi` is always there. */
type Texts = Record<string, string>;

/** JSON whose shape depends on the type of its question. */
// deno-lint-ignore no-explicit-any -- only the module of that type knows the shape
type Json = any;

/** By the names of questions; a repeat is a list of instances, each with its answers. */
type Answers = Record<string, Json>;

/** A value of expressions; dates and times are ISO text. */
type Value = null | boolean | number | string | Value[];

/** An expression: a constant, `[operator, ...arguments]` or `["call", function, ...arguments]`. */
type Tree = Json;

/** What expressions read. `instance` and `position` (from 1) are those of the repeat around, `now` the local minute. */
interface Scope {
  answers: Answers;
  own: Value;
  today: string;
  now?: string;
  instance: Record<string, Value>;
  position: number | null;
}

type Operation = (...values: Value[]) => Value;

/** An operation that takes its arguments unevaluated. */
type ScopeOperation = (scope: Scope, ...parts: Tree[]) => Value;

interface Choice {
  code: string;
  label: Texts;
}

/** A compiled question, as survey_server/questionnaire/client.py writes it. */
interface Question {
  name: string;
  type: string;
  label?: Texts;
  constraint_message?: Texts;
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

interface Section {
  name: string;
  title: Texts;
  relevant: Tree;
  questions: Question[];
}

/** A compiled questionnaire; `order` is the order of evaluation. */
interface Questionnaire {
  title: Texts;
  choices: Record<string, { missing: Choice[] }>;
  sections: Section[];
  order: string[];
}

/** The texts of inputs by the inputs' names. */
type Typed = Record<string, string[]>;

/** The texts of inputs; the number of instances of each repeat. */
interface Filling {
  typed: Typed;
  instances: Record<string, number>;
}

/** What a typed text says as a number; `other`: what English notation reads in it. */
interface NumberReading {
  number?: number;
  other?: number;
  problem?: string;
  parts?: Parts;
}

/** What the inputs of a question say; a problem is the key of a text, with what stands in its braces. */
interface Reading {
  value?: Json;
  problem?: string;
  parts?: Parts;
  cells?: { suffix: string; code: string; parts?: Parts }[];
}

/** A problem of an answer: `code` is the key of a text, `parts` what stands in its braces. */
interface Problem {
  path: string;
  code: string;
  parts?: Parts;
}

/** What the tablet does with a question type; the exports of types/<type>.js replace those of question_types.js. */
interface QuestionType {
  /** "answer"; "note", "calculated", "group" or "repeat" where the question itself is not answered. */
  role: string;
  read: (element: HTMLElement) => Reading;
  /** The inverse of `read`: the texts of the inputs. */
  typed: (name: string, answer: Json) => Typed;
  /** The value of an answer, of any JSON, in expressions. */
  toValue: (answer: Json) => Json;
  /** The answer that a default's value stands for, null for none. */
  coerce: (value: Value) => Json;
  /** A text in place of the answer is a code for why there is none. */
  isNumber: boolean;
  isAnswered: (answer: Json, question: Question) => boolean;
}

/** A question on the route: `around` is the group or repeat that it stands in, `repeat` the name of the repeat. */
interface Step {
  question: Question;
  name: string;
  type: QuestionType;
  around: Step | null;
  repeat: string | null;
  sectionRelevant: Tree;
  missing: Set<string>;
}

/** What the route found out, by path; `values` are those that expressions read. */
interface RouteState {
  relevant: Set<string>;
  required: Set<string>;
  calculated: Record<string, Value>;
  values: Answers;
  problems: (Problem & { question: string })[];
}

interface Route {
  steps: Map<string, Step>;
  evaluate: (answers: Answers, on: { today: string }) => RouteState;
}

/** How IndexedDB holds a record: its keys beside `data`, JSON text, readable while `key_id` is null. */
interface Wrapped {
  key_id: string | null;
  iv: string | null;
  data: string;
}

interface Locality {
  scheme: string;
  level: string;
  code: string;
  name: string;
}

interface DraftKeys {
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
  title: Texts;
}

/** `typed`: the texts of the inputs by question, readable or not; `seconds` are spent by section. */
interface DraftContent {
  answers: Answers;
  typed: Record<string, Typed> | null;
  instances: Record<string, number>;
  seconds: Record<string, number>;
  /** The questions that had their default. */
  defaulted?: string[];
  /** Of the correction of a returned response: who returned it, and why. */
  returned?: Pick<Returned, "by" | "at" | "reason">;
  /** Of a response that the server refused and that is filled in again: its id. */
  reopened?: string;
  /** What of the answers that the draft began with no input can hold. */
  lost?: OpenPoint[];
}

interface Draft {
  keys: DraftKeys;
  content: DraftContent;
}

type ProblemMessage = { code?: string; message?: Texts | string };

/** A finished response; `data` is the text that is sent, byte for byte, `sha256` its digest. */
interface OutboxRow extends Wrapped {
  sha256: string;
  id: string;
  state: string;
  finished_at: string;
  questionnaire: string;
  version: string;
  assignment: string | null;
  title: Texts;
  locality?: Locality;
  supersedes?: string | null;
  problems: ProblemMessage[];
}

/** What the server answers for one row of a batch. */
interface Receipt {
  id: string;
  sha256: string;
  status: string;
  received_at: string;
  problems?: ProblemMessage[];
}

/** A receipt as the tablet stores it, with what the list of receipts shows. */
type StoredReceipt = Receipt & Omit<OutboxRow, keyof Wrapped | "state"> & { problems: ProblemMessage[] };

interface Device {
  device_id: string;
  upload_token: string;
  server_key: string | null;
  token: string;
  person: string;
}

interface Clock {
  offset_ms: number;
  measured_at: string;
}

interface Assignment {
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

interface AssignedQuestionnaire {
  id: string;
  version: string;
  title: Texts;
  respondent?: string;
  url: string;
  sha256: string;
}

interface Returned {
  id: string;
  body: string;
  by: string;
  at: string;
  reason: string;
}

interface Visit {
  id: string;
  locality: Locality;
  starts_on: string;
  ends_on: string;
}

interface Work {
  assignments: Assignment[];
  questionnaires: AssignedQuestionnaire[];
  returned: Returned[];
  visits: Visit[];
  fetched_at: string;
}

interface ServerError {
  code?: string;
  message: Texts | string;
  name?: string;
}

/** What became of a request: `kind` is "ok", "offline", "portal", "unauthorised", "revoked", "busy" or "refused". */
interface Answer {
  kind: string;
  // deno-lint-ignore no-explicit-any -- JSON of the server
  body?: any;
  text?: string;
  status?: number;
  error?: ServerError;
  retryAfter?: number;
}

/** The outcome of a sync: an answer's kind, or "none", "outdated", "broken". */
type Outcome = Pick<Answer, "kind" | "error" | "retryAfter">;

interface SyncState {
  kind: string;
  error?: ServerError;
  at: string;
}

/** `more`: something changed meanwhile. */
interface SaveOutcome {
  savedAt?: string;
  more?: boolean;
  error?: Error;
}

/** A draft that was opened, or the key of the text that says why not. */
type OpenedDraft =
  | { draft: Draft; isNew: boolean; problem?: undefined }
  | { problem: string; draft?: undefined; isNew?: undefined };

type DraftSaver = ReturnType<typeof import("./drafts.js").draftSaver>;
type FormState = import("./form_state.js").FormState;
type Pages = import("./pages.js").Pages;
type StatusLine = import("./status_line.js").StatusLine;

type SectionState = "skipped" | "untouched" | "started" | "problem" | "complete";

/** A problem with the element of its question. */
interface ShownProblem extends Problem {
  question: string;
  element: HTMLElement;
}

/** A problem that the surveyor left open, with what was typed. */
interface OpenPoint {
  question: string;
  code: string;
  typed?: string;
}

/** The compiled questions by name. */
type Questions = Map<string, Question>;

/** Cells by row and period. */
type Table = Record<string, Record<string, Json>>;

/** What replaces a name in the braces of a text. */
type Part = Texts | string | number | null | undefined;
type Parts = Record<string, Part>;

/** A child for `make` in dom.js. */
type Leaf = Node | string | null | undefined | false;
type Child = Leaf | Leaf[] | (Leaf | Leaf[])[];

type OpenStore = (name: string) => IDBObjectStore;

/** Run `work` in one transaction on object stores. */
type Transact = <T>(stores: string[], work: (store: OpenStore) => T | Promise<T>) => Promise<T>;
type TransactInMode = <T>(stores: string[], mode: IDBTransactionMode, work: (store: OpenStore) => T | Promise<T>) => Promise<T>;

/** Draw the lists again; with "send", sync first. */
type Changed = (send?: "send") => void;

interface UnsentRow {
  id: string;
  sha256: string;
  body: string;
}

/** What the lists show beside the work: the finished responses here, by assignment and by what they correct. */
interface Known {
  work: Work | null;
  waiting: Map<string | null, number>;
  open: Draft[];
  corrected: Set<string>;
}

/** What identifies a response in a list. */
interface Identified {
  id: string;
  questionnaire: string;
  version: string;
  title?: Texts;
  assignment: string | null;
  locality?: Locality;
}
