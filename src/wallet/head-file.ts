import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** Longer than any line: what is read of the file for its last one. */
const END_BYTES = 4096;

/** The end of a chain at one moment: flat, its values in the order in which they are signed. */
export type Head = Readonly<Record<string, string | number>>;

type Signed<H> = H & { readonly signature: string };

/** `head` is null where the line is none; `broken` says what is wrong with it, and is null where nothing is. */
export interface LastHead<H> {
  readonly head: H | null;
  readonly broken: string | null;
}

/**
 * A file of chain heads, one line of JSON each, signed with HMAC-SHA256 over the file's `name` and the values of the
 * head in order, joined by `|`. It lies outside the database, so that a rewritten history contradicts it (DESIGN 3).
 */
export class HeadFile<H extends Head> {
  readonly #path: string;
  readonly #name: string;
  readonly #secret: string;
  readonly #schema: z.ZodType<Signed<H>>;

  constructor(path: string, { name, secret, schema }: { name: string; secret: string; schema: z.ZodType<Signed<H>> }) {
    this.#path = path;
    this.#name = name;
    this.#secret = secret;
    this.#schema = schema;
  }

  async append(head: H): Promise<Signed<H>> {
    const signed = { ...head, signature: this.#sign(head) };
    await mkdir(dirname(this.#path), { recursive: true });
    await this.#cutTornLine();
    await appendFile(this.#path, `${JSON.stringify(signed)}\n`);
    return signed;
  }

  /**
   * What is wrong with the file: lines that are no heads or not signed by this key, and what `contradiction` says of
   * the others. An absent file says nothing.
   */
  async check(contradiction: (head: H) => Promise<string | null>): Promise<readonly string[]> {
    const broken: string[] = [];
    const lines = (await this.#read()).split('\n');
    for (const [index, line] of lines.entries()) {
      // A crash may have cut the very last line short; every other must be whole.
      if (line === '' || index === lines.length - 1) continue;
      const found = await this.#checkLine(line, contradiction);
      if (found !== null) broken.push(`line ${index + 1}: ${found}`);
    }
    return broken;
  }

  /** The last line alone, read from the end of the file; null where there is none. */
  async checkLast(contradiction: (head: H) => Promise<string | null>): Promise<LastHead<H> | null> {
    const line = (await readEnd(this.#path)).split('\n').at(-2);
    if (line === undefined) return null;
    return { head: this.#parse(line), broken: await this.#checkLine(line, contradiction) };
  }

  async #checkLine(line: string, contradiction: (head: H) => Promise<string | null>): Promise<string | null> {
    const head = this.#parse(line);
    if (head === null) return 'is not a chain head';
    const expected = Buffer.from(this.#sign(head));
    const signature = Buffer.from(head.signature);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      return `${line} is not signed by this server's key`;
    }
    return contradiction(head);
  }

  #parse(line: string): Signed<H> | null {
    try {
      return this.#schema.parse(JSON.parse(line));
    } catch {
      return null;
    }
  }

  #sign(head: H): string {
    const { signature: _, ...values } = head as Head;
    return createHmac('sha256', this.#secret)
      .update([this.#name, ...Object.values(values)].join('|'))
      .digest('hex');
  }

  #read(): Promise<string> {
    return readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
  }

  /** What a crash has left half written was never said; the next head must not be glued to it. */
  async #cutTornLine(): Promise<void> {
    if (await endsWhole(this.#path)) return;
    const text = await this.#read();
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await truncate(this.#path, Buffer.byteLength(whole));
  }
}

async function readEnd(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(END_BYTES), 0, END_BYTES, Math.max(0, size - END_BYTES));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function endsWhole(path: string): Promise<boolean> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return size === 0 || buffer.toString() === '\n';
  } finally {
    await file.close();
  }
}
