// What the server puts before the text of the service worker.
declare const SHELL: string;
declare const FILES: Record<string, string>;
